"""Rows of cells as values of a contact, checked by the rules that creating one by hand has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from auth.custom_fields import Fields
from core.codes import UserErrorCode
from core.errors import UserError
from models.enums import ContactStatus
from models.registry import REGISTRY
from services.custom_values import Given, read
from services.imports.mapping import COMPANY, OWN, OWNER, TAGS, importable
from services.imports.targets import Row, RowError
from services.rules.forms import Form
from services.tags import LONGEST_NAME, MOST_AT_ONCE
from services.values import cleaned

Check = Callable[[int, list[str]], Row | RowError]

_STATUS = {member.value: member.value for member in ContactStatus}


def checker(header: Sequence[str], columns: Mapping[str, str], own: Fields, currency: str) -> Check:
    """What reads the rows of a file with this header; `columns` are headers by mapped field."""
    contact, company = REGISTRY["Contact"], REGISTRY["Company"].fields["name"]
    width = len(header)
    known = importable(own)
    places = [(known[field].name, header.index(column)) for field, column in columns.items()]

    def check(number: int, cells: list[str]) -> Row | RowError:
        if len(cells) != width:
            reason = f"The row has {len(cells)} cells, the header {width}."
            return RowError(number, cells, [], UserErrorCode.INVALID_VALUE, reason)
        given = {field: text for field, at in places if (text := _line(cells[at]))}
        form = Form()
        custom = _read_own(form, given, own, currency)
        values = custom | _read_others(form, given, company.max_length or 0)
        values |= cleaned(form, contact, given, currency="")
        _require_key(form, values)
        if form.refusals:
            return _refused(number, cells, form.refusals)
        return Row(number, cells, values)

    return check


def _read_own(form: Form, given: dict[str, str], own: Fields, currency: str) -> dict[str, Any]:
    """Take out what goes to the workspace's own fields."""
    values = {}
    for name in [name for name in given if name.startswith(OWN)]:
        field = own[name.removeprefix(OWN)]
        value = read(form, field, Given(field.key, None, given.pop(name), (name,)), currency)
        if value is not None:
            values[name] = value
    return values


def _line(cell: str) -> str:
    """A cell without spaces around it; in a quoted one with line breaks these become spaces."""
    text = cell.strip()
    return " ".join(text.split()) if "\n" in text or "\r" in text else text


def _read_others(form: Form, given: dict[str, str], longest: int) -> dict[str, Any]:
    """Take out what a contact's own fields do not hold as it stands: status, owner, company."""
    values = {}
    if "status" in given:
        status = given.pop("status")
        known = _STATUS.get(status.upper())
        if known is None:
            message = f"A status is one of {', '.join(one.title() for one in _STATUS)}."
            form.refuse(UserErrorCode.INVALID_VALUE, message, "status")
        else:
            values["status"] = known
    if OWNER in given:
        values[OWNER] = form.email(OWNER, given.pop(OWNER))
    if TAGS in given:
        values[TAGS] = _tags(form, given.pop(TAGS))
    if COMPANY in given:
        values[COMPANY] = form.text(COMPANY, given.pop(COMPANY), longest=longest)
    return values


def _tags(form: Form, cell: str) -> str:
    """The words of a cell, divided as those of other rows are."""
    words = [word for part in cell.split(";") for word in part.split(",") if word.strip()]
    if len(words) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} tags a row."
        form.refuse(UserErrorCode.TOO_MANY, message, TAGS)
    return ";".join(form.text(TAGS, word, longest=LONGEST_NAME) for word in words)


def _require_key(form: Form, values: Mapping[str, str]) -> None:
    if "email" in values or form.refusals:
        return
    if "phone" not in values:
        message = "A contact needs an e-mail address or a phone number."
        form.refuse(UserErrorCode.EMAIL_OR_PHONE_REQUIRED, message, "email")
    for name, path in (("first_name", "firstName"), ("last_name", "lastName")):
        if name not in values:
            form.refuse(UserErrorCode.REQUIRED, "Needed where there is no e-mail address.", path)


def _refused(number: int, cells: list[str], refusals: Sequence[UserError]) -> RowError:
    return RowError(
        number,
        cells,
        [str(one.path[0]) for one in refusals],
        refusals[0].code,
        " ".join(one.message for one in refusals),
    )
