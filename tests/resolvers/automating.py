"""Workflows as tests write them, and what their refusals say."""

from typing import Any

from tests.plugins.world import Client, Payload

TASK = {"createTask": {"title": "Call"}}
NOTE = {"addNote": {"text": "Seen"}}
GIVEN = {"name": "Welcome", "trigger": "RECORD_CREATED", "recordType": "LEAD", "steps": [TASK]}


def write(client: Client, select: str = "workflow { id version }", **given: Any) -> Payload:
    """Write a workflow that is the usual one but for what is given."""
    return client.act("workflowCreate", GIVEN | given, select)


def refusals(made: Payload) -> list[tuple[str, str]]:
    """The codes of an answer with their paths."""
    return [(one["code"], ".".join(map(str, one["path"]))) for one in made.errors]


def messages(made: Payload) -> str:
    """What an answer says is wrong."""
    return " ".join(one["message"] for one in made.errors)
