"""How an entity is declared: its API type by hand, everything else derived from the notes."""

import dataclasses
import functools
import operator
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

import strawberry

from auth.roles import Category
from models.base import Record, Technical
from models.registry import REGISTRY, Batch, Entity, Field, Kind, Scope, Write
from schema import enums  # noqa: F401 - enums are described before types use them

DERIVED = "schema.derived"

T = TypeVar("T", bound=type)


@strawberry.interface(description="Anything with an id.")
class Node:
    """What `node(id:)` finds."""

    id: strawberry.ID = strawberry.field(description="Id of the record, unique everywhere.")


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """A field as it is written in an entity's class, before its type is known."""

    kind: Kind
    description: str
    options: dict[str, Any]


def column(
    description: str,
    *,
    source: str = "",
    write: Write = Write.NEVER,
    required: bool = False,
    max_length: int | None = 200,
    filter: bool | str = False,
    contains: bool = False,
    order: bool | str = False,
    group: bool = False,
) -> Any:
    """A column of the row; `filter` and `order` may name the stored key to use instead."""
    return Note(Kind.COLUMN, description, _given(locals()))


def money(
    description: str,
    *,
    amount: str,
    currency: str,
    key: str = "",
    write: Write = Write.NEVER,
    required: bool = False,
    filter: bool = False,
    order: bool = False,
    sum: bool = False,
    dated: str = "",
    weight: str = "",
) -> Any:
    """An amount and its currency, in two columns; `key` is the stored bigint to compare by.

    What is summed is converted at the rate of the day in column `dated`; with a `weight`, a column
    of percentages, there is a second sum of what is to be expected.
    """
    return Note(Kind.MONEY, description, _given(locals()))


def link(
    target: str,
    description: str,
    *,
    source: str = "",
    write: Write = Write.NEVER,
    required: bool = False,
    group: bool = False,
    always: bool = False,
) -> Any:
    """The record a column points at; null when it is out of the viewer's sight."""
    return Note(Kind.LINK, description, _given(locals()))


def many(
    target: str,
    description: str,
    *,
    by: str,
    through: str = "",
    to: str = "",
    on: str = "id",
    also: str = "",
    order: str = "",
) -> Any:
    """The records whose column `by` points here, or a join table's; `order` as `-column,column`.

    The join table's `to` holds the target's `on`; `also` is a column of it that may point here.
    """
    return Note(Kind.MANY, description, _given(locals()))


def computed(
    description: str,
    *,
    batch: Batch,
    needs: tuple[str, ...] = (),
    carries: bool = False,
    paged: bool = False,
) -> Any:
    """A field worked out for all rows of a level at once: `batch(reading, rows) -> values`.

    `needs` names the columns it is worked out from, so that only they are read. A value that
    `carries` records holds pointers to them. What is `paged` is a page of what happened to the
    record, whose values may carry records.
    """
    return Note(Kind.COMPUTED, description, _given(locals()))


def feed(description: str, arguments: dict[str, Any]) -> Any:
    """A list or value with arguments, answered by what is registered under the field's name."""
    return Note(Kind.FEED, description, _given(locals()))


def one_of(union: str, description: str, *, links: tuple[str, ...]) -> Any:
    """The record behind the one link that is set, of those declared above; its type is a union."""
    return Note(Kind.ONE_OF, description, _given(locals()))


def _given(names: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in names.items() if name != "description"}


def entity(
    row: type[Technical],
    *,
    prefix: str,
    plural: str,
    category: Category | None,
    scope: Scope = Scope.OWNER,
    parent: str = "",
    attached: str = "",
    core: bool = False,
    mergeable: bool = False,
    shares: str = "",
    shown: str = "",
    queue: str = "",
    members: str = "",
    within: str = "",
    seen_by: tuple[str, ...] = (),
    finance_sees_all: bool = False,
    order: str = "",
    listed: bool = True,
) -> Callable[[T], T]:
    """Declare an entity: fills the registry and makes the class its GraphQL type.

    Its lists come newest first, or in an `order` as `-column,column` that an index has.
    """

    def declare(cls: T) -> T:
        declared = Entity(
            name=cls.__name__,
            plural=plural,
            prefix=prefix,
            row=row,
            category=category or "",
            scope=scope,
            parent=parent,
            attached=attached,
            core=core,
            mergeable=mergeable,
            shares=shares,
            shown=shown,
            queue=queue,
            members=members,
            within=within,
            seen_by=seen_by,
            finance_sees_all=finance_sees_all,
            order_by=_order(order),
            listed=listed,
            searched="search_key" in row.__table__.c,
            api=cls,
        )
        for name, field in _fields(cls, declared):
            declared.fields[name] = field
        for part in declared.order_by:
            _require_index(declared, "its lists", "order", part.removeprefix("-"))
        _dress(cls, declared)
        REGISTRY.add(declared)
        return cls

    return declare


