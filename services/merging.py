"""Merges: several records become one, and everything that belonged to them belongs to it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from auth.context import Context, as_row
from core.codes import UserErrorCode
from core.errors import Path, Refusals, UserError, not_found
from models.base import Uuid
from models.registry import Entity
from services import (
    contacts,
    custom_fields,
    duplicates,
    pointers,
    records,
    redirects,
    repointing,
)
from services import survival as rules

MOST = 50
_ROUNDS = 3
_MORE: Mapping[str, Callable[[Context, str, Any], Awaitable[dict[str, Any]]]] = {
    "Contact": contacts.merged
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose value a field has after the merge."""

    field: str
    record: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be merged into what: without a primary the oldest survives."""

    primary: str | None
    others: Sequence[str]
    chosen: Sequence[Choice] = ()
    path: str = "duplicateIds"


async def merge(ctx: Context, entity: Entity, wanted: Wanted) -> Any:
    """Make several records one: the survivor. Merging them again changes nothing."""
    records.may_write(ctx, entity)
    check_size(wanted)
    await custom_fields.keep_for_all(ctx, entity)
    rows = await _locked(ctx, entity, wanted)
    primary, others = rows[0], rows[1:]
    if not others:
        return primary["id"]
    chosen = chosen_of(entity, wanted, rows)
    table, old, new = entity.table, [row["id"] for row in others], primary["id"]
    among = table.c.id == sa.any_(sa.bindparam(None, old, type_=sa.ARRAY(Uuid)))
    gone = {"deleted_at": ctx.now} | dict.fromkeys(repointing.bound_to_own_id(table))
    await ctx.act.update(table, among, gone, event="merged")
    values = await _values(ctx, entity, rows, chosen)
    kept = await ctx.act.update(table, table.c.id == new, values, event="merged")
    await repointing.repoint(ctx, table.name, old, new)
    await custom_fields.repoint(ctx, old, new, table.name)
    await duplicates.hand_over(ctx, old, new)
    await pointers.move(ctx, old, new, table.name)
    await redirects.lead(ctx, old, new, table.name)
    for one in old:
        ctx.act.emit(f"{table.name}.merged", table.name, one, into=new)
    ctx.act.emit(f"{table.name}.merged", table.name, new, merged=old)
    return kept[0]["id"]


async def _values(
    ctx: Context,
    entity: Entity,
    rows: Sequence[Mapping[str, Any]],
    chosen: Mapping[str, str],
) -> dict[str, Any]:
    """The survivor's columns that change."""
    own = rules.fields(entity)
    sources = rules.sources(own, rows, chosen)
    after = {column: sources[one.name][column] for one in own for column in one.columns}
    if "email_bounced_at" in entity.table.c:
        # It is about the address, and comes with it.
        after["email_bounced_at"] = sources["email"]["email_bounced_at"]
    own_rows = [as_row(entity.row, row) for row in rows]
    after["custom"] = await custom_fields.merged(ctx, own_rows[0], own_rows[1:])
    if entity.name in _MORE:
        after |= await _MORE[entity.name](ctx, rows[0]["id"], after["email"])
    return {name: value for name, value in after.items() if value != rows[0][name]}


def check_size(wanted: Wanted) -> None:
    """Refuse what is no merge: of one record, of too many, of a record into itself."""
    if wanted.primary is not None and wanted.primary in wanted.others:
        message = "A record cannot be merged into itself."
        at = list(wanted.others).index(wanted.primary)
        raise UserError(UserErrorCode.INVALID_VALUE, message, (wanted.path, at))
    named = len(set(wanted.others)) + (wanted.primary is not None)
    if named < 2:  # noqa: PLR2004 - a merge takes two
        message = "Name at least two records, the one that stays among them."
        raise UserError(UserErrorCode.REQUIRED, message, (wanted.path,))
    if named > MOST + 1:
        message = f"At most {MOST} records are merged into one at a time; these are {named - 1}."
        raise UserError(UserErrorCode.TOO_MANY, message, (wanted.path,))


async def _locked(ctx: Context, entity: Entity, wanted: Wanted) -> list[Mapping[str, Any]]:
    """The survivor and then the others, kept from everybody; those merged before are left out."""
    asked = [*([wanted.primary] if wanted.primary else []), *wanted.others]
    found = await _found(ctx, entity, asked)
    ids = asked
    for _ in range(_ROUNDS):
        # What they were merged into may be merged away itself while it is waited for.
        missing = [one for one, now in zip(asked, ids, strict=True) if now not in found]
        if not missing:
            break
        led = await redirects.survivors(ctx, missing)
        found |= await _found(ctx, entity, list(led.values()))
        ids = [led.get(one, now) for one, now in zip(asked, ids, strict=True)]
    refused = [not_found(_place(wanted, at)) for at, one in enumerate(ids) if one not in found]
    if refused:
        raise Refusals(refused)
    rows = [found[one] for one in dict.fromkeys(ids)]
    if wanted.primary is None:
        oldest = min(rows, key=lambda row: (row["created_at"], row["id"]))
        rows = [oldest, *(row for row in rows if row is not oldest)]
    return rows


async def _found(ctx: Context, entity: Entity, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found: list[Any] = await ctx.find(entity.row, ids, alone=True) if ids else []
    for row in found:
        await records.require_own(ctx, entity, row)
    names = entity.table.c.keys()
    return {row.id: {name: getattr(row, name) for name in names} for row in found}


def _place(wanted: Wanted, at: int) -> Path:
    if wanted.primary is None:
        return (wanted.path, at)
    return (wanted.path, at - 1) if at else ("primaryId",)


def chosen_of(entity: Entity, wanted: Wanted, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By field the record whose value is to survive, of those that are merged."""
    by_id = {row["id"]: row for row in rows}
    own = {field.name: field for field in rules.fields(entity)}
    asked = {wanted.primary, *wanted.others}
    chosen = {}
    for at, one in enumerate(wanted.chosen):
        path = ("choose", at, "fromId")
        if one.record not in by_id and one.record not in asked:
            message = "Choose a value of one of the records that are merged."
            raise UserError(UserErrorCode.INVALID_VALUE, message, path)
        if one.record not in by_id:
            # It was merged before, and this was decided then.
            continue
        if own[one.field].required and rules.value(own[one.field], by_id[one.record]) is None:
            message = "This field cannot be emptied; choose another record's value."
            raise UserError(UserErrorCode.REQUIRED, message, path)
        chosen[one.field] = one.record
    return chosen
