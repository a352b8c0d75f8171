"""Suggestions of records that may be the same, and what is said of them."""

import pytest

from tests.resolvers.test_search import company

PAIRS = """query($of: ID, $like: DuplicateLike, $first: Int, $after: Cursor) {
  contactDuplicates(of: $of, like: $like, first: $first, after: $after) {
    nodes { contact { id } other { id } reasons score }
    pageInfo { hasNextPage endCursor } } }"""


def pairs(client, **given):
    found = client.send(PAIRS, given).data["contactDuplicates"]["nodes"]
    return [((one["contact"] or {}).get("id"), one["other"]["id"], one["reasons"]) for one in found]


def person(world, client=None, **given):
    return world.contact(client, **({"firstName": "Ann", "lastName": "Dubois"} | given))


def colleague(world, acme, last, phone):
    made = {"lastName": last, "phone": phone, "company": {"connect": acme}}
    return person(world, **made)


def test_cont_11_contacts_that_may_be_one_are_suggested_with_reason_and_score(world):
    acme = company(world.admin, "Acme")
    first = person(world, phone="+33142685300", email="ann@dubois.example")
    second = person(world, lastName="Other", phone="+33142685300")
    third = person(world, phone="+33142685304", email="ANN@dubois.example", allowDuplicate=True)
    like = colleague(world, acme, "Duboiss", "+33142685301")
    same = colleague(world, acme, "Dubois", "+33142685302")
    colleague(world, acme, "Wright", "+33142685303")

    assert pairs(world.admin) == [
        (same, like, ["NAME"]),
        (third, first, ["EMAIL"]),
        (second, first, ["PHONE"]),
    ]
    assert pairs(world.admin, of=first) == [
        (first, third, ["EMAIL"]),
        (first, second, ["PHONE"]),
    ]


def test_cont_11_what_is_about_to_be_made_is_held_against_what_there_is(world):
    there = person(world, phone="+33142685300", email="ann@dubois.example")
    like = {"email": "Ann@Dubois.example", "phone": "+33 1 42 68 53 00"}

    (pair,) = world.admin.send(PAIRS, {"like": like}).data["contactDuplicates"]["nodes"]

    assert (pair["contact"], pair["other"]["id"]) == (None, there)
    assert (pair["reasons"], pair["score"]) == (["EMAIL", "PHONE"], 99)
    assert pairs(world.admin, like={"name": "Nobody"}) == []
    assert world.admin.send(PAIRS, {"like": {}, "of": there}).codes == ["BAD_USER_INPUT"]


def test_cont_11_a_dismissed_pair_is_suggested_no_more(world):
    one, two = person(world), person(world)
    given = {"recordId": one, "otherId": two}

    assert pairs(world.admin) == [(two, one, ["PHONE"])]
    assert world.admin.act("duplicateDismiss", given, "dismissed")["dismissed"]
    assert world.admin.act("duplicateDismiss", given, "dismissed")["dismissed"]
    assert (pairs(world.admin), pairs(world.admin, of=one)) == ([], [])


def test_cont_11_nobody_is_told_of_a_record_out_of_sight(world):
    mine, other = person(world, world.rep), person(world)

    hidden = world.rep.act("duplicateDismiss", {"recordId": mine, "otherId": other})
    own = world.rep.act("duplicateDismiss", {"recordId": mine, "otherId": mine})

    assert pairs(world.admin) == [(other, mine, ["PHONE"])]
    assert (pairs(world.rep), pairs(world.rep, of=mine), pairs(world.rep, of=other)) == ([], [], [])
    assert pairs(world.rep, like={"phone": "+14155550102"}) == [(None, mine, ["PHONE"])]
    assert (hidden.codes, own.codes) == (["NOT_FOUND"], ["INVALID_VALUE"])


def test_cont_11_many_alike_come_in_pages_without_a_pair_for_every_two(world):
    row = {"firstName": "Ann", "lastName": "Alike", "phone": "+33142685300"}
    made = world.admin.act("contactBulkCreate", {"rows": [row] * 500})
    assert not made.errors
    person(world, phone="+33142685300")
    seen, after = [], None
    for _ in range(200):
        answer = world.admin.send(PAIRS, {"first": 100, "after": after}).data["contactDuplicates"]
        seen += [(one["contact"]["id"], one["other"]["id"]) for one in answer["nodes"]]
        after = answer["pageInfo"]["endCursor"]
        if not answer["pageInfo"]["hasNextPage"]:
            break

    assert len(seen) == len(set(seen)) == 5 * 500 - 10
    assert len({one for one, _ in seen}) == 500


@pytest.mark.parametrize(
    ("kind", "left", "right", "reasons"),
    [
        ("company", {"name": "Globex", "domain": "globex.com"}, {"name": "Globex Corp"}, ["NAME"]),
        ("company", {"name": "A", "domain": "b.com"}, {"name": "C", "domain": "b.com"}, ["DOMAIN"]),
        (
            "lead",
            {"lastName": "Chen", "companyName": "Globex"},
            {"lastName": "Chenn", "companyName": "Globex"},
            ["NAME"],
        ),
    ],
)
def test_cont_26_companies_and_leads_are_suggested_too(world, kind, left, right, reasons):
    one, two = (
        world.admin.act(f"{kind}Create", given, f"{kind} {{ id }}")[kind]["id"]
        for given in (left, right)
    )
    query = f"{{ {kind}Duplicates {{ nodes {{ {kind} {{ id }} other {{ ... on Node {{ id }} }}"

    (pair,) = world.admin.run(query + " reasons } } }")[f"{kind}Duplicates"]["nodes"]

    assert pair == {kind: {"id": two}, "other": {"id": one}, "reasons": reasons}


def test_lead_06_a_lead_is_held_against_contacts(world):
    acme = company(world.admin, "Acme")
    contact = colleague(world, acme, "Dubois", "+33142685300")
    given = {"firstName": "Ann", "lastName": "Duboi", "companyName": "ACME"}
    lead = world.admin.act("leadCreate", given, "lead { id }")["lead"]["id"]

    found = world.admin.run(
        """query($id: ID!) { leadDuplicates(of: $id) {
             nodes { other { __typename ... on Node { id } } reasons } } }""",
        id=lead,
    )

    assert found["leadDuplicates"]["nodes"] == [
        {"other": {"__typename": "Contact", "id": contact}, "reasons": ["NAME"]}
    ]


def test_cont_11_what_a_merged_contact_was_no_duplicate_of_the_survivor_is_not(world):
    kept, gone, other = person(world), person(world), person(world)
    world.admin.act("duplicateDismiss", {"recordId": gone, "otherId": other})

    assert not world.admin.act("contactMerge", {"primaryId": kept, "duplicateIds": [gone]}).errors

    assert pairs(world.admin) == pairs(world.admin, of=other) == []
