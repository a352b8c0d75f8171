"""Tests that need a browser or Node are left out, counted, or demanded."""

import subprocess
import sys

import pytest

from tests.plugins.dev import ROOT, environment

TESTS = """
import pytest

@pytest.mark.needs("browser")
def test_with_a_browser(browser_path):
    assert browser_path

@pytest.mark.needs("node")
def test_with_node(node_path):
    assert node_path

def test_with_neither():
    assert True
"""


@pytest.fixture
def pytest_run(tmp_path):
    (tmp_path / "test_it.py").write_text(TESTS)

    def run(**given):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.plugins.need"]
        where = ["-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, tmp_path / "test_it.py"]
        absent = {"COEFFECTION_BROWSER": "/nowhere", "COEFFECTION_REQUIRE": ""}
        return subprocess.run(
            [*command, *map(str, where)],
            env=environment(**absent | {"COEFFECTION_NODE": sys.executable} | given),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_what_is_missing_is_left_out_and_counted_in_the_last_line(pytest_run):
    done = pytest_run()

    assert done.returncode == 0, done.stdout
    assert "2 passed, 1 skipped" in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("left out 1 test")
    assert "apt-get install chromium" in last


def test_what_is_demanded_and_missing_fails(pytest_run):
    done = pytest_run(COEFFECTION_REQUIRE="browser,node")

    assert done.returncode == 1
    assert "1 error" in done.stdout
    assert "COEFFECTION_REQUIRE demands" in done.stdout


def test_a_demand_nobody_knows_is_refused(pytest_run):
    done = pytest_run(COEFFECTION_REQUIRE="brwser")

    assert done.returncode == 4
    assert "brwser" in done.stderr
