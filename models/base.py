"""What every table shares: keys that hold the workspace, versions, soft deletion, stored keys."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "pk": "%(table_name)s_pk",
    "fk": "%(table_name)s_%(column_0_N_name)s_fk",
    "uq": "%(table_name)s_%(column_0_N_name)s_taken",
    "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}

Uuid = sa.Uuid(as_uuid=False)
Key = sa.Text(collation="C")


class Base(DeclarativeBase):
    """The declarative root; rows are flat and never attached to a session."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it is
        str: sa.Text,
        Decimal: sa.Numeric,
        date: sa.Date,
        datetime: sa.DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Technical(Base):
    """A workspace's row that is bookkeeping, not a record: no version, no events."""

    __abstract__ = True

    workspace_id: Mapped[str] = mapped_column(Uuid, primary_key=True, sort_order=-30)


class Record(Technical):
    """A workspace's row whose every change is an event."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, sort_order=-20)
    created_at: Mapped[datetime] = mapped_column(info={"indexed": True}, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(info={"indexed": True}, sort_order=91)
    version: Mapped[int] = mapped_column(server_default="1", sort_order=92)


class Attached(Technical):
    """A row that belongs to a core record of any kind; merges and the purge follow it."""

    __abstract__ = True

    record_id: Mapped[str] = mapped_column(Uuid, primary_key=True, sort_order=-10)
    record_kind: Mapped[str] = mapped_column(Key, sort_order=-9)
    """The table the record lies in."""


class Restorable(Record):
    """A record that is deleted softly and can be restored for 30 days."""

    __abstract__ = True

    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=93)


class Core(Restorable):
    """A record of a customer's own: it has fields its workspace has made, too."""

    __abstract__ = True

    custom: Mapped[dict[str, Any]] = mapped_column(server_default="{}", sort_order=94)
    """The values of custom fields by key; the database derives `custom_value` from it."""


def ref(
    table: str,
    *,
    nullable: bool = True,
    on_delete: str = "RESTRICT",
    primary_key: bool = False,
    back: bool = False,
    timeline: bool = False,
    index: bool = True,
) -> Any:
    """A column pointing at a record of the same workspace, with its composite key and index.

    One of two tables that point at each other points `back`: its key is added when both are there.
    With `timeline` the row has its place in that record's timeline, and an index in that order.
    Without an `index` another one begins with it.
    """
    info = {"references": table, "on_delete": on_delete, "indexed": index}
    info |= {"back": back, "timeline": timeline}
    return mapped_column(Uuid, nullable=nullable, primary_key=primary_key, info=info)


def uuids(ids: Iterable[str]) -> sa.BindParameter[Any]:
    """Ids as one value of a statement, for `column == sa.any_(…)`."""
    return sa.bindparam(None, list(ids), type_=sa.ARRAY(Uuid))


def indexed(*types: Any, **options: Any) -> Any:
    """A column that is filtered or ordered by: an index (workspace, column, id) serves both."""
    return mapped_column(*types, info={"indexed": True}, **options)


def folded(expression: str) -> Any:
    """A stored key without case and accents, derived by the database from other columns."""
    return indexed(Key, sa.Computed(f"fold({expression})", persisted=True), nullable=False)


def joined(expression: str) -> Any:
    """A text the database makes of other columns, such as a full name."""
    return mapped_column(sa.Text, sa.Computed(expression, persisted=True), nullable=False)


def long_text() -> Any:
    """A text of many pages: the log tells how it begins, and undo remembers it for its 30 days."""
    return mapped_column(sa.Text, info={"long": True})


def present(column: str) -> Any:
    """Whether another column is filled, known without reading what may be long."""
    return mapped_column(
        sa.Boolean, sa.Computed(f"{column} IS NOT NULL", persisted=True), nullable=False
    )


