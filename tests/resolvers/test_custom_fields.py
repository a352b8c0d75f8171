"""Custom fields: made by Admins, had by all records of a kind at once, of eleven types."""

from typing import Any

import pytest

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


def test_cf_01_a_field_is_there_at_once(world):
    field = made(world)
    contact = world.contact(customFields=[{"key": "industry", "text": "Retail"}])

    assert field["key"] == "industry"
    assert values_of(world.admin, contact)["industry"]["text"] == "Retail"
