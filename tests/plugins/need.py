"""Tests that need a browser or Node: skipped with the command that enables them, and counted."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

PROGRAMS = {
    "browser": ("COEFFECTION_BROWSER", ("chromium", "chromium-browser", "google-chrome", "chrome")),
    "node": ("COEFFECTION_NODE", ("node",)),
}
ENABLE = {
    "browser": "apt-get install chromium (or set COEFFECTION_BROWSER to a Chromium)",
    "node": "apt-get install nodejs (or set COEFFECTION_NODE to Node 20 or newer)",
}
LEFT_OUT = "left out"


def find(what: str) -> Path | None:
    """Where the program is: a variable of the environment wins over the PATH."""
    variable, names = PROGRAMS[what]
    if given := os.environ.get(variable):
        return Path(given) if shutil.which(given) else None
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def required() -> set[str]:
    """What must be there: its absence is a failure, not a skip."""
    return {name.strip() for name in os.environ.get("COEFFECTION_REQUIRE", "").split(",")} - {""}


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a requirement nobody knows."""
    config.pluginmanager.register(_LeftOut(), "left out")
    if unknown := required() - PROGRAMS.keys():
        names = ", ".join(sorted(unknown))
        raise pytest.UsageError(f"COEFFECTION_REQUIRE knows browser and node, not {names}.")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail where it is required, a test whose program is missing."""
    for mark in item.iter_markers("needs"):
        what = mark.args[0]
        if find(what):
            continue
        if what in required():
            pytest.fail(
                f"needs {what}, which COEFFECTION_REQUIRE demands: {ENABLE[what]}", pytrace=False
            )
        item.user_properties.append((LEFT_OUT, what))
        pytest.skip(f"needs {what}: {ENABLE[what]}")


class _LeftOut:
    """Counts what was left out, in whichever process."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that was skipped for want of a program."""
        if report.skipped:
            left = (str(what) for name, what in report.user_properties if name == LEFT_OUT)
            self.counts.update(left)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say in the last line what was left out and the one command that brings it in."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if self.counts and reporter:
            parts = [
                f"{many} need {what}: {ENABLE[what]}" for what, many in sorted(self.counts.items())
            ]
            reporter.write_line(f"left out {self.counts.total()} tests; {'; '.join(parts)}")


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The Chromium to drive; ask for it in tests marked needs("browser")."""
    return _present("browser")


@pytest.fixture(scope="session")
def node_path() -> Path:
    """The Node to run; ask for it in tests marked needs("node")."""
    return _present("node")


def _present(what: str) -> Path:
    path = find(what)
    if path is None:
        pytest.fail(f'mark the test with needs("{what}")', pytrace=False)
    return path
