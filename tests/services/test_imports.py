"""Importing contacts: what the rows of a file become."""

import pytest

from tests.plugins.world import Server, World
from tests.services.importing import Importer, events, file_of, people, sql, uuid

HEADER = ["First name", "Last name", "Email", "Phone", "Company"]
SARAH = ["Sarah", "Chen", "sarah@globex.example", "+14155550102", "Globex"]


@pytest.fixture
def importer(world: World) -> Importer:
    """The Admin of a fresh workspace, who sees everything."""
    return Importer(world.admin)


def test_cont_21_upload_map_and_run_brings_contacts_in(importer: Importer):
    rows = [
        ["Vorname", "Surname", "E-Mail", "Mobile", "Position", "State", "Organisation", "Notes"],
        ["Zoë", "Żuk", "zoe@zuk.example", "+44 20 7946 0958", "CEO", "customer",
         "Żuk GmbH", "x"],
    ]  # fmt: skip
    mapping = {
        "Vorname": "firstName",
        "Surname": "lastName",
        "E-Mail": "email",
        "Mobile": "phone",
        "Position": "jobTitle",
        "State": "status",
        "Organisation": "company",
    }

    assert importer.counts(file_of(rows), mapping) == [1, 0, 0]

    found = importer.contact("zoe@zuk.example")
    assert (found["firstName"], found["lastName"]) == ("Zoë", "Żuk")
    assert (found["phone"], found["status"]) == ("+442079460958", "CUSTOMER")
    assert (found["jobTitle"], found["primaryCompany"]["name"]) == ("CEO", "Żuk GmbH")
    assert found["companies"]["totalCount"] == 1


def test_cont_21_columns_are_shown_with_samples_and_a_suggestion_each(importer: Importer):
    rows = [
        ["Vorname", "Surname", "E-Mail", "Mobile phone", "Contact info", "Organisation", "Shoe"],
        *(
            ["Al", "Bo", f"a{at}@b.example", "", f"c{at}@d.example", "Acme", "42"]
            for at in range(5)
        ),
    ]
    columns = importer.state(importer.create(file_of(rows))["import"]["id"])["columns"]

    suggested = {one["header"]: (one["suggestedField"], one["confidence"]) for one in columns}
    assert suggested["Vorname"] == ("firstName", 100)
    assert suggested["Surname"] == ("lastName", 100)
    assert suggested["E-Mail"] == ("email", 100)
    assert suggested["Mobile phone"] == ("phone", 100)
    assert suggested["Organisation"] == ("company", 100)
    assert suggested["Contact info"] == (None, 0)
    assert suggested["Shoe"] == (None, 0)
    assert columns[2]["samples"] == [f"a{at}@b.example" for at in range(3)]
    assert columns[3]["samples"] == []


def test_cont_21_a_column_is_recognised_by_its_values(importer: Importer):
    rows = [["A", "B"], ["x@y.example", "+14155550102"]]
    import_id = importer.create(file_of(rows))["import"]["id"]

    assert importer.suggested(import_id) == {"A": "email", "B": "phone"}


@pytest.mark.parametrize(
    ("mapping", "codes", "path"),
    [
        ({}, ["REQUIRED"], ["mapping"]),
        ({"First name": "firstName"}, ["REQUIRED"], ["mapping"]),
        ({"Phone": "phone", "First name": "firstName"}, ["REQUIRED"], ["mapping"]),
        ({"Nothing": "email"}, ["INVALID_VALUE"], ["mapping", "0", "column"]),
        ({"Email": "shoeSize"}, ["INVALID_VALUE"], ["mapping", "0", "field"]),
        ({"Email": "email", "Phone": "email"}, ["DUPLICATE"], ["mapping", "1", "field"]),
    ],
)
def test_cont_21_a_mapping_that_cannot_work_is_refused(
    importer: Importer, mapping: dict[str, str], codes: list[str], path: list[str]
):
    import_id = importer.create(file_of([HEADER, SARAH]))["import"]["id"]
    refused = importer.map(import_id, mapping)

    assert (refused.codes, refused.errors[0]["path"]) == (codes, path)
    assert importer.state(import_id)["mapping"] == []


