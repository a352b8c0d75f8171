"""The command line: `./dev` and everything after it."""


def main() -> None:
    """Run the command that was asked for."""
    from server.cli.app import cli

    cli(prog_name="./dev")
