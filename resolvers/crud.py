"""`crud(Contact)`: the acts every record shares as mutations, any of them replaceable whole."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from inspect import Parameter, signature
from typing import Any

import sqlalchemy as sa
from strawberry import UNSET

from auth.context import Context
from auth.policy import visible
from core.codes import UserErrorCode
from core.errors import UserError
from core.names import camel, snake, spaced
from models.registry import REGISTRY, Entity, Kind, Write
from resolvers import refusals
from resolvers.custom_values import given_values
from resolvers.mutation import id_of, register, register_result
from resolvers.redirecting import followed_within
from schema import acts
from schema.enums import BulkPolicy
from schema.inputs import notes
from services import bulk, custom_fields, external_ids, records, redirects
from services.conditions import Filtering

Step = Callable[..., Awaitable[Any]]

_NAMES = "external_ids"
_OF_ROWS = frozenset({"create", "upsert"})

ALL = frozenset({"create", "update", "delete", "restore", "upsert", "bulk"})


def crud(
    api: type,
    *,
    create: Step | None = None,
    update: Step | None = None,
    delete: Step | None = None,
    restore: Step | None = None,
    before_bulk_update: Step | None = None,
    match: tuple[str, ...] = (),
    extra: acts.Declared | None = None,
    without: frozenset[str] = frozenset(),
) -> None:
    """Register the shared acts of an entity; a step given replaces the whole of it."""
    entity = REGISTRY[api.__name__]
    steps = _Steps(
        entity,
        create=create or partial(records.create, entity=entity),
        update=update or partial(records.update, entity=entity),
        delete=delete or partial(records.delete, entity=entity),
        restore=restore or partial(records.restore, entity=entity),
        before_bulk_update=before_bulk_update,
    )
    chosen = ALL - without - (frozenset() if entity.restorable else {"restore"})
    noun = snake(entity.name)
    row = acts.create_input(entity, extra, nested=True)
    if "create" in chosen:
        whole = acts.create_input(entity, extra, nested=False)
        register(f"{noun}_create", steps.door("create", whole, "Create"), {noun: api})
    if "update" in chosen:
        register(
            f"{noun}_update", steps.door("update", acts.update_input(entity), "Change"), {noun: api}
        )
    if "delete" in chosen:
        kind = acts.one_input(entity, "Delete", versioned=True)
        register(f"{noun}_delete", steps.door("delete", kind, "Delete"), {noun: api})
    if "restore" in chosen:
        kind = acts.one_input(entity, "Restore", versioned=False)
        register(f"{noun}_restore", steps.door("restore", kind, "Bring back"), {noun: api})
    found = acts.match_input(entity, match) if "upsert" in chosen else None
    if found is not None:
        kind = acts.upsert_input(entity, found, row, nested=False)
        register(f"{noun}_upsert", steps.upserting(kind), {noun: api})
    if "bulk" in chosen:
        _register_bulk(entity, steps, row, found)


def _register_bulk(entity: Entity, steps: "_Steps", row: type, match: type | None) -> None:
    noun = snake(entity.name)
    inputs = acts.bulk_inputs(entity, row, acts.patch_input(entity))
    if match is not None:
        one = acts.upsert_input(entity, match, row, nested=True)
        inputs["upsert"] = acts.bulk_upsert_input(entity, one)
    result = register_result(entity)
    for verb, kind in inputs.items():
        register(f"{noun}_bulk_{verb}", steps.bulk(verb, kind), {"results": result})


class _Steps:
    """The steps of one entity's acts, and the doors GraphQL has to them."""

    def __init__(
        self,
        entity: Entity,
        *,
        create: Step,
        update: Step,
        delete: Step,
        restore: Step,
        before_bulk_update: Step | None,
    ) -> None:
        self.entity = entity
        self.create = create
        self.update = update
        self.delete = _naming_the_survivor(entity, delete) if entity.mergeable else delete
        self.restore = restore
        self.before_bulk_update = before_bulk_update
        taken = signature(update).parameters.values()
        open_ended = any(one.kind is Parameter.VAR_KEYWORD for one in taken)
        self._updates = None if open_ended else {one.name for one in taken}
        """What else an update takes; the rest of an upsert is for the beginning alone."""

    def door(self, verb: str, kind: type, word: str) -> Step:
        """The act of one record behind a mutation."""
        act = getattr(self, f"_{verb}")

        async def one(ctx: Context, input: Any) -> Any:
            await self._keep(ctx, input)
            return await act(ctx, input)

        return _named(one, kind, f"{word} a {spaced(self.entity.name)}.")

    def upserting(self, kind: type) -> Step:
        """Update the record that matches, or create it."""
        what = spaced(self.entity.name)
        sentence = f"Change the {what} that matches, or create it."

        async def upsert(ctx: Context, input: Any) -> Any:
            await self._keep(ctx, input.values)
            return await self._upsert(ctx, input)

        return _named(upsert, kind, sentence)

    async def _upsert(self, ctx: Context, input: Any) -> Any:
        found = await self._matched(ctx, input.match)
        if found is None:
            self._complete(input)
            return await self._create(ctx, input.values)
        given = {name: value for name, value in self._given(input.values).items() if value != ""}
        rest = await self._rest(ctx, input.values)
        names = getattr(input.values, _NAMES, UNSET)
        if not (given or rest) and names not in (UNSET, None):
            row: Any = await records.locked(ctx, self.entity, found)
        else:
            row = await self.update(ctx=ctx, record_id=found, given=given, **rest)
        await self._call(ctx, row, names)
        return row

    async def _rest(self, ctx: Context, given: Any) -> dict[str, Any]:
        """What else an update takes; ids for the beginning alone must be in sight even so."""
        rest = self._extra(given)
        named = {one.name: notes(one).get("id_of") for one in fields(given)}
        for name in rest.keys() - (rest.keys() if self._updates is None else self._updates):
            value, target = rest.pop(name), named[name]
            if target and value is not None:
                await ctx.get(REGISTRY[target].row, value, path=(camel(name),))
        return rest

    def _complete(self, input: Any) -> None:
        """What was looked for is what the new record has, unless the caller says else."""
        for declared in fields(input.match):
            value = getattr(input.match, declared.name)
            if declared.name == "external_id":
                if value not in (UNSET, None):
                    known = getattr(input.values, _NAMES)
                    setattr(input.values, _NAMES, [value, *(known or ())])
            elif getattr(input.values, declared.name, None) is UNSET:
                setattr(input.values, declared.name, value)

    async def _call(self, ctx: Context, row: Any, names: Any) -> None:
        """Let other systems call a record as its input says."""
        if names in (UNSET, None):
            return
        wanted = [external_ids.Name(one.source, one.value) for one in names]
        record_id = id_of(row, self.entity)
        await external_ids.put(ctx, self.entity, record_id, wanted, "externalIds")

    def bulk(self, verb: str, kind: type) -> Step:
        """Do an act for many records."""

        async def many(ctx: Context, input: Any) -> Any:
            await self._keep(ctx, *_sent(verb, input))
            rows = input.rows if verb in _OF_ROWS else await self._kept(ctx, verb, input)
            if verb == "upsert":
                await self._take_turns(ctx, input.rows)
            outcomes = await bulk.run(
                ctx,
                rows,
                self._each(ctx, verb, input),
                explain=refusals.of_constraint,
                reject_all=input.error_policy is BulkPolicy.REJECT_ALL,
                path="rows" if verb in _OF_ROWS else "ids",
                follow=followed_within,
            )
            return {"results": outcomes}

        words = {"create": "Create", "update": "Change", "delete": "Delete"}
        words["upsert"] = "Change or create"
        return _named(many, kind, f"{words[verb]} up to 500 {spaced(self.entity.name)} records.")

    def _each(self, ctx: Context, verb: str, given: Any) -> Callable[[Any], Awaitable[Any]]:
        if verb == "create":
            return lambda row: self._create(ctx, row)
        if verb == "upsert":
            return lambda row: self._upsert(ctx, row)
        if verb == "delete":
            return lambda one: self.delete(ctx=ctx, record_id=one)
        patch = self._given(given.patch)
        return lambda one: self.update(ctx=ctx, record_id=one, given=patch)

    async def _create(self, ctx: Context, given: Any) -> Any:
        row = await self.create(ctx=ctx, given=self._given(given), **self._extra(given))
        await self._call(ctx, row, getattr(given, _NAMES, UNSET))
        return row

    async def _update(self, ctx: Context, given: Any) -> Any:
        return await self.update(
            ctx=ctx,
            record_id=given.id,
            given=self._given(given),
            expected_version=given.expected_version,
        )

    async def _delete(self, ctx: Context, given: Any) -> Any:
        return await self.delete(
            ctx=ctx, record_id=given.id, expected_version=given.expected_version
        )

    async def _restore(self, ctx: Context, given: Any) -> Any:
        return await self.restore(ctx=ctx, record_id=given.id)

    async def _keep(self, ctx: Context, *given: Any) -> None:
        """Custom fields are kept before any record that has them, by everybody."""
        if any(getattr(one, custom_fields.NAME, UNSET) not in (UNSET, None) for one in given):
            records.may_write(ctx, self.entity)
            await custom_fields.keep_for_all(ctx, self.entity)

    def _given(self, given: Any) -> dict[str, Any]:
        return written(self.entity, given)

    def _extra(self, given: Any) -> dict[str, Any]:
        own = {python for _, python in _own(self.entity)} | {"idempotency_key", _NAMES}
        named = {one.name for one in fields(given)} - own
        return {name: getattr(given, name) for name in named if getattr(given, name) is not UNSET}

    async def _matched(self, ctx: Context, match: Any) -> str | None:
        for declared in fields(match):
            value = getattr(match, declared.name)
            if declared.name == "external_id" and value not in (UNSET, None):
                name = external_ids.Name(value.source, value.value)
                return await external_ids.matched(ctx, self.entity, name)
            if value in (UNSET, None) or not value.strip():
                continue
            if notes(declared).get("id_of"):
                await ctx.get(self.entity.row, value, path=("match", "id"))
                return str(value)
            return await self._by(ctx, self.entity.fields[declared.name].filter, value)
        message = "Name one way to find the record."
        raise UserError(UserErrorCode.REQUIRED, message, ("match",))

    async def _take_turns(self, ctx: Context, rows: Sequence[Any]) -> None:
        """Come in turn for all that a bulk looks for, in one order, whichever the caller named."""
        if len(rows) <= bulk.MAX_ROWS:
            turns = {turn for row in rows for turn in self._turns(row.match)}
            for what in sorted({what for what, _ in turns}):
                await records.in_turn(ctx, what, *sorted(one for own, one in turns if own == what))

    def _turns(self, match: Any) -> Iterator[tuple[str, str]]:
        for declared in fields(match):
            value = getattr(match, declared.name)
            if value in (UNSET, None) or notes(declared).get("id_of"):
                continue
            if declared.name == "external_id":
                yield external_ids.turn(self.entity, external_ids.Name(value.source, value.value))
            else:
                yield self._turn(self.entity.fields[declared.name].filter, value)

    def _turn(self, column: str, value: str) -> tuple[str, str]:
        return f"{self.entity.table.name}.{column}", value.strip().casefold()

    async def _by(self, ctx: Context, column: str, value: str) -> str | None:
        table = self.entity.table
        # Not every such value is unique: two upserts of a new one make one record.
        await records.in_turn(ctx, *self._turn(column, value))
        rows = await ctx.act.fetch(
            sa.select(table.c.id)
            .where(
                visible(self.entity, ctx.actor, table),
                table.c[column] == sa.func.fold(value.strip()),
            )
            .order_by(table.c.id)
            .limit(1),
            ctx.actor.bound,
        )
        return rows[0]["id"] if rows else None

    async def _kept(self, ctx: Context, verb: str, given: Any) -> list[str]:
        """The chosen records, kept from others: in one order, whichever the caller named."""
        if verb == "update" and self.before_bulk_update:
            await self.before_bulk_update(ctx, self._given(given.patch))
        if verb == "delete" and self.entity.mergeable:
            ids = await chosen(ctx, self.entity, given)
            await ctx.find(self.entity.row, ids[: bulk.MAX_ROWS], lock=True)
            return ids
        return await kept(ctx, self.entity, given)


