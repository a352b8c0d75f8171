"""The developer's tools: tests, lint, schema, web assets, benchmarks, new migrations."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from server.cli.refusal import Refusal
from server.embedded import ROOT

OLDEST_NODE = 20
MOST_PROCESSES = 4
TABLE_BEGINS = "<!-- settings: begin -->"
TABLE_ENDS = "<!-- settings: end -->"


def test(arguments: list[str]) -> None:
    """Become pytest, in the project's folder; a whole run takes as many processes as cores."""
    os.chdir(ROOT)
    given = [*_spread(arguments), *arguments]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *given])  # noqa: S606


def _spread(arguments: list[str]) -> list[str]:
    """Each process has servers of its own, which is worth it for a whole run alone."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    chosen = any(Path(one.partition("::")[0]).exists() for one in arguments)
    if processes == 1 or chosen or "-n" in arguments:
        return []
    # Reordered, the files with the fewest tests come last, however long they take.
    return ["-n", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]


def faults(arguments: list[str]) -> None:
    """Become pytest over the fault proofs, which print their figures."""
    test(["tests/faults", "-o", "python_files=fault_*.py", "-s", "-q", *arguments])


def lint() -> int:
    """Run every static check; the worst exit code."""
    python = Path(sys.executable)
    checks = (
        [python, "-m", "ruff", "check"],
        [python, "-m", "ruff", "format", "--check"],
        [python, "-m", "mypy"],
        [python, "-m", "mypy", "dev"],
        [python.with_name("lint-imports")],
    )
    return max(_run(*check) for check in checks)


def schema() -> Path:
    """Write schema.graphql as the code declares it."""
    from resolvers.api import printed

    path = ROOT / "schema.graphql"
    path.write_text(printed(), encoding="utf-8")
    return path


def document_settings() -> Path:
    """Write the table of settings in docs/operations.md as the code declares them."""
    path = ROOT / "docs" / "operations.md"
    before, rest = path.read_text(encoding="utf-8").split(TABLE_BEGINS)
    _, after = rest.split(TABLE_ENDS)
    table = f"{TABLE_BEGINS}\n{settings_table()}{TABLE_ENDS}"
    path.write_text(before + table + after, encoding="utf-8")
    return path


def settings_table() -> str:
    """Every setting with its default and what it is for, as a Markdown table."""
    from core.settings import Settings

    rows = [
        f"| `{name.upper()}` | {f'`{field.default}`' if field.default != '' else ''}"
        f" | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return f"| variable | default | means |\n|---|---|---|\n{''.join(rows)}"


def migration(message: str) -> Path:
    """Begin the next migration; the folder its SQL goes to."""
    from models import upgrade

    if not re.fullmatch(r"[a-z][a-z0-9 ]{2,39}", message):
        raise Refusal("Name a migration in 3 to 40 small letters, digits and spaces.")
    return upgrade.begin(message)


def assets() -> int:
    """Rebuild the web assets under server/static."""
    node = os.environ.get("COEFFECTION_NODE") or shutil.which("node")
    if not node or not shutil.which(node):
        raise Refusal(
            f"Node {OLDEST_NODE} or newer is needed to rebuild the web assets: install it, or set"
            " COEFFECTION_NODE to it. (They are committed: running Coeffection needs no Node.)"
        )
    web = ROOT / "server" / "web"
    installed, locked = web / "node_modules" / ".package-lock.json", web / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        npm = Path(node).resolve().parent / "npm"
        given = str(npm) if npm.exists() else "npm"
        if not shutil.which(given):
            raise Refusal("npm, which comes with Node, is needed to rebuild the web assets.")
        if code := _run(given, "ci", "--prefix", web):
            return code
    return _run(node, web / "build.mjs")


def benchmarks() -> list[str]:
    """The names of the benchmarks there are; the first is run when none is named."""
    folder = ROOT / "tests" / "benchmarks"
    parts = {"graphql", "harness"}
    found = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    return ["graphql", *sorted(found - parts)]


def bench(names: list[str], *, as_json: bool, quick: bool) -> int:
    """Run the benchmarks named, or that of GraphQL, with options of theirs; the worst exit code."""
    known = benchmarks()
    begin = next((at for at, one in enumerate(names) if one.startswith("-")), len(names))
    names, options = names[:begin], names[begin:]
    if unknown := set(names) - set(known):
        listed = ", ".join(known)
        raise Refusal(f"There is no benchmark {', '.join(sorted(unknown))}; there is: {listed}.")
    given = [*(["--json"] if as_json else []), *(["--quick"] if quick else []), *options]
    return max(
        _run(sys.executable, "-P", "-m", f"tests.benchmarks.{name}", *given)
        for name in names or known[:1]
    )


def _run(*command: str | Path) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode
