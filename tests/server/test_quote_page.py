"""The customer's page of a quote: read, counted, accepted or declined, in browsers and without."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from tests.plugins.world import World
from tests.resolvers import quoting
from tests.resolvers.quoting import described
from tests.server.browser import chromium, visiting
from tests.server.filing import png, uploaded
from tests.server.papers import pages, ready
from tests.services.importing import sql, uuid

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 700},
    "has_touch": True,
    "is_mobile": True,
}
STATE = """query($id: ID!) { quote(id: $id) { version status acceptedByName declineReason
  trackedLink { viewCount firstViewedAt lastViewedAt } contracts { totalCount } } }"""
SUPPORT = described("1250.50", description="Priority Support", quantity="3")


def sent(world: World, *lines: dict[str, Any], **given: Any) -> tuple[str, str]:
    """A quote that was sent: its id and its link."""
    quote = quoting.quote(world, *(lines or (SUPPORT,)), **given)
    told = "quote { trackedLink { url } }"
    link = world.admin.act("quoteSend", {"id": quote["id"]}, told)["quote"]["trackedLink"]
    return quote["id"], link["url"]


def state(world: World, quote: str) -> dict[str, Any]:
    """What has become of a quote."""
    return dict(world.admin.run(STATE, id=quote)["quote"])


def views(world: World, quote: str) -> int:
    """How many visitors have opened it."""
    return int(state(world, quote)["trackedLink"]["viewCount"])


class Customer:
    """Somebody with a link and a browser that runs no scripts."""

    def __init__(self, link: str) -> None:
        self.link = link
        self.http = httpx.Client(timeout=30)
        self.page = self.http.get(link)

    def hidden(self) -> dict[str, str]:
        """What the forms of the page carry."""
        pairs = re.findall(r"type=hidden name=(\w+) value='([^']*)'", self.page.text)
        return dict(pairs)

    def answer(self, **given: str) -> httpx.Response:
        """Send a form of the page."""
        return self.http.post(self.link, data=self.hidden() | given)

    def accept(self, name: str = "Jane Doe") -> httpx.Response:
        """Accept in a name."""
        return self.answer(answer="accept", name=name)

    def decline(self, reason: str = "Too dear") -> httpx.Response:
        """Decline for a reason."""
        return self.answer(answer="decline", reason=reason)


def test_quote_12_the_page_shows_the_quote_and_each_visitor_counts_once(world: World) -> None:
    quote, link = sent(world)

    first = Customer(link)
    again = first.http.get(link)
    Customer(link)

    assert first.page.status_code == again.status_code == 200
    for words in (world.name, "Globex Renewal", "Priority Support", "$1,250.50", "$3,751.50"):
        assert words in first.page.text
    found = state(world, quote)
    assert (found["status"], found["trackedLink"]["viewCount"]) == ("VIEWED", 2)
    assert found["trackedLink"]["firstViewedAt"] <= found["trackedLink"]["lastViewedAt"]


def test_quote_12_programs_that_only_look_ahead_are_no_visitors(world: World) -> None:
    quote, link = sent(world)

    httpx.head(link)
    httpx.get(link, headers={"sec-purpose": "prefetch;prerender"})
    httpx.get(link, headers={"purpose": "prefetch"})
    httpx.get(f"{link}?preview")

    found = state(world, quote)
    assert (found["status"], found["trackedLink"]["viewCount"]) == ("SENT", 0)


def test_quote_12_only_the_first_view_is_an_event(world: World) -> None:
    quote, link = sent(world)
    Customer(link)
    version = state(world, quote)["version"]

    for _ in range(5):
        Customer(link)

    told = "SELECT type, data->>'cause' FROM event WHERE record_id = $1 AND type = 'quote.viewed'"
    found = [tuple(row) for row in sql(world.server, told, uuid(quote))]
    assert found == [("quote.viewed", "opened by the customer")]
    assert state(world, quote)["version"] == version
    assert views(world, quote) == 6


def test_quote_13_a_customer_accepts_in_their_name_without_scripts(world: World) -> None:
    quote, link = sent(world)
    customer = Customer(link)

    answer = customer.accept("  Jane Doe ")
    after = customer.http.get(link)

    assert (answer.status_code, answer.headers["location"]) == (303, httpx.URL(link).path)
    assert "You have accepted this quote." in after.text
    assert "by Jane Doe" in after.text
    assert "<form" not in after.text
    found = state(world, quote)
    assert (found["status"], found["acceptedByName"]) == ("ACCEPTED", "Jane Doe")
    assert found["contracts"]["totalCount"] == 1


def test_quote_13_a_double_click_and_twenty_customers_at_once_accept_once(world: World) -> None:
    quote, link = sent(world)
    customers = [Customer(link) for _ in range(10)]

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda one: one.accept(), customers * 2))

    assert [one.status_code for one in answers] == [303] * 20
    assert state(world, quote)["contracts"]["totalCount"] == 1


def test_quote_13_nobody_accepts_without_a_name(world: World) -> None:
    quote, link = sent(world)

    answer = Customer(link).accept("  ")

    assert answer.status_code == 422
    assert "aria-invalid=true" in answer.text
    assert state(world, quote)["status"] == "VIEWED"


def test_quote_16_a_customer_declines_with_a_reason(world: World) -> None:
    quote, link = sent(world)
    customer = Customer(link)

    missing = customer.decline("")
    declined = customer.decline("Too <dear>")
    repeated = customer.decline("Too <dear>")
    late = customer.accept()

    assert [one.status_code for one in (missing, declined, repeated, late)] == [422, 303, 303, 422]
    assert "<details open>" in missing.text
    assert "This quote was declined." in late.text
    found = state(world, quote)
    assert (found["status"], found["declineReason"]) == ("DECLINED", "Too <dear>")


async def test_quote_10_an_expired_quote_says_so_and_is_not_accepted(world: World, clock) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    quote, link = sent(world, validUntil=tomorrow)
    customer = Customer(link)

    await clock(days=3)
    answer, page = customer.accept(), customer.http.get(link)

    assert (answer.status_code, page.status_code) == (422, 200)
    for text in (answer.text, page.text):
        assert "The time to accept this quote is over." in text
        assert "<form" not in text
    assert state(world, quote)["contracts"]["totalCount"] == 0


def test_quote_12_a_revised_quote_is_closed_and_then_answered_as_it_is_now(world: World) -> None:
    quote, link = sent(world)
    customer = Customer(link)
    world.admin.act("quoteRevise", {"id": quote}, "quote { id }")["quote"]

    closed, unknown = customer.http.get(link), customer.http.get(f"{link}x")
    world.admin.act("quoteUpdate", {"id": quote, "title": "Dearer"}, "quote { id }")["quote"]
    world.admin.act("quoteSend", {"id": quote}, "quote { id }")["quote"]
    stale = customer.accept()

    assert (closed.status_code, closed.text) == (unknown.status_code, unknown.text)
    assert closed.status_code == 404
    assert stale.status_code == 409
    assert "The quote has changed" in stale.text
    assert "Dearer" in stale.text
    assert state(world, quote)["status"] != "ACCEPTED"


def test_quote_13_forms_of_other_sites_are_not_taken(world: World) -> None:
    quote, link = sent(world)
    customer, other = Customer(link), Customer(sent(world)[1])
    carried = customer.hidden() | {"answer": "accept", "name": "Mallory"}

    alone = httpx.post(link, data=carried)
    foreign = customer.http.post(link, data=carried | {"token": other.hidden()["token"]})
    typed = customer.http.post(link, json=carried)

    assert [one.status_code for one in (alone, foreign, typed)] == [403, 403, 403]
    assert state(world, quote)["status"] == "VIEWED"


def test_quote_12_the_page_lets_nothing_in_and_is_found_by_no_search_engine(world: World) -> None:
    _, link = sent(world, described(description="<script>alert(1)</script>"), title="<b>&'\"")

    customer = Customer(link)

    headers = customer.page.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=lax" in headers["set-cookie"]
    assert "<script" not in customer.page.text
    assert "<b>&amp;" not in customer.page.text


def test_quote_12_the_customer_downloads_the_pdf_and_sees_the_logo(world: World) -> None:
    picture = png(40, 20)
    given = {"logoUploadId": uploaded(world.admin, picture, "logo.png")}
    world.admin.act("workspaceUpdate", given, "workspace { id }")["workspace"]
    quote, link = sent(world)
    customer = Customer(link)
    ready(world.admin, quote)

    pdf, logo = customer.http.get(f"{link}/pdf"), customer.http.get(f"{link}/logo")

    assert pdf.headers["content-type"] == "application/pdf"
    assert "Priority Support" in pages(pdf.content)[0]
    assert "DRAFT" not in pages(pdf.content)[0]
    assert (logo.headers["content-type"], logo.content) == ("image/png", picture)
    assert "/logo'" in customer.page.text
    assert customer.http.get(f"{link}x/pdf").status_code == 404


def test_quote_12_who_answers_too_often_waits(world: World) -> None:
    _, link = sent(world)
    customer = Customer(link)

    codes = [customer.accept(" ").status_code for _ in range(24)]

    assert set(codes) == {422, 429}
    assert codes[0] == 422
    assert customer.accept(" ").headers["retry-after"]


@pytest.fixture(scope="module")
async def browser(browser_path):
    async with chromium(browser_path) as started:
        yield started


async def test_quote_13_on_a_phone_nothing_is_wider_than_the_screen(world, browser) -> None:
    long = described(description="Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 2)
    quote, link = sent(world, SUPPORT, long, terms="Net 30.\n\n- one", taxPercent="8")

    async with visiting(browser, link, **PHONE) as visit:
        page = visit.page
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.get_by_label("Your full name").fill("Jane Doe")
        await page.get_by_role("button", name="Accept the quote").tap()
        await expect(page.get_by_role("status")).to_contain_text("You have accepted this quote.")

    assert state(world, quote)["status"] == "ACCEPTED"


async def test_quote_16_a_customer_declines_with_the_keyboard_alone(world, browser) -> None:
    quote, link = sent(world)

    async with visiting(browser, link) as visit:
        page, keys = visit.page, visit.page.keyboard
        # The PDF, the name, the button and the fold; then the reason below it.
        for _ in range(4):
            await keys.press("Tab")
        await expect(page.locator("summary")).to_be_focused()
        await keys.press("Enter")
        await keys.press("Tab")
        await expect(page.get_by_label("What is the reason?")).to_be_focused()
        await keys.type("We have chosen another one")
        await keys.press("Tab")
        await keys.press("Tab")
        await keys.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("This quote was declined.")

    assert state(world, quote)["declineReason"] == "We have chosen another one"


async def test_quote_13_the_page_works_where_scripts_are_off_and_in_the_dark(world, browser):
    _, link = sent(world)
    given: dict[str, Any] = {"java_script_enabled": False, "color_scheme": "dark"}

    async with visiting(browser, link, **given) as visit:
        page = visit.page
        await page.get_by_role("button", name="Accept the quote").click()
        await expect(page.get_by_label("Your full name")).to_be_focused()
        await page.get_by_label("Your full name").fill("Jane Doe")
        await page.get_by_role("button", name="Accept the quote").click()
        await expect(page.get_by_role("status")).to_be_visible()
