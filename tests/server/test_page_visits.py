"""Tracked pages: visits of leads and contacts who are known by a form, and of nobody else."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.jobs.test_lead_scores import scored, signals, state
from tests.plugins.dev import eventually
from tests.plugins.world import World
from tests.server.browser import chromium
from tests.server.test_forms import BROWSER, mapped, refusals
from tests.server.test_mailbox import paths
from tests.services.importing import sql, uuid

LEAD = {"Name": "lastName", "Mail": "email"}
PERSON = {"first": "firstName", "last": "lastName", "mail": "email"}
VISITS = "{ pageVisits { nodes { url title referrer at lead { id } contact { id } } } }"
PAGE = "https://www.shop.example/prices"


def key(world: World) -> dict[str, str]:
    given = {"name": "Our shop", "domain": "Shop.example"}
    made = world.admin.act("trackingKeyCreate", given, "trackingKey { id key }")
    return dict(made["trackingKey"])


def form(world: World, target: str = "LEAD", **more: Any) -> str:
    fields = mapped(LEAD if target == "LEAD" else PERSON)
    given = {"name": "Ask us", "target": target, "fields": fields} | more
    made: str = world.admin.act("webFormCreate", given, "webForm { key }")["webForm"]["key"]
    return f"/forms/{made}"


def visitor(world: World, url: str, **sent: str) -> str:
    """A token as a form's answer brings it."""
    values = sent or {"Name": "Okafor", "Mail": "ada@initech.example"}
    found: str = world.server.http.post(url, json=values).json()["visitor"]
    return found


def tell(world: World, tracked: dict[str, str], **given: Any) -> httpx.Response:
    visit = {"eventId": "e1", "url": PAGE} | given
    return world.server.http.post(f"/track/{tracked['key']}", json=visit)


def visits(world: World) -> list[Any]:
    found: list[Any] = world.admin.run(VISITS)["pageVisits"]["nodes"]
    return found


def test_lead_18_a_visit_of_a_lead_who_sent_a_form_is_theirs_and_a_signal(world):
    tracked, url = key(world), form(world)
    token = visitor(world, url)

    answer = tell(world, tracked, visitor=token, title="Prices\n", referrer="https://a.example/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    (seen,) = visits(world)
    assert (seen["url"], seen["title"], seen["referrer"]) == (PAGE, "Prices", "https://a.example/")
    query = "{ leads { nodes { id pageVisits { totalCount } } } }"
    (lead,) = world.admin.run(query)["leads"]["nodes"]
    assert seen["lead"] == {"id": lead["id"]}
    assert lead["pageVisits"] == {"totalCount": 1}
    assert scored(world, lead["id"], 23)
    signals = {one["signal"] for one in state(world, lead["id"])["scoreBreakdown"]}
    assert signals == {"FORM_SUBMISSION", "PAGE_VISIT"}


def test_lead_18_a_visit_that_is_told_again_counts_once(world):
    tracked, url = key(world), form(world)
    token = visitor(world, url)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: tell(world, tracked, visitor=token), range(6)))

    assert [one.status_code for one in answers] == [204] * 6
    assert len(visits(world)) == 1
    assert eventually(lambda: signals(world) == 2)


def test_lead_18_visits_of_nobody_known_are_not_stored(world, server):
    tracked, url = key(world), form(world)
    other = World(server)
    key(other)
    strangers = visitor(other, form(other))
    own = visitor(world, url)
    torn = own[:-1] + ("A" if own[-1] != "A" else "B")

    for token in (None, "", "nobody", 7, strangers, own[:40], torn[2:], "ÄÖ"):
        assert tell(world, tracked, visitor=token).status_code == 204
    lead = world.admin.run("{ leads { nodes { id } } }")["leads"]["nodes"][0]["id"]
    assert not world.admin.act("leadDelete", {"id": lead}).errors
    assert tell(world, tracked, visitor=own).status_code == 204

    assert visits(world) == []
    assert visits(other) == []


