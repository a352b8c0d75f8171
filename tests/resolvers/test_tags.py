"""Tags: put on records of any kind, filtered by, renamed, merged and removed."""

from typing import Any

from tests.plugins.world import Payload, World
from tests.services.importing import Importer, file_of

NAMES = "records { __typename ... on Contact { tags { nodes { name } } } }"
TAGS = "{ tags { nodes { id name color } } }"


def tag(world: World, *records: str, **given: Any) -> Payload:
    return world.admin.act("tagsAdd", {"recordIds": list(records)} | given, NAMES)


def names(world: World, contact: str) -> list[str]:
    query = "query($id: ID!) { contact(id: $id) { tags { nodes { name } } } }"
    found = world.admin.run(query, id=contact)["contact"]["tags"]["nodes"]
    return [one["name"] for one in found]


def by_name(world: World) -> dict[str, str]:
    return {one["name"]: one["id"] for one in world.admin.run(TAGS)["tags"]["nodes"]}


def test_cont_18_partner_and_influencer_are_there_from_the_start(world: World) -> None:
    assert list(by_name(world)) == ["Influencer", "Partner"]


def test_cont_18_tags_are_put_on_records_of_any_kind_and_taken_off(world: World) -> None:
    contact, deal = world.contact(), world.deal()

    put = tag(world, contact, deal, names=["partner", "VIP"], idempotencyKey="once")
    again = tag(world, contact, deal, names=["partner", "VIP"], idempotencyKey="once")
    given = {"recordIds": [contact], "names": ["vip", "nobody's"]}
    off = world.admin.act("tagsRemove", given, NAMES)

    both = {"nodes": [{"name": "Partner"}, {"name": "VIP"}]}
    assert put["records"][0] == {"__typename": "Contact", "tags": both}
    assert again.fields["records"][1] == put["records"][1] == {"__typename": "Deal"}
    assert off["records"][0]["tags"] == {"nodes": [{"name": "Partner"}]}
    assert list(by_name(world)) == ["Influencer", "Partner", "VIP"]


def test_cont_18_records_are_found_by_their_tags(world: World) -> None:
    both, one, none = (world.contact(firstName=name) for name in ("Both", "One", "None"))
    tag(world, both, one, names=["Partner"])
    tag(world, both, names=["VIP"])
    query = """query($f: ContactFilter) { contacts(filter: $f, orderBy: [{field: NAME}]) {
      nodes { firstName } } }"""

    def found(quantifier: str, name: str) -> list[str]:
        given = {"tags": {quantifier: {"name": {"eq": name}}}}
        nodes = world.admin.run(query, f=given)["contacts"]["nodes"]
        return [node["firstName"] for node in nodes]

    assert none
    assert found("some", "PARTNER") == ["Both", "One"]
    assert found("none", "VIP") == ["None", "One"]
    assert found("every", "Partner") == ["None", "One"]


def test_cont_18_a_tag_is_renamed_merged_and_removed_everywhere(world: World) -> None:
    first, second = world.contact(), world.contact()
    tag(world, first, names=["Partner", "Reseller"])
    tag(world, second, names=["Reseller"])
    tags = by_name(world)

    merged = world.admin.act("tagMerge", {"id": tags["Reseller"], "intoId": tags["Partner"]})
    renamed = world.admin.act("tagUpdate", {"id": tags["Partner"], "name": "Ally"}, "tag { name }")
    together = names(world, first), names(world, second)
    gone = world.admin.act("tagDelete", {"id": tags["Partner"]}, "tagId")

    assert (merged.errors, renamed["tag"]["name"]) == ([], "Ally")
    assert together == (["Ally"], ["Ally"])
    assert (gone["tagId"], names(world, first)) == (tags["Partner"], [])


def test_cont_18_what_cannot_be_tagged_is_refused_and_nothing_is(server, world: World) -> None:
    contact, foreign = world.contact(), World(server).contact()
    tags = by_name(world)

    assert tag(world, contact, foreign, names=["New"]).codes == ["NOT_FOUND"]
    assert tag(world, contact, tags["Partner"], names=["New"]).codes == ["INVALID_ID"]
    assert tag(world, contact, names=["x" * 61]).codes == ["TOO_LONG"]
    assert tag(world, contact).codes == ["REQUIRED"]
    assert tag(world, *[contact] * 501, names=["New"]).codes == ["TOO_MANY"]
    assert world.admin.act("tagCreate", {"name": "PARTNER"}).codes == ["DUPLICATE"]
    assert list(by_name(world)) == ["Influencer", "Partner"]


def test_cont_18_an_import_brings_tags_in(world: World) -> None:
    rows = [["Email", "First name", "Last name", "Tags"]]
    rows += [["a@b.example", "A", "B", "partner; Press"], ["a@b.example", "A", "B", "VIP,press"]]

    assert Importer(world.admin).counts(file_of(rows)) == [1, 1, 0]

    (contact,) = world.admin.run("{ contacts { nodes { id } } }")["contacts"]["nodes"]
    assert names(world, contact["id"]) == ["Partner", "Press", "VIP"]
