"""External ids: what other systems call records, and upserts by that."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.plugins.world import World

NAMES = "externalIds { source value }"


def name(value: str, source: str = "hubspot") -> dict[str, str]:
    return {"source": source, "value": value}


def upsert(world: World, value: str, **given: Any) -> dict[str, Any]:
    return {"match": {"externalId": name(value)}, "values": given}


def test_cont_11_an_upsert_finds_its_record_by_what_another_system_calls_it(world: World) -> None:
    given = {"name": "Globex", "externalIds": [name("g-1", "Netsuite")]}
    select = f"company {{ id name industry {NAMES} }}"

    made = world.admin.act("companyUpsert", upsert(world, "1", **given), select)["company"]
    changed = {"name": "Globex Corp", "industry": "Energy"}
    again = world.admin.act("companyUpsert", upsert(world, "1", **changed), select)["company"]

    assert made["externalIds"] == [name("1"), name("g-1", "netsuite")]
    assert again == made | changed


def test_cont_11_upserts_at_once_of_one_name_make_one_record(world: World) -> None:
    given = [
        upsert(world, "7", firstName="A", lastName=str(at), phone="+14155550102") for at in range(8)
    ]

    with ThreadPoolExecutor(8) as pool:
        acts = [
            pool.submit(world.admin.act, "contactUpsert", one, "contact { id }") for one in given
        ]

    assert len({act.result()["contact"]["id"] for act in acts}) == 1


def test_cont_11_a_bulk_upsert_creates_what_is_new_and_changes_what_is_known(world: World) -> None:
    select = f"results {{ deal {{ id name {NAMES} }} userErrors {{ code path }} }}"
    rows = [upsert(world, str(at), name=f"Deal {at}") for at in range(3)]

    first = world.admin.act("dealBulkUpsert", {"rows": rows[:2]}, select)["results"]
    rows[0]["values"] = {"name": "Renamed"}
    rows.append(upsert(world, " ", name="Nameless"))
    given = {"rows": rows, "errorPolicy": "REJECT_FAILED"}
    second = world.admin.act("dealBulkUpsert", given, select)["results"]

    ids = [one["deal"] and one["deal"]["id"] for one in second]
    assert (ids[:2], ids[3]) == ([one["deal"]["id"] for one in first], None)
    assert [one["deal"]["name"] for one in second[:3]] == ["Renamed", "Deal 1", "Deal 2"]
    path = ["match", "externalId", "value"]
    assert second[3]["userErrors"] == [{"code": "REQUIRED", "path": path}]


def test_cont_11_a_name_is_one_records_until_it_is_deleted(world: World) -> None:
    first, second = world.deal(), world.deal()
    given = {"recordId": first} | name("d-1")
    query = "records { ... on Deal { id externalIds { source value } } }"

    added = world.admin.act("externalIdAdd", given, query)
    taken = world.admin.act("externalIdAdd", given | {"recordId": second})
    other = world.admin.act("externalIdAdd", given | {"recordId": world.contact()})
    world.admin.act("dealDelete", {"id": first})
    free = world.admin.act("externalIdAdd", given | {"recordId": second}, query)
    removed = world.admin.act("externalIdRemove", given | {"recordId": second}, query)
    none = world.admin.act("externalIdRemove", given | {"recordId": second})

    assert added["records"] == [{"id": first, "externalIds": [name("d-1")]}]
    assert (taken.codes, other.codes, none.codes) == (["DUPLICATE"], [], ["NOT_FOUND"])
    assert free["records"] == [{"id": second, "externalIds": [name("d-1")]}]
    assert removed["records"] == [{"id": second, "externalIds": []}]


def test_cont_11_a_survivor_is_called_as_its_duplicates_were(world: World) -> None:
    first = world.contact(externalIds=[name("1")])
    second = world.contact(externalIds=[name("2")])
    world.admin.act("tagsAdd", {"recordIds": [second], "names": ["Partner"]})
    select = f"contact {{ {NAMES} tags {{ nodes {{ name }} }} }}"

    given = {"primaryId": first, "duplicateIds": [second]}
    merged = world.admin.act("contactMerge", given, select)["contact"]
    values = {"firstName": "A", "lastName": "B", "phone": "+14155550102"}
    found = world.admin.act("contactUpsert", upsert(world, "2", **values), "contact { id }")

    assert merged == {
        "externalIds": [name("1"), name("2")],
        "tags": {"nodes": [{"name": "Partner"}]},
    }
    assert found["contact"]["id"] == first
