"""A worker that ends between the mail server's 250 and its commit."""

import os
import signal
from typing import Any

from tests.jobs.mailing import EMAIL, somebody
from tests.jobs.postbox import Postbox, free_port
from tests.plugins.dev import Dev, data_folder, eventually, started
from tests.plugins.world import Client, Server, World

STATE = "query($id: ID!) { email(id: $id) { deliveryState } }"


class Trap(Postbox):
    """A mail server that has a letter, and whose client is gone before it hears so."""

    victim: int | None = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the letter, end the worker, and say that it was taken."""
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = None
        return answer


def delivered(client: Client, email: str) -> bool:
    """Whether a mail is known to be sent."""
    return bool(client.run(STATE, id=email)["email"]["deliveryState"] == "SENT")


def test_comm_12_a_worker_killed_after_250_sends_nothing_under_another_name() -> None:
    trap, address = Trap(free_port()), somebody()
    given = {"SMTP_URL": trap.url, "MAIL_FROM": "Our CRM <crm@ours.example>"}
    with trap.open(), data_folder() as data:
        with started(data, "--port", 0, **given) as dev:
            world = World(Server(dev))
            trap.victim = dev.ready["pids"]["worker"]
            values = {"to": [address], "subject": "Hello", "html": "<p>Hi</p>"}
            email = world.admin.act("emailSend", values, EMAIL)["email"]
            assert eventually(lambda: trap.victim is None and not runs(dev))
        with started(data, "--port", 0, **given) as again:
            client = Server(again).client(world.admin.token)
            assert eventually(lambda: delivered(client, email["id"]))

    names = [one.message["Message-ID"] for one in trap.to(address)]
    # Whoever gets it twice gets it once: readers drop the second of one name.
    assert set(names) == {email["messageId"]}
    assert len(names) == 2


def runs(dev: Dev) -> bool:
    """Whether the worker goes on."""
    return "worker" in dev.alive()
