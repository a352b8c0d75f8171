"""What steps do, by their kinds: within an act, or outside of any where they reach beyond us."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from models.automation_enums import WorkflowAction as Action
from services.workflows.actions import calling, changing, making, telling
from services.workflows.actions.calling import Send
from services.workflows.actions.doing import Doing

WITHIN: Mapping[str, Callable[[Doing], Awaitable[Mapping[str, Any]]]] = {
    Action.SEND_EMAIL: telling.send_email,
    Action.CREATE_TASK: making.create_task,
    Action.CREATE_CASE: making.create_case,
    Action.UPDATE_FIELD: changing.update_field,
    Action.ASSIGN_OWNER: changing.assign_owner,
    Action.ADD_TO_SEQUENCE: telling.add_to_sequence,
    Action.CREATE_DEAL: making.create_deal,
    Action.ADD_NOTE: making.add_note,
    Action.CHANGE_STATUS: changing.change_status,
    Action.CREATE_PROJECT: making.create_project,
    Action.SEND_NOTIFICATION: telling.send_notification,
}
OUTSIDE: Mapping[str, Callable[[Doing], Awaitable[Send]]] = {
    Action.CALL_WEBHOOK: calling.call_webhook,
    Action.SEND_SMS: calling.send_sms,
    Action.SEND_SLACK_MESSAGE: calling.send_slack_message,
    Action.SEND_TEAMS_MESSAGE: calling.send_teams_message,
}
"""Each makes ready what is to be sent; it is sent when the act is over."""
