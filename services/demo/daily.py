"""The plan's work around sales: what a unit adds in leads, cases, tasks and projects."""

from datetime import timedelta
from random import Random

from models.enums import (
    CaseOrigin,
    CasePriority,
    CaseStatusCategory,
    LeadStatus,
    Origin,
    TaskPriority,
    TaskStatus,
)
from services.demo import names, work
from services.demo.book import Book, Row
from services.demo.work import Phase

_PROJECT_EVERY = 25
"""Units that share one project, the first of them having it."""
_LEADS = (
    LeadStatus.NEW,
    LeadStatus.CONTACTED,
    LeadStatus.QUALIFIED,
    LeadStatus.NEW,
    LeadStatus.CONVERTED,
    LeadStatus.CONTACTED,
    LeadStatus.DISQUALIFIED,
)
_REASONS = ("No budget this year", "Chose another product", "Cannot be reached")
_ORIGINS = tuple(Origin)
_SUBJECTS = (
    ("Cannot sign in after the update", "Technical"),
    ("Invoice shows the old address", "Billing"),
    ("Export stops halfway", "Technical"),
    ("More licenses for a new team", "Account"),
    ("Reports are slow in the morning", "Technical"),
    ("Dark mode for the dashboard", "Feature Request"),
    ("Charged twice in one month", "Billing"),
    ("Emails arrive late", "Technical"),
)
_PRIORITIES = (
    CasePriority.MEDIUM,
    CasePriority.LOW,
    CasePriority.HIGH,
    CasePriority.MEDIUM,
    CasePriority.CRITICAL,
)
_FOLLOW_UPS = (
    "Call back about the offer",
    "Send the revised quote",
    "Prepare the demo",
    "Ask for the purchase order",
    "Write up the meeting",
)
_LOOKING = ("Reproduce the problem", "Ask for a screenshot", "Tell the developers")
_STATUSES = tuple(TaskStatus)
_TASK_PRIORITIES = tuple(TaskPriority)
_TODO, _DOING, _DONE = TaskStatus.TO_DO, TaskStatus.IN_PROGRESS, TaskStatus.DONE
_ROLLOUT = (
    Phase("Kickoff", (("Kickoff call", _DONE), ("Agree on the goals", _DONE))),
    Phase("Setup", (("Set up single sign-on", _DOING), ("Import the contacts", _TODO))),
    Phase("Go-live", (("Train the first team", _TODO),)),
)


def unit(book: Book, serial: int, rng: Random, people: list[Row], deals: list[Row]) -> None:
    """Add a unit's lead, case and task, and every so often a project."""
    _lead(book, serial, rng, people)
    _case(book, serial, rng, people)
    _task(book, serial, rng, deals)
    if serial % _PROJECT_EVERY == 0:
        deal = deals[0]
        company = _company(book, deal["company_id"])
        work.project(
            book,
            f"{company['name']} Rollout",
            deal["owner_id"],
            _ROLLOUT,
            starts=rng.randrange(5, 25),
            ends=rng.randrange(10, 60),
            deal=deal,
        )


def _lead(book: Book, serial: int, rng: Random, people: list[Row]) -> None:
    status = _LEADS[serial % len(_LEADS)]
    owners = book.world.owners
    facts: Row = {"first_name": rng.choice(names.FIRST), "last_name": rng.choice(names.LAST)}
    # Companies of other serial numbers than customers have.
    facts["company_name"] = names.company_name(-1 - serial)
    facts["email"] = f"hello@{names.company_domain(-1 - serial)}"
    facts["job_title"] = rng.choice(names.JOB_TITLES)
    became = None
    if status is LeadStatus.CONVERTED:
        became = people[0]
        facts |= {name: became[name] for name in ("first_name", "last_name", "email", "job_title")}
        company = _company(book, became["primary_company_id"])
        facts["company_name"] = company["name"]
    work.lead(
        book,
        owners[(2 * serial + 1) % len(owners)].id,
        status,
        ago=rng.randrange(1, 60),
        score=rng.randrange(5, 100),
        origin=_ORIGINS[serial % len(_ORIGINS)],
        facts=facts,
        became=became,
        reason=_REASONS[serial % len(_REASONS)] if status is LeadStatus.DISQUALIFIED else None,
    )


def _case(book: Book, serial: int, rng: Random, people: list[Row]) -> None:
    """A case that is old where it is resolved; one of three in work is not answered yet."""
    columns = book.world.desk.columns
    resolved = [one for one in columns if one.category is CaseStatusCategory.RESOLVED]
    board = [*columns, *resolved, *resolved]
    column = board[serial % len(board)]
    contact = people[serial * 3 % len(people)]
    subject, category = _SUBJECTS[serial % len(_SUBJECTS)]
    old = column.category is CaseStatusCategory.RESOLVED
    opened = timedelta(minutes=rng.randrange(60, 1800)) * (20 if old else 1)
    answered = opened - min(opened / 2, timedelta(minutes=rng.randrange(5, 240)))
    fresh = column.category is CaseStatusCategory.OPEN and rng.randrange(3) == 0
    queued = fresh and book.world.desk.team_id is not None and serial % 2 == 0
    work.case(
        book,
        subject,
        contact,
        None if queued else contact["owner_id"],
        column,
        priority=_PRIORITIES[serial % len(_PRIORITIES)],
        category=category,
        opened=opened,
        answered=None if fresh else answered,
        entered=answered * rng.randrange(30, 90) / 100,
        origin=CaseOrigin.EMAIL if serial % 3 else CaseOrigin.AGENT,
    )


def _task(book: Book, serial: int, rng: Random, deals: list[Row]) -> None:
    """What is to be done for an open deal, or for the unit's case."""
    deal, case = deals[3], book.rows["case"][-1]
    for_case = serial % 2 == 1
    titles = _LOOKING if for_case else _FOLLOW_UPS
    work.task(
        book,
        titles[serial // 2 % len(titles)],
        (for_case and case["owner_id"]) or deal["owner_id"],
        _STATUSES[(serial // 2 + serial) % len(_STATUSES)],
        priority=rng.choice(_TASK_PRIORITIES),
        ago=rng.randrange(1, 20),
        due=rng.randrange(-3, 15),
        about={"case_id": case["id"]} if for_case else {"deal_id": deal["id"]},
    )


def _company(book: Book, company_id: str) -> Row:
    """One of the companies that the book holds last."""
    return next(row for row in reversed(book.rows["company"]) if row["id"] == company_id)
