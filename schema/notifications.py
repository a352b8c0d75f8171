"""Notifications, as the API shows them."""

from datetime import datetime

import strawberry

from models import notifications as rows
from models.automation_enums import MailChoice
from models.enums import NotificationKind
from models.registry import Scope
from schema.declare import Node, column, entity, link, one_of
from schema.inputs import MutationInput, act_input, arg
from schema.live import AFTER, CHANGED, ORIGIN, ResyncRequired, union_of
from schema.types import Answered, build_type
from schema.values import described


@entity(
    rows.Notification,
    prefix="ntf",
    plural="notifications",
    category=None,
    scope=Scope.PERSONAL,
    shown="in_app",
)
class Notification(Node):
    """Something you are told: nobody else sees it."""

    kind: NotificationKind = column("What it is about.", filter=True, group=True)
    text: str = column("What to show.")
    actor = link("User", "Who did what it tells; null where it was no user.")
    owner = link("User", "Who is told.")
    read_at: datetime | None = column(
        "When it was marked as read; filter by `isNull: true` for the unread.", filter=True
    )
    note = link("Note", "The note it is about.")
    contact = link("Contact", "The contact it is about.")
    company = link("Company", "The company it is about.")
    lead = link("Lead", "The lead it is about.")
    deal = link("Deal", "The deal it is about.")
    case = link("Case", "The case it is about.")
    task = link("Task", "The task it is about.")
    project = link("Project", "The project it is about.")
    quote = link("Quote", "The quote it is about.")
    contract = link("Contract", "The contract it is about.")
    invoice = link("Invoice", "The invoice it is about.")
    record = one_of(
        "NotificationRecord",
        "The record it is about; null where there is none or it is out of your sight.",
        links=(
            "note",
            "contact",
            "company",
            "lead",
            "deal",
            "case",
            "task",
            "project",
            "quote",
            "contract",
            "invoice",
        ),
    )


@strawberry.type(description="How you are told one kind of thing.")
class NotificationSetting:
    """How a user is told one kind of thing."""

    kind: NotificationKind = described("What it is about.")
    in_app: bool = described("Whether it is among your notifications, and comes live.")
    mail: MailChoice = described("When it comes by e-mail.")


@act_input
class NotificationSettingUpdateInput(MutationInput):
    """How you want to be told a kind of thing; what is left out stays."""

    kind: NotificationKind = arg("What it is about.")
    in_app: bool | None = arg(
        "Whether it is among your notifications, and comes live.", default=None
    )
    mail: MailChoice | None = arg("When it comes by e-mail.", default=None)


@act_input
class NotificationMarkReadInput(MutationInput):
    """Which notifications you have read."""

    ids: list[strawberry.ID] = arg("Which; at most 500.", of="Notification")


@act_input
class NotificationMarkAllReadInput(MutationInput):
    """Nothing more is needed."""


_NOTIFICATION_CHANGED = build_type(
    "NotificationChanged",
    "You were told something, or read it.",
    ORIGIN
    | {
        "notification": Answered(Notification, "It, as it is now."),
        "changed": CHANGED,
        "unread_count": Answered(int, "How many of yours are unread now."),
    },
)

NOTIFICATION_EVENTS = Answered(
    union_of(
        [_NOTIFICATION_CHANGED, ResyncRequired],
        "NotificationEvent",
        "What happens to your notifications.",
    ),
    "Your notifications as they are made and read. Resume with the last cursor; loss is never"
    " silent.",
    {"after": AFTER},
)
