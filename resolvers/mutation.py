"""Mutations: one field is one transaction; a refusal becomes `userErrors`."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any, TypeVar

import asyncpg
import strawberry
from strawberry import UNSET

from auth.context import acting
from core.codes import UserErrorCode
from core.db import undisturbed
from core.errors import Refusals, UserError
from core.ids import decode, encode
from core.names import camel, pascal, spaced
from models.registry import REGISTRY, Entity, Pointer
from resolvers import idempotency, redirecting, refusals
from resolvers.executor import signed_in
from resolvers.reading import Reading
from schema.declare import Node, derived
from schema.inputs import ID_OF, MAX_LENGTH, RECORD, notes
from schema.refusals import UserError as UserErrorType
from schema.scalars import Cursor
from schema.types import Answered, build_type, python_name
from services import bulk, notifications

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])

MUTATIONS: dict[str, Any] = {}

_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Extra:
    """A payload field that is a plain value, not a record."""

    annotation: Any
    description: str
    result: tuple[str, Entity] | None = None
    """The record of one of its entries, where it lists what became of each row of a bulk."""


@dataclass(frozen=True, slots=True)
class Several:
    """A payload field that is a list of records."""

    entity: Entity


@dataclass(frozen=True, slots=True)
class OfAnyKind:
    """A payload field that is a list of records of any kinds."""

    description: str


def of_any_kind(description: str) -> OfAnyKind:
    """A payload field with records of any kinds, as pointers; refused it is empty."""
    return OfAnyKind(description)


def several(api: type) -> Several:
    """A payload field with records; those out of sight are left out, refused it is empty."""
    return Several(REGISTRY[api.__name__])


def extra(annotation: Any, description: str) -> Extra:
    """A payload field with a plain value; null when the act was refused."""
    return Extra(annotation, description)


def mutation(
    *, public: bool = False, **payload: type | Extra | Several | OfAnyKind
) -> Callable[[F], F]:
    """Make a service's door a mutation whose payload has these fields, by name."""

    def declare(act: F) -> F:
        register(act.__name__, act, payload, public=public)
        return act

    return declare


def register(
    name: str,
    act: Callable[..., Awaitable[Any]],
    payload: Mapping[str, Any],
    *,
    public: bool = False,
) -> None:
    """Add a mutation field; what fails here fails at import with a sentence."""
    if name in MUTATIONS:
        message = f"The mutation {name} is declared twice."
        raise TypeError(message)
    kind = _input_type(act)
    result = _payload_type(name, payload)
    description = inspect.cleandoc(act.__doc__ or "")
    if not description:
        message = f"The mutation {name} needs a docstring: it is its description."
        raise TypeError(message)
    door = _Door(name, act, payload, public=public)

    async def resolve(info: strawberry.Info, input: Any) -> Any:
        raw = info._raw_info  # noqa: SLF001 - strawberry hides it
        acted = raw.context.acted
        if raw.path.key in acted:
            return acted[raw.path.key]
        return await door.answer(raw.context, input)

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "input": Annotated[kind, strawberry.argument(description="What to do, and to what.")],
        "return": result,
    }
    MUTATIONS[name] = strawberry.mutation(resolver=resolve, description=description)


def _input_type(act: Callable[..., Any]) -> Any:
    parameters = list(inspect.signature(act).parameters.values())
    kind = parameters[1].annotation
    if not is_dataclass(kind):
        message = f"{act.__name__} takes (ctx, input) with an act_input type."
        raise TypeError(message)
    return kind


def _payload_type(name: str, payload: Mapping[str, Any]) -> type:
    answered = {}
    for key, kind in payload.items():
        if isinstance(kind, Extra):
            answered[key] = Answered(kind.annotation | None, kind.description)
        elif isinstance(kind, OfAnyKind):
            answered[key] = Answered(list[Node], kind.description)
        elif isinstance(kind, Several):
            what = spaced(kind.entity.name)
            kinds = list[derived(kind.entity.name)]  # type: ignore[valid-type,misc]
            answered[key] = Answered(kinds, f"The {what} records you may see; empty when refused.")
        else:
            what = spaced(kind.__name__)
            answered[key] = Answered(
                derived(kind.__name__) | None,
                f"The {what} as it is now; null when refused or out of your sight.",
            )
    title = pascal(name)
    answered |= {
        "user_errors": Answered(list[UserErrorType], "Why nothing was done; empty when it was."),
        "operation_id": Answered(strawberry.ID | None, "Id of the act, for undo and audit."),
        "event_cursor": Answered(
            Cursor | None, "The act's place in the event log, to tell its echo on a subscription."
        ),
    }
    return build_type(f"{title}Payload", f"What `{camel(name)}` answers.", answered)


