"""Stage gates: what must hold before a deal enters a stage, and whether it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel
from models import metadata
from models.base import Uuid
from models.deals import Pipeline, PipelineStage
from models.enums import (
    ApprovalDecision,
    GateConditionKind,
    GateMode,
    PipelineKind,
    StageCategory,
    TaskStatus,
    UserStatus,
)
from models.people import User
from models.registry import REGISTRY, Field, pointer
from models.sale_enums import ContractStatus, ContractType
from services.rules import pipelines as rules
from services.rules.forms import Form
from services.stages import STAGE

GATE = metadata.tables["stage_gate"]
CONDITION = metadata.tables["gate_condition"]
REQUEST = metadata.tables["approval_request"]
_TASK = metadata.tables["task"]
_CONTRACT = metadata.tables["contract"]

MOST_CONDITIONS = 20
LONGEST_TITLE = 200
_SIGNED = (ContractStatus.FULLY_SIGNED, ContractStatus.ACTIVE)

Warned = dict[str, Any]
"""What a soft gate has to say: its gate, a message and what is not met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing a gate is to ask for: exactly one of these."""

    field: str | None = None
    task_title: str | None = None
    approver_id: str | None = None
    contract_type: ContractType | None = None


async def check(ctx: Context, deal: Any, stage: Any, left: Any | None = None) -> list[Warned]:
    """Refuse a deal that a hard gate keeps out; what soft gates have to say is returned.

    The gates of all stages on the way count, from the one that was left to the one entered, so
    that none is passed by skipping its stage. Approvals are used up by the move.
    """
    conditions = await on_the_way(ctx, stage, left)
    if not conditions:
        return []
    facts = await _facts(ctx, deal, conditions)
    unmet = [one for one in conditions if not facts.met(one)]
    hard = [one for one in unmet if one["mode"] == GateMode.HARD]
    if hard:
        raise UserError(
            UserErrorCode.STAGE_GATE_BLOCKED,
            f"{stage.name} asks for more: {_listed(hard)}.",
            ("toStageId",),
            gate=pointer("StageGate", hard[0]["gate_id"]),
            unmet=[facts.described(one) for one in hard],
        )
    await _use_up(ctx, deal.id, conditions)
    return [
        _warning(facts, [one for one in unmet if one["gate_id"] == gate])
        for gate in dict.fromkeys(one["gate_id"] for one in unmet)
    ]


async def on_the_way(ctx: Context, stage: Any, left: Any | None) -> list[Any]:
    """The conditions of the gates a deal passes on its way into a stage, in their order."""
    begins, ends = rules.passed(left, stage)
    return await ctx.act.fetch(
        sa.select(CONDITION, GATE.c.mode, GATE.c.stage_id, STAGE.c.name.label("stage_name"))
        .join(GATE, sa.and_(_here(ctx, GATE), GATE.c.id == CONDITION.c.gate_id))
        .join(STAGE, sa.and_(_here(ctx, STAGE), STAGE.c.id == GATE.c.stage_id))
        .where(
            _here(ctx, CONDITION),
            STAGE.c.pipeline_id == stage.pipeline_id,
            STAGE.c.archived_at.is_(None),
            STAGE.c.position > begins,
            STAGE.c.position <= ends,
            # Those of other ends are not on the way: winning a deal is not losing it.
            sa.or_(STAGE.c.id == stage.id, STAGE.c.category == StageCategory.OPEN),
        )
        .order_by(STAGE.c.position, CONDITION.c.position)
    )


async def replace(
    ctx: Context, stage_id: str, *, mode: GateMode, conditions: Sequence[Condition]
) -> Any:
    """Give a stage this gate in place of the one it has; without conditions it has none."""
    ctx.require(Category.ADMIN)
    stage: Any = await ctx.get(PipelineStage, stage_id, path=("stageId",), lock=True)
    await _require_deals(ctx, stage)
    wanted = await _checked(ctx, conditions)
    rows = await ctx.act.fetch(
        sa.select(GATE).where(_here(ctx, GATE), GATE.c.stage_id == stage_id).with_for_update()
    )
    if not wanted:
        if rows:
            await ctx.act.delete(GATE, GATE.c.id == rows[0]["id"])
        return stage
    if not rows:
        rows = [await ctx.act.insert(GATE, {"stage_id": stage_id, "mode": mode})]
    elif rows[0]["mode"] != mode:
        await ctx.act.update(GATE, GATE.c.id == rows[0]["id"], {"mode": mode})
    await _write(ctx, rows[0]["id"], wanted)
    return stage


def askable() -> dict[str, Field]:
    """The fields of a deal that a gate can ask to be filled, by their names in the API."""
    entity = REGISTRY["Deal"]
    return {
        camel(name): field
        for name, field in entity.fields.items()
        if field.required is False
        and field.write != "never"
        and (field.nullable or field.scalar == "Money")
    }


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a deal that conditions ask about."""

    deal: Any
    tasks: Sequence[Any]
    requests: Mapping[str, Any]
    """The newest request of each condition that is not used up."""
    signed: frozenset[str]

    def met(self, condition: Any) -> bool:
        kind = condition["kind"]
        if kind == GateConditionKind.FIELD:
            return self._filled(condition["field"])
        if kind == GateConditionKind.TASK:
            return any(one["status"] == TaskStatus.DONE for one in self._tasks_of(condition))
        if kind == GateConditionKind.APPROVAL:
            request = self.requests.get(condition["id"])
            return request is not None and request["decision"] == ApprovalDecision.APPROVED
        return condition["contract_type"] in self.signed

    def described(self, condition: Any) -> dict[str, Any]:
        """A condition that is not met, as clients see it."""
        kind = condition["kind"]
        if kind == GateConditionKind.FIELD:
            field = askable().get(condition["field"])
            label = field.description if field else condition["field"]
            return {"kind": "FieldRequiredCondition", "field": condition["field"], "label": label}
        if kind == GateConditionKind.TASK:
            task = next(iter(self._tasks_of(condition)), None)
            return {
                "kind": "TaskRequiredCondition",
                "title": condition["task_title"],
                "task": pointer("Task", task["id"] if task else None),
            }
        if kind == GateConditionKind.APPROVAL:
            request = self.requests.get(condition["id"])
            return {
                "kind": "ApprovalRequiredCondition",
                "approver": pointer("User", condition["approver_id"]),
                "request": pointer("ApprovalRequest", request["id"] if request else None),
            }
        return {"kind": "ContractRequiredCondition", "contract_type": condition["contract_type"]}

    def _filled(self, name: str) -> bool:
        field = askable().get(name)
        if field is None:
            return True
        value = getattr(self.deal, field.columns[0])
        return bool(value) if field.scalar == "Money" else value not in (None, "")

    def _tasks_of(self, condition: Any) -> list[Any]:
        return [
            one
            for one in self.tasks
            if one["gate_condition_id"] == condition["id"]
            or one["title_key"] == condition["task_title_key"]
        ]


