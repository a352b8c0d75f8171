"""Companies, as clients create, change, delete and restore them."""

from tests.plugins.world import World

CARD = "company { id name industry version }"
ONE = "query($id: ID!) { company(id: $id) { name industry version } }"


def create(world: World, **given):
    made = world.admin.act("companyCreate", {"name": "Globex"} | given, CARD)
    return made["company"]


def test_cont_13_a_company_is_changed_field_by_field(world: World) -> None:
    company = create(world, industry="Software")

    given = {"id": company["id"], "name": "Globex Corp", "expectedVersion": 1}
    changed = world.admin.act("companyUpdate", given, CARD)["company"]
    emptied = world.admin.act("companyUpdate", {"id": company["id"], "industry": None}, CARD)

    assert (changed["name"], changed["industry"], changed["version"]) == (
        "Globex Corp",
        "Software",
        2,
    )
    assert emptied["company"] == changed | {"industry": None, "version": 3}


def test_a_change_to_what_is_there_already_makes_no_version(world: World) -> None:
    company = create(world)

    same = world.admin.act("companyUpdate", {"id": company["id"], "name": " Globex "}, CARD)

    assert same["company"]["version"] == 1
    assert same["eventCursor"] is None


def test_a_stale_version_is_told_with_what_changed_since(world: World) -> None:
    company = create(world)
    world.admin.act("companyUpdate", {"id": company["id"], "industry": "Energy"})
    answer = world.admin.run(
        """mutation($input: CompanyUpdateInput!) { companyUpdate(input: $input) { company { id }
        userErrors { code path ... on StaleVersionError { currentVersion changedFields } } } }""",
        input={"id": company["id"], "name": "Initech", "expectedVersion": 1},
    )["companyUpdate"]

    assert answer["company"] is None
    assert answer["userErrors"] == [
        {
            "code": "STALE_VERSION",
            "path": ["expectedVersion"],
            "currentVersion": 2,
            "changedFields": ["industry"],
        }
    ]
    assert world.admin.run(ONE, id=company["id"])["company"]["name"] == "Globex"


def test_a_deleted_company_is_gone_until_it_is_restored(world: World) -> None:
    company = create(world)["id"]
    contact = world.contact(company={"connect": company})
    linked = "query($id: ID!) { contact(id: $id) { primaryCompany { id } } }"

    world.admin.act("companyDelete", {"id": company}, CARD)["userErrors"]
    gone = world.admin.run(ONE, id=company), world.admin.run(linked, id=contact)
    again = world.admin.act("companyDelete", {"id": company}, CARD)
    back = world.admin.act("companyRestore", {"id": company}, CARD)["company"]

    assert gone == ({"company": None}, {"contact": {"primaryCompany": None}})
    assert again.codes == ["NOT_FOUND"]
    assert (back["id"], back["name"]) == (company, "Globex")
    assert world.admin.run(linked, id=contact) == {"contact": {"primaryCompany": {"id": company}}}


def test_an_upsert_creates_once_and_changes_then(world: World) -> None:
    given = {"match": {"name": "Globex"}, "values": {"name": "Globex", "industry": "Software"}}
    made = world.admin.act("companyUpsert", given, CARD)["company"]
    given = {"match": {"name": "GLOBEX "}, "values": {"name": "Globex", "country": "US"}}
    changed = world.admin.act("companyUpsert", given, CARD)["company"]

    assert changed == made | {"version": 2}
    assert world.admin.run("{ companies { totalCount } }") == {"companies": {"totalCount": 1}}


def test_an_upsert_by_an_id_out_of_sight_creates_nothing(server, world: World) -> None:
    foreign = create(World(server))["id"]
    given = {"match": {"id": foreign}, "values": {"name": "Globex"}}

    refused = world.admin.act("companyUpsert", given, CARD)

    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("NOT_FOUND", ["match", "id"])
    ]
    assert world.admin.run("{ companies { totalCount } }") == {"companies": {"totalCount": 0}}


def test_an_upsert_matches_in_exactly_one_way(world: World) -> None:
    for match in ({}, {"name": "A", "id": create(world)["id"]}):
        answer = world.admin.send(
            "mutation($input: CompanyUpsertInput!) {"
            " companyUpsert(input: $input) { operationId } }",
            {"input": {"match": match, "values": {"name": "A"}}},
        )
        assert answer.codes == ["BAD_USER_INPUT"]