_RESULTS: dict[str, Extra] = {}


def register_result(entity: Entity) -> Extra:
    """The payload field of a bulk: one result a row, in their order."""
    if entity.name not in _RESULTS:
        _RESULTS[entity.name] = _result(entity)
    return _RESULTS[entity.name]


def _result(entity: Entity) -> Extra:
    noun = spaced(entity.name)
    key = noun.replace(" ", "_")
    made = build_type(
        f"{entity.name}BulkResult",
        f"What became of one {noun} of a bulk.",
        {
            key: Answered(derived(entity.name) | None, f"The {noun}; null when refused."),
            "user_errors": Answered(list[UserErrorType], "Why it was refused; else empty."),
        },
    )
    return Extra(list[made], "One result a row, in their order.", (key, entity))  # type: ignore[valid-type]


class _Door:
    """One mutation field: from its input to its payload."""

    def __init__(
        self,
        name: str,
        act: Callable[..., Awaitable[Any]],
        payload: Mapping[str, Any],
        *,
        public: bool,
    ) -> None:
        self.name = name
        self.act = act
        self.payload = payload
        self.public = public

    async def answer(self, context: Any, given: Any) -> dict[str, Any]:
        """Act and answer; a refusal changes nothing and is data."""
        try:
            read_ids(given)
            if self.public:
                return await self._visiting(context, given)
            return await self._signed_in(context, given)
        except UserError as error:
            return self._refused([error])
        except Refusals as several:
            return self._refused(several.errors)
        except bulk.Rejected as rejected:
            return self._payload({"results": rejected.outcomes})
        except asyncpg.PostgresError as error:
            refusal = refusals.of_constraint(error)
            if refusal is None:
                raise
            return self._refused([refusal])

    async def _visiting(self, context: Any, given: Any) -> dict[str, Any]:
        visit = context.visit
        values = dict(await self.act(visit, given))
        if values.get("token"):
            caller = await context.callers.of(values["token"])
            context.reading = Reading(visit.database, caller.actor, visit.now)
        await context.wake()
        return self._payload(values)

    async def _signed_in(self, context: Any, given: Any) -> dict[str, Any]:
        reading = signed_in(context)
        asked = idempotency.asked(self.name, given, reading.actor.id)
        for _ in range(1, _ATTEMPTS):
            try:
                return await undisturbed(partial(self._once, context, given, asked))
            except (UserError, Refusals) as refused:
                # Only what is not found costs a look at where it went, which may have gone on.
                if not await redirecting.followed(reading, given, refused):
                    raise
        return await undisturbed(partial(self._once, context, given, asked))

    async def _once(self, context: Any, given: Any, asked: bytes) -> dict[str, Any]:
        reading = signed_in(context)
        async with acting(
            reading.database,
            reading.actor,
            now=reading.now,
            request_id=reading.request_id,
            name=camel(self.name),
        ) as ctx:
            known = await idempotency.known(ctx, given, asked)
            if known is not None:
                return self._replayed(known)
            values = self._values(await self.act(ctx, given))
            await notifications.tell(ctx)
            await ctx.act.finish()
            await idempotency.remember(ctx, given, self._ids(values))
        context.reading = reading.renewed()
        await context.wake()
        return self._payload(values, ctx.act.operation_id, ctx.act.position)

    def _values(self, outcome: Any) -> dict[str, Any]:
        if isinstance(outcome, dict) and set(outcome) <= set(self.payload):
            return outcome
        (only,) = self.payload
        return {only: outcome}

    def _ids(self, values: Mapping[str, Any]) -> dict[str, Any]:
        ids: dict[str, Any] = {}
        for key, value in values.items():
            kind = self.payload[key]
            if isinstance(kind, OfAnyKind):
                ids[key] = [[one.entity.name, one.id] for one in value]
            elif isinstance(kind, Several):
                ids[key] = [id_of(one, kind.entity) for one in value]
            elif not isinstance(kind, Extra):
                ids[key] = id_of(value, REGISTRY[kind.__name__])
            elif kind.result is not None:
                _, entity = kind.result
                ids[key] = [bulk.kept(one, id_of(one.record, entity)) for one in value]
        return ids

    def _replayed(self, known: idempotency.Known) -> dict[str, Any]:
        values = {key: _told_again(self.payload[key], value) for key, value in known.ids.items()}
        return self._payload(values, known.operation_id, known.position)

    def _payload(
        self, values: Mapping[str, Any], operation_id: str = "", position: int | None = None
    ) -> dict[str, Any]:
        answered = {
            python_name(key): _answered(kind, values.get(key)) for key, kind in self.payload.items()
        }
        return answered | {
            "user_errors": [],
            "operation_id": encode("op", operation_id) if operation_id else None,
            "event_cursor": str(position) if position else None,
        }

    def _refused(self, errors: list[UserError]) -> dict[str, Any]:
        return self._payload({}) | {"user_errors": [refusals.answered(one) for one in errors]}


