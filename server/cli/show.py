"""What `./dev` shows: the addresses, the sign-ins and the log of API and worker."""

import contextlib
import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from server.cli.finding import Finding

STYLES = {"warning": "yellow", "error": "bold red", "critical": "bold red"}
HIDDEN = frozenset({"event", "level", "at", "logger", "exception", "timestamp"})

_out = Console(highlight=False)


def say(sentence: str) -> None:
    """One line for a person."""
    _out.print(sentence, soft_wrap=True)


def ready(instance: dict[str, Any], *, as_json: bool) -> None:
    """Say that it is ready: one line for programs, or a page for people."""
    if as_json:
        sys.stdout.write(json.dumps(instance) + "\n")
        sys.stdout.flush()
        return
    _out.print()
    for label, address in (
        ("GraphiQL", instance["graphql"]),
        ("Live page", instance["live"]),
        ("API", instance["graphql"]),
        ("Metrics", instance["metrics"]),
        ("Database", instance["databaseUrl"]),
    ):
        _out.print(Text(f"{label:<10}", "bold").append(address, "default"), soft_wrap=True)
    sign_ins = Table(title=f"Sign-ins of {instance['workspace']['name']}", title_justify="left")
    for heading in ("Role", "E-mail", "Password"):
        sign_ins.add_column(heading, no_wrap=True)
    for role, one in instance["signIns"].items():
        sign_ins.add_row(role, one["email"], one["password"])
    for part in ("", sign_ins, "Ready. Ctrl-C stops everything.\n"):
        _out.print(part)


def findings(found: Iterable[Finding]) -> list[Finding]:
    """Show the doctor's findings, each as it is made."""
    shown = []
    for finding in found:
        mark = Text("✗", "bold red") if finding.wrong else Text("✓", "green")
        _out.print(mark.append(f" {finding.about}: {finding.sentence}", "default"), soft_wrap=True)
        shown.append(finding)
    return shown


def log(name: str, lines: list[str]) -> None:
    """Show log lines of a process in a form people read."""
    for line in filter(str.strip, lines):
        _out.print(_readable(name, line), soft_wrap=True)


def _readable(name: str, line: str) -> Text:
    fields: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        fields = json.loads(line)
    if not isinstance(fields, dict) or "event" not in fields:
        return Text(f"{name:<7} {line}")
    level = str(fields.get("level", "info"))
    shown = {key: value for key, value in fields.items() if key not in HIDDEN and value is not None}
    others = " ".join(f"{key}={value}" for key, value in shown.items())
    at = str(fields.get("at", ""))[11:19]
    text = Text(f"{at} {name:<7}{fields['event']} {others}".rstrip(), STYLES.get(level, ""))
    if exception := fields.get("exception"):
        text.append(f"\n{exception}")
    return text
