"""What a user who leaves is named for, and what becomes of it: handed over, or kept as history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

_OPEN_DEAL = (
    "EXISTS (SELECT 1 FROM deal WHERE deal.workspace_id = item.workspace_id"
    " AND deal.id = item.deal_id AND deal.closed_at IS NULL)"
)

OPEN: Mapping[str, str] = {
    "deal": "item.closed_at IS NULL",
    "lead": "item.status NOT IN ('CONVERTED', 'DISQUALIFIED')",
    "case": "item.resolved_at IS NULL",
    "task": "item.status <> 'DONE'",
    "project": "item.completed_at IS NULL",
    # What came of a deal goes with it; what still has to be done needs somebody to do it.
    "quote": f"(item.status IN ('DRAFT', 'SENT', 'VIEWED') OR {_OPEN_DEAL})",
    "contract": f"(item.status NOT IN ('EXPIRED', 'DECLINED', 'VOIDED') OR {_OPEN_DEAL})",
    "invoice": f"(item.status NOT IN ('PAID', 'VOID') OR {_OPEN_DEAL})",
    "approval_request": "item.decision = 'PENDING'",
    "sequence_enrollment": "item.status = 'ACTIVE'",
}
"""Which records of a table are handed over; of the others all are."""

HANDED_OVER = frozenset(
    {
        ("approval_request", "approver_id"),
        ("gate_condition", "approver_id"),
        ("lead_assignment_member", "user_id"),
        ("project_member", "user_id"),
        ("quote", "approver_id"),
        ("stage_task_template", "user_id"),
        ("team", "manager_id"),
    }
)
"""What is handed over beside every `owner_id`."""

HISTORY = frozenset(
    {
        ("api_key", "owner_id"),
        # Who wrote or spoke stays so; what it is about is handed over, and with it the sight of it.
        ("call", "owner_id"),
        ("email", "owner_id"),
        ("meeting", "owner_id"),
        ("mention", "user_id"),
        ("note", "owner_id"),
        ("notification", "actor_id"),
        ("notification", "owner_id"),
        ("notification_setting", "owner_id"),
        ("sms", "owner_id"),
        ("approval_request", "decided_by_id"),
        ("approval_request", "requested_by_id"),
        # Like views, those that are shared go on being used; an Admin changes them.
        ("dashboard", "owner_id"),
        ("file", "owner_id"),
        ("credit_memo", "issued_by_id"),
        ("import", "owner_id"),
        ("invitation", "invited_by_id"),
        ("lead", "converted_by_id"),
        ("mail", "owner_id"),
        ("payment", "recorded_by_id"),
        ("quote", "approval_requested_by_id"),
        ("quote_line", "overridden_by_id"),
        # Those that are shared go on being used; an Admin changes them.
        ("saved_view", "owner_id"),
        ("session", "user_id"),
        ("stage_change", "by_id"),
        # They stay in their teams, so that managers go on seeing what they closed; the heir joins.
        ("team_member", "user_id"),
        ("upload", "owner_id"),
        # Where they have left, it goes on in the name of the first Admin.
        ("workflow", "owner_id"),
        ("workflow_revision", "saved_by_id"),
        # Where they have left, the deal's owner signs.
        ("workspace", "contract_signer_id"),
    }
)
"""What goes on naming the user who left."""

ONCE: Mapping[str, str] = {
    "lead_assignment_member": "rule_id",
    "project_member": "project_id",
}
"""Tables in which a user stands once beside this column: who is there already stays so."""


@dataclass(frozen=True, slots=True)
class Held:
    """A column that names a user, whose records are handed over."""

    table: str
    column: str
    open: str
    once: str

    @property
    def kind(self) -> str:
        """What its records are, as an enum writes it."""
        return self.table.upper()

    @property
    def own(self) -> str:
        """The records of `item` that user `:leaver` holds in workspace `:workspace`."""
        return f"item.workspace_id = :workspace AND item.{self.column} = :leaver{self.open}"

    @property
    def twice(self) -> str:
        """Those beside which user `:heir` stands already, and nothing is to be handed over."""
        if not self.once:
            return "false"
        return (
            f'EXISTS (SELECT 1 FROM "{self.table}" AS other'
            f" WHERE other.workspace_id = :workspace AND other.{self.once} = item.{self.once}"
            f" AND other.{self.column} = :heir)"
        )


def held(metadata: sa.MetaData) -> Iterator[Held]:
    """Every column that names a user and is no history; one that nobody thought of is a mistake."""
    for table in metadata.tables.values():
        for column in table.c:
            place = (table.name, column.name)
            if column.info.get("references") != "user" or place in HISTORY:
                continue
            if column.name != "owner_id" and place not in HANDED_OVER:
                message = (
                    f"{table.name}.{column.name} names a user: say in services/holdings.py"
                    " whether it is handed over when they leave or stays as history."
                )
                raise TypeError(message)
            yield Held(table.name, column.name, _condition(table), ONCE.get(table.name, ""))


def _condition(table: Any) -> str:
    parts = [OPEN[table.name]] if table.name in OPEN else []
    if "deleted_at" in table.c:
        parts.append("item.deleted_at IS NULL")
    return "".join(f" AND {part}" for part in parts)
