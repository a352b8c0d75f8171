"""Loads books of demo records into a workspace, thousands to a statement."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.db import Database
from core.errors import not_found
from core.events import Author
from core.ids import new_id
from core.settings import Settings
from core.writes import Transaction, transaction
from models import metadata
from models.enums import PipelineKind, StageCategory, UserStatus
from services import numbers, pipelines
from services.demo import catalogue, plan
from services.demo.book import TABLES, Book, Person, Pipeline, Row, Stage, World
from services.rules import ranks
from services.rules.numbers import Numbered

AUTHOR = Author("SYSTEM", None)
REQUEST = "demo"
SERIALS = "demo"
"""The counter of the units a workspace has been given, so that no two are the same."""
_UNITS_AT_ONCE = 50
"""Units of one transaction: short enough for others who want a number meanwhile."""

Counts = dict[str, int]

_WORKSPACE = metadata.tables["workspace"]
_USER = metadata.tables["user"]
_PIPELINE = metadata.tables["pipeline"]
_STAGE = metadata.tables["pipeline_stage"]


@dataclass(frozen=True, slots=True)
class _Block:
    """Units that are written in one transaction."""

    first: int
    contacts: int


async def fill(
    app_url: str,
    workspace_id: str,
    contacts: int,
    progress: Callable[[int], object],
    *,
    now: datetime,
) -> Counts:
    """Add so many contacts, and in proportion everything else; `progress` is told of each batch."""
    database = await Database.open(Settings(database_app_url=app_url), application="demo")
    try:
        return await _fill(database, workspace_id, contacts, progress, now)
    finally:
        await database.close()


def opened(
    database: Database, workspace: str, now: datetime
) -> AbstractAsyncContextManager[Transaction]:
    """A transaction of the demo's author."""
    return transaction(database, workspace=workspace, author=AUTHOR, now=now, request_id=REQUEST)


async def write(act: Transaction, book: Book) -> Counts:
    """Write a book; its documents without a number are given theirs."""
    written: Counts = {}
    for table in TABLES:
        rows = book.rows[table]
        if not rows:
            continue
        if "rank" in metadata.tables[table].c:
            await _rank(act, table, rows)
        if table in _NUMBERED:
            await _number(act, _NUMBERED[table], rows, book.world.zone)
        written[table] = await act.write_set(
            metadata.tables[table], f"{table}.created", _insert(table, rows[0]), act.workspace, rows
        )
    return written


async def world(act: Transaction) -> World:
    """What the workspace's records are made of, after adding the catalogue where it is missing."""
    rows = await act.fetch(sa.select(_WORKSPACE).where(_WORKSPACE.c.workspace_id == act.workspace))
    if not rows:
        raise not_found(("workspace",))
    about = rows[0]
    zone = ZoneInfo(about["time_zone"])
    today = act.now.astimezone(zone).date()
    return World(
        seed=about["name"],
        now=act.now,
        zone=zone,
        currency=about["currency"],
        owners=await _owners(act),
        pipelines=await _pipelines(act) or await _seeded(act),
        products=await catalogue.stocked(act, today, about["currency"]),
        new_id=new_id,
    )


