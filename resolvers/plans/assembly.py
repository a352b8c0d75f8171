"""From the selection to Python: one generated function a level, rows in, response objects out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.names import camel
from models.registry import REGISTRY, Entity, Field, Kind
from resolvers.plans import runtime
from resolvers.plans.bindings import Form
from resolvers.plans.selection import (
    Amount,
    Collected,
    Constant,
    Edges,
    Fed,
    Id,
    Info,
    Leaf,
    Linked,
    Listed,
    OneOf,
    Paged,
    Part,
    Record,
    Total,
    Walked,
)
from resolvers.plans.sql import Found, Pages, Path, Shape

_INDENT = "    "


class Program:
    """The source of a plan as it grows, and the objects its names stand for."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.names: dict[str, Any] = dict(runtime.NAMES)
        self._count = 0

    def named(self, what: str) -> str:
        """A name that is free."""
        self._count += 1
        return f"{what}_{self._count}"

    def keep(self, what: str, value: Any) -> str:
        """Name an object, so that the source can speak of it."""
        name = self.named(what)
        self.names[name] = value
        return name

    @property
    def source(self) -> str:
        """The whole of it, to be read."""
        return "\n\n".join(self.functions)

    def compiled(self, name: str) -> Callable[..., Any]:
        """One of its functions."""
        exec(compile(self.source, "<plan>", "exec"), self.names)  # noqa: S102 - our own source
        function: Callable[..., Any] = self.names[name]
        return function

    def listed(self, chosen: Listed) -> str:
        """Add the function of a list, which fills the connections of parents; its name."""
        return _List(self, chosen).added()

    def found(self, record: Record) -> str:
        """Add the function of records looked up by their ids; its name."""
        level = Level(self, Shape(record.entity))
        key = level.shape.at((), record.entity.key)
        body = level.display(record, ())
        found = self.keep("RECORDS", Found(level.shape))
        name = self.named(camel(record.entity.name.lower()))
        lines = [
            f"async def {name}(run, ids):",
            f"    rows = await {found}.rows(run, ids)",
            *level.before,
            f"    records = {{r[{key}]: {body} for r in rows}}",
            *level.below(),
            "    return records",
        ]
        self.functions.append("\n".join(lines) + "\n")
        return name