def test_lead_18_a_contacts_visits_follow_them_into_the_survivor_of_a_merge(world):
    tracked, url = key(world), form(world, "CONTACT")
    sent = {"first": "Ada", "last": "Okafor", "mail": "ada@initech.example"}
    token = visitor(world, url, **sent)
    assert tell(world, tracked, visitor=token).status_code == 204
    (before,) = visits(world)
    kept = world.contact()
    merge = {"primaryId": kept, "duplicateIds": [before["contact"]["id"]]}
    assert not world.admin.act("contactMerge", merge).errors

    assert tell(world, tracked, visitor=token, eventId="e2").status_code == 204

    assert [one["contact"] for one in visits(world)] == [{"id": kept}] * 2


def test_lead_18_a_converted_leads_visits_are_the_contacts(world):
    tracked, url = key(world), form(world)
    token = visitor(world, url)
    lead = world.admin.run("{ leads { nodes { id } } }")["leads"]["nodes"][0]["id"]
    given = {"id": lead, "contact": {"create": {"firstName": "Ada"}}}
    done = world.admin.act("leadConvert", given, "contact { id }")

    assert tell(world, tracked, visitor=token).status_code == 204

    assert [one["contact"] for one in visits(world)] == [done["contact"]]
    assert visits(world)[0]["lead"] is None


def test_lead_18_only_who_sees_a_lead_sees_its_visits(world):
    tracked = key(world)
    world.rep  # noqa: B018 - somebody who sees nothing of it
    assert tell(world, tracked, visitor=visitor(world, form(world))).status_code == 204

    assert len(visits(world)) == 1
    assert world.rep.run(VISITS)["pageVisits"]["nodes"] == []


def test_lead_18_a_key_that_is_revoked_takes_nothing_and_no_token_is_given(world):
    tracked, url = key(world), form(world, redirectUrl="https://www.shop.example/thanks?a=1#b")
    token = visitor(world, url)
    led = world.server.http.post(url, content=urlencode({"Name": "Okafor"}), headers=BROWSER)
    denied = world.rep.send(
        "mutation($i: TrackingKeyRevokeInput!) { trackingKeyRevoke(input: $i) { operationId } }",
        {"i": {"id": tracked["id"]}},
    )

    for _ in range(2):
        done = world.admin.act("trackingKeyRevoke", {"id": tracked["id"]}, "trackingKey { id }")
        assert done["trackingKey"] == {"id": tracked["id"]}

    target = urlsplit(led.headers["location"])
    assert (led.status_code, target.fragment, target.path) == (303, "b", "/thanks")
    assert set(parse_qs(target.query)) == {"a", "cv"}
    assert denied.codes == ["FORBIDDEN"]
    gone = tell(world, tracked, visitor=token)
    assert (gone.status_code, refusals(gone)) == (404, [("NOT_FOUND", [])])
    again = world.server.http.post(url, json={"Name": "Okafor"}).json()
    assert again == {"ok": True, "redirectUrl": "https://www.shop.example/thanks?a=1#b"}
    assert tell(world, {"key": "coeff_t_none"}).status_code == 404


def test_lead_18_a_submission_sent_again_brings_the_same_token(world):
    key(world)
    sent = {"Name": "Okafor", "_submission": "page-1"}
    url = form(world)

    assert visitor(world, url, **sent) == visitor(world, url, **sent)


def mailed(world: World, lead: str, html: str) -> tuple[str, list[str]]:
    """Write to a lead: the picture and the links of the mail, a minute after it went out."""
    given = {"to": ["ada@initech.example"], "subject": "Prices", "html": html, "about": [lead]}
    assert not world.admin.act("emailSend", given).errors
    assert eventually(lambda: bool(paths(world, "html")))
    sent = "UPDATE mail SET sent_at = sent_at - interval '1 minute' WHERE workspace_id = $1"
    sent += " AND sent_at IS NOT NULL RETURNING 1"
    assert eventually(lambda: bool(sql(world.server, sent, uuid(world.id))))
    text = unescape(world.server.http.get(paths(world, "html")[0]).text)
    (opened,) = re.findall(r"/t/o/[^\"]+", text)
    return opened, re.findall(r"/t/c/[^\"]+", text)


