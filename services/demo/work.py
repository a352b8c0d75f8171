"""The work around sales in a book: leads, cases, tasks and projects."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from models.automation_enums import LeadSignal
from models.enums import (
    CaseOrigin,
    CasePriority,
    LeadStatus,
    Origin,
    StageCategory,
    TaskPriority,
    TaskStatus,
)
from models.standard_scores import STANDARD
from services.demo.book import Book, Row
from services.demo.world import Column
from services.rules import sla, tasks


@dataclass(frozen=True, slots=True)
class Phase:
    """A milestone to be, with the titles of its tasks and how far each is."""

    name: str
    tasks: Sequence[tuple[str, TaskStatus]]


_ABOUT = ("deal_id", "lead_id", "case_id", "contact_id", "company_id", "project_id")
_BETWEEN = timedelta(minutes=5)
"""Between two signals of a lead."""


def lead(
    book: Book,
    owner_id: str,
    status: LeadStatus,
    *,
    ago: int,
    score: int,
    origin: Origin,
    facts: Mapping[str, Any],
    became: Row | None = None,
    reason: str | None = None,
) -> Row:
    """A lead; a converted one became this contact of a company."""
    stage = book.world.leads[status]
    touched = ago // 2
    converted = status is LeadStatus.CONVERTED
    row = book.add(
        "lead",
        ago,
        touched,
        **facts,
        origin=origin,
        score=score,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        stage_entered_at=book.world.moment(ago if status is LeadStatus.NEW else touched),
        status=status,
        owner_id=owner_id,
        disqualified_reason=reason,
        converted_at=book.world.moment(touched) if converted else None,
        converted_by_id=owner_id if converted else None,
        converted_contact_id=became and became["id"],
        converted_company_id=became and became["primary_company_id"],
    )
    book.signals += _signals(row["id"], score, book.world.now)
    return row


def _signals(lead_id: str, score: int, now: datetime) -> Iterator[Row]:
    """Signals of the last hours that come to a score; none where no number of them does."""
    for at, signal in enumerate(_MADE_UP.get(score, ())):
        key = f"demo:{lead_id}:{at}"
        moment = now - (at + 1) * _BETWEEN
        yield {"key": key, "lead_id": lead_id, "signal": signal, "at": moment}


def _made_up() -> dict[int, list[LeadSignal]]:
    """For each score the signals that come to it, by the standard weights."""
    most = [one.most // one.points for one in STANDARD]
    found: dict[int, list[LeadSignal]] = {}
    for counts in itertools.product(*(range(count + 1) for count in most)):
        pairs = list(zip(STANDARD, counts, strict=True))
        score = sum(one.points * count for one, count in pairs)
        found.setdefault(score, [one.signal for one, count in pairs for _ in range(count)])
    return found


_MADE_UP = _made_up()


def case(
    book: Book,
    subject: str,
    contact: Row,
    owner_id: str | None,
    column: Column,
    *,
    priority: CasePriority,
    category: str,
    opened: timedelta,
    answered: timedelta | None = None,
    entered: timedelta = timedelta(0),
    origin: CaseOrigin = CaseOrigin.AGENT,
) -> Row:
    """A case opened, answered and put into its column so long ago; without owner it is queued."""
    now, desk = book.world.now, book.world.desk
    policy = desk.policies[priority]
    clocks: Row = {
        **sla.due(policy, now - opened),
        "first_responded_at": None if answered is None else now - answered,
        "resolved_at": None,
        "paused_at": None,
    }
    standing: Any = SimpleNamespace(**clocks)
    clocks |= sla.entered(standing, column.category, policy, now - entered)
    happened = [clocks[name] for name in ("first_responded_at", "resolved_at", "paused_at")]
    made = book.add(
        "case",
        0,
        number=None,
        subject=subject,
        origin=origin,
        status_id=column.id,
        priority=priority,
        category=category,
        contact_id=contact["id"],
        company_id=contact["primary_company_id"],
        owner_id=owner_id,
        team_id=desk.team_id,
        **clocks,
    )
    made["created_at"] = now - opened
    made["updated_at"] = max([now - opened, *(one for one in happened if one)])
    return made


def task(
    book: Book,
    title: str,
    owner_id: str,
    status: TaskStatus,
    *,
    priority: TaskPriority,
    ago: int,
    due: int,
    about: Mapping[str, str] | None = None,
    milestone: Row | None = None,
    position: int = 1,
) -> Row:
    """A task that is due so many days from now; a done one was done halfway since it was made."""
    done = status is TaskStatus.DONE
    due_at = tasks.due(book.world.day(-due), book.world.zone.key)
    # Nobody is told of what was late before they came.
    late = not done and due_at < book.world.now
    touched = ago // 2 if status is not TaskStatus.TO_DO else ago
    columns = dict.fromkeys(_ABOUT) | dict(about or {})
    if milestone is not None:
        columns["project_id"] = milestone["project_id"]
    return book.add(
        "task",
        ago,
        touched,
        title=title,
        status=status,
        priority=priority,
        due_at=due_at,
        overdue_at=due_at if late else None,
        completed_at=book.world.moment(touched) if done else None,
        owner_id=owner_id,
        position=position,
        milestone_id=milestone and milestone["id"],
        **columns,
    )


def waits(book: Book, blocked: Row, blocker: Row, *, ago: int) -> None:
    """One task that waits for another."""
    book.add("task_dependency", ago, blocker_id=blocker["id"], blocked_id=blocked["id"])


def project(
    book: Book,
    name: str,
    owner_id: str,
    phases: Sequence[Phase],
    *,
    starts: int,
    ends: int,
    members: Sequence[str] = (),
    contact: Row | None = None,
    deal: Row | None = None,
) -> Row:
    """An open project, started so many days ago and ending in some, with its phases' tasks."""
    world = book.world
    begun = any(status is not TaskStatus.TO_DO for phase in phases for _, status in phase.tasks)
    open_stages = [one for one in world.projects if one.category is StageCategory.OPEN]
    stage = open_stages[-1 if begun else 0]
    made = book.add(
        "project",
        starts,
        name=name,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        stage_entered_at=world.moment(starts),
        starts_on=world.day(starts),
        ends_on=world.day(-ends),
        contact_id=contact and contact["id"],
        deal_id=deal and deal["id"],
        owner_id=owner_id,
    )
    for user_id in members:
        book.add("project_member", starts, project_id=made["id"], user_id=user_id)
    # Its phases share its days.
    length = (starts + ends) // len(phases)
    for place, phase in enumerate(phases, start=1):
        milestone = book.add(
            "milestone", starts, project_id=made["id"], name=phase.name, position=place
        )
        for position, (title, status) in enumerate(phase.tasks, start=1):
            task(
                book,
                title,
                owner_id,
                status,
                priority=TaskPriority.MEDIUM,
                ago=starts,
                due=place * length - starts,
                milestone=milestone,
                position=position,
            )
    return made
