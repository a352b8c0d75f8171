"""The commands: what they are called and what they take."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.options import Data, Options
from server.cli.refusal import sentences

cli = typer.Typer(
    name="dev",
    help="Coeffection: a whole CRM behind one typed GraphQL API. Without a command: run it.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help"]},
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
        from server.cli.up import run

        run(Options(port=port, data=data, as_json=as_json))
    elif port is not None or data is not None or as_json:
        raise typer.BadParameter("give options after the command, not before it")


@cli.command()
def doctor(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Port of the API; 8000 by default.")] = None,
) -> None:
    """Look at everything that is needed and say what to do about what is wrong."""
    from server.cli import doctor as command
    from server.cli import show

    findings = show.findings(command.examine(data, port))
    if any(finding.wrong for finding in findings):
        raise typer.Exit(1)


@cli.command()
def backup(file: Path, data: Data = None) -> None:
    """Write the database and the uploads into one FILE."""
    with sentences():
        from server.cli import backup as command

        typer.echo(command.backup(data, file))


@cli.command()
def restore(
    file: Path,
    data: Data = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
) -> None:
    """Fill an empty database from a backup FILE."""
    with sentences():
        from server.cli import backup as command

        typer.echo(command.restore(data, file, force=force))


@cli.command()
def tidy(data: Data = None) -> None:
    """Delete uploads that nobody used and files that nothing needs any more."""
    with sentences():
        from server.cli import tidy as command

        typer.echo(command.run(data))


@cli.command(context_settings={"ignore_unknown_options": True})
def clock(
    step: Annotated[str, typer.Argument(help="+3d, -2h, +1d12h, or reset.")], data: Data = None
) -> None:
    """Move the time development processes believe in."""
    with sentences():
        from server.cli import clock as command

        typer.echo(command.move(data, step))


@cli.command()
def demo(
    contacts: Annotated[int, typer.Option(help="How many contacts to add.")],
    workspace: Annotated[
        str | None, typer.Option(metavar="ten_…", help="The demo workspace by default.")
    ] = None,
    data: Data = None,
) -> None:
    """Add contacts, and in proportion everything else, to a workspace."""
    with sentences():
        from server.cli import demo as command

        typer.echo(command.fill(data, contacts, workspace))


@cli.command()
def purge(
    workspace: Annotated[
        str | None, typer.Option(metavar="ten_…", help="Every workspace by default.")
    ] = None,
    data: Data = None,
) -> None:
    """Remove for good what was deleted more than 30 days ago."""
    with sentences():
        from server.cli import purge as command

        typer.echo(command.run(data, workspace))


importing = typer.Typer(help="Bring records in from a file, over the running API.")
cli.add_typer(importing, name="import", no_args_is_help=True)


@importing.callback()
def bring_in() -> None:
    """Bring records in from a file, over the running API."""


@importing.command()
def contacts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
    workspace: Annotated[
        str | None, typer.Option(help="Id or name, to be sure; the sign-in decides.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="COEFFECTION_TOKEN", help="A session or API key; the demo's Admin."),
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of an API elsewhere.")] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Instead of what is suggested."),
    ] = None,
    data: Data = None,
) -> None:
    """Import the contacts of a CSV FILE and show how it goes."""
    with sentences():
        from server.cli import imports as command

        sign_in = command.SignIn(url, token, data)
        for sentence in command.contacts(file, sign_in, workspace, mapping or []):
            typer.echo(sentence)


@cli.command(context_settings=PASSED_ON)
def test(context: typer.Context) -> None:
    """Run the tests; what follows is passed on to pytest."""
    from server.cli import tools

    tools.test(context.args)


@cli.command(context_settings=PASSED_ON)
def faults(context: typer.Context) -> None:
    """Kill, cut, empty and hold up what can be, and prove that nothing is lost."""
    from server.cli import tools

    tools.faults(context.args)


@cli.command()
def lint() -> None:
    """Run every static check."""
    from server.cli import tools

    raise typer.Exit(tools.lint())


@cli.command()
def schema() -> None:
    """Write schema.graphql, and the table of settings in docs/operations.md."""
    from server.cli import tools

    for path in (tools.schema(), tools.document_settings()):
        typer.echo(f"Wrote {path}.")


@cli.command()
def migration(
    message: Annotated[str, typer.Argument(help="What it does, as: add competitor")],
) -> None:
    """Begin the next migration."""
    with sentences():
        from server.cli import tools

        typer.echo(f"Write its SQL into {tools.migration(message)}.")


@cli.command()
def assets() -> None:
    """Rebuild the web assets; needs Node."""
    with sentences():
        from server.cli import tools

        raise typer.Exit(tools.assets())


@cli.command(context_settings={"ignore_unknown_options": True})
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="graphql by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON each.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer rounds, in minutes.")] = False,
) -> None:
    """Run benchmarks, which measure us beside others."""
    with sentences():
        from server.cli import tools

        raise typer.Exit(tools.bench(names or [], as_json=as_json, quick=quick))


@cli.command()
def lock(
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Take newer releases.")] = False,
) -> None:
    """Write requirements.txt and requirements-dev.txt anew; needs uv."""
    with sentences():
        from server.cli import lock as command

        changed = command.make(upgrade=upgrade)
        typer.echo(f"Changed: {', '.join(changed) or 'nothing'}.")
