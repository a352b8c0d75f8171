"""Custom fields as Admins make them and records have them."""

from typing import Any

import schema  # noqa: F401 - its declarations fill the registry
from models.registry import REGISTRY
from tests.plugins.world import Client, World

VALUES = """customFields { __typename key label
  ... on TextValue { text } ... on NumberValue { number } ... on DateValue { date }
  ... on CurrencyValue { money { amount currency } } ... on SelectValue { option { name } }
  ... on MultiSelectValue { options { name } } ... on CheckboxValue { checked }
  ... on UrlValue { url } ... on EmailValue { email } ... on PhoneValue { phone }
  ... on LookupValue { record { id } } }"""


def made(world: World, entity: str = "CONTACT", **given: Any) -> dict[str, Any]:
    """A new field."""
    values = {"entity": entity, "label": "Industry", "type": "TEXT"} | given
    done = world.admin.act(
        "customFieldCreate", values, "customField { id key version options { id name } }"
    )
    field: dict[str, Any] = done["customField"]
    return field


def values_of(client: Client, record: str, kind: str = "Contact") -> dict[str, Any]:
    """What a record has, by key."""
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {VALUES} }} }} }}"
    return {one["key"]: one for one in client.run(query, id=record)["node"]["customFields"]}


CORE = [one for one in REGISTRY.values() if one.core]
SENT: dict[str, Any] = {
    "TEXT": {"text": " Retail "},
    "NUMBER": {"number": "-12.50"},
    "CURRENCY": {"currency": {"amount": "99.9", "currency": "EUR"}},
    "DATE": {"date": "2031-02-03"},
    "CHECKBOX": {"checkbox": False},
    "URL": {"url": "https://globex.example/x?y=1"},
    "EMAIL": {"email": "s.chen@globex.com"},
    "PHONE": {"phone": "+1 415 555 0102"},
}
TOLD: dict[str, Any] = {
    "TEXT": {"text": "Retail"},
    "NUMBER": {"number": "-12.5"},
    "CURRENCY": {"money": {"amount": "99.90", "currency": "EUR"}},
    "DATE": {"date": "2031-02-03"},
    "CHECKBOX": {"checked": False},
    "URL": {"url": "https://globex.example/x?y=1"},
    "EMAIL": {"email": "s.chen@globex.com"},
    "PHONE": {"phone": "+14155550102"},
    "SELECT": {"option": {"name": "Gold"}},
    "MULTI_SELECT": {"options": [{"name": "Gold"}, {"name": "Silver"}]},
}
NEW: dict[str, dict[str, Any]] = {
    "Company": {"name": "Globex"},
    "Lead": {"lastName": "Chen", "email": "s.chen@globex.com"},
    "Deal": {"name": "Renewal"},
    "Task": {"title": "Call"},
    "Project": {"name": "Roll-out"},
    "Product": {"sku": "A-1", "name": "Seat", "billingType": "ONE_TIME"},
    "Contact": {"firstName": "Sarah", "lastName": "Chen", "phone": "+14155550102"},
    "Case": {"subject": "Broken"},
}


def all_types(world: World, entity: Any) -> tuple[list[Any], dict[str, Any]]:
    """A field of each type, the values to send, and what is to be read of them."""
    contact = world.contact()
    sent: list[Any] = []
    told = TOLD | {"LOOKUP": {"record": {"id": contact}}}
    for kind in told:
        given: dict[str, Any] = {"label": kind, "key": kind.lower(), "type": kind}
        given |= {"options": ["Gold", "Silver"]} if "SELECT" in kind else {}
        given |= {"lookup": "CONTACT"} if kind == "LOOKUP" else {}
        options = [one["id"] for one in made(world, entity.table.name.upper(), **given)["options"]]
        own: dict[str, Any] = {"LOOKUP": {"lookup": contact}}
        if options:
            own |= {"SELECT": {"select": options[0]}}
            own |= {"MULTI_SELECT": {"multiSelect": options[::-1]}}
        value = (SENT | own)[kind]
        sent.append({"key": kind.lower()} | value)
    return sent, {kind.lower(): value for kind, value in told.items()}


def bare(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {
            name: one for name, one in value.items() if name not in {"__typename", "key", "label"}
        }
        for key, value in values.items()
    }


def refused(world: World, *values: Any, **given: Any) -> list[tuple[str, list[str]]]:
    """Why a contact with these values is not made."""
    new = NEW["Contact"] | given | {"customFields": list(values)}
    errors = world.admin.act("contactCreate", new).errors
    return [(one["code"], one["path"][1:]) for one in errors]
