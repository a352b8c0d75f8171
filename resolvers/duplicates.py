"""Suggestions of records that may be the same, and what is said of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import phonenumbers
import sqlalchemy as sa

from auth.context import Context
from auth.policy import readable
from core.codes import DenialCode
from core.errors import Denied
from models.base import Uuid
from models.registry import REGISTRY, Pointer
from resolvers.listing import page_size, read_cursor
from resolvers.mutation import extra, mutation
from resolvers.plans.wire import cursor
from resolvers.queries import Value, valued
from resolvers.reading import Reading
from resolvers.search import Place
from schema.duplicates import DuplicateDismissInput, answered
from services import duplicates
from services.conditions import checked_text, read_id
from services.duplicates import LOOKED_AT, Probe
from services.rules.duplicates import score

OTHERS = {"Contact": ["Contact"], "Company": ["Company"], "Lead": ["Contact", "Lead"]}
"""Which records those of a kind are held against."""

_REASONS = {"email_key": "EMAIL", "phone": "PHONE", "domain_key": "DOMAIN", "name_key": "NAME"}
_NOBODY = "00000000-0000-0000-0000-000000000000"
_MOST_REASONS = 4


def _suggested(name: str) -> Value:
    async def of(reading: Reading, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The page of suggestions."""
        entity = REGISTRY[name]
        if not readable(entity, reading.actor):
            message = f"The role {reading.actor.role} may not read {entity.category}."
            raise Denied(DenialCode.FORBIDDEN, message)
        size, after = page_size(arguments.get("first")), arguments.get("after")
        signature = f"{name}Duplicate"
        place = tuple(read_cursor(after, signature, (Uuid, Uuid))) if after else None
        probe = _probe(name, arguments, place)
        others = [REGISTRY[one] for one in OTHERS[name]]
        most = (size + 1) * _MOST_REASONS
        rows = await reading.fetch(duplicates.looked(reading.actor, probe, others, most))
        pairs = _pairs(rows)
        reading.returned(len(rows), min(len(pairs), size))
        nodes = [_node(name, *pair) for pair in list(pairs.items())[:size]]
        ends = [cursor(signature, (one[0] or _NOBODY, one[1])) for one in list(pairs)[:size]]
        more = len(pairs) > size
        if not more and rows[0]["looked"] == LOOKED_AT and probe.of is None:
            # All pairs of these are told: the next page begins with the record behind them.
            ends, more = [*ends, cursor(signature, (rows[0]["last"], _NOBODY))], True
        return {"nodes": nodes, "page_info": Place(ends, more, place is not None)}

    return of


for _name in OTHERS:
    valued(f"{_name.lower()}_duplicates", answered(_name))(_suggested(_name))


def _probe(name: str, arguments: Mapping[str, Any], place: Any) -> Probe:
    entity, like = REGISTRY[name], arguments.get("like")
    if like is not None and arguments.get("of"):
        raise Denied(DenialCode.BAD_USER_INPUT, "Name a record (`of`) or describe one (`like`).")
    if arguments.get("of"):
        return Probe(entity, place, of=read_id(arguments["of"], name))
    return Probe(entity, place, like=None if like is None else _keys(like))


def _keys(like: Mapping[str, Any]) -> dict[str, Any]:
    """What a record to come is compared by."""

    def folded(key: str) -> Any:
        return sa.func.fold(sa.literal(checked_text(like.get(key) or "").strip(), sa.Text))

    company = like.get("companyId")
    return {
        "email_key": folded("email"),
        "phone": _phone(checked_text(like.get("phone") or "")),
        "domain_key": folded("domain"),
        "name_key": folded("name"),
        "company_name_key": folded("companyName"),
        "primary_company_id": read_id(company, "Company") if company else None,
    }


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _pairs(rows: Sequence[Any]) -> dict[tuple[Any, str], list[Any]]:
    pairs: dict[tuple[Any, str], list[Any]] = {}
    for row in rows:
        if row["id"] is not None:
            pairs.setdefault((row["record_id"], row["id"]), []).append(row)
    return pairs


def _node(name: str, ids: tuple[Any, str], rows: list[Any]) -> dict[str, Any]:
    rows.sort(key=lambda row: -row["score"])
    return {
        name.lower(): Pointer(REGISTRY[name], ids[0]) if ids[0] else None,
        "other": Pointer(REGISTRY[rows[0]["kind"]], ids[1]),
        "reasons": [_REASONS[row["reason"]] for row in rows],
        "score": score([row["score"] for row in rows]),
    }


@mutation(dismissed=extra(bool, "Whether it is remembered."))
async def duplicate_dismiss(ctx: Context, input: DuplicateDismissInput) -> dict[str, Any]:
    """Say that two records are not the same, so that they are suggested no more.

    `{ recordId: "cnt_…", otherId: "cnt_…" }`
    """
    record: Any = input.record_id
    other: Any = input.other_id
    await duplicates.dismiss(ctx, record, other)
    return {"dismissed": True}
