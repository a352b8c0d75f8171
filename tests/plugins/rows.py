"""The row report: which rows of the requirements the tests name, which wait, which have none."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT.parent / "shared" / "requirements.md"
ISSUE = Path(__file__).with_name("rows.txt")

_ROW = re.compile(r"^\| ([A-Z][A-Z0-9]*-T?\d+)\b", re.MULTILINE)
_NAME = re.compile(r"test_((?:[a-z][a-z0-9]*_\d{2}_)+)")
_ID = re.compile(r"([a-z][a-z0-9]*)_(\d{2})_")
_WIDTH = 90
_WAITS = "waits for"


class Rows:
    """What the collected tests say about rows, and how they ended."""

    def __init__(self) -> None:
        self.ran: dict[str, set[str]] = defaultdict(set)
        self.waiting: dict[str, str] = {}

    def end(self, report: pytest.TestReport) -> None:
        """Remember how a test of rows ended, and what each of them waits for."""
        rows = named(report.nodeid.partition("::")[2])
        for name, value in report.user_properties:
            if name == _WAITS:
                self.waiting |= dict.fromkeys(rows, str(value))
        if report.when == "call" or report.failed or report.skipped:
            for row in rows:
                self.ran[row].add(report.outcome)

    def passed(self) -> set[str]:
        """Rows all of whose tests passed, and that wait for nothing."""
        return {row for row, ends in self.ran.items() if ends == {"passed"}} - set(self.waiting)

    def failed(self) -> set[str]:
        """Rows with a test that failed."""
        return {row for row, ends in self.ran.items() if "failed" in ends}


def named(test: str) -> list[str]:
    """The rows in a test's name: `test_cont_23_row_50001_is_refused` is of CONT-23."""
    found = _NAME.match(test)
    if not found:
        return []
    return [f"{area.upper()}-{number}" for area, number in _ID.findall(found[1])]


def listed(rows: Iterable[str]) -> list[str]:
    """Rows in the order of their areas and numbers, as lines."""
    areas: dict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.rpartition("-")[0], int(row.rpartition("-")[2]))):
        area, _, number = row.rpartition("-")
        areas[area].append(number)
    lines, line = [], ""
    for part in (f"{area}-{','.join(numbers)}" for area, numbers in areas.items()):
        if line and len(line) + len(part) > _WIDTH:
            lines.append(line)
            line = ""
        line = f"{line}  {part}".strip()
    return [*lines, line] if line else lines


_ROWS = pytest.StashKey[Rows]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the account."""
    rows = config.stash[_ROWS] = Rows()
    config.pluginmanager.register(_Ends(rows), "row ends")


class _Ends:
    """Listens to how tests end."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Write on the tests what they wait for: their reports come from other processes."""
        for item in items:
            if mark := item.get_closest_marker("waits_for"):
                item.user_properties.append((_WAITS, mark.args[0]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the end of a test."""
        self.rows.end(report)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the report."""
    rows = config.stash[_ROWS]
    if rows.ran:
        terminalreporter.section("requirements")
        for line in report_of(rows):
            terminalreporter.write_line(line)


def report_of(rows: Rows) -> list[str]:
    """The report's lines."""
    asked = ISSUE.read_text().split()
    lines = []
    for title, chosen in (
        ("passed", rows.passed()),
        ("failed", rows.failed()),
        ("waiting", set(rows.waiting)),
        ("of this issue, without a test here", set(asked) - set(rows.ran) - set(rows.waiting)),
    ):
        lines += [f"{title}: {len(chosen)}", *(f"  {line}" for line in listed(chosen))]
    lines += [f"  {row} waits for {what}" for row, what in sorted(rows.waiting.items())]
    return lines + _whole(rows)


def _whole(rows: Rows) -> list[str]:
    if not REQUIREMENTS.is_file():
        return ["The requirements do not lie beside this copy: rows without a test are not listed."]
    known = dict.fromkeys(_ROW.findall(REQUIREMENTS.read_text(encoding="utf-8")))
    lines = [f"unknown rows in names: {row}" for row in sorted(set(rows.ran) - set(known))]
    areas = dict.fromkeys(row.rpartition("-")[0] for row in known)
    counts = []
    for area in areas:
        mine = {row for row in known if row.rpartition("-")[0] == area}
        tested, waiting = len(mine & rows.passed()), len(mine & set(rows.waiting))
        if tested or waiting:
            rest = len(mine) - tested - waiting
            counts.append(f"  {area}: {tested} passed, {waiting} waiting, {rest} without a test")
    done = len(set(known) & rows.passed())
    silent = [area for area in areas if not any(line.startswith(f"  {area}:") for line in counts)]
    return [
        *lines,
        f"of all {len(known)} rows: {done} passed",
        *counts,
        f"  no test yet: {', '.join(silent)}",
    ]
