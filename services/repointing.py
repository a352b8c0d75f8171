"""Handing over what points at records: every `ref()` of the metadata, never a list by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from auth.context import Context
from models import metadata

_ARGUMENTS = "item.workspace_id = $1"


@dataclass(frozen=True, slots=True)
class Pointing:
    """A table with the columns that point at records of a kind."""

    table: sa.Table
    columns: tuple[str, ...]

    @property
    def where(self) -> str:
        """The rows of `item` that point at one of `$3`, those in the trash apart.

        The indexes of columns that point at others hold live rows only; the trash has its own.
        """
        pointing = [f'item."{name}" = ANY($3::uuid[])' for name in self.columns]
        if "deleted_at" in self.table.c:
            live = [f"item.deleted_at IS NULL AND {one}" for one in pointing]
            gone = f"item.deleted_at IS NOT NULL AND ({' OR '.join(pointing)})"
            return " OR ".join(f"({one})" for one in (*live, gone))
        return " OR ".join(pointing)

    def moving(self) -> str:
        """The statement that lets them point at `$2`."""
        table = self.table
        changes = [
            f'"{name}" = CASE WHEN item."{name}" = ANY($3::uuid[]) THEN $2::uuid'
            f' ELSE item."{name}" END'
            for name in self.columns
        ]
        if "version" in table.c:
            changes += ["version = item.version + 1", "updated_at = $4"]
        return (
            f'UPDATE "{table.name}" AS item SET {", ".join(changes)}'
            f" WHERE item.workspace_id = $1 AND ({self.where})"
        )

    def clearing(self) -> Iterator[str]:
        """The statements that remove what would stand twice: the survivor's own stays, or one."""
        for column, others in _unique_beside(self.table, self.columns):
            same = "".join(f' AND other."{name}" = item."{name}"' for name in others)
            yield (
                f'DELETE FROM "{self.table.name}" AS item WHERE item.workspace_id = $1'
                f' AND item."{column}" = ANY($3::uuid[]) AND EXISTS ('
                f'SELECT 1 FROM "{self.table.name}" AS other WHERE other.workspace_id = $1{same}'
                f' AND (other."{column}" = $2::uuid OR (other."{column}" = ANY($3::uuid[])'
                f' AND other."{column}" < item."{column}")))'
            )


def pointing(kind: str) -> list[Pointing]:
    """The tables that point at records of a kind, with their columns."""
    found = []
    for name, table in sorted(metadata.tables.items()):
        columns = tuple(one.name for one in table.c if one.info.get("references") == kind)
        if columns and name == kind:
            message = f"{name}.{columns[0]} points at its own kind: say what a merge makes of it."
            raise TypeError(message)
        if columns:
            found.append(Pointing(table, columns))
    return found


async def repoint(ctx: Context, kind: str, old: Sequence[str], new: str) -> None:
    """Let everything that points at some records of a kind point at one, whoever sees it."""
    for one in pointing(kind):
        arguments = (ctx.workspace_id, new, list(old))
        for statement in one.clearing():
            await _write(ctx, one.table, "deleted", statement, *arguments)
        more = (ctx.now,) if "version" in one.table.c else ()
        await _write(ctx, one.table, "updated", one.moving(), *arguments, *more)


async def _write(
    ctx: Context, table: sa.Table, event: str, statement: str, *arguments: object
) -> None:
    if "version" in table.c:
        await ctx.act.write_set(table, f"{table.name}.{event}", statement, *arguments)
    else:
        await ctx.act.fetch_text(statement, *arguments)


def bound_to_own_id(table: sa.Table) -> list[str]:
    """Columns that hold only as long as others point at their row: a merge empties them."""
    names = {
        column.name
        for key in table.foreign_key_constraints
        if "id" in {column.name for column in key.columns}
        for column in key.columns
    }
    return sorted(names - {"workspace_id", "id"})


def _unique_beside(table: sa.Table, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The pointing column of each unique key, and what else the key is made of."""
    keys = [
        one
        for one in table.constraints
        if isinstance(one, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    for key in (*keys, *(one for one in table.indexes if one.unique)):
        names = [column.name for column in key.columns]
        own = [name for name in names if name in columns]
        if not own:
            continue
        partial = isinstance(key, sa.Index) and key.dialect_options["postgresql"]["where"]
        if len(own) > 1 or (partial is not None and partial is not False):
            message = f"{key.name}: say what a merge makes of rows that would stand twice."
            raise TypeError(message)
        yield own[0], [name for name in names if name not in {"workspace_id", own[0]}]
