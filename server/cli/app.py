"""The commands: what they are called and what they take."""

from typing import Annotated

import typer

from server.cli.options import Data

cli = typer.Typer(
    name="dev",
    help="Coeffection: a whole CRM behind one typed GraphQL API. Without a command: run it.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@cli.callback(invoke_without_command=True)
def up(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the API; 8000 by default.")
    ] = None,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON when ready, nothing else.")
    ] = False,
) -> None:
    """Run everything: servers, migrations, demo workspace, API and worker."""
    if context.invoked_subcommand is None:
        from server.cli.up import Options, run

        run(Options(port=port, data=data, as_json=as_json))
    elif port is not None or data is not None or as_json:
        raise typer.BadParameter("give options after the command, not before it")