def _naming_the_survivor(entity: Entity, delete: Step) -> Step:
    """Deleting what was merged away is refused: who asks does not mean what it lives on in."""

    async def one(*, ctx: Context, record_id: str, **rest: Any) -> Any:
        try:
            return await delete(ctx=ctx, record_id=record_id, **rest)
        except UserError as refused:
            if refused.code == UserErrorCode.NOT_FOUND:
                await redirects.refuse_deleting(ctx, entity, record_id)
            raise

    return one


async def kept(ctx: Context, entity: Entity, given: Any, *, alone: bool = False) -> list[str]:
    """The records a bulk is about, locked; those that were merged away as what they lead to."""
    ids = await chosen(ctx, entity, given)
    found = await ctx.find(entity.row, ids[: bulk.MAX_ROWS], lock=True, alone=alone)
    if not entity.mergeable or len(found) == len(ids) or len(ids) > bulk.MAX_ROWS:
        return ids
    led = await redirects.survivors(ctx, ids)
    await ctx.find(entity.row, list(led.values()), lock=True, alone=alone)
    return list(dict.fromkeys(led.get(one, one) for one in ids))


async def chosen(ctx: Context, entity: Entity, given: Any) -> list[str]:
    """The records a bulk is about: by their ids, or by a filter in the order of theirs."""
    if given.ids not in (UNSET, None):
        return list(dict.fromkeys(given.ids))
    if given.filter in (UNSET, None):
        message = "Say which records: by `ids` or by `filter`."
        raise UserError(UserErrorCode.REQUIRED, message, ("ids",))
    table = entity.table.alias()
    condition = Filtering(ctx.actor, ctx.now).where(entity, table, wire(given.filter))
    rows = await ctx.act.fetch(
        sa.select(table.c.id)
        .where(visible(entity, ctx.actor, table), condition)
        .order_by(table.c.id)
        .limit(bulk.MAX_ROWS + 1),
        ctx.actor.bound,
    )
    return [row["id"] for row in rows]