def _fields(cls: type, declared: Entity) -> typing.Iterator[tuple[str, Field]]:
    yield (
        "id",
        Field(
            name="id",
            kind=Kind.ID,
            description=f"Id of the {declared.name}: `{declared.prefix}_` and 26 digits.",
            scalar="ID",
            columns=(declared.key,),
            filter=declared.key,
        ),
    )
    hints = {name: hint for name, hint in cls.__annotations__.items() if name != "id"}
    for name, note in vars(cls).items():
        if isinstance(note, Note):
            yield name, _FIELD_OF[note.kind](declared, name, note, hints.get(name))
    if declared.core:
        for name, (note, hint) in CORE.items():
            yield name, _FIELD_OF[note.kind](declared, name, note, hint)
    if issubclass(declared.row, Record):
        for name, note in _COMMON.items():
            yield name, _column(declared, name, note, _SHARED[name])
    if declared.restorable:
        yield "deleted_at", _column(declared, "deleted_at", _DELETED, datetime | None)


CORE: dict[str, tuple[Note, Any]] = {}
"""What every core entity has, by name with its type; `schema/core_fields.py` says what it is."""

_SHARED: dict[str, Any] = {"created_at": datetime, "updated_at": datetime, "version": int}
_SHARED["deleted_at"] = datetime | None

_COMMON = {
    "created_at": Note(
        Kind.COLUMN, "When the record was created.", {"filter": True, "order": True}
    ),
    "updated_at": Note(
        Kind.COLUMN, "When the record last changed.", {"filter": True, "order": True}
    ),
    "version": Note(Kind.COLUMN, "Counts the changes; send it as `expectedVersion` to lock.", {}),
}


_DELETED = Note(
    Kind.COLUMN, "When it was deleted; it can be restored for 30 days. Null while it is not.", {}
)


def _column(declared: Entity, name: str, note: Note, hint: Any) -> Field:
    inner, nullable = _unwrapped(hint)
    options = dict(note.options)
    source = options.pop("source", "") or name
    stored = declared.table.c[source]
    if stored.nullable and not nullable:
        message = f"{declared.name}.{name} is never null in the API but nullable in the table."
        raise TypeError(message)
    compared: dict[str, Any] = {
        use: _named(options.pop(use, False), source) for use in ("filter", "order")
    }
    for use, key in compared.items():
        _require_index(declared, name, use, key)
    return Field(
        name=name,
        kind=Kind.COLUMN,
        description=note.description,
        nullable=nullable,
        scalar=_scalar_name(inner),
        columns=(source,),
        **compared,
        **options,
    )


def _money(declared: Entity, name: str, note: Note, _hint: Any) -> Field:
    options = dict(note.options)
    amount, currency, key = (options.pop(part) for part in ("amount", "currency", "key"))
    compared: dict[str, Any] = {use: key if options.pop(use) else "" for use in ("filter", "order")}
    return Field(
        name=name,
        kind=Kind.MONEY,
        description=note.description,
        nullable=bool(declared.table.c[amount].nullable),
        scalar="Money",
        columns=(amount, currency),
        **compared,
        **options,
    )


def _link(declared: Entity, name: str, note: Note, _hint: Any) -> Field:
    options = dict(note.options)
    source = options.pop("source") or f"{name}_id"
    stored = declared.table.c[source]
    if "references" not in stored.info:
        message = f"{declared.name}.{name}: {source} is not a ref()."
        raise TypeError(message)
    return Field(
        name=name,
        kind=Kind.LINK,
        description=note.description,
        nullable=not options["always"],
        columns=(source,),
        filter=source,
        **options,
    )


def _many(_declared: Entity, name: str, note: Note, _hint: Any) -> Field:
    options = dict(note.options)
    order = _order(options.pop("order"))
    return Field(name=name, kind=Kind.MANY, description=note.description, order_by=order, **options)


def _order(written: str) -> tuple[str, ...]:
    return tuple(part for part in written.split(",") if part)


