"""Tags: made, changed and merged; put on records of any kind and taken off again."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from core.codes import UserErrorCode
from core.errors import UserError
from core.writes import Transaction
from models import metadata
from models.registry import REGISTRY, pointer
from models.tags import Tag
from services import cores, records
from services.rules.colors import is_color
from services.rules.forms import Form

_TAG, _TAGGING = metadata.tables["tag"], metadata.tables["tagging"]

SEEDED = (("Partner", "#38bdf8"), ("Influencer", "#c084fc"))
COLOR = "#94a3b8"
LONGEST_NAME = 60
MOST_TAGS = 1000
MOST_RECORDS = 500
MOST_AT_ONCE = 20

_KNOWN = """
SELECT given.name, fold(given.name) AS key, tag.id, tag.name AS known
FROM unnest($2::text[]) WITH ORDINALITY AS given (name, at)
LEFT JOIN tag ON tag.workspace_id = $1 AND tag.name_key = fold(given.name)
ORDER BY given.at
"""
_PUT = """
INSERT INTO tagging (workspace_id, record_id, record_kind, tag_id)
SELECT $1, record.id, record.kind, tag.id
FROM unnest($2::uuid[], $3::text[]) AS record (id, kind) CROSS JOIN unnest($4::uuid[]) AS tag (id)
ON CONFLICT DO NOTHING RETURNING record_id, record_kind, tag_id
"""
_PUT_EACH = """
INSERT INTO tagging (workspace_id, record_id, record_kind, tag_id)
SELECT $1, given.record, $2, given.tag FROM unnest($3::uuid[], $4::uuid[]) AS given (record, tag)
ON CONFLICT DO NOTHING RETURNING record_id, record_kind, tag_id
"""
_TAKE = """
DELETE FROM tagging
WHERE workspace_id = $1 AND record_id = ANY($2::uuid[]) AND tag_id = ANY($3::uuid[])
RETURNING record_id, record_kind, tag_id
"""
_HAND_OVER = """
INSERT INTO tagging (workspace_id, record_id, record_kind, tag_id)
SELECT workspace_id, record_id, record_kind, $2 FROM tagging WHERE workspace_id = $1 AND tag_id = $3
ON CONFLICT DO NOTHING
"""


async def seed(act: Transaction) -> None:
    """Give a fresh workspace the tags it begins with."""
    await act.insert_many(_TAG, [{"name": name, "color": color} for name, color in SEEDED])


async def create(ctx: Context, *, name: str, color: str | None) -> Any:
    """Make a tag; everybody who keeps records may."""
    ctx.require(Category.CONTACTS)
    form = Form()
    values = {"name": form.text("name", name, longest=LONGEST_NAME), "color": color or COLOR}
    _check_color(form, values["color"])
    form.done()
    await _in_turn(ctx)
    await _refuse_taken(ctx, values["name"])
    await _refuse_more(ctx, 1)
    return await ctx.act.insert(_TAG, values)


async def update(
    ctx: Context, tag_id: str, given: Mapping[str, Any], *, expected_version: int | None = None
) -> Any:
    """Rename or recolour a tag, everywhere it is put."""
    ctx.require(Category.ADMIN)
    if not given:
        raise UserError(UserErrorCode.EMPTY_PATCH, "Send a name, a colour or both.")
    form = Form()
    values = dict(given)
    if "name" in values:
        values["name"] = form.text("name", values["name"] or "", longest=LONGEST_NAME)
    if "color" in values:
        _check_color(form, values["color"] or "")
    form.done()
    await _in_turn(ctx)
    tag: Any = await records.locked(ctx, REGISTRY["Tag"], tag_id, expected_version)
    if "name" in values:
        await _refuse_taken(ctx, values["name"], but=tag_id)
    changed = {name: value for name, value in values.items() if getattr(tag, name) != value}
    return (await ctx.act.update(_TAG, _TAG.c.id == tag_id, changed))[0] if changed else tag


async def delete(ctx: Context, tag_id: str, *, expected_version: int | None = None) -> None:
    """Remove a tag, and take it off every record."""
    ctx.require(Category.ADMIN)
    await records.locked(ctx, REGISTRY["Tag"], tag_id, expected_version)
    await ctx.act.delete(_TAG, _TAG.c.id == tag_id)


async def merge(ctx: Context, tag_id: str, into_id: str) -> Any:
    """Put another tag on every record that has this one, which is then gone."""
    ctx.require(Category.ADMIN)
    if tag_id == into_id:
        message = "A tag cannot be merged into itself."
        raise UserError(UserErrorCode.INVALID_VALUE, message, ("intoId",))
    into: Any = await ctx.get(Tag, into_id, path=("intoId",), keep=True)
    await ctx.get(Tag, tag_id, lock=True)
    await ctx.act.fetch_text(_HAND_OVER, ctx.workspace_id, into_id, tag_id)
    await ctx.act.delete(_TAG, _TAG.c.id == tag_id)
    ctx.act.emit("tag.merged", "tag", tag_id, into=into_id)
    return into


async def add(
    ctx: Context, named: Sequence[cores.Named], tag_ids: Sequence[str], names: Sequence[str]
) -> list[cores.Core]:
    """Put tags on records; those named that nobody has made are made."""
    _check_size(named, tag_ids, names)
    found = await cores.writable(ctx, named, "recordIds")
    tags = await _tags(ctx, tag_ids) | await _by_name(ctx, names, make=True)
    await put(ctx, [(entity.table.name, one) for entity, one in found], tags)
    return found


async def remove(
    ctx: Context, named: Sequence[cores.Named], tag_ids: Sequence[str], names: Sequence[str]
) -> list[cores.Core]:
    """Take tags off records; where there is none nothing changes."""
    _check_size(named, tag_ids, names)
    found = await cores.writable(ctx, named, "recordIds")
    tags = await _tags(ctx, tag_ids) | await _by_name(ctx, names, make=False)
    ids = [one for _, one in found]
    gone = await ctx.act.fetch_text(_TAKE, ctx.workspace_id, ids, list(tags))
    _tell(ctx, gone, tags, "removed")
    return found


async def put(ctx: Context, named: Sequence[tuple[str, str]], tags: Mapping[str, str]) -> None:
    """Put tags (names by id) on records (their tables and ids); each tells of what it got."""
    if not named or not tags:
        return
    kinds, ids = zip(*named, strict=True)
    put_on = await ctx.act.fetch_text(_PUT, ctx.workspace_id, list(ids), list(kinds), list(tags))
    _tell(ctx, put_on, tags, "added")


async def put_each(ctx: Context, kind: str, wanted: Mapping[str, Sequence[str]]) -> None:
    """Put on each record of a table the tags named for it; those nobody has made are made."""
    if not wanted:
        return
    names = list(dict.fromkeys(name for several in wanted.values() for name in several))
    found = await of_names(ctx, names)
    pairs = [(record, found[name][0]) for record, several in wanted.items() for name in several]
    ids, tags = zip(*pairs, strict=True)
    put_on = await ctx.act.fetch_text(_PUT_EACH, ctx.workspace_id, kind, list(ids), list(tags))
    _tell(ctx, put_on, dict(found.values()), "added")


async def of_names(ctx: Context, names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The id and name of the tag behind each of these names; those nobody has made are made."""
    known = await _known(ctx, names)
    if any(row["id"] is None for row in known):
        await _in_turn(ctx)
        known = await _known(ctx, names)
        new = {row["key"]: row["name"] for row in reversed(known) if row["id"] is None}
        await _refuse_more(ctx, len(new))
        if new:
            rows = [{"name": name, "color": COLOR} for name in reversed(new.values())]
            await ctx.act.insert_many(_TAG, rows)
        known = await _known(ctx, names)
    return {row["name"]: (row["id"], row["known"]) for row in known}


