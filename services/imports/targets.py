"""Which contact each row of a batch is about, and what it makes of it; pure bookkeeping."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.codes import UserErrorCode
from core.ids import new_id

NAMES = {"first_name": "firstName", "last_name": "lastName"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells are all acceptable."""

    number: int
    cells: list[str]
    values: dict[str, Any]
    """What is not empty, by field; those of the workspace's own by `OWN` and their key."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is not brought in, and why."""

    number: int
    cells: list[str]
    fields: list[str]
    """The fields whose columns are wrong, as clients write them; none when the row itself is."""
    code: UserErrorCode
    reason: str


@dataclass(frozen=True, slots=True)
class Match:
    """What the database knows of a row: its folded keys, and the contact it fits."""

    email_key: str
    name_key: str
    contact_id: str | None
    seen: bool
    custom: Mapping[str, Any] = field(default_factory=dict)
    """What that contact has in the workspace's own fields."""


@dataclass(slots=True)
class Target:
    """A contact that rows of the batch create or update."""

    id: str
    is_new: bool
    values: dict[str, Any]


@dataclass(slots=True)
class Own:
    """What holds for the workspace's own fields: those required, and who has what is unique."""

    required: Mapping[str, str] = field(default_factory=dict)
    """Labels by field."""
    keys: Mapping[tuple[int, str], str] = field(default_factory=dict)
    """What is unique of a row's values, by row and field."""
    holders: dict[tuple[str, str], str] = field(default_factory=dict)
    """The contact that has it, by field and key."""


@dataclass(slots=True)
class Plan:
    """What a batch will write."""

    targets: dict[str, Target] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    created: int = 0
    updated: int = 0


def plan(rows: Iterable[Row], matches: Mapping[int, Match], own: Own | None = None) -> Plan:
    """Go through the rows in their order, as if each were written before the next is looked at."""
    own = own or Own()
    made = Plan()
    by_key: dict[str, Target] = {}
    for row in rows:
        match = matches[row.number]
        keys = _keys(row, match)
        if match.contact_id and not match.seen:
            made.errors.append(_out_of_sight(row))
            continue
        target = _known(made, by_key, match, keys[0])
        if target is None and (
            missing := next((name for name in NAMES if name not in row.values), None)
        ):
            made.errors.append(_nameless(row, missing))
            continue
        known = target or Target(new_id(), is_new=True, values={})
        if error := _refused(row, known, match, own):
            made.errors.append(error)
            continue
        if target is None:
            target = made.targets[known.id] = known
            made.created += 1
        else:
            made.updated += 1
        tags = [one for one in (target.values.get("tags"), row.values.get("tags")) if one]
        target.values |= row.values | ({"tags": ";".join(tags)} if tags else {})
        for key in keys:
            by_key.setdefault(key, target)
    return made


def _keys(row: Row, match: Match) -> list[str]:
    """By what the row finds its contact, then by what later rows may find it too."""
    keys = [f"email {match.email_key}"] if match.email_key else []
    if "phone" in row.values and all(name in row.values for name in NAMES):
        keys.append(f"phone {row.values['phone']} {match.name_key}")
    return keys


def _known(made: Plan, by_key: Mapping[str, Target], match: Match, key: str) -> Target | None:
    if not match.contact_id:
        return by_key.get(key)
    known = made.targets.get(match.contact_id)
    if known is None:
        known = Target(match.contact_id, is_new=False, values={})
        made.targets[known.id] = known
    return known


def _refused(row: Row, target: Target, match: Match, own: Own) -> RowError | None:
    """Why the workspace's own fields keep a row out; what it takes of unique values is noted."""
    for name, label in own.required.items():
        had = name in target.values or (not target.is_new and name in match.custom)
        if not had and name not in row.values:
            code, reason = UserErrorCode.REQUIRED, f"Fill in “{label}”."
            return RowError(row.number, row.cells, [name], code, reason)
    taken = {}
    for name in row.values:
        key = own.keys.get((row.number, name))
        if key is None:
            continue
        if own.holders.get((name, key), target.id) != target.id:
            code, reason = UserErrorCode.DUPLICATE, "Another contact has this value."
            return RowError(row.number, row.cells, [name], code, reason)
        taken[name, key] = target.id
    own.holders.update(taken)
    return None


def _out_of_sight(row: Row) -> RowError:
    if "email" in row.values:
        reason = "This e-mail address belongs to a contact you may not see."
        return RowError(row.number, row.cells, ["email"], UserErrorCode.DUPLICATE_EMAIL, reason)
    reason = "This name and phone number belong to a contact you may not see."
    return RowError(row.number, row.cells, ["phone"], UserErrorCode.DUPLICATE, reason)


def _nameless(row: Row, missing: str) -> RowError:
    reason = f"A new contact needs a {missing.replace('_', ' ')}."
    return RowError(row.number, row.cells, [NAMES[missing]], UserErrorCode.REQUIRED, reason)
