"""Activities: how one comes to be, who may change it, and which records it is about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models import metadata
from models.activities import Activity
from models.base import uuids
from models.enums import NotificationKind
from models.registry import REGISTRY, Entity
from services import email_files, notifications
from services import records as acts
from services.matching import About, matching
from services.mentions import Mentioned, mentioned
from services.rules.forms import Form

ENTRY, MENTION = metadata.tables["timeline_entry"], metadata.tables["mention"]
MOST_RECORDS = 100
MOST_ADDRESSES = 200
_ADDRESSES = ("to_addresses", "cc_addresses", "attendees")
_NUMBERS = ("from_number", "to_number")


async def add(
    ctx: Context,
    row_class: type[Activity],
    columns: Mapping[str, Any],
    records: Iterable[About] = (),
) -> Any:
    """Insert an activity with its places in the timelines of records; the caller checked them."""
    table = metadata.tables[row_class.__tablename__]
    row = await ctx.act.insert(table, {"at": ctx.now} | dict(columns))
    await attach(ctx, table.name, row, records)
    return row


async def log_inbound(
    ctx: Context,
    row_class: type[Activity],
    columns: Mapping[str, Any],
    records: Sequence[About] | None = None,
) -> Any:
    """File what came from elsewhere, once however often it is delivered.

    Without `records` it is about everybody its addresses and numbers lead to; where that is
    nobody, it waits to be assigned.
    """
    known = await _delivered(ctx, row_class, columns)
    if known is not None:
        return known
    about = records
    if about is None:
        lists = (one for name in _ADDRESSES for one in columns.get(name) or ())
        addresses = [columns.get("from_address"), *lists]
        about = await matching(ctx, addresses, [columns.get(name) for name in _NUMBERS])
    return await add(ctx, row_class, {**columns, "unmatched": not about}, about)


async def log(
    ctx: Context,
    entity: Entity,
    given: Mapping[str, Any],
    *,
    about: Sequence[About] | None,
    listed: Mapping[str, Sequence[str]],
    kept: Mapping[str, Any],
) -> Any:
    """Log what the caller did or a system of theirs tells; the same delivery is logged once.

    `listed` are addresses, `kept` what is stored as it is.
    """
    acts.may_write(ctx, entity)
    form = Form()
    addresses = {name: _addresses(form, name, given) for name, given in listed.items()}
    form.done()
    columns = await acts.checked(ctx, entity, {k: v for k, v in given.items() if v is not None})
    if about is not None:
        await require_seen(ctx, about, "about")
    whole = columns | addresses | {name: one for name, one in kept.items() if one is not None}
    whole = {"at": ctx.now, "owner_id": ctx.actor.user_id} | whole
    _check_span(whole)
    return await log_inbound(ctx, entity.row, whole, about)  # type: ignore[arg-type]


async def add_note(
    ctx: Context,
    body: str,
    about: Sequence[About],
    *,
    mention_ids: Sequence[str] = (),
    at: Any = None,
) -> tuple[Any, Mentioned]:
    """Write a note about records, and tell the users it mentions."""
    entity = REGISTRY["Note"]
    acts.may_write(ctx, entity)
    columns = await acts.checked(ctx, entity, {"body": body})
    if not about:
        message = "Say which records the note is about."
        raise UserError(UserErrorCode.REQUIRED, message, ("about",))
    await require_seen(ctx, about, "about")
    who = await mentioned(ctx, columns["body"], mention_ids)
    kept = {"owner_id": ctx.actor.user_id, "at": at or ctx.now}
    row = await add(ctx, entity.row, columns | kept, about)  # type: ignore[arg-type]
    await _mention(ctx, row["id"], list(who.users))
    return row, who


async def update(
    ctx: Context,
    entity: Entity,
    record_id: str,
    given: Mapping[str, Any],
    expected_version: int | None = None,
) -> Any:
    """Change an activity; a new moment moves it in every timeline."""
    acts.may_write(ctx, entity)
    before = await _own(ctx, entity, record_id)
    columns = await acts.checked(ctx, entity, given)
    _check_span({"at": before.at, "ends_at": getattr(before, "ends_at", None)} | columns)
    row = await acts.update(ctx, entity, record_id, given, expected_version)
    if "at" in given:
        of_it = sa.and_(ENTRY.c.workspace_id == ctx.workspace_id, ENTRY.c.item_id == record_id)
        await ctx.act.fetch(sa.update(ENTRY).where(of_it).values(at=given["at"]))
    if entity.name == "Note" and "body" in columns:
        await _mention(ctx, record_id, list((await mentioned(ctx, columns["body"])).users))
    return row


async def delete(
    ctx: Context, entity: Entity, record_id: str, expected_version: int | None = None
) -> Any:
    """Take an activity out of all timelines; it can be restored for 30 days."""
    acts.may_write(ctx, entity)
    await _own(ctx, entity, record_id)
    return await acts.delete(ctx, entity, record_id, expected_version)


async def restore(ctx: Context, entity: Entity, record_id: str) -> Any:
    """Bring a deleted activity back, with its places in timelines."""
    acts.may_write(ctx, entity)
    row: Any = await ctx.get(entity.row, record_id, lock=True, deleted=True)
    _require_author(ctx, row)
    return await acts.restore(ctx, entity, record_id)


async def link(ctx: Context, entity: Entity, record_id: str, records: Sequence[About]) -> Any:
    """Say that an activity is about more records; one that waited to be assigned is."""
    acts.may_write(ctx, entity)
    row: Any = await ctx.get(entity.row, record_id, lock=True)
    await require_seen(ctx, records, "recordIds")
    added = await attach(ctx, entity.table.name, {"id": row.id, "at": row.at}, records)
    _tell(ctx, entity, row.id, "linked", added)
    if entity.name == "Email":
        await email_files.follow(ctx, row.id, records)
    if row.unmatched and records:
        table = entity.table
        return (await ctx.act.update(table, table.c.id == row.id, {"unmatched": False}))[0]
    return row


async def unlink(ctx: Context, entity: Entity, record_id: str, records: Sequence[About]) -> Any:
    """Say that an activity is not about records; its owner goes on seeing it."""
    acts.may_write(ctx, entity)
    row: Any = await ctx.get(entity.row, record_id, lock=True)
    await require_seen(ctx, records, "recordIds")
    gone = await detach(ctx, row.id, [one for _, one in records])
    _tell(ctx, entity, row.id, "unlinked", gone)
    return row


def _tell(ctx: Context, entity: Entity, record_id: str, word: str, records: Sequence[str]) -> None:
    """Say in the log which timelines an activity came into or left."""
    if records:
        table = entity.table.name
        ctx.act.emit(f"{table}.{word}", table, record_id, **{word: list(records)})


async def attach(ctx: Context, kind: str, row: Any, records: Iterable[About]) -> list[str]:
    """Give an activity its place in more timelines; the records in whose it was not yet."""
    places = [
        {
            "workspace_id": ctx.workspace_id,
            "record_id": record_id,
            "record_kind": record_kind,
            "item_id": row["id"],
            "item_kind": kind,
            "at": row["at"],
        }
        for record_kind, record_id in dict.fromkeys(records)
    ]
    if not places:
        return []
    added = insert(ENTRY).values(places).on_conflict_do_nothing().returning(ENTRY.c.record_id)
    return [found["record_id"] for found in await ctx.act.fetch(added)]


async def detach(ctx: Context, item_id: str, records: Sequence[str]) -> list[str]:
    """Take an activity out of the timelines of records; those in whose it was."""
    ids = uuids(records)
    gone = sa.delete(ENTRY).where(
        ENTRY.c.workspace_id == ctx.workspace_id,
        ENTRY.c.item_id == item_id,
        ENTRY.c.record_id == sa.any_(ids),
    )
    return [found["record_id"] for found in await ctx.act.fetch(gone.returning(ENTRY.c.record_id))]


async def _delivered(ctx: Context, row_class: type[Activity], columns: Mapping[str, Any]) -> Any:
    """What a second delivery finds; two at once come one after the other."""
    external = columns.get("external_id")
    if external is None:
        return None
    table = metadata.tables[row_class.__tablename__]
    source = columns.get("source") or ""
    await acts.in_turn(ctx, f"{table.name} {source}", external)
    rows = await ctx.act.fetch(
        sa.select(table).where(
            table.c.workspace_id == ctx.workspace_id,
            table.c.source == source,
            table.c.external_id == external,
        )
    )
    return rows[0] if rows else None


async def require_seen(ctx: Context, about: Sequence[About], name: str) -> None:
    """Refuse records that do not exist or are out of sight; one statement for each kind."""
    if len(about) > MOST_RECORDS:
        message = f"An activity is linked to at most {MOST_RECORDS} records at once."
        raise UserError(UserErrorCode.TOO_MANY, message, (name,))
    seen: set[About] = set()
    for kind in dict.fromkeys(kind for kind, _ in about):
        ids = [one for other, one in about if other == kind]
        found: Any = await ctx.find(REGISTRY.of_table(kind).row, ids)
        seen |= {(kind, row.id) for row in found}
    for at, one in enumerate(about):
        if one not in seen:
            raise not_found((name, at))


async def _mention(ctx: Context, note_id: str, users: Sequence[str]) -> None:
    if not users:
        return
    rows = [
        {"workspace_id": ctx.workspace_id, "note_id": note_id, "user_id": user} for user in users
    ]
    added = insert(MENTION).values(rows).on_conflict_do_nothing().returning(MENTION.c.user_id)
    told = [row["user_id"] for row in await ctx.act.fetch(added)]
    # The text may be out of their sight, as the note then is.
    text = f"{await notifications.actor_name(ctx)} mentioned you in a note."
    await notifications.notify(
        ctx, told, NotificationKind.MENTION, record=("note", note_id), text=text
    )


async def _own(ctx: Context, entity: Entity, record_id: str) -> Any:
    row: Any = await ctx.get(entity.row, record_id, lock=True)
    _require_author(ctx, row)
    return row


def _require_author(ctx: Context, row: Any) -> None:
    """Whose it is changes it, or who sees that user's records; what is nobody's, who sees it."""
    owners = ctx.actor.owners
    if owners is None or row.owner_id is None or row.owner_id in owners:
        return
    message = "Only who logged this, their manager or an Admin may change it."
    raise UserError(UserErrorCode.READ_ONLY, message, ("id",))


def _check_span(columns: Mapping[str, Any]) -> None:
    begins, ends = columns.get("at"), columns.get("ends_at")
    if begins and ends and ends < begins:
        message = "A meeting ends after it begins."
        raise UserError(UserErrorCode.INVALID_DATE_RANGE, message, ("endsAt",))


def _addresses(form: Form, name: str, given: Sequence[str]) -> list[str]:
    """Addresses in their normal form, each once."""
    wire = {"to_addresses": "toAddresses", "cc_addresses": "ccAddresses"}.get(name, name)
    if len(given) > MOST_ADDRESSES:
        message = f"Send at most {MOST_ADDRESSES} addresses."
        form.refuse(UserErrorCode.TOO_MANY, message, wire)
        return []
    return list(dict.fromkeys(form.email(wire, one) for one in given))