def searched(*title: str, body: Sequence[str] = ()) -> Any:
    """The folded text that search looks into, by trigrams: columns of a title, then of a body."""
    return mapped_column(
        Key,
        sa.Computed(f"{_folded_text(title)} || chr(31) || {_folded_text(body)}", persisted=True),
        nullable=False,
        info={"searched": True, "columns": (*title, *body), "title": title, "body": tuple(body)},
    )


def _folded_text(columns: Sequence[str]) -> str:
    if not columns:
        return "''"
    texts = " || ".join(f"coalesce({column} || ' ', '')" for column in columns)
    return f"searchable(' ' || {texts})"


def thousandths(column: str) -> Any:
    """A stored bigint of an amount, to filter and order by (numeric is not leakproof)."""
    return indexed(
        sa.BigInteger, sa.Computed(f"({column} * 1000)::bigint", persisted=True), nullable=False
    )


def choice(kind: type[StrEnum], *, index: bool = False, **options: Any) -> Any:
    """A text column that holds one of an enum's values, guarded by a CHECK."""
    return mapped_column(Key, info={"choice": kind, "indexed": index}, **options)


def graded(column: str, kind: type[StrEnum]) -> Any:
    """The place of a column's value in its closed list, to order by: letters know no urgency."""
    grades = " ".join(f"WHEN '{one.value}' THEN {at}" for at, one in enumerate(kind, start=1))
    return indexed(
        sa.Integer, sa.Computed(f"CASE {column} {grades} END", persisted=True), nullable=False
    )


def ranked(table: str, column: str) -> sa.Index:
    """The index of a board: the cards of a column in their order, no two in one place.

    The rank itself is a text column called `rank`; a deleted card's place is free.
    """
    return sa.Index(
        f"{table}_rank_taken",
        "workspace_id",
        column,
        "rank",
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def complete(metadata: sa.MetaData) -> None:
    """Add the keys, checks and indexes that the columns' notes ask for, once all are declared."""
    for table in metadata.tables.values():
        restorable = "deleted_at" in table.columns
        for column in table.columns:
            _add_reference(table, column)
            _add_choice(table, column)
            _add_indexes(table, column, restorable=restorable)
        if restorable:
            keys = (table.c.workspace_id, table.c.deleted_at, table.c.id)
            gone = sa.text("deleted_at IS NOT NULL")
            sa.Index(f"{table.name}_deleted_ix", *keys, postgresql_where=gone)


def _add_reference(table: sa.Table, column: sa.Column[Any]) -> None:
    target = column.info.get("references")
    if target is None:
        return
    action = column.info["on_delete"]
    table.append_constraint(
        sa.ForeignKeyConstraint(
            ["workspace_id", column.name],
            [f"{target}.workspace_id", f"{target}.id"],
            name=f"{table.name}_{column.name}_fk",
            ondelete=f"SET NULL ({column.name})" if action == "SET NULL" else action,
            use_alter=column.info["back"],
        )
    )


def _add_choice(table: sa.Table, column: sa.Column[Any]) -> None:
    kind = column.info.get("choice")
    if kind is None:
        return
    values = ", ".join(f"'{member.value}'" for member in kind)
    table.append_constraint(sa.CheckConstraint(f"{column.name} IN ({values})", name=column.name))


def _add_indexes(table: sa.Table, column: sa.Column[Any], *, restorable: bool) -> None:
    live = sa.text("deleted_at IS NULL") if restorable else None
    if column.info.get("indexed"):
        keys = [table.c.workspace_id, column]
        if "id" in table.c:
            keys.append(table.c.id)
        sa.Index(f"{table.name}_{column.name}_ix", *keys, postgresql_where=live)
    if column.info.get("timeline"):
        places = [table.c.workspace_id, column, table.c.created_at, table.c.id]
        name = f"{table.name}_{column.name.removesuffix('_id')}_timeline_ix"
        sa.Index(name, *places, postgresql_where=live)
    if column.info.get("searched"):
        sa.Index(
            f"{table.name}_{column.name}_ix",
            table.c.workspace_id,
            column,
            postgresql_using="gin",
            postgresql_ops={column.name: "gin_trgm_ops"},
        )