def test_cont_21_an_import_runs_once_and_only_with_a_mapping(importer: Importer):
    import_id = importer.create(file_of([HEADER, SARAH]))["import"]["id"]
    assert importer.start(import_id).codes == ["REQUIRED"]

    mapping = importer.suggested(import_id)
    importer.map(import_id, mapping)["import"]
    assert importer.start(import_id)["import"]["status"] in {"QUEUED", "RUNNING", "COMPLETED"}
    importer.ended(import_id)

    assert importer.start(import_id).codes == ["IMPORT_STATE"]
    assert importer.map(import_id, mapping).codes == ["IMPORT_STATE"]


def test_cont_22_the_same_file_again_creates_nothing_and_changes_nothing(
    importer: Importer, server: Server
):
    without_email = [
        ["Otto", "Katz", "", "+49 30 901820", "Katz AG"],
        ["Ida", "Roth", "", "+493012345", ""],
    ]
    file = file_of([HEADER, SARAH, *without_email])
    assert importer.counts(file) == [3, 0, 0]
    before = importer.contacts()

    again = importer.run(file)

    assert (again["createdRows"], again["updatedRows"], again["failedRows"]) == (0, 3, 0)
    assert importer.contacts() == before
    told = events(server, again["id"])
    assert set(told) == {"import.updated"}


def test_cont_22_a_duplicate_row_updates_only_what_it_says(importer: Importer):
    assert importer.counts(file_of([HEADER, SARAH])) == [1, 0, 0]
    changed = ["", "Chen-Diaz", "SARAH@Globex.example", "", ""]

    assert importer.counts(file_of([HEADER, changed])) == [0, 1, 0]

    (found,) = importer.contacts()
    assert (found["firstName"], found["lastName"]) == ("Sarah", "Chen-Diaz")
    assert (found["phone"], found["primaryCompany"]["name"]) == ("+14155550102", "Globex")
    assert found["version"] == 2


def test_cont_22_of_two_rows_of_a_file_the_later_updates_the_first(importer: Importer):
    later = ["Sarah", "Chen", "Sarah@globex.example", "+14155550199", ""]

    assert importer.counts(file_of([HEADER, SARAH, later])) == [1, 1, 0]

    (found,) = importer.contacts()
    assert (found["phone"], found["primaryCompany"]["name"]) == ("+14155550199", "Globex")


def test_cont_22_rows_without_email_match_on_phone_and_folded_name(importer: Importer):
    assert importer.counts(file_of([HEADER, ["Émile", "Żuk", "", "+1 415 555 0102", ""]])) == [
        1,
        0,
        0,
    ]
    same = [HEADER, ["emile", "ZUK", "", "+1 (415) 555-0102", "Acme"]]
    other = [HEADER, ["Emilia", "Żuk", "", "+14155550102", ""]]

    assert importer.counts(file_of(same)) == [0, 1, 0]
    assert importer.counts(file_of(other)) == [1, 0, 0]


def test_cont_22_a_row_without_email_finds_the_one_above_it_that_has_one(importer: Importer):
    below = ["Sarah", "Chen", "", "+14155550102", "Initech"]

    assert importer.counts(file_of([HEADER, SARAH, below])) == [1, 1, 0]
    assert importer.contact("sarah@globex.example")["primaryCompany"]["name"] == "Initech"


def test_cont_22_rows_that_only_update_need_no_names(importer: Importer):
    importer.counts(file_of([HEADER, SARAH]))
    rows = [["Email", "Title"], ["sarah@globex.example", "CFO"], ["new@globex.example", "CTO"]]

    done = importer.run(file_of(rows), {"Email": "email", "Title": "jobTitle"})

    assert (done["updatedRows"], done["failedRows"]) == (1, 1)
    assert importer.contact("sarah@globex.example")["jobTitle"] == "CFO"
    assert importer.errors(done) == [["3", "", "A new contact needs a first name.", *rows[2]]]


