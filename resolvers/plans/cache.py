"""Plans, made once for each operation and permission set, and run from then on."""

import inspect
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLID,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    execute,
    get_nullable_type,
    get_variable_values,
    visit,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from prometheus_client import Counter

from auth.actor import Actor
from auth.heads import Stale
from core.codes import DenialCode
from core.errors import Denied
from core.log import logger
from resolvers.feeds import Told
from resolvers.plans import acts, exact, feeds
from resolvers.plans.roots import Plan, compiled
from resolvers.plans.selection import Document, document_of
from resolvers.plans.sql import Run
from resolvers.plans.values import Carrying
from resolvers.plans.walks import NotCompiled
from resolvers.plans.wire import Missing
from resolvers.reading import Reading

T = TypeVar("T")

_LOG = logger("plans")
_FORMS = 64
"""Plans of one operation, by who asks and what is skipped."""
_NOTHING = VariableValues({}, {})

EXECUTED = Counter(
    "coeffection_executor_operations",
    "Operations answered by the standard executor, by reason.",
    ["reason"],
)


class Operation:
    """An operation of a valid document, and the plans it was given so far, by who asks for it."""

    __slots__ = (
        "_declared",
        "_plain",
        "_schema",
        "flags",
        "kind",
        "name",
        "node",
        "plans",
        "text",
        "whole",
    )

    def __init__(
        self, schema: GraphQLSchema, text: str, whole: DocumentNode, node: OperationDefinitionNode
    ) -> None:
        self.text = text
        self.whole = whole
        self.node = node
        self.kind = node.operation
        self.name = node.name.value if node.name else None
        self.flags = flags(whole)
        self.plans: dict[Any, Plan | acts.Acts | feeds.Fed | str] = {}
        """By permission set and flags."""
        self._schema = schema
        self._declared = node.variable_definitions or ()
        self._plain = _plain(schema, self._declared)

    def variables(self, given: dict[str, Any]) -> VariableValues:
        """The coerced values; what is wrong with them is left to the executor to tell."""
        if not self._declared:
            return _NOTHING
        sources, coerced = {}, {}
        for name, kind, signature in self._plain:
            value = coerced[name] = given.get(name)
            if type(value) is not kind:
                break
            sources[name] = VariableValueSource(signature, value)
        else:
            if sources:
                return VariableValues(sources, coerced)
        # One mistake is enough: the executor tells them all, up to its own bound.
        values = get_variable_values(
            self._schema, self._declared, given, max_errors=1, hide_suggestions=True
        )
        if isinstance(values, list):
            raise NotCompiled("variables")
        return values


@dataclass(slots=True)
class Asked:
    """An operation to answer, and with what."""

    operation: Operation
    variables: dict[str, Any]


