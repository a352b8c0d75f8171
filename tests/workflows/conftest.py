"""An instance of the product whose workflows may call a target on this machine."""

from collections.abc import Iterator

import pytest

from tests.plugins.dev import data_folder, started
from tests.plugins.world import Server, World
from tests.workflows.automating import Target, listening


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """What the workflows call."""
    with listening() as found:
        yield found


@pytest.fixture(scope="session")
def automation(target: Target) -> Iterator[Server]:
    """An instance whose workflows may call it."""
    allowed = {"WEBHOOK_ALLOWED_HOSTS": f"127.0.0.1:{target.port}"}
    with data_folder() as data, started(data, "--port", 0, **allowed) as running:
        yield Server(running)


@pytest.fixture
def world(automation: Server) -> World:
    """A fresh workspace of it."""
    return World(automation)