@dataclass(slots=True)
class Level:
    """One level: its statement's shape, what is fetched for its rows, and what below them."""

    program: Program
    shape: Shape
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    """What fills the connections of records that are made already."""

    def below(self, *held: str) -> list[str]:
        """The lines that go one level deeper, once nothing of this one is held but its records."""
        return [f"    del {', '.join(('rows', *held))}", *self.after] if self.after else []

    def display(self, record: Record, path: Path) -> str:
        """The dict display of a record."""
        shown = [f"{part.key!r}: {self._value(part, path)}" for part in record.parts]
        return f"{{{', '.join(shown)}}}"

    def _value(self, part: Part, path: Path) -> str:
        write: Callable[[Level, Any, Path], str] = WRITTEN[type(part)]
        return write(self, part, path)

    def constant(self, part: Constant, _path: Path) -> str:
        """A `__typename`."""
        return repr(part.text)

    def identity(self, part: Id, path: Path) -> str:
        """A wire id: what `core.ids.encode` makes, without its call."""
        at = self.shape.at(path, part.column, Form.BYTES)
        return f"{part.prefix + '_'!r} + ulid(r[{at}])"

    def leaf(self, part: Leaf, path: Path) -> str:
        """A column."""
        at = self.shape.at(path, part.column.name, part.column.form)
        if part.column.serialize is None:
            return f"r[{at}]"
        name = self.program.keep("serialize", part.column.serialize)
        return f"({name}(r[{at}]) if r[{at}] is not None else None)"

    def amount(self, part: Amount, path: Path) -> str:
        """A money."""
        amount = self.shape.at(path, part.columns[0])
        shown = [
            f"{key!r}: {one.text!r}"
            if isinstance(one, Constant)
            else f"{key!r}: r[{self.shape.at(path, one)}]"
            for key, one in part.parts
        ]
        display = f"{{{', '.join(shown)}}}"
        stored = self._entity(path).table.c[part.columns[0]]
        return f"({display} if r[{amount}] is not None else None)" if stored.nullable else display

    def _entity(self, path: Path) -> Entity:
        return REGISTRY[self.shape.joins[path].target] if path else self.shape.entity

    def walked(self, part: Walked, path: Path) -> str:
        """An object that is no record."""
        walk = self.program.keep("walk", part.walk)
        if part.field.kind is Kind.COLUMN:
            return f"{walk}(r[{self.shape.at(path, part.field.columns[0], Form.RAW)}])"
        key = self.shape.at(path, part.entity.key)
        needed, names = self.needed(part.entity, part.field, path)
        batch = self.program.keep("batch", part.field.batch)
        columns = self.program.keep("columns", names)
        values = self.program.named(part.field.name)
        self.before.append(
            f"    {values} = await computed(run, {batch}, {walk}, {columns},"
            f" {{r[{key}]: ({needed}) for r in rows if r[{key}] is not None}})"
        )
        return f"{values}[r[{key}]]"

    def needed(self, entity: Entity, field: Field, path: Path) -> tuple[str, tuple[str, ...]]:
        """What a computed field is worked out from, as the items of a tuple; their names."""
        if field.needs:
            items = "".join(f"r[{self.shape.at(path, name)}], " for name in field.needs)
            return items, field.needs
        start, end = self.shape.whole(path, entity)
        return f"*r[{start}:{end}],", tuple(column.name for column in entity.table.c)

    def paged(self, part: Paged, path: Path) -> str:
        """A page of what happened to the record."""
        key = self.shape.at(path, part.entity.key)
        start, end = self.shape.whole(path, part.entity)
        page = self.program.keep("page", part)
        values = self.program.named(part.field.name)
        self.before.append(
            f"    {values} = await pages_of_log(run, {page},"
            f" {{r[{key}]: r[{start}:{end}] for r in rows if r[{key}] is not None}})"
        )
        return f"{values}[r[{key}]]"

    def linked(self, part: Linked, path: Path) -> str:
        """A joined record."""
        longer = self.shape.joined(path, part.field)
        key = self.shape.at(longer, part.record.entity.key)
        display = self.display(part.record, longer)
        missing = "None"
        if part.missing is not None:
            missing = f"{self.program.keep('MISSING', part.missing)}.met()"
        return f"({display} if r[{key}] is not None else {missing})"

    def one_of(self, part: OneOf, path: Path) -> str:
        """The first of several joined records that is there."""
        shown = []
        for link in part.links:
            longer = self.shape.joined(path, link.field)
            key = self.shape.at(longer, link.record.entity.key)
            shown.append(f"{self.display(link.record, longer)} if r[{key}] is not None else ")
        return f"({''.join(shown)}None)"

    def collected(self, part: Collected, path: Path) -> str:
        """A connection, by the record's id."""
        key = self.shape.at(path, "id", Form.BYTES)
        function = self.program.listed(part.list)
        values = self.program.named(part.key if part.key.isidentifier() else "below")
        # A level's own rows are all there, those joined to them may not be.
        made = f"empty(distinct(rows, {key}))" if path else f"{{r[{key}]: {{}} for r in rows}}"
        self.before.append(f"    {values} = {made}")
        self.after.append(f"    await {function}(run, {values})")
        return f"{values}[r[{key}]]"

    def fed(self, part: Fed, path: Path) -> str:
        """A list of its own making, by the record's id."""
        key = self.shape.at(path, "id")
        feed, values = self.program.keep("FEED", part.feed), self.program.named("fed")
        self.before.append(f"    {values} = await {feed}.answer(run, distinct(rows, {key}))")
        return f"{values}[r[{key}]]"


WRITTEN: dict[type, Callable[..., str]] = {
    Constant: Level.constant,
    Id: Level.identity,
    Leaf: Level.leaf,
    Amount: Level.amount,
    Walked: Level.walked,
    Linked: Level.linked,
    OneOf: Level.one_of,
    Collected: Level.collected,
    Fed: Level.fed,
    Paged: Level.paged,
}


