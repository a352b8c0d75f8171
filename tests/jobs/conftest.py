"""An instance that sends its mail to a mail server of the tests."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.jobs.postbox import Postbox, free_port
from tests.plugins.dev import data_folder, started
from tests.plugins.world import Server, World


@pytest.fixture(scope="module")
def postbox() -> Postbox:
    """The mail server of these tests, closed until it is opened."""
    return Postbox(free_port())


@pytest.fixture(scope="module")
def mailing(postbox: Postbox) -> Iterator[Server]:
    """An instance that sends its mail to the postbox."""
    with ExitStack() as stack:
        stack.enter_context(postbox.open())
        data = stack.enter_context(data_folder())
        given = {"SMTP_URL": postbox.url, "MAIL_FROM": "Our CRM <crm@ours.example>"}
        yield Server(stack.enter_context(started(data, "--port", 0, **given)))


@pytest.fixture
def office(mailing: Server) -> World:
    """A fresh workspace there."""
    return World(mailing)
