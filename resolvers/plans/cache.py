"""Plans, made once for each operation and permission set, and run from then on."""

import inspect
from collections import OrderedDict
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
_REMEMBERED = 1000
_CHARACTERS = 512 * 1024
"""Of all documents that have plans: a plan takes a hundred times its text of memory."""
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
            root.after(asked.text),
            answers,
            root.personal(document, arguments),
        )

    def _fed(self, actor: Actor | None, asked: Asked, variables: VariableValues) -> feeds.Fed:
        if self._forced:
            raise NotCompiled("forced")
        fed: feeds.Fed = self._plan(self._of(asked), actor, asked, variables)
        return fed

    def _variables(self, asked: Asked) -> VariableValues:
        declared = asked.operation.variable_definitions or ()
        values = get_variable_values(
            self._schema, declared, asked.variables, max_errors=5, hide_suggestions=True
        )
        if isinstance(values, list):
            raise Wrong(values)
        return values

    def _executing(self, asked: Asked) -> feeds.Answers:
        """The answers of the standard executor, one after the other."""
        name = asked.operation.name.value if asked.operation.name else None

        async def answered(
            reading: Reading | None, told: Sequence[Told]
        ) -> list[ExecutionResult | None]:
            found: feeds.Results = []
            for one in told:
                result: Any = execute(
                    self._schema,
                    asked.node,
                    root_value=one.value,
                    context_value=_Alone(reading),
                    variable_values=asked.variables,
                    operation_name=name,
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
        known = self._of(asked)
        variables = known.variables(asked.variables)
        data: dict[str, Any] = {}
        told: list[GraphQLError] = []
        for key, act in self._acts(known, context, asked, variables).items():
            if isinstance(act, str):
                data[key] = act
                continue
            try:
                payload = context.acted[key] = await act.carry_out(context, variables)
            except GraphQLError as error:
                return ExecutionResult(None, [*told, error])
            # Signing in has made somebody of the caller: their rights are in the plan.
            plan = self._acts(known, context, asked, variables)[key]
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

    def _acts(
        self, known: "_Known", context: acts.Context, asked: Asked, variables: VariableValues
    ) -> acts.Acts:
        actor = context.reading.actor if context.reading else None
        made: acts.Acts = self._plan(known, actor, asked, variables)
        return made

    async def _answered(self, reading: Reading | None, asked: Asked) -> ExecutionResult:
        if asked.operation.operation is not OperationType.QUERY:
            raise NotCompiled(asked.operation.operation.value)
        if self._forced:
            raise NotCompiled("forced")
        if reading is None:
            raise NotCompiled("not signed in")
        known = self._of(asked)
        variables = known.variables(asked.variables)
        plan = self._plan(known, reading.actor, asked, variables)
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
        return document_of(self._schema, asked.node, asked.operation, variables, Carrying)

    def _of(self, asked: Asked) -> "_Known":
        name = asked.operation.name
        key = asked.text, name.value if name else None
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Known(self._schema, asked)
            while len(self._known) > _REMEMBERED or self._characters() > _CHARACTERS:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return known

    def _characters(self) -> int:
        return sum(len(text) for text, _ in self._known)

    def _plan(
        self, known: "_Known", actor: Actor | None, asked: Asked, variables: VariableValues
    ) -> Any:
        permissions = actor.permission_set if actor else None
        key = permissions, tuple([variables.coerced.get(flag) for flag in known.flags])
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
            if asked.operation.operation is OperationType.MUTATION:
                return acts.compiled(document)
            if asked.operation.operation is OperationType.SUBSCRIPTION:
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


class _Known:
    """An operation that was asked before: what its variables may be, and its plans."""

    __slots__ = ("_declared", "_plain", "_schema", "flags", "plans")

    def __init__(self, schema: GraphQLSchema, asked: Asked) -> None:
        self.flags = flags(asked.node)
        self.plans: dict[Any, Plan | acts.Acts | feeds.Fed | str] = {}
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
