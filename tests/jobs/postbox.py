"""A mail server that behaves like a real one: it keeps letters, puts some off and refuses some."""

import email
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

LATER = 2
"""How often whoever is called `later` is put off."""


@dataclass
class Taken:
    """A letter as it came: who sent it to whom, and what it says."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    def part(self, kind: str) -> str:
        """The text of the letter in one of its forms."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Postbox:
    """The server's handler, and what it has taken."""

    port: int
    letters: list[Taken] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    mended: bool = False
    """Whether whoever is called `away` is back."""

    @property
    def url(self) -> str:
        """Where letters are handed over."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Taken]:
        """The letters to somebody."""
        return [one for one in self.letters if address in one.recipients]

    @contextmanager
    def open(self) -> Iterator[None]:
        """Take letters for a while."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=False)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Refuse who lives nowhere or elsewhere, and put off who is to come later."""
        self.tried[address] += 1
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        if address.startswith("elsewhere@"):
            return f"554 5.7.1 <{address}>: Relay access denied"
        is_late = address.startswith("later@") and self.tried[address] <= LATER
        if is_late or (address.startswith("away@") and not self.mended):
            return "451 4.7.1 Greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a letter."""
        message = email.message_from_bytes(envelope.content, policy=default)
        self.letters.append(Taken(envelope.mail_from, envelope.rcpt_tos, message))
        return "250 2.0.0 Taken"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
