"""One value of a custom field: read from an input or a text, written as a text, shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from auth.custom_fields import CustomField, Fields, Option
from core.codes import UserErrorCode
from core.errors import Path
from core.ids import decode, encode
from core.names import camel
from models.enums import CoreEntity
from models.enums import CustomFieldType as Type
from models.registry import REGISTRY, Entity, pointer
from services.rules import custom_fields as rules
from services.rules.forms import Form
from services.values import amount, phone


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was sent: of a type, or a text to be read; None empties."""

    key: str
    type: Type | None
    value: Any
    path: Path = ()


def wire(kind: Type) -> str:
    """The name of a type's value in inputs and answers."""
    return camel(kind.lower())


def entity_of(kind: CoreEntity) -> Entity:
    """The entity behind one of the closed list."""
    return REGISTRY.of_table(kind.lower())


def read(form: Form, field: CustomField, given: Given, currency: str) -> Any:
    """The value as it is stored, None where it is empty; what is wrong is noted on the form."""
    own = Form()
    value = given.value
    if value is not None and given.type is None:
        value = _of_text(own, field, str(value), currency)
        path: Path = given.path
        form.refusals += [_at(error, path) for error in own.refusals]
        return value
    name = wire(field.type)
    if given.type is not field.type:
        said = f"`{field.key}` holds {field.type}: send `{name}`."
        sent = wire(given.type) if given.type else name
        form.refuse(UserErrorCode.INVALID_VALUE, said, *given.path, sent)
        return None
    if value is not None:
        value = _TYPED[field.type](own, field, value, currency)
    form.refusals += [error.at(*given.path) for error in own.refusals]
    return value


def _at(error: Any, path: Path) -> Any:
    return type(error)(error.code, error.message, path)


def _text(form: Form, _field: CustomField, value: str, _currency: str) -> str | None:
    return form.optional_text("text", value, longest=rules.LONGEST_TEXT)


def _number(_form: Form, _field: CustomField, value: Decimal, _currency: str) -> str:
    return rules.number(value)


def _money(form: Form, _field: CustomField, value: Any, currency: str) -> dict[str, str]:
    code = str(value.currency or currency).strip().upper()
    exact = amount(form, "currency", value.amount, code)
    return {"amount": f"{exact:f}", "currency": code}


def _day(_form: Form, _field: CustomField, value: date, _currency: str) -> str:
    return value.isoformat()


def _select(form: Form, field: CustomField, value: str, _currency: str) -> str | None:
    found = _option(form, field, value, "select")
    return found.id if found else None


def _options(form: Form, field: CustomField, value: Sequence[str], _currency: str) -> Any:
    chosen = {
        found.id
        for at, one in enumerate(value)
        if (found := _option(form, field, one, "multiSelect", at))
    }
    # In the order of the options, so that the same choice is the same value.
    return [one.id for one in field.options if one.id in chosen] or None


def _option(form: Form, field: CustomField, value: str, *path: str | int) -> Option | None:
    found = field.option(value)
    if found is None:
        message = f"No option of “{field.label}” has this id."
        form.refuse(UserErrorCode.INVALID_VALUE, message, *path)
    return found


def _truth(_form: Form, _field: CustomField, value: Any, _currency: str) -> bool:
    return bool(value)


def _url(form: Form, _field: CustomField, value: str, _currency: str) -> str | None:
    text = value.strip()
    if text and not rules.is_url(text):
        message = "Send an address that begins with https:// or http://."
        form.refuse(UserErrorCode.INVALID_VALUE, message, "url")
    return text or None


def _email(form: Form, _field: CustomField, value: str, _currency: str) -> str | None:
    return _checked(form, "email", form.email, value)


def _phone(form: Form, _field: CustomField, value: str, _currency: str) -> str | None:
    return _checked(form, "phone", lambda name, text: phone(form, name, text), value)


def _checked(
    form: Form, name: str, check: Callable[[str, str], str | None], value: str
) -> str | None:
    """A value under the code of all custom fields, with the sentence of its own check."""
    if not value.strip():
        return None
    before = len(form.refusals)
    found = check(name, value)
    if len(form.refusals) > before:
        message = form.refusals[before].message
        del form.refusals[before:]
        form.refuse(UserErrorCode.INVALID_VALUE, message, name)
    return found


def _lookup(form: Form, field: CustomField, value: str, _currency: str) -> str | None:
    assert field.lookup is not None  # noqa: S101 - the table's CHECK
    target = entity_of(field.lookup)
    decoded = decode(value.strip())
    if decoded is None or decoded[0] != target.prefix:
        message = f"Not the id of a {target.name}: those look like {target.prefix}_01HX…"
        form.refuse(UserErrorCode.INVALID_ID, message, "lookup")
        return None
    return decoded[1]