def _sent(verb: str, given: Any) -> list[Any]:
    """What a bulk writes."""
    if verb == "create":
        return list(given.rows)
    if verb == "upsert":
        return [row.values for row in given.rows]
    return [given.patch] if verb == "update" else []


def written(entity: Entity, given: Any) -> dict[str, Any]:
    """The values an input has for the fields of an entity, by their names."""
    values = {}
    for name, python in _own(entity):
        value = getattr(given, python, UNSET)
        if value is not UNSET:
            values[name] = value
    if custom_fields.NAME in values:
        values[custom_fields.NAME] = given_values(values[custom_fields.NAME])
    return values


def _own(entity: Entity) -> Iterator[tuple[str, str]]:
    """The fields that clients write, each with its name in inputs."""
    for name, field in entity.fields.items():
        if field.write is not Write.NEVER:
            yield name, f"{name}_id" if field.kind is Kind.LINK else name


def wire(given: Any) -> Any:
    """An input object as a mapping with the names clients wrote."""
    if isinstance(given, list):
        return [wire(one) for one in given]
    definition = getattr(type(given), "__strawberry_definition__", None)
    if definition is None:
        return given
    values = {}
    for field in definition.fields:
        value = getattr(given, field.python_name)
        if value is not UNSET:
            values[field.graphql_name or camel(field.python_name)] = wire(value)
    return values


def _named(act: Step, kind: type, sentence: str) -> Step:
    async def named(ctx: Context, input: Any) -> Any:
        return await act(ctx, input)

    named.__doc__ = sentence
    named.__annotations__ = {"ctx": Context, "input": kind, "return": Mapping}
    return named
