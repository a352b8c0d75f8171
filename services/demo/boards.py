"""The boards of the manual's pictures: leads, cases, tasks, a project, gates and templates."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from core.ids import new_id
from core.writes import Transaction
from models import metadata
from models.enums import (
    CasePriority,
    GateConditionKind,
    GateMode,
    LeadStatus,
    Origin,
    TaskPriority,
    TaskStatus,
    TemplateAssignee,
)
from models.sale_enums import ContractType
from services.demo import work
from services.demo.book import Book, Row
from services.demo.work import Phase
from services.demo.world import Person, Pipeline
from services.rules.numbers import Numbered, formatted

LAST_CASE = 498
"""CASE-0498 is the newest of the manual's."""

_GATE = metadata.tables["stage_gate"]
_CONDITION = metadata.tables["gate_condition"]
_TEMPLATE = metadata.tables["stage_task_template"]


class _Lead(NamedTuple):
    who: str
    company: str
    score: int
    status: LeadStatus
    owner: str
    ago: int


class _Case(NamedTuple):
    number: int
    subject: str
    priority: CasePriority
    column: str
    category: str
    owner: str
    who: str
    hours: int
    """Since it was opened; half of that since it came into its column."""


class _Task(NamedTuple):
    title: str
    priority: TaskPriority
    status: TaskStatus
    owner: str
    due: int
    about: tuple[str, str] | None = None


# The last of a column is on top of it.
_LEADS = (
    _Lead("Rita Morales", "Cloudify", 45, LeadStatus.NEW, "Carlos Rivera", 3),
    _Lead("Tom Brady", "NexGen", 72, LeadStatus.NEW, "Lisa Turner", 1),
    _Lead("Lisa Tran", "InnoSoft", 61, LeadStatus.CONTACTED, "Amy Larsen", 6),
    _Lead("James Obi", "DataVault", 88, LeadStatus.CONTACTED, "Mike Keller", 4),
    _Lead("Marco Polo", "TechBridge", 94, LeadStatus.QUALIFIED, "Jamie Sullivan", 90),
    _Lead("Alice Ng", "FluxCorp", 97, LeadStatus.CONVERTED, "Lisa Turner", 190),
    _Lead("Bob Smith", "SpamCo", 12, LeadStatus.DISQUALIFIED, "Lisa Turner", 12),
)
_CASES = (
    _Case(
        485,
        "Billing address update",
        CasePriority.LOW,
        "Resolved",
        "Billing",
        "Jamie Sullivan",
        "Sarah Chen",
        96,
    ),
    _Case(
        488,
        "Custom domain setup",
        CasePriority.LOW,
        "Pending Customer",
        "Technical",
        "Mike Keller",
        "David Park",
        60,
    ),
    _Case(
        491,
        "Login issue after SSO",
        CasePriority.CRITICAL,
        "In Progress",
        "Technical",
        "Amy Larsen",
        "Carlos Reyes",
        5,
    ),
    _Case(
        494,
        "Dashboard widget blank",
        CasePriority.MEDIUM,
        "In Progress",
        "Technical",
        "Jamie Sullivan",
        "Sarah Chen",
        4,
    ),
    _Case(
        496,
        "2FA not sending SMS",
        CasePriority.HIGH,
        "Pending Agent",
        "Technical",
        "Mike Keller",
        "James Obi",
        3,
    ),
    _Case(
        497,
        "Export fails for large datasets",
        CasePriority.LOW,
        "Backlog",
        "Technical",
        "",
        "Alice Ng",
        2,
    ),
    _Case(
        498,
        "API rate limit errors",
        CasePriority.MEDIUM,
        "Backlog",
        "Technical",
        "Amy Larsen",
        "Marco Polo",
        1,
    ),
)
_HIGH, _MEDIUM, _LOW = TaskPriority.HIGH, TaskPriority.MEDIUM, TaskPriority.LOW
_TODO, _DOING, _DONE = TaskStatus.TO_DO, TaskStatus.IN_PROGRESS, TaskStatus.DONE
_FORECAST = "Prepare Q2 forecast report"
_DECK = "Update pricing deck"
_TASKS = (
    _Task(_FORECAST, _MEDIUM, _TODO, "Jamie Sullivan", 3),
    _Task(
        "Send follow-up email to Sarah Chen",
        _HIGH,
        _TODO,
        "Jamie Sullivan",
        0,
        ("contact", "Sarah Chen"),
    ),
    _Task("Demo prep for Hooli", _HIGH, _DOING, "Lisa Turner", 1, ("deal", "Hooli Platform")),
    _Task(_DECK, _LOW, TaskStatus.REVIEW, "Lisa Turner", 7),
    _Task(
        "Review NDA for TechBridge",
        _MEDIUM,
        TaskStatus.REVIEW,
        "Jamie Sullivan",
        5,
        ("deal", "TechBridge Ent."),
    ),
    _Task(
        "Onboarding call with Globex",
        _HIGH,
        _DONE,
        "Jamie Sullivan",
        -5,
        ("deal", "Globex Corp"),
    ),
)
_ONBOARDING = (
    Phase(
        "Kickoff & Discovery",
        (
            ("Kickoff call", _DONE),
            ("Agree on goals and dates", _DONE),
            ("Review the present systems", _DONE),
        ),
    ),
    Phase(
        "Data Migration",
        (
            ("Export from the old system", _DONE),
            ("Map the fields", _DONE),
            ("Clean up duplicates", _DONE),
            ("Import a sample", _DONE),
            ("Import everything", _DOING),
            ("Check the figures with the customer", _TODO),
        ),
    ),
    Phase(
        "Training",
        (
            ("Train the administrators", _TODO),
            ("Train the sales team", _TODO),
            ("Train the support team", _TODO),
            ("Hand over the guides", _TODO),
        ),
    ),
    Phase("Go-live", (("Switch over", _TODO), ("Review the first week", _TODO))),
)


