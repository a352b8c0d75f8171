"""Messaging: text messages and chat, by the services a workspace has connected."""

from collections.abc import Awaitable, Callable

from connectors.messages import Chat, Sms
from core.codes import UserErrorCode
from core.db import Database
from core.errors import UserError

OfSms = Callable[[Database, str], Awaitable[Sms | None]]
"""What a workspace has connected for text messages; None where it has nothing."""
OfChat = Callable[[Database, str], Awaitable[Chat | None]]

_SMS: list[OfSms] = []
_CHATS: dict[str, list[OfChat]] = {"Slack": [], "Microsoft Teams": []}


def offer_sms(connected: OfSms) -> None:
    """Let a connector carry the text messages of the workspaces that have connected it."""
    _SMS.append(connected)


def offer_chat(name: str, connected: OfChat) -> None:
    """Let a connector post to a chat for the workspaces that have connected it."""
    _CHATS[name].append(connected)


async def sms(database: Database, workspace: str) -> Sms:
    """What carries a workspace's text messages; refused where nothing is connected."""
    for connected in _SMS:
        if found := await connected(database, workspace):
            return found
    message = "No service for text messages is connected; connect Twilio in the settings."
    raise UserError(UserErrorCode.INTEGRATION_NOT_CONNECTED, message)


async def chat(database: Database, workspace: str, name: str) -> Chat:
    """What posts to a workspace's chat; refused where it is not connected."""
    for connected in _CHATS[name]:
        if found := await connected(database, workspace):
            return found
    message = f"{name} is not connected; connect it in the settings."
    raise UserError(UserErrorCode.INTEGRATION_NOT_CONNECTED, message)
