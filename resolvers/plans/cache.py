"""Plans, made once for each operation and permission set, and run from then on."""

from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
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
from core.errors import Denied
from core.log import logger
from resolvers.plans import acts, exact
from resolvers.plans.roots import Plan, compiled
from resolvers.plans.selection import Document, document_of
from resolvers.plans.sql import Run
from resolvers.plans.walks import NotCompiled
from resolvers.plans.wire import Missing
from resolvers.reading import Reading

T = TypeVar("T")

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
        self._plans: OrderedDict[Any, Plan | acts.Acts | str] = OrderedDict()
        self._flags: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    async def answer(self, reading: Reading | None, asked: Asked) -> ExecutionResult | None:
        """The answer of a query, or None where the executor has to answer."""
        if asked.operation.operation is OperationType.MUTATION:
            return None
        return await self._tried(self._answered(reading, asked), reading)

    async def act(self, context: acts.Context, asked: Asked) -> ExecutionResult | None:
        """Carry out a mutation; None where the executor has to answer what is not done yet."""
        if asked.operation.operation is not OperationType.MUTATION:
            return None
        result = await self._tried(self._acted(context, asked), context.reading)
        if result is None and context.reading is not None:
            context.reading.rows = 0
        return result

    async def _tried(self, answer: Awaitable[T], reading: Reading | None) -> T | None:
        try:
            return await answer
        except NotCompiled as error:
            EXECUTED.labels(error.reason).inc()
        except (Denied, GraphQLError):
            EXECUTED.labels("error").inc()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not cost the answer
            _LOG.error("plan failed", exc_info=error)
            EXECUTED.labels("failed").inc()
        if reading is not None:
            reading.rows = 0
        return None

    async def _acted(self, context: acts.Context, asked: Asked) -> ExecutionResult:
        if self._forced:
            raise NotCompiled("forced")
        variables = self._variables(asked)
        data: dict[str, Any] = {}
        told: list[GraphQLError] = []
        for key, act in self._acts(context, asked, variables).items():
            if isinstance(act, str):
                data[key] = act
                continue
            try:
                payload = context.acted[key] = await act.carry_out(context, variables)
            except GraphQLError as error:
                return ExecutionResult(None, [*told, error])
            # Signing in has made somebody of the caller: their rights are in the plan.
            plan = self._acts(context, asked, variables)[key]
            assert isinstance(plan, acts.Act)  # noqa: S101 - as above
            run = Run(context.reading, variables) if context.reading else None
            missing = Missing.count
            data[key] = await plan.carrying.answered(run, payload)
            if Missing.count != missing:
                document = self._document(asked, variables)
                done, errors = exact.completed(document, {key: data[key]}, {key: plan.nodes})
                if done is None:
                    return ExecutionResult(None, told + errors)
                data[key] = done[key]
                told += errors
        return ExecutionResult(data, told or None)

    def _acts(self, context: acts.Context, asked: Asked, variables: VariableValues) -> acts.Acts:
        actor = context.reading.actor if context.reading else None
        made: acts.Acts = self._plan(actor, asked, variables)
        return made

    async def _answered(self, reading: Reading | None, asked: Asked) -> ExecutionResult:
        if asked.operation.operation is not OperationType.QUERY:
            raise NotCompiled(asked.operation.operation.value)
        if self._forced:
            raise NotCompiled("forced")
        if reading is None:
            raise NotCompiled("not signed in")
        variables = self._variables(asked)
        plan = self._plan(reading.actor, asked, variables)
        missing = Missing.count
        data = await plan(Run(reading, variables))
        if Missing.count == missing:
            return ExecutionResult(data, None)
        # Maybe another request's, which does no harm.
        return ExecutionResult(*exact.completed(self._document(asked, variables), data))

    def _document(self, asked: Asked, variables: VariableValues) -> Document:
        return document_of(self._schema, asked.node, asked.operation, variables)

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

    def _plan(self, actor: Actor | None, asked: Asked, variables: VariableValues) -> Any:
        name = asked.operation.name.value if asked.operation.name else None
        flags = tuple(variables.coerced.get(flag) for flag in self._flags_of(asked))
        key = (asked.text, name, flags, permission_set(actor) if actor else None)
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

    def _made(self, asked: Asked, variables: VariableValues) -> Plan | acts.Acts | str:
        document = self._document(asked, variables)
        try:
            if asked.operation.operation is OperationType.MUTATION:
                return acts.compiled(document)
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
