"""Mutations: one field is one transaction; a refusal becomes `userErrors`."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, TypeVar

import asyncpg
import strawberry
from strawberry import UNSET

from auth.context import Context, acting
from core.errors import Refusals, UserError
from core.ids import decode, encode
from core.names import camel, pascal, spaced
from models.registry import REGISTRY, Entity
from resolvers import idempotency, refusals
from resolvers.executor import reading_of
from resolvers.reading import Info, Reading, Seen
from schema.declare import derived
from schema.inputs import ID_OF, MAX_LENGTH, notes
from schema.scalars import Cursor
from schema.types import Answered, build_type
from schema.values import UserError as UserErrorType
from services import bulk

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])

MUTATIONS: dict[str, Any] = {}
PAYLOADS: dict[str, dict[str, Entity]] = {}


@dataclass(frozen=True, slots=True)
class Extra:
    """A payload field that is a plain value, not a record."""

    annotation: Any
    description: str
    result: type | None = None
    """The type of one of its entries, where it lists what became of each row of a bulk."""


def extra(annotation: Any, description: str) -> Extra:
    """A payload field with a plain value; null when the act was refused."""
    return Extra(annotation, description)


def mutation(*, public: bool = False, **payload: type | Extra) -> Callable[[F], F]:
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
    door = _Door(name, act, kind, payload, result, public=public)

    async def resolve(info: strawberry.Info, input: Any) -> Any:
        return await door.answer(info._raw_info, input)  # noqa: SLF001 - strawberry hides it

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
    records: dict[str, Entity] = {}
    for key, kind in payload.items():
        if isinstance(kind, Extra):
            answered[key] = Answered(kind.annotation | None, kind.description)
            continue
        what = spaced(kind.__name__)
        records[key] = REGISTRY[kind.__name__]
        answered[key] = Answered(
            derived(kind.__name__) | None,
            f"The {what} as it is now; null when refused or out of your sight.",
        )
    title = pascal(name)
    PAYLOADS[f"{title}Payload"] = records
    answered |= {
        "user_errors": Answered(list[UserErrorType], "Why nothing was done; empty when it was."),
        "operation_id": Answered(strawberry.ID | None, "Id of the act, for undo and audit."),
        "event_cursor": Answered(
            Cursor | None, "The act's place in the event log, to tell its echo on a subscription."
        ),
    }
    return build_type(f"{title}Payload", f"What `{camel(name)}` answers.", answered)


def register_result(entity: Entity, api: type) -> Extra:
    """The payload field of a bulk: one result a row, in their order."""
    noun = spaced(entity.name)
    title = f"{entity.name}BulkResult"
    key = noun.replace(" ", "_")
    PAYLOADS[title] = {key: entity}
    made = build_type(
        title,
        f"What became of one {noun} of a bulk.",
        {
            key: Answered(derived(api.__name__) | None, f"The {noun}; null when refused."),
            "user_errors": Answered(list[UserErrorType], "Why it was refused; else empty."),
        },
    )
    return Extra(list[made], "One result a row, in their order.", made)  # type: ignore[valid-type]


class _Door:
    """One mutation field: from its input to its payload."""

    def __init__(
        self,
        name: str,
        act: Callable[..., Awaitable[Any]],
        kind: Any,
        payload: Mapping[str, Any],
        result: type,
        *,
        public: bool,
    ) -> None:
        self.name = name
        self.act = act
        self.kind = kind
        self.payload = payload
        self.result = result
        self.public = public

    async def answer(self, info: Info, given: Any) -> Any:
        """Act and answer; a refusal changes nothing and is data."""
        try:
            read_ids(given)
            if self.public:
                return await self._visiting(info, given)
            return await self._signed_in(info, given)
        except UserError as error:
            return await self._refused(info, [error])
        except Refusals as several:
            return await self._refused(info, several.errors)
        except bulk.Rejected as rejected:
            return self._payload({"results": await self._results(info, rejected.outcomes)})
        except asyncpg.PostgresError as error:
            refusal = refusals.of_constraint(error)
            if refusal is None:
                raise
            return await self._refused(info, [refusal])

    async def _visiting(self, info: Info, given: Any) -> Any:
        visit = info.context.visit
        values = dict(await self.act(visit, given))
        if values.get("token"):
            caller = await info.context.callers.of(values["token"])
            info.context.reading = Reading(visit.database, caller.actor, visit.now)
        await info.context.wake()
        return self._payload(values)

    async def _signed_in(self, info: Info, given: Any) -> Any:
        reading = reading_of(info)
        async with acting(
            reading.database, reading.actor, now=reading.now, request_id=reading.request_id
        ) as ctx:
            known = await idempotency.known(ctx, self.name, given)
            if known is not None:
                return self._replayed(known)
            outcome = await self.act(ctx, given)
            values = self._values(outcome)
            await ctx.act.finish()
            await idempotency.remember(ctx, given, self._ids(values))
        info.context.reading = reading.renewed()
        await info.context.wake()
        if "results" in values:
            values["results"] = await self._results(info, values["results"])
        return self._payload(values, ctx)

    async def _results(self, info: Info, outcomes: list[bulk.Outcome]) -> list[Any]:
        kind: Any = self.payload["results"].result
        (key,) = PAYLOADS[kind.__name__]
        made = []
        for outcome in outcomes:
            one = kind.__new__(kind)
            setattr(one, key, outcome.record)
            one.user_errors = [
                await refusals.answered(info.context.reading, error) for error in outcome.errors
            ]
            made.append(one)
        return made

    def _values(self, outcome: Any) -> dict[str, Any]:
        if isinstance(outcome, dict) and set(outcome) <= set(self.payload):
            return outcome
        (only,) = self.payload
        return {only: outcome}

    def _ids(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: _id_of(value, PAYLOADS[self.result.__name__][key])
            for key, value in values.items()
            if not isinstance(self.payload[key], Extra)
        }

    def _payload(self, values: Mapping[str, Any], ctx: Context | None = None) -> Any:
        filled = dict.fromkeys(self.payload, None) | dict(values)
        return self._made(
            filled,
            user_errors=[],
            operation_id=encode("op", ctx.act.operation_id) if ctx else None,
            event_cursor=str(ctx.act.position) if ctx and ctx.act.position else None,
        )

    def _replayed(self, known: idempotency.Known) -> Any:
        return self._made(
            dict.fromkeys(self.payload, None) | known.ids,
            user_errors=[],
            operation_id=encode("op", known.operation_id),
            event_cursor=str(known.position) if known.position else None,
        )

    def _made(self, values: Mapping[str, Any], **rest: Any) -> Any:
        made: Any = object.__new__(self.result)
        for name, value in {**values, **rest}.items():
            setattr(made, name, value)
        return made

    async def _refused(self, info: Info, errors: list[UserError]) -> Any:
        entries = [await refusals.answered(info.context.reading, error) for error in errors]
        return self._made(
            dict.fromkeys(self.payload, None),
            user_errors=entries,
            operation_id=None,
            event_cursor=None,
        )


def attach_payloads(type_map: Mapping[str, Any]) -> None:
    """Let payloads answer their records with the same reading as queries, after the commit."""
    for name, records in PAYLOADS.items():
        kind = type_map[name]
        for key, entity in records.items():
            kind.fields[camel(key)].resolve = _record(key, entity)


def _record(key: str, entity: Entity) -> Callable[..., Any]:
    async def resolve(payload: Any, info: Info) -> Seen | None:
        value = getattr(payload, key)
        if value is None:
            return None
        reading: Reading | None = info.context.reading
        if reading is None:
            return None
        return await reading.record(entity, _id_of(value, entity))

    return resolve


def _id_of(value: Any, entity: Entity) -> Any:
    """The id of a row as a service returned it: a row object, a driver's record or the id."""
    if value is None or isinstance(value, str):
        return value
    return getattr(value, entity.key, None) or value[entity.key]


def read_ids(given: Any, path: tuple[str | int, ...] = ()) -> None:
    """Turn the wire ids of an input into UUIDs in place, and hold texts to their length."""
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
    if decoded is None or decoded[0] != REGISTRY[target].prefix:
        raise refusals.invalid_id(target, path)
    return decoded[1]