class _List:
    """The function of one list."""

    def __init__(self, program: Program, chosen: Listed) -> None:
        self.program = program
        self.chosen = chosen
        self.level = Level(program, Shape(chosen.entity))
        self.lines: list[str] = []
        self.follows = False
        """Whether it is asked if another page went before."""
        self.cut = any(_needs_places(part) for _, part in chosen.parts)
        """Whether it matters where the page of each parent lies among the rows."""
        self.each: dict[str, str] = {"connection": "connections.values()"}
        """The names in it, and where their values come from: one for each parent."""

    def added(self) -> str:
        """Write it; its name."""
        shown = [(key, self._part(part)) for key, part in self.chosen.parts]
        pages = self._pages()
        over = self.chosen.field.name if self.chosen.field else self.chosen.entity.plural
        name = self.program.named(over)
        body = [
            f"async def {name}(run, connections):",
            "    if not connections:",
            "        return",
            *self._fetched(pages),
            *self.level.before,
            *self.lines,
            f"    for {', '.join(self.each)}{self._over()}:",
            *(f"        connection[{key!r}] = {value}" for key, value in shown),
            *self.level.below(*(["page"] if self.cut else [])),
        ]
        self.program.functions.append("\n".join(body) + "\n")
        return name

    def _pages(self) -> str:
        chosen = self.chosen
        made = Pages(
            self.level.shape,
            chosen.field,
            chosen.arguments,
            looks_ahead="more" in self.each,
            places=_CURSORS in self.level.before,
        )
        return self.program.keep("PAGES", made)

    def _fetched(self, pages: str) -> list[str]:
        lines = [f"    asked = {pages}.asked(run)"] if self.follows else []
        if self.cut:
            lines += [f"    page = await {pages}.page(run, connections)", "    rows = page.rows"]
        elif set(self.each) != {"connection", "total"}:
            lines.append(f"    rows = await {pages}.rows(run, connections)")
        if "total" in self.each:
            lines.append(f"    totals = await {pages}.totals(run, connections)")
        return lines

    def _over(self) -> str:
        lists = ", ".join(self.each.values())
        return f" in zip({lists})" if len(self.each) > 1 else f" in {lists}"

    def _need_place(self) -> None:
        self.each |= {"start": "page.starts", "end": "page.ends"}

    def _part(self, part: Record | Edges | Info | Total | Constant) -> str:
        if isinstance(part, Constant):
            return repr(part.text)
        if isinstance(part, Total):
            self.each["total"] = "totals"
            return "total"
        if isinstance(part, Info):
            return self._info(part)
        display = self._edge(part) if isinstance(part, Edges) else self.level.display(part, ())
        name = self.program.named("edges" if isinstance(part, Edges) else "nodes")
        if self.cut:
            self.lines += [f"    {name} = [", f"        {display}"]
            self.lines += [f"        for {_over_rows(part)}", "    ]"]
            self._need_place()
            return f"{name}[start:end]"
        one = self.program.named("one")
        self.each[one] = name
        if self.chosen.field is None:
            self.lines += [
                f"    {name} = [[",
                f"        {display}",
                "        for r in rows",
                "    ]]",
            ]
            return one
        self.lines += [f"    {name} = [[] for _ in connections]", "    for r in rows:"]
        self.lines += [f"        {name}[r[-1] - 1].append(", f"            {display}", "        )"]
        return one

    def _edge(self, edges: Edges) -> str:
        shown = []
        for key, part in edges.parts:
            if part is None:
                self._need_cursors()
                shown.append(f"{key!r}: cursor")
            elif isinstance(part, Constant):
                shown.append(f"{key!r}: {part.text!r}")
            else:
                shown.append(f"{key!r}: {self.level.display(part, ())}")
        return f"{{{', '.join(shown)}}}"

    def _need_cursors(self) -> None:
        if _CURSORS not in self.level.before:
            self.level.before.append(_CURSORS)

    def _info(self, info: Info) -> str:
        shown = []
        for key, name in info.parts:
            if isinstance(name, Constant):
                shown.append(f"{key!r}: {name.text!r}")
                continue
            if name.endswith("Cursor"):
                self._need_cursors()
                self._need_place()
            elif name == "hasNextPage":
                self.each["more"] = "page.more"
            elif name == "hasPreviousPage":
                self.follows = True
            shown.append(f"{key!r}: {_INFO[name]}")
        return f"{{{', '.join(shown)}}}"


def _needs_places(part: Record | Edges | Info | Total | Constant) -> bool:
    """Whether this says something of the page: a cursor, or that more follows."""
    if isinstance(part, Edges):
        return any(one is None for _, one in part.parts)
    told = [name for _, name in part.parts] if isinstance(part, Info) else []
    return any(isinstance(one, str) and one.endswith(("Cursor", "NextPage")) for one in told)


def _over_rows(part: Record | Edges) -> str:
    if isinstance(part, Edges) and any(one is None for _, one in part.parts):
        return "r, cursor in zip(rows, cursors)"
    return "r in rows"


_CURSORS = "    cursors = page.cursors()"
_INFO = {
    "hasNextPage": "more",
    "hasPreviousPage": "asked.after",
    "startCursor": "(cursors[start] if end > start else None)",
    "endCursor": "(cursors[end - 1] if end > start else None)",
}