def test_cont_19_a_contact_out_of_sight_is_a_row_error_that_tells_nothing(world: World):
    Importer(world.admin).counts(file_of([HEADER, SARAH]))
    rep = Importer(world.rep)

    done = rep.run(
        file_of([HEADER, ["Sara", "C", *SARAH[2:]], ["Otto", "K", "o@k.example", "", ""]])
    )

    assert (done["createdRows"], done["failedRows"]) == (1, 1)
    ((row, column, reason, *_),) = rep.errors(done)
    assert (row, column) == ("2", "Email")
    assert "may not see" in reason
    assert [one["email"] for one in rep.contacts()] == ["o@k.example"]
    assert Importer(world.admin).contact(SARAH[2])["firstName"] == "Sarah"


def test_cont_19_the_contact_not_marked_a_duplicate_is_updated(world: World, importer: Importer):
    kept = world.contact(email="sarah@globex.example")
    marked = world.contact(email="sarah@globex.example", allowDuplicate=True)

    rows = [["Email", "Title"], ["sarah@globex.example", "CFO"]]
    assert importer.counts(file_of(rows), {"Email": "email", "Title": "jobTitle"}) == [0, 1, 0]

    titles = {one["id"]: one["jobTitle"] for one in importer.contacts()}
    assert titles == {kept: "CFO", marked: None}


def test_cont_21_companies_are_found_by_name_or_domain_or_made_once(world: World):
    importer = Importer(world.admin)
    given = {"name": "Globex", "domain": "globex.example"}
    globex = world.admin.act("companyCreate", given, "company { id }")["company"]["id"]
    names = ["GLOBEX", "globex.example", "Initech", "INITECH", "initech"]
    rows = [["A", f"B{at}", f"p{at}@x.example", "", name] for at, name in enumerate(names)]

    assert importer.counts(file_of([HEADER, *rows])) == [5, 0, 0]

    found = {one["email"][:2]: one["primaryCompany"] for one in importer.contacts()}
    assert found["p0"]["id"] == found["p1"]["id"] == globex
    assert found["p2"] == found["p3"] == found["p4"] == {"id": found["p2"]["id"], "name": "Initech"}
    companies = world.admin.run("{ companies { totalCount } }")["companies"]["totalCount"]
    assert companies == 2


def test_cont_21_owner_is_the_address_of_a_user_or_the_importer(world: World, importer: Importer):
    assert world.rep
    rows = [
        ["First", "Last", "Email", "Owner"],
        ["A", "B", "a@x.example", world.email("rep").upper()],
        ["C", "D", "c@x.example", ""],
        ["E", "F", "e@x.example", "nobody@x.example"],
    ]
    done = importer.run(file_of(rows))

    assert (done["createdRows"], done["failedRows"]) == (2, 1)
    assert importer.contact("a@x.example")["owner"]["id"] == world.user("rep")
    assert importer.contact("c@x.example")["owner"]["id"] == world.user("admin")
    assert [row[:2] for row in importer.errors(done)] == [["4", "Owner"]]


def test_cont_24_the_error_file_holds_exactly_the_bad_rows(importer: Importer):
    header = [*HEADER, "Status"]
    bad = {
        3: (["Bad", "Mail", "not an address", "", "", ""], "Email"),
        4: (["Bad", "Phone", "", "12", "", ""], "Phone"),
        6: (["No", "Key", "", "", "Acme", ""], "Email"),
        7: (["", "Nameless", "n@x.example", "", "", ""], "First name"),
        8: (["Bad", "Status", "s@x.example", "", "", "Friend"], "Status"),
        9: (["Too", "short"], ""),
        10: (["L" * 81, "Long", "l@x.example", "", "", ""], "First name"),
    }
    good = {
        2: ["A", "B", "a@x.example", "", "", ""],
        5: ["C", 'D "Q"', "", "+14155550102", "E, F", "lead"],
    }
    rows = [good.get(at) or bad[at][0] for at in range(2, 11)]

    done = importer.run(file_of([header, *rows]))

    assert (done["createdRows"], done["failedRows"], done["totalRows"]) == (2, 7, 9)
    assert [done["startedAt"] is None, done["finishedAt"] is None] == [False, False]
    file = importer.errors(done)
    assert [(int(row), column) for row, column, *_ in file] == [
        (number, column) for number, (_, column) in bad.items()
    ]
    assert [cells for _, _, _, *cells in file] == [cells for cells, _ in bad.values()]
    assert all(reason for _, _, reason, *_ in file)


