"""The root fields of a plan: lists, records by id, nodes, aggregates, constants."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLField, VariableNode

from core.codes import DenialCode
from core.errors import Denied
from models.registry import REGISTRY, Entity
from resolvers.aggregate import aggregate_of
from resolvers.conditions import read_id
from resolvers.executor import MAX_NODES, named
from resolvers.pages import ROOT
from resolvers.plans.assembly import Program
from resolvers.plans.selection import Arguments, Document
from resolvers.plans.sql import Run
from resolvers.plans.walks import NotCompiled, Walk, Walker
from schema.derive import listed

Named = tuple[Entity, str]
Find = Callable[[Run, Sequence[str]], Awaitable[dict[str, Any]]]
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
    lines.append("    await run.reading.begin()")
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
        node = self.program.keep("NODE", _Nodes(_Records(self, nodes), arguments))
        return f"await {node}.one(run)"

    def nodes(self, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        arguments = self.document.arguments(declared, nodes[0])
        node = self.program.keep("NODES", _Nodes(_Records(self, nodes), arguments))
        return f"await {node}.several(run)"


class _Records:
    """Records of kinds that are known when the ids are, with what some nodes select of them."""

    def __init__(self, roots: _Roots, nodes: Sequence[FieldNode]) -> None:
        self._roots = roots
        self._nodes = nodes
        self._finds: dict[str, Find] = {}

    async def found(self, run: Run, wanted: Sequence[Named]) -> list[Any]:
        """What is answered of each, in their order; None where out of sight."""
        by_kind: dict[str, list[str]] = {}
        for entity, record_id in wanted:
            by_kind.setdefault(entity.name, []).append(record_id)
        found = {
            name: await self._find(REGISTRY[name])(run, list(dict.fromkeys(own)))
            for name, own in by_kind.items()
        }
        return [found[entity.name].get(record_id) for entity, record_id in wanted]

    def _find(self, entity: Entity) -> Find:
        known = self._finds.get(entity.name)
        if known is None:
            program = Program()
            name = program.found(self._roots.document.record(entity, self._nodes))
            known = self._finds[entity.name] = program.compiled(name)
        return known


class _Nodes:
    """`node` and `nodes`."""

    def __init__(self, records: _Records, arguments: Arguments) -> None:
        self._records = records
        self._arguments = arguments

    async def one(self, run: Run) -> Any:
        """The record behind the id."""
        wanted = named(self._arguments.of(run.variables)["id"])
        (found,) = await self._records.found(run, [wanted])
        return found

    async def several(self, run: Run) -> list[Any]:
        """The records behind the ids, in their order."""
        ids = self._arguments.of(run.variables)["ids"]
        if len(ids) > MAX_NODES:
            raise Denied(DenialCode.LIMIT_EXCEEDED, f"`nodes` takes at most {MAX_NODES} ids.")
        return await self._records.found(run, [named(one) for one in ids])


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


def _variable(arguments: Arguments) -> str:
    """The variable that is the only argument, if one is."""
    given = arguments.node.arguments or ()
    if len(given) == 1 and isinstance(given[0].value, VariableNode):
        return given[0].value.name.value
    return ""


class _Aggregate:
    """The figures of an aggregate, and the records its groups stand for."""

    def __init__(
        self, entity: Entity, arguments: Arguments, walk: Walk, records: Sequence[_Records]
    ) -> None:
        self._entity = entity
        self._arguments = arguments
        self._walk = walk
        self._records = records

    async def figures(self, run: Run) -> Any:
        """What is selected of them."""
        arguments = self._arguments.of(run.variables)
        figures = await aggregate_of(run.reading, self._entity, arguments)
        if self._records:
            await self._answer_records(run, figures)
        return self._walk(figures)

    async def _answer_records(self, run: Run, figures: dict[str, Any]) -> None:
        keys = [key for group in figures["groups"] for key in group["keys"] if key.get("record")]
        seen = [key["record"] for key in keys]
        wanted = [(one.entity, one.row[one.entity.key]) for one in seen]
        answered = [await records.found(run, wanted) for records in self._records]
        for key, *own in zip(keys, *answered, strict=True):
            key["record"] = own


def _single(entity: Entity) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        function = roots.program.found(roots.document.record(entity, nodes))
        arguments = roots.document.arguments(declared, nodes[0])
        single = roots.program.keep("SINGLE", _Single(entity, arguments))
        return f"next(iter((await {function}(run, [{single}.id(run)])).values()), None)"

    return make


def _list(entity: Entity) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        function = roots.program.listed(roots.document.listed(entity, None, declared, nodes))
        return f"(await {function}(run, ({ROOT!r},)))[{ROOT!r}]"

    return make


def _aggregate(entity: Entity) -> Make:
    def make(roots: _Roots, declared: GraphQLField, nodes: list[FieldNode]) -> str:
        selected: list[Sequence[FieldNode]] = []
        walk = Walker(roots.document.collected, selected).of(declared.type, nodes)
        records = [_Records(roots, own) for own in selected]
        arguments = roots.document.arguments(declared, nodes[0])
        made = _Aggregate(entity, arguments, walk, records)
        aggregate = roots.program.keep("AGGREGATE", made)
        return f"await {aggregate}.figures(run)"

    return make


_MADE: dict[str, Make] = {}


def _made_by_name() -> dict[str, Make]:
    if not _MADE:
        for entity in listed():
            single = entity.name[0].lower() + entity.name[1:]
            _MADE[single] = _single(entity)
            _MADE[entity.plural] = _list(entity)
            _MADE[f"{single}Aggregate"] = _aggregate(entity)
        _MADE["node"] = _Roots.node
        _MADE["nodes"] = _Roots.nodes
        _MADE["eventCursor"] = _Roots.event_cursor
    return _MADE
