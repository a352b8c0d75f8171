"""What every test may ask for."""

import os

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the rule holds.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")

pytest_plugins = [
    "tests.plugins.clock",
    "tests.plugins.dev",
    "tests.plugins.need",
    "tests.plugins.rows",
    "tests.plugins.world",
    "tests.plugins.signatures",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--long`."""
    parser.addoption(
        "--long", action="store_true", help="draw 2,000 operations, not 60; all fields"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Hand `--long` on to the tests that draw their cases."""
    if config.getoption("--long"):
        os.environ.setdefault("PLANS_EXAMPLES", "2000")