def case_numbers(count: int) -> list[int]:
    """Numbers for so many cases around the manual's, none left out."""
    told = {one.number for one in _CASES}
    free = [value for value in range(LAST_CASE, 0, -1) if value not in told]
    return free[count - 1 :: -1]


def tell(book: Book, staff: Mapping[str, Person], contacts: Mapping[str, Row]) -> None:
    """Add the manual's leads, cases, tasks and the project."""
    for lead in _LEADS:
        _lead(book, lead, staff, contacts)
    for case in _CASES:
        _case(book, case, staff, contacts)
    named = {("contact", name): row for name, row in contacts.items()}
    named |= {("deal", row["name"]): row for row in book.rows["deal"]}
    made = {one.title: _task(book, one, staff, named) for one in _TASKS}
    work.waits(book, made[_FORECAST], made[_DECK], ago=2)
    work.project(
        book,
        "Globex Corp Onboarding",
        staff["Jamie Sullivan"].id,
        _ONBOARDING,
        starts=20,
        ends=24,
        members=[staff[name].id for name in ("Lisa Turner", "Amy Larsen")],
        contact=contacts["Sarah Chen"],
    )


async def ask(act: Transaction, pipeline: Pipeline) -> None:
    """Let a pipeline ask for an NDA before a proposal, which brings tasks of its own."""
    stages = {stage.name: stage for stage in pipeline.open}
    proposal, negotiation = stages["Proposal Sent"].id, stages["Negotiation"].id
    hard = {"id": new_id(), "stage_id": proposal, "mode": GateMode.HARD}
    soft = {"id": new_id(), "stage_id": negotiation, "mode": GateMode.SOFT}
    await act.insert_many(_GATE, [hard, soft])
    asked = dict.fromkeys(("field", "task_title", "contract_type"))
    nda = {"kind": GateConditionKind.CONTRACT, "contract_type": ContractType.NDA}
    value = {"kind": GateConditionKind.FIELD, "field": "value"}
    log = {"kind": GateConditionKind.TASK, "task_title": "Log decision maker name"}
    conditions = ((hard, 1, nda), (soft, 1, value), (soft, 2, log))
    await act.insert_many(
        _CONDITION,
        [
            asked | {"gate_id": gate["id"], "position": position} | what
            for gate, position, what in conditions
        ],
    )
    brought = (
        ("Send proposal document", _HIGH, 0),
        ("Schedule follow-up call", _MEDIUM, 2),
        ("Log decision maker name", _LOW, 3),
    )
    await act.insert_many(
        _TEMPLATE,
        [
            {
                "stage_id": proposal,
                "position": position,
                "title": title,
                "assignee": TemplateAssignee.OWNER,
                "priority": priority,
                "due_offset_days": days,
            }
            for position, (title, priority, days) in enumerate(brought, start=1)
        ],
    )


def _lead(
    book: Book, told: _Lead, staff: Mapping[str, Person], contacts: Mapping[str, Row]
) -> None:
    first, last = told.who.split()
    contact = contacts.get(told.who)
    work.lead(
        book,
        staff[told.owner].id,
        told.status,
        ago=told.ago,
        score=told.score,
        origin=Origin.WEB_FORM,
        facts={
            "first_name": first,
            "last_name": last,
            "company_name": told.company,
            "email": contact["email"] if contact else "bob@spamco.example",
            "job_title": contact and contact["job_title"],
        },
        became=contact if told.status is LeadStatus.CONVERTED else None,
        reason="Sells mailing lists" if told.status is LeadStatus.DISQUALIFIED else None,
    )


def _case(
    book: Book, told: _Case, staff: Mapping[str, Person], contacts: Mapping[str, Row]
) -> None:
    opened = timedelta(hours=told.hours)
    row = work.case(
        book,
        told.subject,
        contacts[told.who],
        staff[told.owner].id if told.owner else None,
        next(one for one in book.world.desk.columns if one.name == told.column),
        priority=told.priority,
        category=told.category,
        opened=opened,
        answered=None if told.column == "Backlog" else opened * 4 / 5,
        entered=opened / 2,
    )
    row["number"] = formatted(Numbered.CASE, told.number)


def _task(
    book: Book, told: _Task, staff: Mapping[str, Person], named: Mapping[tuple[str, str], Row]
) -> Row:
    about = {f"{told.about[0]}_id": named[told.about]["id"]} if told.about else None
    return work.task(
        book,
        told.title,
        staff[told.owner].id,
        told.status,
        priority=told.priority,
        ago=8,
        due=told.due,
        about=about,
    )
