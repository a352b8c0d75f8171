"""Merge fields: the names a contract's template may hold in double braces, and filling them in."""

import re
from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "contact.name": "The contact's full name.",
    "contact.firstName": "The contact's first name.",
    "contact.lastName": "The contact's last name.",
    "contact.email": "The contact's e-mail address.",
    "contact.phone": "The contact's phone number.",
    "contact.jobTitle": "What the contact does at the company.",
    "customer.name": "The company, or the contact where there is none.",
    "company.name": "The company's name.",
    "company.address": "The company's postal address, in one line.",
    "company.domain": "The company's domain.",
    "deal.name": "What the deal is called.",
    "deal.value": "What the deal is worth.",
    "deal.closeDate": "When the deal is expected to close.",
    "quote.number": "The quote's number.",
    "quote.title": "What the quote offers.",
    "quote.subtotal": "The sum of the quote's lines.",
    "quote.discount": "The discount on the whole quote.",
    "quote.tax": "The quote's tax.",
    "quote.total": "What the quote comes to.",
    "quote.terms": "The terms printed on the quote.",
    "quote.lines": "The quote's lines, one below the other: how many of what, and for how much.",
    "contract.number": "The contract's number.",
    "contract.title": "What the contract is about.",
    "contract.value": "What the contract is worth.",
    "contract.startsOn": "The first day it is in force.",
    "contract.endsOn": "The last day it is in force.",
    "workspace.name": "Our company's name.",
    "workspace.address": "Our company's address.",
    "owner.name": "Who looks after the contract on our side.",
    "owner.email": "Their e-mail address.",
    "today": "The day the document is made.",
}
"""Every merge field, with what it stands for."""

_FIELD = re.compile(r"\{\{([^{}]*)\}\}")


def used(body: str) -> list[str]:
    """The names between double braces, each once, in their order."""
    return list(dict.fromkeys(found.strip() for found in _FIELD.findall(body)))


def unknown(body: str) -> list[str]:
    """Those of the names that no field has, and braces that are not closed."""
    rest = _FIELD.sub("", body)
    broken = [sign for sign in ("{{", "}}") if sign in rest]
    return [name for name in used(body) if name not in FIELDS] + broken


def missing(body: str, values: Mapping[str, str | None]) -> list[str]:
    """The fields of a body that have no value."""
    return [name for name in used(body) if not values.get(name)]


def merged(body: str, values: Mapping[str, str | None]) -> str:
    """The body with its fields filled in; values are texts and are not looked into again."""
    return _FIELD.sub(lambda found: values.get(found[1].strip()) or "", body)
