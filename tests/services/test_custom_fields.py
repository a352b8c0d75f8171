"""Custom fields where records come from elsewhere: imports, web forms, converted leads."""

from tests.resolvers.customizing import made, values_of
from tests.services.importing import Importer, file_of

HEADER = ["First name", "Last name", "Email", "Industry", "Size", "Tier", "VIP", "Friend"]


def test_cf_08_cont_14_cont_21_an_import_fills_custom_fields(world):
    made(world)
    made(world, label="Company size", key="size", type="NUMBER")
    tiers = made(world, label="Tier", type="MULTI_SELECT", options=["Gold", "Tin"])["options"]
    made(world, label="VIP", type="CHECKBOX")
    made(world, label="Friend", type="LOOKUP", lookup="CONTACT")
    friend, importer = world.contact(), Importer(world.admin)
    rows = [["Ada", "A", "a@x.example", "Retail", "12.50", "tin; GOLD", "yes", friend]]
    rows += [["Bob", "B", "b@x.example", "", "", "", "", ""]]
    rows += [["Eve", "C", "c@x.example", "x", "many", "Lead", "perhaps", world.user("admin")]]
    rows += [["Ida", "D", "d@x.example", "", "", "", "", friend[:-2] + "ZZ"]]

    done = importer.run(file_of([HEADER, *rows]))
    again = importer.counts(file_of([HEADER, [*rows[1][:3], "Travel", *rows[1][4:]]]))
    ids = {one["firstName"]: one["id"] for one in world.admin.run(LIST_ALL)["contacts"]["nodes"]}
    ada, bob = (values_of(world.admin, ids[name]) for name in ("Ada", "Bob"))

    assert [done["createdRows"], done["failedRows"], again] == [2, 2, [0, 1, 0]]
    assert {one[1] for one in importer.errors(done)} == {"Size, Tier, VIP, Friend", "Friend"}
    assert (ada["industry"]["text"], ada["size"]["number"]) == ("Retail", "12.5")
    assert ada["tier"]["options"] == [{"name": one["name"]} for one in tiers]
    assert (ada["vip"]["checked"], ada["friend"]["record"]) == (True, {"id": friend})
    assert list(bob) == ["industry"]


LIST_ALL = "{ contacts { nodes { id firstName } } }"


def test_cf_04_cf_08_an_import_holds_to_what_is_required_and_unique(world):
    old = world.contact(email="old@x.example")
    made(world, required=True)
    made(world, label="Number", key="number", isUnique=True)
    importer = Importer(world.admin)
    head = ["First name", "Last name", "Email", "Industry", "Number"]
    rows = [["A", "A", "a@x.example", "Retail", "1"], ["B", "B", "b@x.example", "", "2"]]
    rows += [["C", "C", "c@x.example", "Retail", "1"], ["O", "O", "old@x.example", "", ""]]
    rows += [["O", "O", "old@x.example", "Travel", "3"], ["A", "A", "a@x.example", "", "1"]]

    done = importer.run(file_of([head, *rows]))

    assert [done["createdRows"], done["updatedRows"], done["failedRows"]] == [1, 2, 3]
    failed = [(one[0], one[1]) for one in importer.errors(done)]
    assert failed == [("3", "Industry"), ("4", "Number"), ("5", "Industry")]
    assert values_of(world.admin, old)["number"]["text"] == "3"


def test_cont_20_the_template_has_the_custom_fields(world):
    made(world, label="Company size", key="size", type="NUMBER")
    told = world.admin.run("{ contactImportTemplate { url fields } }")["contactImportTemplate"]

    mine = world.server.http.get(told["url"], headers=world.admin.headers).text
    anybodys = world.server.http.get(told["url"]).text

    assert told["fields"][-1] == "customFields.size"
    assert mine.strip().endswith(",Company size")
    assert "Company size" not in anybodys


def test_cf_04_cf_08_a_web_form_fills_custom_fields(world):
    made(world, "LEAD", required=True)
    made(world, "LEAD", label="Seats", type="NUMBER")
    inputs = {"name": "lastName", "trade": "customFields.industry", "n": "customFields.seats"}
    fields = [{"name": name, "field": field} for name, field in inputs.items()]
    given = {"name": "Ask us", "target": "LEAD", "fields": fields}
    form = world.admin.act("webFormCreate", given, "webForm { key }")["webForm"]["key"]

    wrong = world.server.http.post(
        f"/forms/{form}", json={"name": "Chen", "trade": "x", "n": "many"}
    )
    empty = world.server.http.post(f"/forms/{form}", json={"name": "Chen"})
    sent = world.server.http.post(f"/forms/{form}", json={"name": "Chen", "trade": "x", "n": 12})
    (lead,) = world.admin.run("{ leads { nodes { id } } }")["leads"]["nodes"]

    assert [one["path"] for one in wrong.json()["errors"]] == [["n"]]
    assert empty.status_code == wrong.status_code != sent.status_code
    assert values_of(world.admin, lead["id"], "Lead")["seats"]["number"] == "12"


def test_cf_04_cf_08_a_converted_lead_hands_on_what_has_the_same_key(world):
    for entity in ("LEAD", "CONTACT", "DEAL"):
        made(world, entity)
        made(world, entity, label="Tier", type="SELECT", options=["Gold", "Tin"])
    made(world, "COMPANY", required=True, label="Size", type="NUMBER")
    field = made(world, "LEAD", label="Colour", type="SELECT", options=["Red"])
    options = world.admin.run(OPTIONS)["customFields"]["nodes"][0]["options"]
    values = [{"key": "industry", "text": "Retail"}, {"key": "tier", "select": options[1]["id"]}]
    values += [{"key": "colour", "select": field["options"][0]["id"]}]
    given = {"lastName": "Chen", "email": "s@x.example", "companyName": "X", "customFields": values}
    lead = world.admin.act("leadCreate", given, "lead { id }")["lead"]["id"]
    said = {"customFields": [{"key": "industry", "text": "Travel"}]}
    into = {"id": lead, "contact": {"create": {"firstName": "Sarah"} | said}, "deal": {}}

    refused = world.admin.act("leadConvert", into | {"company": {"create": {}}})
    done = world.admin.act("leadConvert", into, "contact { id } deal { id }")
    contact = values_of(world.admin, done["contact"]["id"])
    deal = values_of(world.admin, done["deal"]["id"], "Deal")

    paths = [(one["code"], one["path"]) for one in refused.errors]
    assert paths == [("REQUIRED", ["company", "create", "customFields"])]
    assert (contact["industry"]["text"], contact["tier"]["option"]) == ("Travel", {"name": "Tin"})
    assert (deal["industry"]["text"], set(deal)) == ("Retail", {"industry", "tier"})


OPTIONS = """{ customFields(filter: {entity: {eq: LEAD}, type: {eq: SELECT}}) {
  nodes { options { id } } } }"""