def _told_again(kind: Any, value: Any) -> Any:
    """A payload's value from what its key remembers."""
    if isinstance(kind, OfAnyKind):
        return [Pointer(REGISTRY[name], record_id) for name, record_id in value]
    return [bulk.told_again(one) for one in value] if isinstance(kind, Extra) else value


def _answered(kind: Any, value: Any) -> Any:
    """A payload's value: records as pointers, which are read by what is selected of them."""
    if isinstance(kind, OfAnyKind):
        return list(value or ())
    if isinstance(kind, Several):
        return [Pointer(kind.entity, id_of(one, kind.entity)) for one in value or ()]
    if not isinstance(kind, Extra):
        return _pointer(REGISTRY[kind.__name__], value)
    if kind.result is None or value is None:
        return value
    key, entity = kind.result
    return [
        {
            key: _pointer(entity, outcome.record),
            "user_errors": [refusals.answered(one) for one in outcome.errors],
        }
        for outcome in value
    ]


def _pointer(entity: Entity, value: Any) -> Pointer | None:
    return None if value is None else Pointer(entity, id_of(value, entity))


def id_of(value: Any, entity: Entity) -> Any:
    """The id of a row as a service returned it: a row object, a driver's record or the id."""
    if value is None or isinstance(value, str):
        return value
    return getattr(value, entity.key, None) or value[entity.key]


def read_ids(given: Any, path: tuple[str | int, ...] = ()) -> None:
    """Turn the wire ids of an input into UUIDs in place; hold texts and days to their bounds."""
    for declared in fields(given):
        value = getattr(given, declared.name)
        if value is UNSET or value is None:
            continue
        where = (*path, camel(declared.name))
        noted = notes(declared)
        if noted.get(ID_OF):
            setattr(given, declared.name, _uuids(value, noted[ID_OF], where))
        elif isinstance(value, str):
            refusals.check_text(value, noted.get(MAX_LENGTH), where)
        elif isinstance(value, date):
            refusals.check_day(value, where)
        elif isinstance(value, list):
            for at, one in enumerate(value):
                if is_dataclass(one) and not isinstance(one, type):
                    read_ids(one, (*where, at))
        elif is_dataclass(value) and not isinstance(value, type):
            read_ids(value, where)


def _uuids(value: Any, target: str, path: tuple[str | int, ...]) -> Any:
    if isinstance(value, list):
        return [_uuids(one, target, (*path, at)) for at, one in enumerate(value)]
    decoded = decode(value)
    if target == RECORD:
        return _record(decoded, path)
    if decoded is None or decoded[0] != REGISTRY[target].prefix:
        raise refusals.invalid_id(target, path)
    return decoded[1]


def _record(decoded: tuple[str, str] | None, path: tuple[str | int, ...]) -> tuple[str, str]:
    """The table and the id of a core record of any kind."""
    entity = REGISTRY.of_prefix(decoded[0]) if decoded else None
    if decoded is None or entity is None or not entity.core:
        kinds = ", ".join(sorted(one.prefix for one in REGISTRY.values() if one.core))
        message = f"Send the id of a record of the kinds {kinds}."
        raise UserError(UserErrorCode.INVALID_ID, message, path)
    return entity.table.name, decoded[1]
