"""Web forms, as pages of other sites send them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.plugins.world import World

FORM = "webForm { id version key url target archivedAt owner { id } fields { name required } }"
LEAD = {"Name": "lastName", "Mail": "email", "Staff": "employeeCount", "Text": "description"}
PERSON = {"first": "firstName", "last": "lastName", "mail": "email"}
CASE = {"what": "subject", "more": "description", "first": "contact.firstName"}
CASE |= {"last": "contact.lastName", "mail": "contact.email"}
LEADS = """{ leads { nodes { id lastName email employeeCount description origin form { id }
  owner { id } } } }"""
BROWSER = {"accept": "text/html,*/*;q=0.8", "content-type": "application/x-www-form-urlencoded"}


def mapped(fields: dict[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "field": field} for name, field in fields.items()]


def made(world: World, target: str = "LEAD", fields: Any = None, **given: Any) -> Any:
    values = {"name": "Ask us", "target": target, "fields": mapped(fields or LEAD)} | given
    return world.admin.act("webFormCreate", values, FORM)["webForm"]


def sent(world: World, form: Any, **values: Any) -> httpx.Response:
    return world.server.http.post(f"/forms/{form['key']}", json=values)


def refusals(response: httpx.Response) -> list[tuple[str, list[str]]]:
    errors = response.json()["errors"]
    assert {one["extensions"]["requestId"] for one in errors} == {response.headers["x-request-id"]}
    return [(one["extensions"]["code"], one["path"]) for one in errors]


def leads(world: World) -> list[Any]:
    found: list[Any] = world.admin.run(LEADS)["leads"]["nodes"]
    return found


def test_lead_02_lead_17_a_form_makes_a_lead_of_its_owner(world):
    world.rep  # noqa: B018 - somebody to own it
    form = made(world, ownerId=world.user("rep"))

    answer = sent(world, form, Name="Okafor", Mail="Ada@Initech.example", Staff=40, Other="x")

    assert (answer.status_code, answer.json()) == (200, {"ok": True, "redirectUrl": None})
    assert answer.headers["access-control-allow-origin"] == "*"
    (lead,) = leads(world)
    assert (lead["origin"], lead["employeeCount"]) == ("WEB_FORM", 40)
    assert (lead["form"], lead["owner"]) == ({"id": form["id"]}, {"id": world.user("rep")})
    assert form["url"].endswith(f"/forms/{form['key']}")


def test_lead_17_a_lead_that_is_open_is_joined_and_only_learns(world):
    form = made(world)
    sent(world, form, Name="Okafor", Mail="ada@initech.example")

    sent(world, form, Name="Mallory", Mail="ADA@initech.example", Text="Call me")

    (lead,) = leads(world)
    assert (lead["lastName"], lead["description"]) == ("Okafor", "Call me")
    query = "{ formSubmissions { nodes { values { name value } lead { id } } } }"
    last = world.admin.run(query)["formSubmissions"]["nodes"][0]
    assert last["lead"] == {"id": lead["id"]}
    assert {"name": "Name", "value": "Mallory"} in last["values"]


def test_cont_10_a_form_makes_a_contact_with_its_origin(world):
    form = made(world, "CONTACT", PERSON)

    assert sent(world, form, first="Ada", last="Okafor", mail="a@initech.example").is_success

    nodes = world.admin.run("{ contacts { nodes { name origin owner { id } } } }")["contacts"]
    owner = {"id": world.user("admin")}
    assert nodes["nodes"] == [{"name": "Ada Okafor", "origin": "WEB_FORM", "owner": owner}]


def test_cont_10_senders_of_one_address_at_once_make_one_contact(world):
    form = made(world, "CONTACT", PERSON | {"job": "jobTitle"})
    people = [{"first": f"A{at}", "last": "O", "mail": "a@initech.example"} for at in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: sent(world, form, **one), people))
    sent(world, form, first="B", last="O", mail="a@initech.example", job="Chief")

    query = "{ contacts { nodes { jobTitle } } formSubmissions { totalCount } }"
    assert [one.status_code for one in answers] == [200] * 6
    assert world.admin.run(query) == {
        "contacts": {"nodes": [{"jobTitle": "Chief"}]},
        "formSubmissions": {"totalCount": 7},
    }


def test_lead_17_a_form_opens_a_case_for_its_contact(world):
    known = world.contact(email="a@initech.example")
    team = {"name": "Support", "managerId": world.user("admin")}
    queue = world.admin.act("teamCreate", team, "team { id }")["team"]
    form = made(world, "CASE", CASE, teamId=queue["id"])

    sent(
        world,
        form,
        what="Broken",
        more="All of it\n",
        first="A",
        last="O",
        mail="a@initech.example",
    )

    query = "{ cases { nodes { subject origin contact { id } queue { id } owner { id } } } }"
    assert world.admin.run(query)["cases"]["nodes"] == [
        {
            "subject": "Broken",
            "origin": "WEB_FORM",
            "contact": {"id": known},
            "queue": queue,
            "owner": None,
        }
    ]


def test_lead_17_wrong_values_are_told_by_the_names_of_the_page(world):
    form = made(world)

    wrong = sent(world, form, Name="Okafor", Mail="nobody", Staff="many")
    wrong_too = sent(world, form, Name=["x"], Mail="nobody")

    assert (wrong.status_code, refusals(wrong)) == (422, [("INVALID_VALUE", ["Staff"])])
    assert refusals(wrong_too) == [("INVALID_VALUE", ["Name"])]
    assert refusals(sent(world, form, Name="O", Mail="nobody")) == [("INVALID_EMAIL", ["Mail"])]
    assert refusals(sent(world, form, Name=" ")) == [("REQUIRED", ["Name"])]
    assert leads(world) == []


def test_lead_17_a_robot_is_thanked_and_leaves_nothing(world):
    form = made(world)

    answer = sent(world, form, Name="Okafor", _homepage="https://spam.example")

    assert answer.json()["ok"]
    assert leads(world) == []


def test_lead_17_a_submission_sent_again_changes_nothing(world):
    form = made(world)
    given = {"Name": "Okafor", "_submission": "page-1"}

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: sent(world, form, **given), range(4)))

    assert [one.status_code for one in answers] == [200] * 4
    assert len(leads(world)) == 1


def test_lead_17_a_key_nobody_has_and_an_archived_one_lead_nowhere(world):
    form = made(world)
    world.admin.act("webFormArchive", {"id": form["id"]}, FORM)["webForm"]

    archived = sent(world, form, Name="Okafor")
    world.admin.act("webFormReopen", {"id": form["id"]}, FORM)["webForm"]

    assert (archived.status_code, refusals(archived)) == (404, [("NOT_FOUND", [])])
    assert sent(world, {"key": "coeff_f_none"}, Name="Okafor").status_code == 404
    assert sent(world, form, Name="Okafor").status_code == 200


def test_lead_17_who_sends_too_much_waits(world):
    form = made(world)

    answers = [sent(world, form, Name="Okafor", Mail="ada@initech.example") for _ in range(14)]

    last = answers[-1]
    assert (last.status_code, refusals(last)) == (429, [("RATE_LIMITED", [])])
    assert int(last.headers["retry-after"]) > 0
    assert answers[0].status_code == 200


def test_lead_17_a_browser_is_led_on_or_shown_what_is_wrong(world):
    form = made(world, redirectUrl="https://www.example.com/thanks")
    url = f"/forms/{form['key']}"

    led = world.server.http.post(url, content=urlencode({"Name": "Okafor"}), headers=BROWSER)
    shown = world.server.http.post(
        url, content=urlencode({"Name": "<b>", "Mail": "<i>"}), headers=BROWSER
    )

    assert (led.status_code, led.headers["location"]) == (303, "https://www.example.com/thanks")
    assert shown.status_code == 422
    assert shown.headers["content-type"].startswith("text/html")
    assert "Mail" in shown.text
    assert "<i>" not in shown.text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{" + b" " * 70_000, "application/json", 413),
        (b"[1]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"Name=%ff", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 300, "application/x-www-form-urlencoded", 400),
        (b"Name=O", "text/plain", 415),
    ],
    ids=["large", "a list", "no json", "no utf-8", "many", "a text"],
)
def test_lead_17_what_is_no_submission_is_refused(filled, body, kind, status):
    url = f"/forms/{made(filled)['key']}"

    answer = filled.server.http.post(url, content=body, headers={"content-type": kind})

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


def test_lead_17_a_browser_may_ask_first(server):
    asked = server.http.options("/forms/any", headers={"origin": "https://www.example.com"})

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-methods"] == "POST"


@pytest.mark.parametrize(
    ("target", "fields", "errors"),
    [
        ("LEAD", {"a": "email"}, [("REQUIRED", ["fields"])]),
        ("CONTACT", {"a": "firstName", "b": "lastName"}, [("REQUIRED", ["fields"])]),
        ("LEAD", {"a": "lastName", "b": "score"}, [("INVALID_VALUE", ["fields", "1", "field"])]),
        ("LEAD", {"a": "lastName", "b": "lastName"}, [("DUPLICATE", ["fields", "1", "field"])]),
        ("LEAD", {"_homepage": "lastName"}, [("INVALID_VALUE", ["fields", "0", "name"])]),
        ("CASE", {"a": "subject"}, [("REQUIRED", ["fields"])]),
    ],
)
def test_lead_17_a_form_fills_fields_there_are_and_all_that_are_needed(
    filled, target, fields, errors
):
    given = {"name": "Ask us", "target": target, "fields": mapped(fields)}

    refused = filled.admin.act("webFormCreate", given)

    assert [(one["code"], one["path"]) for one in refused.errors] == errors


def test_lead_17_a_form_is_changed_by_admins(world):
    form = made(world)
    given = {"id": form["id"], "fields": mapped({"who": "lastName"}), "redirectUrl": "javascript:0"}

    refused = world.admin.act("webFormUpdate", given)
    denied = world.rep.send(
        "mutation($input: WebFormUpdateInput!) { webFormUpdate(input: $input) { operationId } }",
        {"input": given},
    )
    changed = world.admin.act("webFormUpdate", given | {"redirectUrl": None}, FORM)["webForm"]

    assert [one["path"] for one in refused.errors] == [["redirectUrl"]]
    assert denied.codes == ["FORBIDDEN"]
    assert (changed["key"], changed["fields"]) == (form["key"], [{"name": "who", "required": True}])
    assert sent(world, form, who="Okafor").is_success