async def _facts(ctx: Context, deal: Any, conditions: Sequence[Any]) -> _Facts:
    ids = sa.bindparam(None, [one["id"] for one in conditions], type_=sa.ARRAY(Uuid))
    keys = [one["task_title_key"] for one in conditions if one["task_title"]]
    titles = sa.bindparam(None, keys, type_=sa.ARRAY(sa.Text))
    tasks = await ctx.act.fetch(
        sa.select(_TASK.c.id, _TASK.c.status, _TASK.c.title_key, _TASK.c.gate_condition_id)
        .where(
            _here(ctx, _TASK),
            _TASK.c.deal_id == deal.id,
            _TASK.c.deleted_at.is_(None),
            sa.or_(_TASK.c.gate_condition_id == sa.any_(ids), _TASK.c.title_key == sa.any_(titles)),
        )
        .order_by(_TASK.c.id)
    )
    requests = await ctx.act.fetch(
        sa.select(REQUEST.c.id, REQUEST.c.condition_id, REQUEST.c.decision)
        .where(
            _here(ctx, REQUEST),
            REQUEST.c.deal_id == deal.id,
            REQUEST.c.condition_id == sa.any_(ids),
            REQUEST.c.used_at.is_(None),
        )
        .order_by(REQUEST.c.id)
    )
    signed = await ctx.act.fetch(
        sa.select(_CONTRACT.c.type).where(
            _here(ctx, _CONTRACT),
            _CONTRACT.c.deal_id == deal.id,
            _CONTRACT.c.deleted_at.is_(None),
            _CONTRACT.c.status.in_(_SIGNED),
        )
    )
    newest = {row["condition_id"]: row for row in requests}
    return _Facts(deal, tasks, newest, frozenset(row["type"] for row in signed))