async def _fill(
    database: Database,
    workspace: str,
    contacts: int,
    progress: Callable[[int], object],
    now: datetime,
) -> Counts:
    units = -(-contacts // plan.CONTACTS)
    async with opened(database, workspace, now) as act:
        about = await world(act)
        first = await numbers.reserve(act, SERIALS, units) - units
    counts: Counter[str] = Counter()
    async for book in _books(about, _blocks(first, contacts)):
        async with opened(database, workspace, now) as act:
            counts.update(await write(act, book))
        progress(len(book.rows["contact"]))
    return dict(counts)


def _blocks(first: int, contacts: int) -> list[_Block]:
    size = _UNITS_AT_ONCE * plan.CONTACTS
    return [
        _Block(first + start // plan.CONTACTS, min(size, contacts - start))
        for start in range(0, contacts, size)
    ]


async def _books(about: World, blocks: list[_Block]) -> AsyncIterator[Book]:
    """The blocks' records; the next are made while the database takes in those before."""
    ahead: asyncio.Task[Book] | None = None
    for block in blocks:
        following = asyncio.create_task(asyncio.to_thread(_made, about, block))
        if ahead:
            yield await ahead
        ahead = following
    if ahead:
        yield await ahead


def _made(about: World, block: _Block) -> Book:
    book = Book(about)
    for start in range(0, block.contacts, plan.CONTACTS):
        wanted = min(plan.CONTACTS, block.contacts - start)
        plan.unit(book, block.first + start // plan.CONTACTS, wanted)
    return book


_NUMBERED = {
    "quote": Numbered.QUOTE,
    "contract": Numbered.CONTRACT,
    "invoice": Numbered.INVOICE,
}


async def _number(act: Transaction, kind: Numbered, rows: list[Row], zone: ZoneInfo) -> None:
    """Number documents in the order they were made in."""
    by_year: dict[int | None, list[Row]] = {}
    for row in sorted(rows, key=itemgetter("created_at")):
        if row["number"] is None:
            year = row["created_at"].astimezone(zone).year if kind.yearly else None
            by_year.setdefault(year, []).append(row)
    for year, made in sorted(by_year.items(), key=str):
        taken = await numbers.take(act, kind, year, len(made))
        for row, number in zip(made, taken, strict=True):
            row["number"] = number


async def _rank(act: Transaction, table: str, rows: list[Row]) -> None:
    """Give the cards of a board their places: the newest on top, as if made one by one."""
    last = await numbers.reserve(act, f"rank:{table}", len(rows))
    for row, place in zip(rows, ranks.above(last - len(rows), len(rows)), strict=True):
        row["rank"] = place


def _insert(table: str, row: Row) -> str:
    columns = ", ".join(row)
    return (
        f"INSERT INTO {table} (workspace_id, {columns})"
        f" SELECT $1::uuid, {columns} FROM jsonb_populate_recordset(NULL::{table}, $2)"
    )


async def _owners(act: Transaction) -> list[Person]:
    rows = await act.fetch(
        sa.select(_USER.c.id, _USER.c.first_name, _USER.c.last_name, _USER.c.email)
        .where(_USER.c.workspace_id == act.workspace, _USER.c.status == UserStatus.ACTIVE)
        .order_by(_USER.c.email_key)
    )
    return [
        Person(row["id"], f"{row['first_name']} {row['last_name']}", row["email"]) for row in rows
    ]


async def _seeded(act: Transaction) -> list[Pipeline]:
    await pipelines.seed(act)
    return await _pipelines(act)


async def _pipelines(act: Transaction) -> list[Pipeline]:
    """The workspace's pipelines that a deal can go all the way through."""
    rows = await act.fetch(
        sa.select(_STAGE)
        .join(
            _PIPELINE,
            sa.and_(
                _PIPELINE.c.workspace_id == _STAGE.c.workspace_id,
                _PIPELINE.c.id == _STAGE.c.pipeline_id,
            ),
        )
        .where(_STAGE.c.workspace_id == act.workspace, _PIPELINE.c.kind == PipelineKind.DEAL)
        .order_by(_PIPELINE.c.position, _PIPELINE.c.id, _STAGE.c.position)
    )
    stages = [
        Stage(
            row["id"],
            row["pipeline_id"],
            row["name"],
            row["probability"],
            StageCategory[row["category"]],
        )
        for row in rows
    ]
    grouped = groupby(stages, key=attrgetter("pipeline_id"))
    return [whole for _, group in grouped if (whole := _pipeline(list(group)))]


def _pipeline(stages: list[Stage]) -> Pipeline | None:
    kinds: dict[StageCategory, list[Stage]] = {kind: [] for kind in StageCategory}
    for stage in stages:
        kinds[stage.category].append(stage)
    if not all(kinds.values()):
        return None
    return Pipeline(
        kinds[StageCategory.OPEN], kinds[StageCategory.WON][0], kinds[StageCategory.LOST][0]
    )
