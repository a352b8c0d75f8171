"""The root fields of a plan: lists, records by id, nodes, aggregates, constants."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, VariableNode

from core.codes import DenialCode
from core.errors import Denied
from core.names import camel
from models.registry import REGISTRY, Entity, Field
from resolvers.aggregate import aggregate_of
from resolvers.executor import MAX_NODES, named
from resolvers.pages import ROOT
from resolvers.plans import carried, custom, quotations  # noqa: F401 - plans learn of them
from resolvers.plans.assembly import Program
from resolvers.plans.boards import BoardPlan
from resolvers.plans.selection import Arguments, Document
from resolvers.plans.sql import Run
from resolvers.plans.timelines import ItemsPlan
from resolvers.plans.values import Carrying, Find, Named, Records
from resolvers.plans.walks import NotCompiled
from resolvers.queries import OWN_LISTS, VALUED, Value
from resolvers.timelines import INBOX, NOBODY, UNMATCHED, Source
from schema.boards import BOARDS, Board
from schema.derive import listed
from services import redirects
from services.conditions import read_id

Plan = Callable[[Run], Awaitable[dict[str, Any]]]
Make = Callable[["_Roots", GraphQLField, list[FieldNode]], str]


def compiled(document: Document) -> tuple[Plan, str]:
    """The plan of an operation, and its source to read."""
    program = Program()
    roots = _Roots(program, document)
    shown = []
    lines = ["async def plan(run):"]
    for key, nodes in document.roots().items():
        expression = roots.expression(nodes)
        if "await" not in expression:
            shown.append(f"{key!r}: {expression}")
            continue
        value = program.named("root")
        lines.append(f"    {value} = {expression}")
        shown.append(f"{key!r}: {value}")
    # What is told without a statement of its own, such as `eventCursor`, came with the first one.
    lines.append("    if run.reading.heads is not None:")
    lines.append("        await run.reading.begin()")
    lines.append(f"    return {{{', '.join(shown)}}}")
    program.functions.append("\n".join(lines) + "\n")
    return program.compiled("plan"), program.source


class _Roots:
    """Makes the expressions of root fields."""

    def __init__(self, program: Program, document: Document) -> None:
        self.program = program
        self.document = document

    def expression(self, nodes: list[FieldNode]) -> str:
        """What answers a root field."""
        name = nodes[0].name.value
        if name == "__typename":
            return repr(self.document.root.name)
        if name.startswith("__"):
            raise NotCompiled("introspection")
        make = _made_by_name().get(name)
        if make is None:
            raise NotCompiled("hand-written")
        return make(self, self.document.root.fields[name], nodes)

    def event_cursor(self, _declared: GraphQLField, _nodes: list[FieldNode]) -> str:
        return "str(run.reading.position)"

    def node(self, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        arguments = self.document.arguments(declared, nodes[0])
        node = self.program.keep("NODE", _Nodes(Records(self.document, nodes), arguments))
        return f"await {node}.one(run)"

    def nodes(self, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        arguments = self.document.arguments(declared, nodes[0])
        node = self.program.keep("NODES", _Nodes(Records(self.document, nodes), arguments))
        return f"await {node}.several(run)"


class _Nodes:
    """`node` and `nodes`."""

    def __init__(self, records: Records, arguments: Arguments) -> None:
        self._records = records
        self._arguments = arguments

    async def one(self, run: Run) -> Any:
        """The record behind the id."""
        wanted = named(self._arguments.of(run.variables)["id"])
        (found,) = await self._found(run, [wanted])
        return found

    async def several(self, run: Run) -> list[Any]:
        """The records behind the ids, in their order."""
        ids = self._arguments.of(run.variables)["ids"]
        if len(ids) > MAX_NODES:
            raise Denied(DenialCode.LIMIT_EXCEEDED, f"`nodes` takes at most {MAX_NODES} ids.")
        return await self._found(run, [named(one) for one in ids])

    async def _found(self, run: Run, wanted: Sequence[Named]) -> list[Any]:
        found = await self._records.found(run, wanted)
        gone = [at for at, (entity, _) in enumerate(wanted) if entity.mergeable and not found[at]]
        led = await redirects.read(run.reading, [wanted[at][1] for at in gone]) if gone else {}
        gone = [at for at in gone if wanted[at][1] in led]
        again = [(wanted[at][0], led[wanted[at][1]]) for at in gone]
        for at, one in zip(gone, await self._records.found(run, again), strict=True):
            found[at] = one
        return found


class _Single:
    """The id a root field of one record is asked for."""

    def __init__(self, entity: Entity, arguments: Arguments) -> None:
        self._entity = entity
        self._arguments = arguments
        self._variable = _variable(arguments)

    def id(self, run: Run) -> str:
        """The UUID; INVALID_ID when it is not of this kind of record."""
        given = run.variables.coerced.get(self._variable)
        if given is None:
            given = self._arguments.of(run.variables)["id"]
        return read_id(given, self._entity.name)

    async def one(self, run: Run, find: Find) -> Any:
        """The record with this id, or what it was merged into."""
        record_id = self.id(run)
        found = await find(run, [record_id])
        if not found and (led := await run.reading.led(record_id)):
            found = await find(run, [led])
        return next(iter(found.values()), None)


def _variable(arguments: Arguments) -> str:
    """The variable that is the only argument, if one is."""
    given = arguments.node.arguments or ()
    if len(given) == 1 and isinstance(given[0].value, VariableNode):
        return given[0].value.name.value
    return ""


class _Valued:
    """A value object that a function makes of the arguments."""

    def __init__(self, of: Value, arguments: Arguments, carrying: Carrying) -> None:
        self._of = of
        self._arguments = arguments
        self._carrying = carrying

    async def answer(self, run: Run) -> Any:
        """What is selected of it."""
        arguments = self._arguments.of(run.variables)
        return await self._carrying.answered(run, await self._of(run.reading, arguments))


class _Aggregate:
    """The figures of an aggregate, and the records its groups stand for."""

    def __init__(self, entity: Entity, arguments: Arguments, carrying: Carrying) -> None:
        self._entity = entity
        self._arguments = arguments
        self._carrying = carrying

    async def figures(self, run: Run) -> Any:
        """What is selected of them."""
        arguments = self._arguments.of(run.variables)
        figures = await aggregate_of(run.reading, self._entity, arguments)
        return await self._carrying.answered(run, figures)


def _single(entity: Entity) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        function = roots.program.found(roots.document.record(entity, nodes))
        arguments = roots.document.arguments(declared, nodes[0])
        single = roots.program.keep("SINGLE", _Single(entity, arguments))
        if entity.mergeable:
            return f"await {single}.one(run, {function})"
        return f"next(iter((await {function}(run, [{single}.id(run)])).values()), None)"

    return make


def _list(entity: Entity) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        function = roots.program.listed(roots.document.listed(entity, None, declared, nodes))
        return f"(await filled({function}, run, ({ROOT!r},)))[{ROOT!r}]"

    return make


def _own_list(field: Field) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        entity = REGISTRY[field.target]
        function = roots.program.listed(roots.document.listed(entity, field, declared, nodes))
        me = "run.reading.actor.user_id"
        return f"(await filled({function}, run, ({me},)))[{me}]"

    return make


def _aggregate(entity: Entity) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        carrying = Carrying(roots.document, declared.type, nodes)
        made = _Aggregate(entity, roots.document.arguments(declared, nodes[0]), carrying)
        aggregate = roots.program.keep("AGGREGATE", made)
        return f"await {aggregate}.figures(run)"

    return make


def _valued(of: Value) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        carrying = Carrying(roots.document, declared.type, nodes)
        made = _Valued(of, roots.document.arguments(declared, nodes[0]), carrying)
        return f"await {roots.program.keep('VALUE', made)}.answer(run)"

    return make


def _items(source: Source) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        plan = roots.program.keep("ITEMS", ItemsPlan(roots.document, source, declared, nodes))
        return f"(await {plan}.answer(run, ({NOBODY!r},)))[{NOBODY!r}]"

    return make


def _board(board: Board) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        plan = BoardPlan(roots.document, board, declared, nodes)
        return f"await {roots.program.keep('BOARD', plan)}.answer(run)"

    return make


_MADE: dict[str, Make] = {}


def _made_by_name() -> dict[str, Make]:
    if not _MADE:
        for entity in listed():
            single = entity.name[0].lower() + entity.name[1:]
            _MADE[single] = _single(entity)
            _MADE[entity.plural] = _list(entity)
            _MADE[f"{single}Aggregate"] = _aggregate(entity)
        for board in BOARDS.values():
            _MADE[camel(board.name)] = _board(board)
        for source in (INBOX, UNMATCHED):
            _MADE[source.name] = _items(source)
        for name, of in VALUED.items():
            _MADE[name] = _valued(of)
        _MADE.update({name: _own_list(field) for name, field in OWN_LISTS.items()})
        _MADE["node"] = _Roots.node
        _MADE["nodes"] = _Roots.nodes
        _MADE["eventCursor"] = _Roots.event_cursor
    return _MADE
