"""Plans, made once for each operation and permission set, and run from then on."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import asyncpg
from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    get_variable_values,
    visit,
)
from graphql.execution.values import VariableValues
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
        self._plans: OrderedDict[Any, Plan | str] = OrderedDict()
        self._flags: OrderedDict[str, tuple[str, ...]] = OrderedDict()

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
        variables = self._variables(asked)
        plan = self._plan(reading.actor, asked, variables)
        reading.reader = reading.database.reading(reading.actor.workspace_id)
        try:
            return await plan(Run(reading, variables))
        finally:
            reading.reader.close()
            reading.reader = None

    def _variables(self, asked: Asked) -> VariableValues:
        declared = asked.operation.variable_definitions
        if not declared:
            return _NOTHING
        # One mistake is enough: the executor tells them all, up to its own bound.
        values = get_variable_values(
            self._schema, declared, asked.variables, max_errors=1, hide_suggestions=True
        )
        if isinstance(values, list):
            raise NotCompiled("variables")
        return values

    def _plan(self, actor: Actor, asked: Asked, variables: VariableValues) -> Plan:
        name = asked.operation.name.value if asked.operation.name else None
        flags = tuple(variables.coerced.get(flag) for flag in self._flags_of(asked))
        key = (asked.text, name, flags, permission_set(actor))
        known = self._plans.get(key)
        if known is None:
            known = self._plans[key] = self._made(asked, variables)
            if len(self._plans) > _REMEMBERED:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(key)
        if isinstance(known, str):
            raise NotCompiled(known)
        return known

    def _made(self, asked: Asked, variables: VariableValues) -> Plan | str:
        document = document_of(self._schema, asked.node, asked.operation, variables)
        try:
            plan, _source = compiled(document)
        except NotCompiled as error:
            return error.reason
        return plan

    def _flags_of(self, asked: Asked) -> tuple[str, ...]:
        known = self._flags.get(asked.text)
        if known is None:
            known = self._flags[asked.text] = flags(asked.node)
            if len(self._flags) > _REMEMBERED:
                self._flags.popitem(last=False)
        return known


def permission_set(actor: Actor) -> Any:
    """What of an actor changes the statements: never the workspace or the user."""
    only_own = actor.owners == (actor.user_id,)
    return actor.role, actor.owners is None, only_own, tuple(actor.permissions.items())


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