async def _by_name(ctx: Context, names: Sequence[str], *, make: bool) -> dict[str, str]:
    form = Form()
    texts = [form.text("names", name, longest=LONGEST_NAME) for name in names]
    form.done()
    if not texts:
        return {}
    if make:
        return dict((await of_names(ctx, texts)).values())
    return {row["id"]: row["known"] for row in await _known(ctx, texts) if row["id"]}


async def _known(ctx: Context, names: Sequence[str]) -> Sequence[Any]:
    rows: Sequence[Any] = await ctx.act.fetch_text(_KNOWN, ctx.workspace_id, list(names))
    return rows


async def _tags(ctx: Context, tag_ids: Sequence[str]) -> dict[str, str]:
    found = {tag.id: tag.name for tag in await ctx.find(Tag, tag_ids)} if tag_ids else {}
    for at, one in enumerate(tag_ids):
        if one not in found:
            message = "No such tag."
            raise UserError(UserErrorCode.NOT_FOUND, message, ("tagIds", at))
    return found


def _tell(ctx: Context, rows: Sequence[Any], tags: Mapping[str, str], word: str) -> None:
    told: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        told.setdefault((row["record_kind"], row["record_id"]), []).append(tags[row["tag_id"]])
    for (kind, record_id), names in told.items():
        ctx.act.emit(f"{kind}.tagged", kind, record_id, **{word: sorted(names)})


def _check_size(named: Sequence[cores.Named], tag_ids: Sequence[str], names: Sequence[str]) -> None:
    if not named:
        raise UserError(UserErrorCode.REQUIRED, "Name at least one record.", ("recordIds",))
    if len(named) > MOST_RECORDS:
        message = f"At most {MOST_RECORDS} records a call; these are {len(named)}."
        raise UserError(UserErrorCode.TOO_MANY, message, ("recordIds",))
    if not tag_ids and not names:
        message = "Name at least one tag, by `names` or by `tagIds`."
        raise UserError(UserErrorCode.REQUIRED, message, ("names",))
    if len(tag_ids) + len(names) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} tags a call."
        raise UserError(UserErrorCode.TOO_MANY, message, ("names",))


def _check_color(form: Form, color: str) -> None:
    if not is_color(color):
        form.refuse(UserErrorCode.INVALID_VALUE, "Send a colour such as #38bdf8.", "color")


async def _in_turn(ctx: Context) -> None:
    await records.in_turn(ctx, "tag", "names")


async def _refuse_taken(ctx: Context, name: str, but: str = "") -> None:
    (row,) = await _known(ctx, [name])
    if row["id"] and row["id"] != but:
        existing = pointer("Tag", row["id"])
        message = "A tag of this name exists."
        raise UserError(UserErrorCode.DUPLICATE, message, ("name",), existing=existing)


async def _refuse_more(ctx: Context, more: int) -> None:
    counting = sa.select(sa.func.count()).where(_TAG.c.workspace_id == ctx.workspace_id)
    found = await ctx.act.fetch(counting)
    if more and found[0][0] + more > MOST_TAGS:
        message = f"A workspace has at most {MOST_TAGS} tags; merge or remove some first."
        raise UserError(UserErrorCode.TOO_MANY, message, ("name",))
