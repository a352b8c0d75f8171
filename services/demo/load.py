"""Loads books of demo records into a workspace, thousands to a statement."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

from core.db import Database
from core.events import Author
from core.settings import Settings
from core.writes import Transaction, transaction
from models import metadata
from services import numbers
from services.demo import plan, survey
from services.demo.book import TABLES, Book, Row
from services.demo.world import World
from services.rules import ranks
from services.rules.numbers import Numbered

AUTHOR = Author("SYSTEM", None)
REQUEST = "demo"
SERIALS = "demo"
"""The counter of the units a workspace has been given, so that no two are the same."""
_UNITS_AT_ONCE = 50
"""Units of one transaction: short enough for others who want a number meanwhile."""

Counts = dict[str, int]


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
    return transaction(
        database, workspace=workspace, author=AUTHOR, now=now, request_id=REQUEST, act=REQUEST
    )


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
    for table, beside in (("timeline_entry", book.entries), ("lead_signal", book.signals)):
        if beside:
            await act.fetch_text(_insert(table, beside[0]), act.workspace, beside)
    return written


async def _fill(
    database: Database,
    workspace: str,
    contacts: int,
    progress: Callable[[int], object],
    now: datetime,
) -> Counts:
    units = -(-contacts // plan.CONTACTS)
    async with opened(database, workspace, now) as act:
        about = await survey.world(act)
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
    "case": Numbered.CASE,
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
    # `case` is a word of SQL.
    return (
        f'INSERT INTO "{table}" (workspace_id, {columns})'
        f' SELECT $1::uuid, {columns} FROM jsonb_populate_recordset(NULL::"{table}", $2)'
    )