class Plans:
    """Makes the plans of a process; an operation keeps its own."""

    def __init__(self, schema: GraphQLSchema, *, forced: bool = False) -> None:
        self._schema = schema
        self._forced = forced

    def answer(self, reading: Reading | None, asked: Asked) -> Awaitable[ExecutionResult | None]:
        """The answer of a query, or None where the executor has to answer."""
        return self._tried(self._answered(reading, asked), reading)

    async def act(self, context: acts.Context, asked: Asked) -> ExecutionResult | None:
        """Carry out a mutation; None where the executor has to answer what is not done yet."""
        if asked.operation.kind is not OperationType.MUTATION:
            return None
        result = await self._tried(self._acted(context, asked), context.reading)
        if result is None and context.reading is not None:
            context.reading.rows = 0
        return result

    def watch(self, actor: Actor | None, asked: Asked) -> feeds.Watching:
        """What a subscription asks for; what is wrong with it is raised as an error of GraphQL."""
        variables = self._variables(asked)
        document = self._document(asked, variables)
        root = feeds.Root(document)
        if actor is None and not root.feed.public:
            raise Denied(DenialCode.UNAUTHENTICATED, "Sign in, or send an API key.")
        arguments = dict(root.arguments.of(variables))
        after = arguments.pop("after", None)
        try:
            answers = self._fed(actor, asked, variables).answers(variables)
        except NotCompiled as error:
            EXECUTED.labels(error.reason).inc()
            answers = self._executing(asked)
        return feeds.Watching(
            root.feed,
            arguments,
            after,
            root.after(asked.operation.text),
            answers,
            root.personal(document, arguments),
        )

    def _fed(self, actor: Actor | None, asked: Asked, variables: VariableValues) -> feeds.Fed:
        if self._forced:
            raise NotCompiled("forced")
        fed: feeds.Fed = self._plan(asked, actor, variables)
        return fed

    def _variables(self, asked: Asked) -> VariableValues:
        declared = asked.operation.node.variable_definitions or ()
        values = get_variable_values(
            self._schema, declared, asked.variables, max_errors=5, hide_suggestions=True
        )
        if isinstance(values, list):
            raise Wrong(values)
        return values

    def _executing(self, asked: Asked) -> feeds.Answers:
        """The answers of the standard executor, one after the other."""
        operation = asked.operation

        async def answered(
            reading: Reading | None, told: Sequence[Told]
        ) -> list[ExecutionResult | None]:
            found: feeds.Results = []
            for one in told:
                result: Any = execute(
                    self._schema,
                    operation.whole,
                    root_value=one.value,
                    context_value=_Alone(reading),
                    variable_values=asked.variables,
                    operation_name=operation.name,
                )
                found.append(await result if inspect.isawaitable(result) else result)
            return found

        return answered

    async def _tried(self, answer: Awaitable[T], reading: Reading | None) -> T | None:
        try:
            return await answer
        except NotCompiled as error:
            EXECUTED.labels(error.reason).inc()
        except (Denied, GraphQLError):
            EXECUTED.labels("error").inc()
        except (Stale, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
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
        variables = asked.operation.variables(asked.variables)
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
        made: acts.Acts = self._plan(asked, actor, variables)
        return made

    async def _answered(self, reading: Reading | None, asked: Asked) -> ExecutionResult:
        if self._forced:
            raise NotCompiled("forced")
        if reading is None:
            raise NotCompiled("not signed in")
        variables = asked.operation.variables(asked.variables)
        plan = self._plan(asked, reading.actor, variables)
        missing = Missing.count
        reading.reader = reading.database.reading(reading.actor.workspace_id)
        try:
            data = await plan(Run(reading, variables))
        finally:
            reading.reader.close()
            reading.reader = None
        if Missing.count == missing:
            return ExecutionResult(data, None)
        # Maybe another request's, which does no harm.
        return ExecutionResult(*exact.completed(self._document(asked, variables), data))

    def _document(self, asked: Asked, variables: VariableValues) -> Document:
        operation = asked.operation
        return document_of(self._schema, operation.whole, operation.node, variables, Carrying)

    def _plan(self, asked: Asked, actor: Actor | None, variables: VariableValues) -> Any:
        known = asked.operation
        permissions = actor.permission_set if actor else None
        coerced = variables.coerced
        key = permissions, tuple([coerced.get(flag) for flag in known.flags]) if known.flags else ()
        plan = known.plans.get(key)
        if plan is None:
            if len(known.plans) >= _FORMS:
                known.plans.clear()
            plan = known.plans[key] = self._made(asked, variables)
        if isinstance(plan, str):
            raise NotCompiled(plan)
        return plan

    def _made(self, asked: Asked, variables: VariableValues) -> Plan | acts.Acts | feeds.Fed | str:
        document = self._document(asked, variables)
        try:
            if asked.operation.kind is OperationType.MUTATION:
                return acts.compiled(document)
            if asked.operation.kind is OperationType.SUBSCRIPTION:
                return feeds.Fed(document)
            plan, _source = compiled(document)
        except NotCompiled as error:
            return error.reason
        return plan


class Wrong(Exception):
    """What is wrong with the variables of an operation."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass(slots=True)
class _Alone:
    """What resolvers need of a context to answer what is told."""

    reading: Reading | None


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
