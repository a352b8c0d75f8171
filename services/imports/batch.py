"""One batch of an import: found, planned and written in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from auth.context import Context
from auth.custom_fields import Fields
from core.codes import UserErrorCode
from core.ids import new_id
from models import metadata
from models.enums import ContactStatus
from services import tags
from services.imports import lookups, own
from services.imports.targets import Plan, Row, RowError, Target, plan

_TABLES = metadata.tables
_VALUES = (
    "first_name",
    "last_name",
    "job_title",
    "email",
    "phone",
    "status",
    "owner_id",
    "company_id",
    "custom",
)

_TARGETS = """
CREATE TEMPORARY TABLE import_target (
  id text, is_new boolean, first_name text, last_name text, job_title text, email text,
  phone text, status text, owner_id text, company_id text, custom text
) ON COMMIT DROP
"""
_CREATE = """
INSERT INTO contact (workspace_id, id, first_name, last_name, job_title, email, phone, status,
                     owner_id, primary_company_id, custom, created_at, updated_at)
SELECT $1, id::uuid, first_name, last_name, job_title, email, phone, status,
       owner_id::uuid, company_id::uuid, coalesce(custom, '{}')::jsonb, $2, $2
FROM import_target WHERE is_new ORDER BY id
"""
_UPDATE = """
UPDATE contact AS c SET
  first_name = coalesce(t.first_name, c.first_name),
  last_name = coalesce(t.last_name, c.last_name),
  job_title = coalesce(t.job_title, c.job_title),
  email = coalesce(t.email, c.email),
  phone = coalesce(t.phone, c.phone),
  status = coalesce(t.status, c.status),
  owner_id = coalesce(t.owner_id::uuid, c.owner_id),
  primary_company_id = coalesce(t.company_id::uuid, c.primary_company_id),
  custom = c.custom || coalesce(t.custom, '{}')::jsonb,
  version = c.version + 1, updated_at = $2
FROM import_target AS t
WHERE c.workspace_id = $1 AND c.id = ANY($3::uuid[]) AND c.id = t.id::uuid AND c.deleted_at IS NULL
  AND (coalesce(t.first_name, c.first_name), coalesce(t.last_name, c.last_name),
       coalesce(t.job_title, c.job_title), coalesce(t.email, c.email),
       coalesce(t.phone, c.phone), coalesce(t.status, c.status),
       coalesce(t.owner_id::uuid, c.owner_id),
       coalesce(t.company_id::uuid, c.primary_company_id),
       c.custom || coalesce(t.custom, '{}')::jsonb)
    IS DISTINCT FROM (c.first_name, c.last_name, c.job_title, c.email, c.phone, c.status,
                      c.owner_id, c.primary_company_id, c.custom)
"""
_JOIN = """
INSERT INTO contact_company (workspace_id, id, contact_id, company_id, created_at, updated_at)
SELECT $1, uuidv7(), id::uuid, company_id::uuid, $2, $2
FROM import_target WHERE company_id IS NOT NULL ORDER BY id
ON CONFLICT (workspace_id, contact_id, company_id) DO NOTHING
"""
_COMPANIES = """
INSERT INTO company (workspace_id, id, name, owner_id, created_at, updated_at)
SELECT $1, id, name, $3, $2, $2 FROM unnest($4::uuid[], $5::text[]) AS new (id, name)
"""
_LOCK = """
SELECT done_rows FROM import_progress WHERE workspace_id = $1 AND import_id = $2 FOR UPDATE
"""
_PROGRESS = """
UPDATE import_progress SET done_rows = done_rows + $3, created_rows = created_rows + $4,
                           updated_rows = updated_rows + $5, failed_rows = failed_rows + $6
WHERE workspace_id = $1 AND import_id = $2
"""
_ERRORS = """
INSERT INTO import_row_error (workspace_id, import_id, row, "column", code, reason, cells)
SELECT $1, $2, e.row, e.col, e.code, e.reason, e.cells::jsonb
FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[])
  AS e (row, col, code, reason, cells)
"""


class Superseded(Exception):
    """Another worker has written this batch already."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive rows of a file, read and checked."""

    first: int
    """How many rows come before it."""
    rows: list[Row]
    errors: list[RowError]
    fields: Fields
    """The workspace's own fields by which the rows were read."""

    @property
    def size(self) -> int:
        """How many rows of the file it covers."""
        return len(self.rows) + len(self.errors)


async def write(ctx: Context, import_id: str, batch: Batch, columns: Mapping[str, str]) -> None:
    """Write a batch with its row errors and its progress; `columns` are the headers by field."""
    await _take_turn(ctx, import_id, batch.first)
    fields = await own.kept(ctx, batch.fields, list(columns))
    made, refused = await _planned(ctx, batch.rows, fields)
    tagged = {
        one.id: one.values.pop("tags").split(";")
        for one in made.targets.values()
        if one.values.get("tags")
    }
    await _write_targets(ctx, list(made.targets.values()))
    await tags.put_each(ctx, "contact", tagged)
    errors = sorted([*batch.errors, *refused, *made.errors], key=lambda error: error.number)
    await _write_errors(ctx, import_id, errors, columns)
    counts = (batch.size, made.created, made.updated, len(errors))
    await ctx.act.fetch_text(_PROGRESS, ctx.workspace_id, import_id, *counts)


