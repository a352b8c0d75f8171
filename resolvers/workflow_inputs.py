"""Inputs of workflows as plain data: filters as their lists take them, steps by their names."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from core.names import camel
from schema.inputs import UNSET
from schema.values import MoneyInput
from schema.workflow_inputs import PayloadConditionsInput, WorkflowConditionsInput

_BARE = {"text": "", "number": "", "checked": "eq", "is_null": "isNull"}


def plain(value: Any, currency: str) -> Any:
    """A part of an input as a dictionary, without what was left out; amounts have a currency."""
    if isinstance(value, WorkflowConditionsInput):
        return {name: as_sent(one) for name, one in _sent(value).items()}
    if isinstance(value, PayloadConditionsInput):
        return payload(value)
    if isinstance(value, MoneyInput):
        code = str(value.currency or currency).strip().upper()
        return {"amount": value.amount, "currency": code}
    if is_dataclass(value) and not isinstance(value, type):
        return {name.rstrip("_"): plain(one, currency) for name, one in _sent(value).items()}
    if isinstance(value, list):
        return [plain(one, currency) for one in value]
    return value.name if isinstance(value, Enum) else value


def as_sent(value: Any) -> Any:
    """A filter as JSON again, as its client wrote it."""
    if is_dataclass(value) and not isinstance(value, type):
        definition: Any = value.__strawberry_definition__  # type: ignore[attr-defined]
        names = {one.python_name: one.graphql_name for one in definition.fields}
        return {names[name] or camel(name): as_sent(one) for name, one in _sent(value).items()}
    if isinstance(value, list):
        return [as_sent(one) for one in value]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def payload(given: PayloadConditionsInput) -> dict[str, Any]:
    """Conditions on a payload as a tree of `and`, `or`, `not` and single comparisons."""
    ((name, sent),) = _sent(given).items()
    if name in {"and_", "or_"}:
        return {name.rstrip("_"): [payload(one) for one in sent]}
    if name == "not_":
        return {"not": payload(sent)}
    found = [
        {"path": sent.path.strip(), operator: operand} for operator, operand in _comparisons(sent)
    ]
    return found[0] if len(found) == 1 else {"and": found}


def _comparisons(sent: Any) -> Any:
    for kind, bare in _BARE.items():
        operand = getattr(sent, kind)
        if operand is UNSET or operand is None:
            continue
        if bare:
            yield bare, operand
            continue
        for operator, one in _sent(operand).items():
            yield _OPERATORS.get(operator, operator), _comparable(one)


_OPERATORS: Mapping[str, str] = {"starts_with": "startsWith", "one_of": "in"}


def _comparable(operand: Any) -> Any:
    if not isinstance(operand, Decimal):
        return operand
    return int(operand) if operand == operand.to_integral_value() else float(operand)


def _sent(value: Any) -> dict[str, Any]:
    found = {declared.name: getattr(value, declared.name) for declared in fields(value)}
    return {name: one for name, one in found.items() if one is not UNSET and one is not None}