def test_cont_24_the_error_file_is_the_importers(world: World, importer: Importer, server: Server):
    url = importer.run(file_of([HEADER, ["", "", "x", "", ""]]))["errorFileUrl"]

    assert server.http.get(url).status_code == 401
    assert server.http.get(url, headers=world.rep.headers).status_code == 404
    assert server.http.get(url, headers=importer.client.headers).status_code == 200


def test_cont_24_an_import_without_errors_has_no_error_file(importer: Importer):
    done = importer.run(file_of([HEADER, SARAH]))

    assert (done["status"], done["errorFileUrl"], done["error"]) == ("COMPLETED", None, None)


def test_cont_24_every_record_gets_one_event_with_the_imports_id(
    importer: Importer, server: Server
):
    done = importer.run(people(3_000, "e", companies=40))

    assert events(server, done["id"]) == {
        "contact.created": 3_000,
        "contact_company.created": 3_000,
        "company.created": 40,
        "import.updated": 2,
    }
    doubled = sql(
        server,
        "SELECT record_id FROM event WHERE import_id = $1 AND entity <> 'import'"
        " GROUP BY record_id HAVING count(*) > 1",
        uuid(done["id"]),
    )
    assert doubled == []


def test_cont_23_row_50001_is_refused(importer: Importer):
    refused = importer.create(people(50_001, "x"))

    assert refused.codes == ["IMPORT_TOO_MANY_ROWS"]
    assert "50,000" in refused.errors[0]["message"]
    assert "bulk migration" in refused.errors[0]["message"]


def test_cont_23_row_50000_is_brought_in(importer: Importer):
    assert importer.counts(people(50_000, "m")) == [50_000, 0, 0]
    assert importer.client.run("{ contacts { totalCount } }")["contacts"]["totalCount"] == 50_000


def test_cont_20_the_template_has_every_importable_field(importer: Importer, server: Server):
    template = importer.client.run("{ contactImportTemplate { url fields } }")[
        "contactImportTemplate"
    ]
    answer = server.http.get(template["url"])

    assert answer.headers["content-type"].startswith("text/csv")
    header = answer.text.strip().split(",")
    assert {
        "firstName",
        "lastName",
        "email",
        "phone",
        "jobTitle",
        "status",
        "owner",
        "company",
        "tags",
    } == set(template["fields"])
    names = ("firstName", "lastName", "email", "phone", "jobTitle", "status", "owner", "company")
    row = ["Ann", "Bee", "ann@bee.example", "+14155550102", "CEO", "Lead", "", "Bee"]
    by_field = dict(zip((*names, "tags"), (*row, "Partner"), strict=True))
    filled = file_of([header, [by_field[field] for field in template["fields"]]])
    import_id = importer.create(filled)["import"]["id"]
    columns = importer.state(import_id)["columns"]
    assert [one["suggestedField"] for one in columns] == template["fields"]
    assert {one["confidence"] for one in columns} == {100}
    assert importer.counts(filled) == [1, 0, 0]


def test_cont_24_imports_are_listed_to_who_started_them(world: World):
    Importer(world.rep).create(file_of([HEADER, SARAH]))["import"]
    listed = "{ imports { totalCount } }"

    assert world.rep.run(listed)["imports"]["totalCount"] == 1
    assert world.executive.run(listed)["imports"]["totalCount"] == 0
    assert world.admin.run(listed)["imports"]["totalCount"] == 1
