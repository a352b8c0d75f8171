"""Which column of a file holds which field of a contact: what can be mapped, and suggestions."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auth.custom_fields import Fields
from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.names import camel
from models.registry import REGISTRY, Kind, Write

CERTAIN = 100
LIKELY = 80
SEEMING = 60

COMPANY = "company"
OWNER = "owner"
"""Of the fields the two whose cells name another record."""
TAGS = "tags"
"""The field whose cells hold several words, divided by commas or semicolons."""
_SYNONYMS = {
    "first_name": "firstname first givenname forename fname vorname prenom nombre nome"
    " voornaam imie",
    "last_name": "lastname last surname familyname lname nachname familienname nom apellido"
    " apellidos cognome achternaam nazwisko",
    "email": "email emailaddress mail mailaddress emailadresse courriel correo correoelectronico"
    " workemail primaryemail email1 emailaddress1 emailwork businessemail",
    "phone": "phone phonenumber mobile mobilephone mobilenumber cell cellphone telephone tel"
    " telefon telefonnummer handy telefono telefone telefoon workphone businessphone phonework"
    " mobil portable primaryphone phone1",
    "job_title": "jobtitle title position role jobrole job funktion berufsbezeichnung poste cargo"
    " puesto stanowisko occupation",
    "status": "status contactstatus stage lifecyclestage leadstatus statut estado",
    TAGS: "tags tag label labels keywords etiquetas schlagworte mots",
    OWNER: "owner owneremail contactowner accountowner salesrep assignedto responsible"
    " zustandig inhaber proprietaire",
    COMPANY: "company companyname organisation organization organisationname organizationname"
    " account accountname employer firma firmenname unternehmen entreprise societe empresa azienda"
    " bedrijf business companyororganization",
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[\d\s()./-]{7,}")


@dataclass(frozen=True, slots=True)
class Importable:
    """A field a column can be mapped to."""

    name: str
    wire: str
    """As clients write it."""
    label: str
    """Its header in the template."""
    scalar: str
    max_length: int | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column seems to hold, and how sure that is, of 100."""

    field: str | None
    confidence: int


OWN = "customFields."
"""What the names of the workspace's own fields begin with."""


def importable(fields: Fields) -> Mapping[str, Importable]:
    """The fields of a contact that a file can bring, by the name clients write: own ones last."""
    known = dict(_built_in())
    labels = {one.label.casefold() for one in known.values()}
    for key, field in fields.items():
        # No two columns of the template have one name.
        label = f"{field.label} ({key})" if field.label.casefold() in labels else field.label
        labels.add(label.casefold())
        known[f"{OWN}{key}"] = Importable(f"{OWN}{key}", f"{OWN}{key}", label, field.type, None)
    return known


@lru_cache(maxsize=1)
def _built_in() -> Mapping[str, Importable]:
    found = []
    for name, field in REGISTRY["Contact"].fields.items():
        # A yes or no is set by acts: files spell it in too many ways.
        if field.write is Write.NEVER or field.scalar == "Boolean":
            continue
        if field.kind is Kind.COLUMN:
            found.append(_importable(name, field.scalar, field.max_length))
        elif field.target == "User":
            found.append(_importable(name, field.target, None))
    company = REGISTRY["Company"].fields["name"]
    found.append(_importable(COMPANY, "Company", company.max_length))
    found.append(_importable(TAGS, "Tag", None))
    return {one.wire: one for one in found}


def _importable(name: str, scalar: str, max_length: int | None) -> Importable:
    head, *tail = name.split("_")
    return Importable(name, camel(name), " ".join([head.capitalize(), *tail]), scalar, max_length)


def suggest(
    header: Sequence[str], samples: Sequence[Sequence[str]], fields: Fields
) -> list[Suggestion]:
    """What each column seems to hold; no field is suggested twice."""
    known = importable(fields)
    scores = [
        (confidence, -at, wire)
        for at, (name, values) in enumerate(zip(header, samples, strict=True))
        for wire, confidence in _scores(name, values, known).items()
    ]
    chosen: dict[int, Suggestion] = {}
    taken: set[str] = set()
    for confidence, minus_at, wire in sorted(scores, reverse=True):
        if -minus_at not in chosen and wire not in taken:
            chosen[-minus_at] = Suggestion(wire, confidence)
            taken.add(wire)
    return [chosen.get(at, Suggestion(None, 0)) for at in range(len(header))]


def _scores(name: str, values: Sequence[str], known: Mapping[str, Importable]) -> dict[str, int]:
    plain = _plain(name)
    found: dict[str, int] = {}
    for wire, one in known.items():
        words = {_plain(one.name), *_SYNONYMS.get(one.name, "").split()}
        if wire.startswith(OWN):
            words = {_plain(one.label), _plain(wire.removeprefix(OWN))}
        if plain in words:
            found[wire] = CERTAIN
        elif any(len(word) > 3 and word in plain for word in words):  # noqa: PLR2004 - not `tel`
            found[wire] = LIKELY
        elif values and _looks_like(one.scalar, values):
            found[wire] = SEEMING
    return found


def _looks_like(scalar: str, values: Sequence[str]) -> bool:
    shape = {"EmailAddress": _EMAIL, "PhoneNumber": _PHONE}.get(scalar)
    return shape is not None and all(shape.fullmatch(value) for value in values)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def check(
    given: Sequence[tuple[str, str]], header: Sequence[str], own: Fields
) -> list[dict[str, str]]:
    """A mapping as it is stored, or every reason why it cannot be used."""
    known = importable(own)
    errors = [
        error for at in range(len(given)) for error in _entry_errors(at, given, header, known)
    ]
    fields = {field for _, field in given}
    if not errors and not fields & {"email", "phone"}:
        message = "Map a column to `email` or `phone`: they tell contacts apart."
        errors.append(UserError(UserErrorCode.REQUIRED, message, ("mapping",)))
    if not errors and "email" not in fields and not {"firstName", "lastName"} <= fields:
        message = "Without `email`, map `firstName` and `lastName` too: they tell contacts apart."
        errors.append(UserError(UserErrorCode.REQUIRED, message, ("mapping",)))
    if errors:
        raise Refusals(errors)
    return [{"column": column, "field": field} for column, field in given]


def _entry_errors(
    at: int,
    given: Sequence[tuple[str, str]],
    header: Sequence[str],
    known: Mapping[str, Importable],
) -> list[UserError]:
    errors = []
    column, field = given[at]
    earlier = given[:at]
    if column not in header:
        message = f"The file has no column “{column[:60]}”."
        errors.append(UserError(UserErrorCode.INVALID_VALUE, message, ("mapping", at, "column")))
    if field not in known:
        message = f"No such field; a column can be mapped to {', '.join(known)}."
        errors.append(UserError(UserErrorCode.INVALID_VALUE, message, ("mapping", at, "field")))
    if any(column == other for other, _ in earlier):
        message = f"The column “{column[:60]}” is mapped twice."
        errors.append(UserError(UserErrorCode.DUPLICATE, message, ("mapping", at, "column")))
    if any(field == other for _, other in earlier):
        message = f"Two columns are mapped to `{field[:60]}`."
        errors.append(UserError(UserErrorCode.DUPLICATE, message, ("mapping", at, "field")))
    return errors
