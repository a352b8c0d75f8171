"""The standard executor's resolvers: one a kind of field, attached from the registry."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from core.codes import DenialCode
from core.errors import Denied
from core.ids import decode, encode
from core.names import camel
from models.registry import REGISTRY, Entity, Field, Kind, Pointer
from resolvers.aggregate import aggregate_of
from resolvers.listing import page_size, place_in_log
from resolvers.pages import ROOT, Page, page_of
from resolvers.reading import Info, Reading, Seen
from schema.derive import grouped, listed
from schema.types import is_record
from services.conditions import read_id
from services.custom_values import shown

Resolve = Callable[..., Any]

MAX_NODES = 100

FEEDS: dict[str, Callable[[Entity], Resolve]] = {}
"""What makes the resolver of a feed, by the feed's name."""


def attach(schema: GraphQLSchema) -> None:
    """Give every declared field its resolver."""
    for kind in schema.type_map.values():
        _attach_value(schema, kind)
    for entity in REGISTRY.values():
        kind = _object(schema, entity.name)
        for name, field in entity.fields.items():
            kind.fields[camel(name)].resolve = _OF_KIND[field.kind](entity, field)
        if entity.listed:
            _attach_connection(schema, entity)
    _attach_roots(schema)


def _attach_value(schema: GraphQLSchema, kind: GraphQLNamedType) -> None:
    """Tell kinds of values apart, and let values carry records."""
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        kind.resolve_type = _kind_of_record if is_record(kind) else _kind_of_value
        for one in schema.get_possible_types(kind):
            one.is_type_of = None
    elif isinstance(kind, GraphQLObjectType):
        for field in kind.fields.values():
            declared = field.extensions.get("strawberry-definition")
            if declared is not None and _holds_record(get_named_type(field.type)):
                several = is_list_type(get_nullable_type(field.type))
                carried = _carried_several if several else _carried
                field.resolve = carried(declared.python_name)


def _holds_record(kind: GraphQLNamedType) -> bool:
    if isinstance(kind, GraphQLUnionType) and any(map(is_record, kind.types)):
        return True
    return is_record(kind)


def _kind_of_record(value: Seen, *_: Any) -> str:
    return value.entity.name


def _kind_of_value(value: Any, *_: Any) -> str:
    # Some lists hold records beside values.
    return value.entity.name if isinstance(value, Seen) else str(value["kind"])


def _carried(name: str) -> Resolve:
    async def resolve(value: Any, info: Info) -> Any:
        pointer, reading = value[name], info.context.reading
        if not isinstance(pointer, Pointer) or reading is None:
            # One of a union that is no record is there as it is.
            return None if isinstance(pointer, Pointer) else pointer
        found: Seen | None = await reading.record(pointer.entity, pointer.id)
        return found

    return resolve


def _carried_several(name: str) -> Resolve:
    async def resolve(value: Any, info: Info) -> list[Seen]:
        reading = reading_of(info)
        found = await asyncio.gather(*(reading.record(one.entity, one.id) for one in value[name]))
        return [one for one in found if one is not None]

    return resolve


def _object(schema: GraphQLSchema, name: str) -> GraphQLObjectType:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101 - derived from the registry
    return kind


def reading_of(info: Info) -> Reading:
    """The reading of a signed-in viewer; UNAUTHENTICATED without one."""
    return signed_in(info.context)


def signed_in(context: Any) -> Reading:
    """The reading of an operation's context; UNAUTHENTICATED where nobody is signed in."""
    reading: Reading | None = context.reading
    if reading is None:
        raise Denied(DenialCode.UNAUTHENTICATED, "Sign in, or send an API key.")
    return reading


def _id(entity: Entity, field: Field) -> Resolve:
    prefix, column = entity.prefix, field.columns[0]

    def resolve(seen: Seen, _info: Info) -> str:
        return encode(prefix, seen.row[column])

    return resolve


def _column(_entity: Entity, field: Field) -> Resolve:
    column = field.columns[0]

    def resolve(seen: Seen, _info: Info) -> Any:
        return seen.row[column]

    return resolve


def _money(_entity: Entity, field: Field) -> Resolve:
    amount, currency = field.columns

    def resolve(seen: Seen, _info: Info) -> dict[str, Any] | None:
        if seen.row[amount] is None:
            return None
        return {"amount": seen.row[amount], "currency": seen.row[currency]}

    return resolve


def _link(_entity: Entity, field: Field) -> Resolve:
    column, target = field.columns[0], field.target

    def resolve(seen: Seen, info: Info) -> Awaitable[Seen | None]:
        return reading_of(info).record(REGISTRY[target], seen.row[column])

    return resolve


def _one_of(entity: Entity, field: Field) -> Resolve:
    links = [entity.fields[name] for name in field.links]

    async def resolve(seen: Seen, info: Info) -> Seen | None:
        reading = reading_of(info)
        for link in links:
            found = await reading.record(REGISTRY[link.target], seen.row[link.columns[0]])
            if found is not None:
                return found
        return None

    return resolve


def _many(_entity: Entity, field: Field) -> Resolve:
    def resolve(seen: Seen, info: Info, **arguments: Any) -> Awaitable[Page]:
        return page_of(reading_of(info), field, seen.row["id"], arguments)

    return resolve


