"""Merges: duplicates become one record, and whatever pointed at them points at it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.plugins.world import Payload, World

CARD = "contact { id email phone jobTitle version primaryCompany { id name } deals { totalCount } }"


def merge(world: World, primary: str | None, *others: str, **rest: Any) -> Payload:
    given = {"primaryId": primary, "duplicateIds": list(others)} | rest
    return world.admin.act("contactMerge", given, CARD)


def pair(world: World) -> tuple[str, str]:
    first = world.contact(email="s.chen@globex.com")
    return first, world.contact(phone=None, email="sarah@globex.com", jobTitle="Director")


def company(world: World, **given: Any) -> str:
    made = world.admin.act("companyCreate", {"name": "Globex"} | given, "company { id }")
    found: str = made["company"]["id"]
    return found


def test_cont_11_what_pointed_at_a_duplicate_points_at_the_primary(world: World) -> None:
    primary, other = pair(world)
    deal = world.deal(contactId=other)
    task = world.admin.act("taskCreate", {"title": "Call", "contactId": other}, "task { id }")

    merged = merge(world, primary, other)["contact"]

    assert (merged["id"], merged["jobTitle"], merged["deals"]) == (
        primary,
        "Director",
        {"totalCount": 1},
    )
    query = "query($d: ID!, $t: ID!) { deal(id: $d) { contact { id } } task(id: $t) { contact { id } } }"
    found = world.admin.run(query, d=deal, t=task["task"]["id"])
    assert found == {"deal": {"contact": {"id": primary}}, "task": {"contact": {"id": primary}}}


def test_cont_11_old_ids_lead_to_the_survivor_of_a_chain(world: World) -> None:
    first, second, third = (world.contact(firstName=name) for name in ("A", "B", "C"))
    merge(world, second, third)
    merge(world, first, second)
    query = """query($a: ID!, $b: ID!) { contact(id: $a) { id } node(id: $b) { id }
      nodes(ids: [$a, $b]) { id } }"""

    found = world.admin.run(query, a=third, b=second)

    one = {"id": first}
    assert found == {"contact": one, "node": one, "nodes": [one, one]}


def test_cont_11_acts_on_an_old_id_are_about_the_survivor(world: World) -> None:
    primary, other = pair(world)
    merge(world, primary, other)
    update = {"id": other, "jobTitle": "Founder", "idempotencyKey": "once"}
    bulk = {"ids": [other], "patch": {"status": "CUSTOMER"}}

    first, again = (world.admin.act("contactUpdate", update, CARD) for _ in range(2))
    rows = world.admin.act("contactBulkUpdate", bulk, "results { contact { id status } }")
    deals = {"rows": [{"name": "New", "contactId": other}]}
    made = world.admin.act("dealBulkCreate", deals, "results { deal { contact { id } } }")

    assert first["contact"] == again["contact"] | {"version": first["contact"]["version"]}
    assert (first["contact"]["id"], first["contact"]["jobTitle"]) == (primary, "Founder")
    assert rows["results"] == [{"contact": {"id": primary, "status": "CUSTOMER"}}]
    assert made["results"] == [{"deal": {"contact": {"id": primary}}}]