async def _use_up(ctx: Context, deal_id: str, conditions: Sequence[Any]) -> None:
    """An approval opens a gate once, and what was still asked is answered by the move."""
    ids = sa.bindparam(None, [one["id"] for one in conditions], type_=sa.ARRAY(Uuid))
    given = sa.and_(
        REQUEST.c.deal_id == deal_id,
        REQUEST.c.condition_id == sa.any_(ids),
        REQUEST.c.decision != ApprovalDecision.REJECTED,
        REQUEST.c.used_at.is_(None),
    )
    await ctx.act.update(REQUEST, given, {"used_at": ctx.now})


async def _require_deals(ctx: Context, stage: Any) -> None:
    pipeline: Any = await ctx.get(Pipeline, stage.pipeline_id)
    if pipeline.kind != PipelineKind.DEAL:
        message = "Gates stand before the stages of deals."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("stageId",))
    if stage.category == StageCategory.LOST:
        message = "A deal may be given up at any time: there is no gate before it."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("stageId",))


async def _checked(ctx: Context, conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    if len(conditions) > MOST_CONDITIONS:
        message = f"A gate has at most {MOST_CONDITIONS} conditions."
        raise UserError(UserErrorCode.TOO_MANY, message, ("conditions",))
    form = Form()
    found = []
    for at, one in enumerate(conditions):
        own = Form()
        found.append(await _columns(ctx, own, one))
        form.refusals += [refusal.at("conditions", at) for refusal in own.refusals]
    form.done()
    return found


async def _columns(ctx: Context, form: Form, one: Condition) -> dict[str, Any]:
    columns: dict[str, Any] = dict.fromkeys(("field", "task_title", "approver_id", "contract_type"))
    if one.field is not None:
        if one.field not in askable():
            message = f"A gate can ask for one of: {', '.join(sorted(askable()))}."
            form.refuse(UserErrorCode.INVALID_VALUE, message, "field")
        return columns | {"kind": GateConditionKind.FIELD, "field": one.field}
    if one.task_title is not None:
        title = form.text("taskTitle", one.task_title, longest=LONGEST_TITLE)
        return columns | {"kind": GateConditionKind.TASK, "task_title": title}
    if one.approver_id is not None:
        (approver,) = await ctx.find(User, [one.approver_id]) or (None,)
        if approver is None or approver.status != UserStatus.ACTIVE:
            message = "Name an active user of the workspace."
            form.refuse(UserErrorCode.NOT_FOUND, message, "approverId")
        return columns | {"kind": GateConditionKind.APPROVAL, "approver_id": one.approver_id}
    if one.contract_type is None:
        form.refuse(UserErrorCode.REQUIRED, "Say what the gate asks for.", "field")
    return columns | {"kind": GateConditionKind.CONTRACT, "contract_type": one.contract_type}


async def _write(ctx: Context, gate_id: str, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Keep the conditions that are wanted still, with what was approved and done for them."""
    rows = await ctx.act.fetch(
        sa.select(CONDITION).where(_here(ctx, CONDITION), CONDITION.c.gate_id == gate_id)
    )
    kept: set[str] = set()
    for position, columns in enumerate(wanted, start=1):
        same = next(
            (
                row
                for row in rows
                if row["id"] not in kept and all(row[name] == columns[name] for name in columns)
            ),
            None,
        )
        if same is None:
            values = {"gate_id": gate_id, "position": position, **columns}
            kept.add((await ctx.act.insert(CONDITION, values))["id"])
            continue
        kept.add(same["id"])
        if same["position"] != position:
            where = CONDITION.c.id == same["id"]
            await ctx.act.update(CONDITION, where, {"position": position})
    for row in rows:
        if row["id"] not in kept:
            await ctx.act.delete(CONDITION, CONDITION.c.id == row["id"])


def _here(ctx: Context, table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.workspace_id == ctx.workspace_id


def _warning(facts: _Facts, unmet: Sequence[Any]) -> Warned:
    return {
        "gate": pointer("StageGate", unmet[0]["gate_id"]),
        "message": f"{unmet[0]['stage_name']} asks for more: {_listed(unmet)}.",
        "unmet": [facts.described(one) for one in unmet],
    }


def _listed(conditions: Sequence[Any]) -> str:
    return "; ".join(_said(one) for one in conditions)


def _said(condition: Any) -> str:
    kind = condition["kind"]
    if kind == GateConditionKind.FIELD:
        return f"{condition['field']} filled"
    if kind == GateConditionKind.TASK:
        return f"the task “{condition['task_title']}” done"
    if kind == GateConditionKind.APPROVAL:
        return "an approval, which `dealApprovalRequest` asks for"
    return f"a signed {condition['contract_type']}"