def _computed(entity: Entity, field: Field) -> Resolve:
    batch = field.batch
    assert batch is not None  # noqa: S101 - `computed()` requires it

    def paged(seen: Seen, info: Info, first: int | None, after: str | None = None) -> Any:
        reading = reading_of(info)
        size, before = page_size(first), place_in_log(after)

        async def pages(rows: Sequence[Any]) -> Sequence[Any]:
            return await batch(reading, entity, rows, size, before)

        key = (entity.name, field.name, size, before)
        return reading.loader(key, pages, of=lambda row: row[entity.key]).load(seen.row)

    def resolve(seen: Seen, info: Info) -> Awaitable[Any]:
        reading = reading_of(info)

        async def values(rows: Sequence[Any]) -> Sequence[Any]:
            return await batch(reading, rows)

        # A row with a JSON list cannot be a key of the loader's cache; its id can.
        loader = reading.loader((entity.name, field.name), values, of=lambda row: row[entity.key])
        return loader.load(seen.row)

    return paged if field.paged else resolve


def _custom(entity: Entity, field: Field) -> Resolve:
    column, table = field.columns[0], entity.table.name

    def resolve(seen: Seen, info: Info, keys: list[str] | None = None) -> list[dict[str, Any]]:
        return shown(reading_of(info).actor.custom.of(table), seen.row[column], keys)

    return resolve


_OF_KIND: dict[Kind, Callable[[Entity, Field], Resolve]] = {
    Kind.ID: _id,
    Kind.COLUMN: _column,
    Kind.MONEY: _money,
    Kind.LINK: _link,
    Kind.MANY: _many,
    Kind.COMPUTED: _computed,
    Kind.ONE_OF: _one_of,
    Kind.FEED: lambda entity, field: FEEDS[field.name](entity),
    Kind.CUSTOM: _custom,
}


def _attach_connection(schema: GraphQLSchema, entity: Entity) -> None:
    connection = _object(schema, f"{entity.name}Connection").fields
    connection["edges"].resolve = lambda page, _info: [(page, item) for item in page.items]
    connection["nodes"].resolve = lambda page, _info: page.items
    connection["pageInfo"].resolve = lambda page, _info: page
    connection["totalCount"].resolve = lambda page, info: page.total(reading_of(info))
    edge = _object(schema, f"{entity.name}Edge").fields
    edge["node"].resolve = lambda pair, _info: pair[1]
    edge["cursor"].resolve = lambda pair, _info: pair[0].listing.order.cursor(pair[1].row)


def _attach_roots(schema: GraphQLSchema) -> None:
    query = _object(schema, "Query").fields
    for entity in listed():
        single = entity.name[0].lower() + entity.name[1:]
        query[single].resolve = _single(entity)
        query[entity.plural].resolve = _listed(entity)
        if grouped(entity):
            query[f"{single}Aggregate"].resolve = _aggregated(entity)
    query["node"].resolve = _node
    query["nodes"].resolve = _nodes
    query["eventCursor"].resolve = lambda _root, info: str(reading_of(info).position)
    info = _object(schema, "PageInfo").fields
    for name, told in _PAGE_INFO.items():
        info[name].resolve = _told(info[name], told)


_PAGE_INFO: dict[str, Callable[[Page], Any]] = {
    "hasNextPage": lambda page: page.more,
    "hasPreviousPage": lambda page: page.after,
    "startCursor": lambda page: page.cursor(0),
    "endCursor": lambda page: page.cursor(-1),
}


def _told(field: GraphQLField, told: Callable[[Page], Any]) -> Resolve:
    """What is told of a page of a list, or is written in a value that stands for one."""
    name = field.extensions["strawberry-definition"].python_name

    def resolve(page: Page | dict[str, Any], _info: Info) -> Any:
        return page[name] if isinstance(page, dict) else told(page)

    return resolve


def _single(entity: Entity) -> Resolve:
    def resolve(_root: Any, info: Info, id: str) -> Awaitable[Seen | None]:
        return _asked_for(reading_of(info), entity, read_id(id, entity.name))

    return resolve


def _listed(entity: Entity) -> Resolve:
    def resolve(_root: Any, info: Info, **arguments: Any) -> Awaitable[Page]:
        return page_of(reading_of(info), entity, ROOT, arguments)

    return resolve


def _aggregated(entity: Entity) -> Resolve:
    def resolve(_root: Any, info: Info, **arguments: Any) -> Awaitable[Any]:
        return aggregate_of(reading_of(info), entity, arguments)

    return resolve


def _node(_root: Any, info: Info, id: str) -> Awaitable[Seen | None]:
    return _asked_for(reading_of(info), *named(id))


async def _nodes(_root: Any, info: Info, ids: list[str]) -> list[Seen | None]:
    reading = reading_of(info)
    if len(ids) > MAX_NODES:
        raise Denied(DenialCode.LIMIT_EXCEEDED, f"`nodes` takes at most {MAX_NODES} ids.")
    wanted = [named(one) for one in ids]
    return await asyncio.gather(*(_asked_for(reading, *one) for one in wanted))


async def _asked_for(reading: Reading, entity: Entity, record_id: str) -> Seen | None:
    """The record with this id, or what it was merged into."""
    found = await reading.record(entity, record_id)
    if found is not None or not entity.mergeable:
        return found
    return await reading.record(entity, await reading.led(record_id))


def named(wire_id: str) -> tuple[Entity, str]:
    """The entity and the UUID behind a wire id; INVALID_ID when it is not one."""
    decoded = decode(wire_id)
    entity = REGISTRY.of_prefix(decoded[0]) if decoded else None
    if decoded is None or entity is None:
        message = f"{wire_id[:40]!r} is not the id of a record."
        raise Denied(DenialCode.INVALID_ID, message)
    return entity, decoded[1]