def _computed(_declared: Entity, name: str, note: Note, hint: Any) -> Field:
    inner, nullable = _unwrapped(hint)
    return Field(
        name=name,
        kind=Kind.COMPUTED,
        description=note.description,
        nullable=nullable,
        scalar=_scalar_name(inner),
        batch=note.options["batch"],
        needs=note.options["needs"],
        carries=note.options["carries"],
        paged=note.options["paged"],
    )


def _feed(_declared: Entity, name: str, note: Note, _hint: Any) -> Field:
    return Field(name=name, kind=Kind.FEED, description=note.description, **note.options)


def _one_of(declared: Entity, name: str, note: Note, _hint: Any) -> Field:
    field = Field(
        name=name, kind=Kind.ONE_OF, description=note.description, nullable=True, **note.options
    )
    for link in field.links:
        known = declared.fields.get(link)
        if known is None or known.kind is not Kind.LINK or not known.nullable:
            message = f"{declared.name}.{name}: {link} is not a nullable link declared above."
            raise TypeError(message)
    targets = tuple(dict.fromkeys(declared.fields[link].target for link in field.links))
    if set(_UNIONS.setdefault(field.union, targets)) != set(targets):
        message = f"{declared.name}.{name}: {field.union} is of other types elsewhere."
        raise TypeError(message)
    return field


def _custom(_declared: Entity, name: str, note: Note, _hint: Any) -> Field:
    columns, kind = ("custom",), Kind.CUSTOM
    described = note.description
    return Field(name=name, kind=kind, description=described, columns=columns, write=Write.ALWAYS)


_UNIONS: dict[str, tuple[str, ...]] = {}
"""The types of each union of links; entities may share one."""


_FIELD_OF: dict[Kind, Callable[[Entity, str, Note, Any], Field]] = {
    Kind.COLUMN: _column,
    Kind.MONEY: _money,
    Kind.LINK: _link,
    Kind.MANY: _many,
    Kind.COMPUTED: _computed,
    Kind.ONE_OF: _one_of,
    Kind.FEED: _feed,
    Kind.CUSTOM: _custom,
}


def _named(use: Any, source: str) -> str:
    if isinstance(use, str):
        return use
    return source if use else ""


def _require_index(declared: Entity, name: str, use: str, key: str) -> None:
    if not key:
        return
    stored = declared.table.c[key]
    if not stored.info.get("indexed"):
        message = f"{declared.name}.{name}: {use} uses {key}, which is not indexed()."
        raise TypeError(message)
    if use == "order" and stored.nullable:
        message = f"{declared.name}.{name}: {key} may be null and cannot order a list."
        raise TypeError(message)


def _unwrapped(hint: Any) -> tuple[Any, bool]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        return inner[0], True
    return hint, False


def _scalar_name(hint: Any) -> str:
    known = {str: "String", int: "Int", bool: "Boolean", strawberry.ID: "ID"}
    known |= {datetime: "DateTime", date: "Date"}
    return str(known.get(hint) or getattr(hint, "__name__", hint))


def derived(name: str) -> Any:
    """A type made from the declarations, or another entity's, by its name."""
    return Annotated[name, strawberry.lazy(DERIVED)]


def _dress(cls: type, declared: Entity) -> None:
    hints = {}
    for name, field in declared.fields.items():
        setattr(cls, name, strawberry.field(description=field.description))
        hints[name] = _annotation(field, cls.__annotations__.get(name))
    cls.__annotations__ = hints
    strawberry.type(cls, description=cls.__doc__)


def _annotation(field: Field, hint: Any) -> Any:
    if field.kind is Kind.ONE_OF:
        return _union(field.union) | None
    if field.kind is Kind.LINK:
        return derived(field.target) | None if field.nullable else derived(field.target)
    if field.kind is Kind.MANY:
        return derived(f"{field.target}Connection")
    if field.kind is Kind.MONEY:
        return derived("Money") | None if field.nullable else derived("Money")
    if field.kind is Kind.ID:
        return strawberry.ID
    return hint or _SHARED.get(field.name) or CORE[field.name][1]


def _union(name: str) -> Any:
    targets = _UNIONS[name]
    kinds = [derived(target) for target in targets]
    described = f"One of these records: {', '.join(targets)}."
    return Annotated[
        functools.reduce(operator.or_, kinds), strawberry.union(name, description=described)
    ]
