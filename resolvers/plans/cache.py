"""Plans, made once for each operation and permission set, and run from then on."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLID,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_nullable_type,
    get_variable_values,
    visit,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from prometheus_client import Counter

from auth.actor import Actor
from auth.heads import Stale
from core.errors import Denied
from core.log import logger
from resolvers.plans.roots import Plan, compiled
from resolvers.plans.selection import document_of
from resolvers.plans.sql import Run
from resolvers.plans.walks import NotCompiled
from resolvers.plans.wire import Null
from resolvers.reading import Reading

_LOG = logger("plans")
_REMEMBERED = 1000
_FORMS = 64
"""Plans of one operation, by who asks and what is skipped."""
_NOTHING = VariableValues({}, {})

EXECUTED = Counter(
    "coeffection_executor_operations",
    "Operations answered by the standard executor, by reason.",
    ["reason"],
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation to answer: a document that is valid, and which part of it with what."""

    text: str
    node: DocumentNode
    operation: OperationDefinitionNode
    variables: dict[str, Any]


class Plans:
    """The plans of one process; those not used for long are forgotten."""

    def __init__(self, schema: GraphQLSchema, *, forced: bool = False) -> None:
        self._schema = schema
        self._forced = forced
        self._known: OrderedDict[tuple[str, str | None], _Known] = OrderedDict()

    async def answer(self, reading: Reading | None, asked: Asked) -> dict[str, Any] | None:
        """The data of an operation, or None where the executor has to answer."""
        try:
            return await self._answered(reading, asked)
        except NotCompiled as error:
            EXECUTED.labels(error.reason).inc()
        except (Denied, GraphQLError):
            EXECUTED.labels("error").inc()
        except Null:
            EXECUTED.labels("null").inc()
        except (Stale, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost the answer
            _LOG.error("plan failed", exc_info=error)
            EXECUTED.labels("failed").inc()
        if reading is not None:
            reading.rows = 0
        return None

    async def _answered(self, reading: Reading | None, asked: Asked) -> dict[str, Any]:
        if asked.operation.operation is not OperationType.QUERY:
            raise NotCompiled(asked.operation.operation.value)
        if self._forced:
            raise NotCompiled("forced")
        if reading is None:
            raise NotCompiled("not signed in")
        known = self._of(asked)
        variables = known.variables(asked.variables)
        plan = self._plan(known, reading.actor, asked, variables)
        reading.reader = reading.database.reading(reading.actor.workspace_id)
        try:
            return await plan(Run(reading, variables))
        finally:
            reading.reader.close()
            reading.reader = None

    def _of(self, asked: Asked) -> "_Known":
        name = asked.operation.name
        key = asked.text, name.value if name else None
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Known(self._schema, asked)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return known

    def _plan(self, known: "_Known", actor: Actor, asked: Asked, variables: VariableValues) -> Plan:
        key = actor.permission_set, tuple([variables.coerced.get(flag) for flag in known.flags])
        plan = known.plans.get(key)
        if plan is None:
            if len(known.plans) >= _FORMS:
                known.plans.clear()
            plan = known.plans[key] = self._made(asked, variables)
        if isinstance(plan, str):
            raise NotCompiled(plan)
        return plan

    def _made(self, asked: Asked, variables: VariableValues) -> Plan | str:
        document = document_of(self._schema, asked.node, asked.operation, variables)
        try:
            plan, _source = compiled(document)
        except NotCompiled as error:
            return error.reason
        return plan


class _Known:
    """An operation that was asked before: what its variables may be, and its plans."""

    __slots__ = ("_declared", "_plain", "_schema", "flags", "plans")

    def __init__(self, schema: GraphQLSchema, asked: Asked) -> None:
        self.flags = flags(asked.node)
        self.plans: dict[Any, Plan | str] = {}
        """By permission set and flags."""
        self._schema = schema
        self._declared = asked.operation.variable_definitions or ()
        self._plain = _plain(schema, self._declared)

    def variables(self, given: dict[str, Any]) -> VariableValues:
        """The coerced values; what is wrong with them is left to the executor to tell."""
        if not self._declared:
            return _NOTHING
        if self._plain and all(type(given.get(name)) is kind for name, kind, _ in self._plain):
            sources = {
                name: VariableValueSource(signature, given[name])
                for name, _, signature in self._plain
            }
            return VariableValues(sources, {name: given[name] for name in sources})
        # One mistake is enough: the executor tells them all, up to its own bound.
        values = get_variable_values(
            self._schema, self._declared, given, max_errors=1, hide_suggestions=True
        )
        if isinstance(values, list):
            raise NotCompiled("variables")
        return values


def _plain(schema: GraphQLSchema, declared: Sequence[VariableDefinitionNode]) -> list[Any]:
    """Name, type and signature of variables that are what they were given as; all, or none."""
    found = []
    for one in declared:
        signature = get_variable_signature(schema, one)
        if isinstance(signature, GraphQLError):
            return []
        if get_nullable_type(signature.type) not in {GraphQLID, GraphQLString}:
            return []
        found.append((signature.name, str, signature))
    return found


def flags(node: DocumentNode) -> tuple[str, ...]:
    """The variables that decide what of a document is selected."""
    finder = _Flags()
    visit(node, finder)
    return tuple(sorted(finder.names))


class _Flags(Visitor):
    """Collects the variables of @skip and @include."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_args: Any) -> None:
        """Note the variables of a directive."""
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)
