"""The search over all records: what is found, in which order, and by whom."""

import pytest

from tests.server.filing import attached

SEARCH = """query($query: String!, $types: [SearchType!], $first: Int, $after: Cursor) {
  search(query: $query, types: $types, first: $first, after: $after) {
    nodes { ... on Node { id } }
    edges { cursor node { __typename } highlights { field parts { text matched } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
ROLES = ("rep", "manager", "executive", "finance")


def search(client, query, **given):
    return client.send(SEARCH, {"query": query, **given}).data["search"]


def found(client, query, **given):
    return [one["id"] for one in search(client, query, **given)["nodes"]]


def marked(one):
    return {
        mark["field"]: "".join(
            f"[{part['text']}]" if part["matched"] else part["text"] for part in mark["parts"]
        )
        for mark in one["highlights"]
    }


def company(client, name, **given):
    return client.act("companyCreate", {"name": name, **given}, "company { id }")["company"]["id"]


def call(client, record, transcript, **given):
    values = {"direction": "INBOUND", "transcript": transcript, "about": [record]} | given
    return client.act("callLog", values, "call { id }")["call"]["id"]


def test_comm_10_a_word_inside_a_transcript_is_found_and_marked_by_those_who_see_the_call(world):
    mine, other = world.contact(world.rep), world.contact()
    heard = call(world.rep, mine, f"{'So. ' * 200}They asked for the Quokka plan, twice.")
    call(world.admin, other, "The quokka again")

    answer = search(world.rep, "quokk", types=["CALL"])

    assert [one["id"] for one in answer["nodes"]] == [heard]
    (edge,) = answer["edges"]
    assert edge["node"]["__typename"] == "Call"
    assert "asked for the [Quokk]a plan" in marked(edge)["transcript"]
    assert len(found(world.admin, "quokka", types=["CALL"])) == 2
    assert found(world.admin, "quokka", types=["CONTACT", "NOTE"]) == []


def test_comm_11_a_file_is_found_by_its_name_by_those_who_see_its_record(world):
    mine, other = world.contact(world.rep), world.contact()
    near = attached(world.admin, mine, b"Terms", "Quokka terms.txt")["file"]["id"]
    attached(world.admin, other, b"More", "Quokka, more.txt")

    (edge,) = search(world.rep, "quokk", types=["FILE"])["edges"]

    assert (edge["node"]["__typename"], marked(edge)) == ("File", {"name": "[Quokk]a terms.txt"})
    assert found(world.rep, "quokka") == [near]
    assert len(found(world.admin, "qoukka", types=["FILE"])) == 2


def test_comm_11_of_very_many_the_newest_are_weighed_and_all_are_reached(world):
    for at in range(3):
        rows = [{"name": f"{'' if at else 'The '}Multitude {at}-{one}"} for one in range(90)]
        assert not world.admin.act("companyBulkCreate", {"rows": rows}).errors
    seen, after = [], None
    for _ in range(3):
        page = search(world.admin, "multitude", first=100, after=after)
        seen += [one["id"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]

    assert len(seen) == len(set(seen)) == 270
    assert not page["pageInfo"]["hasNextPage"]


def test_comm_11_whole_words_come_before_beginnings_parts_bodies_and_misspellings(world):
    admin = world.admin
    contact = world.contact()
    body = admin.act("noteAdd", {"body": "Met Zander", "about": [contact]}, "note { id }")
    names = ("Zamder", "Alexzander", "Zanderson", "The Zander Group", "Zander")
    wrong, part, beginning, word, whole = (company(admin, name) for name in names)

    assert found(admin, "zander") == [whole, word, beginning, part, body["note"]["id"], wrong]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Żółć Gęślą", "zolc gesla"),
        ("Жуков и сыновья", "жуков сын"),
        ("Жуков и сыновья", "жуквов"),
        ("新しい契約書", "契約"),
        ("東京電力", "京"),
        ("شركة أحمد للتجارة", "احمد"),
        ("Große Straße", "strasse"),
        ("Ελλάδα Τράπεζα", "τραπ"),
        ("Émile & Zoë", "emile zo"),
        ("Emile\u0301e", "emilee"),
        ("Kowalski Brothers", "Kowalksi"),
        ("Wiśniewski", "wisniewsky"),
        ("Q-0042 Offer", "Q-0042"),
        ("A1 Tools", "a1"),
        ("X", "x"),
    ],
)
def test_comm_11_it_reads_every_script_and_forgives_a_slip(world, written, typed):
    wanted = company(world.admin, written)
    company(world.admin, "Umbrella")

    assert found(world.admin, typed) == [wanted]
    assert "[" in marked(search(world.admin, typed)["edges"][0])["name"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("ann@dubois.example", "email"),
        ("dubois.ex", "email"),
        ("+33 1 42 68 53 00", "phone"),
        ("(142) 685-300", "phone"),
        ("0142685300", "phone"),
    ],
)
def test_comm_11_addresses_and_digits_are_found_as_people_type_them(world, typed, field):
    contact = world.contact(email="ann@dubois.example", phone="+33142685300")
    world.contact(phone="+33142685311")

    answer = search(world.admin, typed)

    assert [one["id"] for one in answer["nodes"]] == [contact]
    assert field in marked(answer["edges"][0])


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "%%%", "\\", "'", "...", ".*", "a|b", "^An"])
def test_comm_11_signs_are_text_and_nothing_typed_finds_nothing(world, typed):
    world.contact(firstName="Anna", email="anna_b@example.com")

    assert search(world.admin, typed)["edges"] == []


def test_comm_11_what_is_too_long_or_of_another_search_is_refused(world):
    for name in ("Anna One", "Anna Two"):
        company(world.admin, name)
    cursor = search(world.admin, "anna", first=1)["pageInfo"]["endCursor"]

    long = world.admin.send(SEARCH, {"query": "a" * 10_000})
    other = world.admin.send(SEARCH, {"query": "one", "after": cursor})
    broken = world.admin.send(SEARCH, {"query": "anna", "after": "x"})

    assert (long.codes, other.codes) == (["LIMIT_EXCEEDED"], ["INVALID_CURSOR"])
    assert broken.codes == ["INVALID_CURSOR"]


def test_comm_11_pages_follow_each_other_while_records_come_and_go(world):
    made = [company(world.admin, f"Pagewise {at}") for at in range(7)]
    seen, after = [], None
    for _ in range(4):
        answer = search(world.admin, "pagewise", first=2, after=after)
        seen += [one["id"] for one in answer["nodes"]]
        after = answer["pageInfo"]["endCursor"]
        company(world.admin, "Pagewise late")
        world.admin.act("companyDelete", {"id": seen[0]})

    assert seen == made[::-1]
    assert not answer["pageInfo"]["hasNextPage"]
    assert seen[0] not in found(world.admin, "pagewise", first=100)


def test_comm_11_many_hits_out_of_sight_do_not_hide_the_few_in_sight(world):
    mine = world.contact(world.rep, firstName="Heaped")
    task = {"title": "Heaped task", "dueAt": "2027-01-01T00:00:00Z"}
    own = world.rep.act("taskCreate", task, "task { id }")["task"]["id"]
    person = {"firstName": "Heaped", "lastName": "X", "phone": "+14155550102"}
    for kind, row in (("contact", person), ("task", task)):
        for _ in range(2):
            name = f"{kind}BulkCreate"
            made = world.admin.act(name, {"rows": [row] * 400})
            assert not made.errors

    assert found(world.rep, "heaped", first=5) == [own, mine]
    assert len(found(world.admin, "heaped", first=100)) == 100


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("typed", ["a", "co", "globex"])
def test_comm_11_every_role_finds_of_each_kind_what_its_lists_have(filled, role, typed):
    client = filled.of(role)
    answer = client.run('{ __type(name: "SearchType") { enumValues { name } } }')
    for kind in (one["name"] for one in answer["__type"]["enumValues"]):
        plural = {"COMPANY": "companies", "SMS": "sms"}.get(kind, f"{kind.lower()}s")
        listed = client.send(
            f"query($q: String!) {{ {plural}(first: 100, search: $q) {{ nodes {{ id }} }} }}",
            {"q": typed},
        )
        wanted = set() if listed.codes else {one["id"] for one in listed.data[plural]["nodes"]}
        hits = found(client, typed, types=[kind], first=100)
        assert wanted <= set(hits) or len(hits) == 100, kind
        assert all(client.node(one) for one in hits[:3])


def test_comm_11_statements_do_not_grow_with_what_is_found(world):
    def cost(first):
        before = world.server.statements()
        search(world.admin, "steady", first=first)
        return world.server.statements() - before

    company(world.admin, "Steady 0")
    few = cost(10)
    for at in range(9):
        company(world.admin, f"Steady {at}")

    assert cost(10) == few
