"""Contacts, as clients create and change them."""

import pytest

from tests.plugins.world import World

CARD = "contact { id firstName email phone status owner { id } primaryCompany { id name } version }"


def test_cont_01_a_contact_needs_a_name_and_a_way_to_reach_it(world: World) -> None:
    refused = world.admin.act("contactCreate", {"firstName": " "}, CARD)

    assert {(one["code"], *one["path"]) for one in refused.errors} == {
        ("REQUIRED", "firstName"),
        ("REQUIRED", "lastName"),
        ("EMAIL_OR_PHONE_REQUIRED", "email"),
    }


def test_cont_01_a_contact_is_created_with_a_phone_alone(world: World) -> None:
    given = {"firstName": "Sarah", "lastName": "Chen", "phone": "+1 415 555 0102"}

    made = world.admin.act("contactCreate", given, CARD)

    assert made["contact"]["phone"] == "+14155550102"


def test_cont_02_the_statuses_are_the_four_of_the_manual(world: World) -> None:
    kind = world.admin.run('{ __type(name: "ContactStatus") { enumValues { name } } }')["__type"]

    assert [one["name"] for one in kind["enumValues"]] == [
        "LEAD",
        "PROSPECT",
        "CUSTOMER",
        "CHURNED",
    ]


def test_cont_02_another_status_is_not_valid(world: World) -> None:
    answer = world.admin.send(
        'mutation { contactCreate(input: {firstName: "A", lastName: "B", status: VIP})'
        " { contact { id } } }"
    )

    assert (answer.codes, answer.body.get("data")) == (["GRAPHQL_VALIDATION_FAILED"], None)


def test_cont_03_the_owner_is_the_viewer_unless_named(world: World) -> None:
    world.rep  # noqa: B018 - a second member
    own = world.admin.node(world.contact())
    given = {"firstName": "A", "lastName": "B", "email": "a@b.com", "ownerId": world.user("rep")}
    named = world.admin.act("contactCreate", given, CARD)["contact"]

    assert (own["__typename"], named["owner"]["id"]) == ("Contact", world.user("rep"))


def test_cont_03_the_owner_must_be_a_member(server, world: World) -> None:
    stranger = World(server).user("admin")
    given = {"firstName": "A", "lastName": "B", "email": "a@b.com", "ownerId": stranger}

    refused = world.admin.act("contactCreate", given, CARD)

    assert [(one["code"], one["path"]) for one in refused.errors] == [("NOT_FOUND", ["ownerId"])]


def test_cont_04_an_existing_company_is_searched_and_connected(world: World) -> None:
    made = world.admin.act("companyCreate", {"name": "Globex Corp"}, "company { id }")["company"]
    found = world.admin.run('{ companies(search: "glo") { nodes { id } } }')["companies"]["nodes"]
    given = {"firstName": "A", "lastName": "B", "email": "a@b.com"}

    contact = world.admin.act("contactCreate", given | {"company": {"connect": made["id"]}}, CARD)

    assert found == [made]
    assert contact["contact"]["primaryCompany"]["id"] == made["id"]


def test_cont_04_a_company_is_created_with_its_contact_or_not_at_all(world: World) -> None:
    given = {"firstName": "A", "lastName": "B", "company": {"create": {"name": "Initech"}}}
    refused = world.admin.act("contactCreate", given, CARD)
    none = world.admin.run("{ companies { totalCount } }")["companies"]["totalCount"]
    made = world.admin.act("contactCreate", given | {"email": "a@b.com"}, CARD)

    assert (refused.codes, none) == (["EMAIL_OR_PHONE_REQUIRED"], 0)
    assert made["contact"]["primaryCompany"]["name"] == "Initech"


def test_cont_05_a_contact_belongs_to_several_companies_one_of_them_primary(world: World) -> None:
    contact = world.contact(company={"create": {"name": "Globex"}})
    other = world.admin.act("companyCreate", {"name": "Initech"}, "company { id }")["company"]["id"]
    given = {"contactId": contact, "companyId": other, "primary": True}
    select = "contact { primaryCompany { id } companies { nodes { name } } }"

    after = world.admin.act("contactCompanyAdd", given, select)["contact"]
    removed = world.admin.act(
        "contactCompanyRemove", {"contactId": contact, "companyId": other}, select
    )

    assert after["primaryCompany"] == {"id": other}
    assert {one["name"] for one in after["companies"]["nodes"]} == {"Globex", "Initech"}
    assert removed.errors == []


@pytest.mark.parametrize("page", [1, 10, 100])
def test_cont_06_the_list_view_is_one_query_of_at_most_four_statements(
    filled: World, page: int
) -> None:
    query = """query($first: Int) { contacts(first: $first) { nodes {
      name primaryCompany { name } email phone status owner { name } } } }"""
    filled.executive.run(query, first=page)
    before = filled.server.statements()

    filled.executive.run(query, first=page)

    assert filled.server.statements() - before <= 4


def test_cont_13_companies_hold_what_territories_and_sizes_need(world: World) -> None:
    given = {
        "name": "Globex Corp",
        "domain": "globex.com",
        "phone": "+12125550189",
        "industry": "Software",
        "employeeCount": 250,
        "street": "1 Main St",
        "city": "New York",
        "state": "NY",
        "postcode": "10001",
        "country": "US",
    }
    select = "company { " + " ".join(given) + " }"

    assert world.admin.act("companyCreate", given, select)["company"] == given


def test_cont_19_a_second_contact_with_an_address_is_refused_with_the_first(world: World) -> None:
    first = world.contact(email="S.Chen@Globex.com")
    answer = world.admin.run(
        """mutation { contactCreate(
          input: {firstName: "S", lastName: "C", email: "s.chen@globex.com"})
        { contact { id } userErrors { code path ... on DuplicateError { existing { id } } } } }"""
    )["contactCreate"]

    assert answer["userErrors"] == [
        {"code": "DUPLICATE_EMAIL", "path": ["email"], "existing": {"id": first}}
    ]


def test_cont_19_a_duplicate_may_be_allowed(world: World) -> None:
    world.contact(email="s.chen@globex.com")

    world.contact(email="s.chen@globex.com", allowDuplicate=True)

    assert world.admin.run("{ contacts { totalCount } }")["contacts"]["totalCount"] == 2


def test_cont_19_a_duplicate_out_of_sight_is_refused_without_telling_more(world: World) -> None:
    world.contact(email="s.chen@globex.com")
    given = {"firstName": "S", "lastName": "C", "email": "s.chen@globex.com"}
    query = """mutation($input: ContactCreateInput!) { contactCreate(input: $input) {
      userErrors { code ... on DuplicateError { existing { id } } } } }"""

    refused = world.rep.run(query, input=given)["contactCreate"]["userErrors"]

    assert refused == [{"code": "DUPLICATE_EMAIL", "existing": None}]