async def _take_turn(ctx: Context, import_id: str, first: int) -> None:
    # Imports of a workspace take turns, batch by batch: two that bring the same people without
    # e-mail addresses, which no unique index tells apart, would create them twice.
    await ctx.act.fetch_text(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"import {ctx.workspace_id}"
    )
    # A young workspace's tables are small when the checks of their foreign keys are planned, and
    # reading them whole looks cheap; the plan is kept while they grow a thousandfold.
    await ctx.act.execute("SET LOCAL enable_seqscan = off")
    found = await ctx.act.fetch_text(_LOCK, ctx.workspace_id, import_id)
    if not found or found[0]["done_rows"] != first:
        raise Superseded


async def _planned(
    ctx: Context, rows: Sequence[Row], fields: Fields
) -> tuple[Plan, list[RowError]]:
    wanted = sorted({row.values["owner"] for row in rows if "owner" in row.values})
    owners = await lookups.owners(ctx, wanted)
    refused = [
        _unknown_owner(row) for row in rows if row.values.get("owner", "") not in {"", *owners}
    ]
    refused += await own.unseen(ctx, fields, rows)
    wrong = {error.number for error in refused}
    known = [row for row in rows if row.number not in wrong]
    rules = await own.rules(ctx, fields, known)
    made = plan(known, await own.matched(ctx, rules, await lookups.contacts(ctx, known)), rules)
    companies = await _companies(ctx, made.targets.values())
    for target in made.targets.values():
        if owner := target.values.pop("owner", None):
            target.values["owner_id"] = owners[owner]
        if company := target.values.pop("company", None):
            target.values["company_id"] = companies[company]
        if custom := own.stored(target.values):
            target.values["custom"] = orjson.dumps(custom).decode()
        if target.is_new:
            target.values.setdefault("status", ContactStatus.LEAD)
            target.values.setdefault("owner_id", ctx.actor.user_id)
    return made, refused


def _unknown_owner(row: Row) -> RowError:
    reason = "No active user of the workspace has this e-mail address."
    return RowError(row.number, row.cells, ["owner"], UserErrorCode.INVALID_VALUE, reason)


async def _companies(ctx: Context, targets: Iterable[Target]) -> dict[str, str]:
    """The id of every company the targets name; those nobody knows are created, once each."""
    names = list(dict.fromkeys(one.values["company"] for one in targets if "company" in one.values))
    keys, known = await lookups.companies(ctx, names)
    new: dict[str, tuple[str, str]] = {}
    for name in names:
        if keys[name] not in known:
            known[keys[name]] = new_id()
            new[keys[name]] = (known[keys[name]], name)
    if new:
        ids, titles = zip(*new.values(), strict=True)
        await ctx.act.write_set(
            _TABLES["company"],
            "company.created",
            _COMPANIES,
            ctx.workspace_id,
            ctx.now,
            ctx.actor.user_id,
            list(ids),
            list(titles),
        )
    return {name: known[keys[name]] for name in names}


async def _write_targets(ctx: Context, targets: Sequence[Target]) -> None:
    if not targets:
        return
    # The trigram index takes a batch in one go with this much memory; with less it takes twice as
    # long, going through its pages again and again.
    await ctx.act.execute("SET LOCAL work_mem = '64MB'")
    await ctx.act.execute(_TARGETS)
    rows = [(one.id, one.is_new, *(one.values.get(name) for name in _VALUES)) for one in targets]
    await ctx.act.copy("import_target", ("id", "is_new", *_VALUES), rows)
    facts = (ctx.workspace_id, ctx.now)
    if any(one.is_new for one in targets):
        await ctx.act.write_set(_TABLES["contact"], "contact.created", _CREATE, *facts)
    if any("company_id" in one.values for one in targets):
        await ctx.act.write_set(
            _TABLES["contact_company"], "contact_company.created", _JOIN, *facts
        )
    if known := [one.id for one in targets if not one.is_new]:
        # Named, so that they are looked up by key: a new temporary table has no statistics.
        await ctx.act.write_set(_TABLES["contact"], "contact.updated", _UPDATE, *facts, known)


async def _write_errors(
    ctx: Context, import_id: str, errors: Sequence[RowError], columns: Mapping[str, str]
) -> None:
    if not errors:
        return
    await ctx.act.fetch_text(
        _ERRORS,
        ctx.workspace_id,
        import_id,
        [error.number for error in errors],
        [_headers(error, columns) for error in errors],
        [error.code for error in errors],
        [error.reason for error in errors],
        [orjson.dumps(error.cells).decode() for error in errors],
    )


def _headers(error: RowError, columns: Mapping[str, str]) -> str | None:
    return ", ".join(columns[name] for name in error.fields if name in columns) or None