def test_lead_18_lead_05_a_link_of_a_mail_brings_along_who_got_it_and_opening_is_a_signal(world):
    tracked = key(world)
    given = {"lastName": "Okafor", "email": "ada@initech.example"}
    lead = world.admin.act("leadCreate", given, "lead { id }")["lead"]["id"]
    html = f'<p><a href="{PAGE}?a=1">Prices</a> <a href="https://else.example/">Else</a></p>'
    opened, links = mailed(world, lead, html)

    for _ in range(2):
        assert world.server.http.get(opened).status_code == 200
    assert scored(world, lead, 5)
    ours, others = (world.server.http.get(one).headers["location"] for one in links)

    assert others == "https://else.example/"
    assert ours.startswith(f"{PAGE}?a=1&cv=")
    assert scored(world, lead, 10)
    token = parse_qs(urlsplit(ours).query)["cv"][0]
    assert tell(world, tracked, visitor=token).status_code == 204
    assert [one["lead"] for one in visits(world)] == [{"id": lead}]
    assert scored(world, lead, 13)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"eventId": ""}, "eventId"),
        ({"eventId": "x" * 101}, "eventId"),
        ({"eventId": 1}, "eventId"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://a.example/" + "x" * 2000}, "url"),
        ({"title": ["x"]}, "title"),
    ],
)
def test_lead_18_what_is_no_visit_is_refused(world, given, path):
    answer = tell(world, key(world), **given)

    assert answer.status_code == 422
    assert {one[1][0] for one in refusals(answer)} == {path}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{" + b" " * 9_000, "application/json", 413),
        (b"[1]", "text/plain", 400),
        (b"{", "application/json", 400),
        (b"{}", "application/x-www-form-urlencoded", 415),
    ],
)
def test_lead_18_what_is_not_json_of_a_visits_size_is_refused(server, body, kind, status):
    answer = server.http.post("/track/any", content=body, headers={"content-type": kind})

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


def test_lead_18_a_browser_may_ask_first(server):
    asked = server.http.options("/track/any", headers={"origin": "https://www.shop.example"})

    assert asked.status_code == 204
    assert asked.headers["access-control-allow-methods"] == "POST"


def test_lead_18_who_tells_too_much_waits(world):
    tracked = key(world)

    answers = [tell(world, tracked, eventId="e0")]
    # One more is allowed each second that this takes.
    while answers[-1].status_code == 204 and len(answers) < 400:
        answers.append(tell(world, tracked, eventId=f"e{len(answers)}"))

    assert len(answers) > 60
    assert (answers[-1].status_code, refusals(answers[-1])) == (429, [("RATE_LIMITED", [])])
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.needs("browser")
async def test_lead_18_the_script_of_a_page_tells_of_visits_once_somebody_is_known(
    world, browser_path
):
    tracked, url = key(world), form(world)
    script = f'<script src="{world.server.url}/track.js" data-key="{tracked["key"]}"></script>'
    with shop(f"<!doctype html><title>Prices</title>{script}") as site:
        async with chromium(browser_path) as browser:
            page = await browser.new_page()
            await page.goto(f"{site}/prices")
            stored = await page.evaluate("JSON.stringify(localStorage)")
            unknown = len(visits(world))
            token = visitor(world, url)
            await page.goto(f"{site}/thanks?a=1&cv={token}#top")
            shown = page.url
            assert await told(page, world, 1)
            await page.goto(f"{site}/prices")
            assert await told(page, world, 2)
            cookies = await page.context.cookies()

    assert (json.loads(stored), unknown, cookies) == ({}, 0, [])
    assert shown == f"{site}/thanks?a=1#top"
    assert [one["url"] for one in visits(world)] == [f"{site}/prices", f"{site}/thanks?a=1"]


@contextmanager
def shop(html: str) -> Iterator[str]:
    """A site of somebody else's, all of whose pages are the same."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_given: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}"
        site.shutdown()


async def told(page: Any, world: World, count: int) -> bool:
    """Wait until so many visits arrived."""
    for _ in range(100):
        if len(visits(world)) == count:
            return True
        await page.wait_for_timeout(100)
    return False
