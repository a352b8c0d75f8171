"""Services that carry short messages: what each of them can do for us."""

from typing import Protocol


class Refused(Exception):
    """The service does not take the message; sending it again would not help."""


class Unavailable(Exception):
    """The service did not answer as it should; it is to be tried again."""


class Sms(Protocol):
    """What sends text messages to telephones."""

    async def send(self, number: str, text: str, *, key: str) -> str:
        """Send a text to a number, once for each key; the service's name for it."""


class Chat(Protocol):
    """What posts to the channels of a team's chat."""

    async def post(self, channel: str, text: str, *, key: str) -> str:
        """Post a text to a channel, once for each key; the service's name for it."""
