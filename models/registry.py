"""What an entity is, as plain data: filled by `schema/`, read by everyone else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from models.base import Record, Technical


class Scope(StrEnum):
    """Whose rows a member of the workspace sees."""

    WORKSPACE = "workspace"
    OWNER = "owner"
    OWN = "own"
    PERSONAL = "personal"
    PARENT = "parent"
    ATTACHED = "attached"
    SHARED = "shared"


class Kind(StrEnum):
    """How a field of an entity is answered."""

    COLUMN = "column"
    ID = "id"
    MONEY = "money"
    LINK = "link"
    MANY = "many"
    COMPUTED = "computed"
    ONE_OF = "one of"
    FEED = "feed"
    CUSTOM = "custom"


class Write(StrEnum):
    """Which acts may set a field."""

    NEVER = "never"
    CREATE = "create"
    ALWAYS = "always"


Batch = Callable[..., Awaitable[Sequence[Any]]]
"""`(reading, rows)`; where it is paged `(reading, entity, rows, size, before)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an entity's API type, and what it is made of."""

    name: str
    kind: Kind
    description: str
    nullable: bool = False
    scalar: str = ""
    """Name of the GraphQL scalar or enum, for columns."""
    columns: tuple[str, ...] = ()
    """The row's columns the value is read from: one, or a money's amount and currency."""
    write: Write = Write.NEVER
    required: bool = False
    max_length: int | None = None
    filter: str = ""
    """Column the filter compares; empty when the field is not filtered by."""
    contains: bool = False
    order: str = ""
    """Column the ordering uses; empty when the field is not ordered by."""
    sum: bool = False
    dated: str = ""
    """Money: the day or moment whose exchange rate it is converted at; today's where null."""
    weight: str = ""
    """Money: the column of the percentage it is expected with."""
    group: bool = False
    always: bool = False
    """Link: never null, because the column is not and every member sees the target."""
    target: str = ""
    """Name of the entity a link or collection leads to."""
    by: str = ""
    """Collection: the target's (or the join table's) column holding our id."""
    through: str = ""
    """Collection: the join table, and in `to` its column holding the target's id."""
    to: str = ""
    on: str = "id"
    """Collection through a join table: the target's column that `to` holds."""
    also: str = ""
    """Collection: another column of the target that may hold our id instead."""
    order_by: tuple[str, ...] = ()
    """Collection: default order as `column` or `-column`; empty is newest first."""
    batch: Batch | None = None
    carries: bool = False
    """Computed: whether its values carry records."""
    paged: bool = False
    """Computed: a page of what happened to the record, with `first` and `after`."""
    needs: tuple[str, ...] = ()
    """Computed: the columns of the row it is worked out from; all of them when empty."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Feed: what it takes, as the API declares it."""
    union: str = ""
    """One of several links: the name of the union, and in `links` those of the links."""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of record: its row, its API type, who may read and write it, and its fields."""

    name: str
    plural: str
    prefix: str
    row: type[Technical]
    category: str
    scope: Scope
    parent: str = ""
    """Scope PARENT: name of the link whose record decides, or of several, each with a comma."""
    attached: str = ""
    """Scope ATTACHED: join table of the core records it belongs to; who sees one sees it."""
    core: bool = False
    """Whether it has what customers' records have: tags, files, a timeline, custom fields."""
    mergeable: bool = False
    """Whether duplicates can be merged; the ids of those merged away lead to the survivor."""
    shares: str = ""
    """Scope SHARED: table of the roles and teams that see a record besides its owner."""
    shown: str = ""
    """Scope PERSONAL: column that says whether a row is shown to whose it is."""
    queue: str = ""
    """Column of the team whose members see a record that has no owner."""
    members: str = ""
    """Join table of the users a record is shared with; its column for us is `<table>_id`."""
    within: str = ""
    """Name of the link to what it is part of: who sees that sees it too."""
    seen_by: tuple[str, ...] = ()
    """Columns of users who see a record whoever owns what it belongs to."""
    finance_sees_all: bool = False
    order_by: tuple[str, ...] = ()
    """Order of its lists as `column` or `-column`; empty is newest first."""
    listed: bool = True
    """Whether there are lists of it; a workspace is alone in its own."""
    searched: bool = False
    noun: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    api: type | None = None

    @property
    def table(self) -> sa.Table:
        """The table of its rows."""
        return self.row.__table__  # type: ignore[return-value]

    @property
    def key(self) -> str:
        """The column that identifies a row within its workspace."""
        return "id" if issubclass(self.row, Record) else "workspace_id"

    @property
    def parents(self) -> tuple["Field", ...]:
        """Scope PARENT: the links to what decides; one of them is set."""
        return tuple(self.fields[name] for name in self.parent.split(",") if name)

    @property
    def restorable(self) -> bool:
        """Whether deleting is soft."""
        return "deleted_at" in self.table.c


class Registry(dict[str, Entity]):
    """Every entity by its API name; empty until `schema` was imported."""

    def add(self, entity: Entity) -> None:
        """Take in an entity; two of one name, prefix or table are a mistake."""
        for other in self.values():
            if other.name == entity.name or other.prefix == entity.prefix:
                message = f"{entity.name} repeats the name or prefix of {other.name}."
                raise TypeError(message)
        self[entity.name] = entity

    def of_table(self, table: str) -> Entity:
        """The entity whose rows lie in a table."""
        return next(entity for entity in self.values() if entity.table.name == table)

    def of_prefix(self, prefix: str) -> Entity | None:
        """The entity behind a wire id's prefix."""
        return next((entity for entity in self.values() if entity.prefix == prefix), None)


REGISTRY = Registry()


@dataclass(slots=True, eq=False)
class Pointer:
    """A record met in a value: what is read of it depends on what is selected there."""

    entity: Entity
    id: str
    answered: dict[int, Any] = field(default_factory=dict)
    """What is answered of it, by the place in the document that asks."""


def pointer(name: str, record_id: str | None) -> Pointer | None:
    """A record of an entity by its id, for a payload, a refusal or a figure to carry."""
    return None if record_id is None else Pointer(REGISTRY[name], record_id)


def require_entities() -> None:
    """Fail with a sentence where a process forgot to import the declarations."""
    if not REGISTRY:
        message = "No entity is declared: import `schema` before using the registry."
        raise RuntimeError(message)