_TYPED: Mapping[Type, Callable[[Form, CustomField, Any, str], Any]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.CURRENCY: _money,
    Type.DATE: _day,
    Type.SELECT: _select,
    Type.MULTI_SELECT: _options,
    Type.CHECKBOX: _truth,
    Type.URL: _url,
    Type.EMAIL: _email,
    Type.PHONE: _phone,
    Type.LOOKUP: _lookup,
}


@dataclass(frozen=True, slots=True)
class _Amount:
    amount: Decimal
    currency: str | None


def _of_text(form: Form, field: CustomField, text: str, currency: str) -> Any:
    """The value a cell, an answer on a page or a value of another type says."""
    if not text.strip():
        return None
    if field.type is Type.SELECT:
        return _named(form, field, text)
    if field.type is Type.MULTI_SELECT:
        ids = {_named(form, field, part) for part in rules.parted(text)}
        return [one.id for one in field.options if one.id in ids] or None
    if field.type in _SAYING:
        say, message = _SAYING[field.type]
        value = say(text)
        if value is None:
            form.refuse(UserErrorCode.INVALID_VALUE, message)
            return None
        if field.type is Type.CURRENCY:
            value = _Amount(*value)
        return _TYPED[field.type](form, field, value, currency)
    return _TYPED[field.type](form, field, text, currency)


_SAYING: Mapping[Type, tuple[Callable[[str], Any], str]] = {
    Type.NUMBER: (rules.number_of, "Send a number such as 12.50."),
    Type.CURRENCY: (rules.money_of, "Send an amount such as 12.50 or 12.50 USD."),
    Type.DATE: (rules.day_of, "Send a day such as 2026-04-15."),
    Type.CHECKBOX: (rules.truth_of, "Send yes or no."),
}


def _named(form: Form, field: CustomField, text: str) -> str | None:
    plain = text.strip().casefold()
    for one in field.options:
        if one.id == text.strip() or one.name.casefold() == plain:
            return one.id
    known = ", ".join(one.name for one in field.options[:20])
    message = f"“{text.strip()[:60]}” is no option of “{field.label}”: {known}."
    form.refuse(UserErrorCode.INVALID_VALUE, message)
    return None


def text_of(field: CustomField, value: Any) -> str:
    """A stored value as people write it; `_of_text` reads it again."""
    if field.type is Type.CURRENCY:
        return f"{value['amount']} {value['currency']}"
    if field.type is Type.CHECKBOX:
        return "yes" if value else "no"
    if field.type in {Type.SELECT, Type.MULTI_SELECT}:
        ids = [value] if field.type is Type.SELECT else value
        return rules.joined([one.name for one in field.options if one.id in ids])
    if field.type is Type.LOOKUP and field.lookup is not None:
        return encode(entity_of(field.lookup).prefix, value)
    return str(value)


def shown(
    fields: Fields, custom: Mapping[str, Any], keys: Sequence[str] | None
) -> list[dict[str, Any]]:
    """The values of a record as the API answers them, in the order of the fields."""
    wanted = fields.values() if keys is None else [fields[key] for key in keys if key in fields]
    return [_answered(field, custom[field.key]) for field in wanted if field.key in custom]


def _answered(field: CustomField, value: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": f"{''.join(part.capitalize() for part in field.type.split('_'))}Value",
        "key": field.key,
        "label": field.label,
        "field": pointer("CustomField", field.id),
    }
    return told | dict(_parts(field, value))


def _parts(field: CustomField, value: Any) -> Iterator[tuple[str, Any]]:
    if field.type is Type.SELECT:
        yield "option", _option_shown(field, value)
    elif field.type is Type.MULTI_SELECT:
        yield "options", [_option_shown(field, one) for one in value]
    elif field.type is Type.LOOKUP and field.lookup is not None:
        yield "record", pointer(entity_of(field.lookup).name, value)
    elif field.type is Type.DATE:
        yield "date", date.fromisoformat(value)
    elif field.type is Type.NUMBER:
        yield "number", Decimal(value)
    elif field.type is Type.CURRENCY:
        money = {"amount": Decimal(value["amount"]), "currency": value["currency"]}
        yield "money", money
    else:
        yield {Type.CHECKBOX: "checked"}.get(field.type, field.type.lower()), value


def _option_shown(field: CustomField, option_id: str) -> dict[str, str]:
    found = field.option(option_id)
    return {"id": option_id, "name": found.name if found else ""}
