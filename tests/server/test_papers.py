"""Quotes, contracts and invoices as PDFs: what they say, when they are made, who is served them."""

import os
import signal
from pathlib import Path
from typing import Any

import httpx

from tests.plugins.world import Server, World
from tests.resolvers import quoting
from tests.resolvers.quoting import described
from tests.server.filing import bare, png, uploaded
from tests.server.papers import fetched, pages, ready, shown, text

SUPPORT = described("1250.5", description="Priority Support", quantity="3", discountPercent="10")


def changed(world: World, quote: dict[str, Any], **given: Any) -> Any:
    return world.admin.act("quoteUpdate", {"id": quote["id"]} | given, "quote { version }")["quote"]


def test_quote_11_the_pdf_shows_number_lines_and_totals(world: World) -> None:
    training = described("400", description="Training")
    given: dict[str, Any] = {"taxPercent": "8", "terms": "Net 30.\n\n- one\n- two"}
    quote = quoting.quote(world, SUPPORT, training, discount={"amount": "76.35"}, **given)

    says = text(world.admin, quote["id"])

    assert quote["number"] in says
    for words in (world.name, "Sarah Chen", "Globex Renewal", "Priority Support", "Training"):
        assert words in says
    assert "1 Priority Support 3 $1,250.50 10% $3,376.35" in says
    assert "Subtotal $3,776.35 Discount −$76.35 Tax 8% $296.00 Total $3,996.00" in says
    assert "Net 30." in says
    assert "Page 1 of 1" in says


def test_quote_11_the_pdf_is_made_anew_when_the_quote_changes(world: World) -> None:
    quote = quoting.quote(world, SUPPORT)
    before = ready(world.admin, quote["id"])
    line = {"id": quote["lines"]["nodes"][0]["id"], "description": "Support by night"}

    world.admin.act("quoteLineUpdate", line, "quote { id }")["quote"]
    after = ready(world.admin, quote["id"])

    assert before["sha256"] != after["sha256"]
    assert "Support by night" in pages(fetched(after))[0]
    assert "Priority Support" in pages(fetched(before))[0]


def test_quote_11_what_is_not_printed_makes_no_other_pdf(world: World) -> None:
    quote = quoting.quote(world, SUPPORT)
    before = ready(world.admin, quote["id"])

    other = changed(world, quote, title="Other")["version"]
    last = changed(world, quote, title="Globex Renewal")["version"]

    assert shown(world.admin, quote["id"])["version"] == last > other > quote["version"]
    assert ready(world.admin, quote["id"])["sha256"] == before["sha256"]


def test_quote_11_a_draft_says_so_until_it_is_sent(world: World) -> None:
    quote = quoting.quote(world, SUPPORT)
    draft = text(world.admin, quote["id"])

    world.admin.act("quoteSend", {"id": quote["id"]}, "quote { id }")["quote"]

    assert "DRAFT" in draft
    assert "DRAFT" not in text(world.admin, quote["id"])


def test_quote_11_long_tables_break_over_pages_below_their_header(world: World) -> None:
    lines = [described("10", description=f"Seat number {at}") for at in range(1, 61)]
    quote = quoting.quote(world, *lines)

    pdf = ready(world.admin, quote["id"])
    found = pages(fetched(pdf))

    assert len(found) == pdf["pages"] > 1
    for at, page in enumerate(found, start=1):
        assert f"Page {at} of {len(found)}" in page
    assert all("UNIT PRICE" in page for page in found if "Seat number" in page)
    assert all(f"Seat number {at} " in " ".join(found) for at in range(1, 61))


def test_quote_11_names_in_any_script_show_or_a_notice_says_which_do_not(world: World) -> None:
    contact = world.contact(firstName="小明", lastName="Ивановна", email="w@globex.example")
    named = quoting.quote(world, SUPPORT, dealId=world.deal(contactId=contact), title="Προσφορά")
    strange = quoting.quote(world, described(description="გიორგი"))

    known, unknown = (text(world.admin, one["id"]) for one in (named, strange))

    assert "小明 Ивановна" in known
    assert "Προσφορά" in known
    assert "could not be printed" not in known
    assert "□ stands for signs that could not be printed: U+10D2" in unknown


def test_quote_11_texts_are_printed_as_they_are_and_obeyed_by_nothing(world: World) -> None:
    word = "https://example.com/" + "a" * 400
    poison = '#panic("no") $ x *b* _i_ `c` @r <l> \\ // /* #include "paper.typ" ' + word
    quote = quoting.quote(world, described(description=poison), title="= #sys.inputs")

    says = text(world.admin, quote["id"])

    assert '#panic("no") $ x *b* _i_ `c` @r <l> \\ // /* #include "paper.typ"' in says
    assert "= #sys.inputs" in says


def test_quote_11_amounts_are_written_as_their_currency_is(world: World) -> None:
    rate = {"currency": "JPY", "validOn": "2020-01-01", "rate": "0.01"}
    assert not world.admin.act("exchangeRateSet", rate).errors
    line = described("1250", quantity="2", unitPrice={"amount": "1250", "currency": "JPY"})
    quote = quoting.quote(world, line, currency="JPY")

    says = text(world.admin, quote["id"])

    assert "¥1,250 ¥2,500" in says
    assert "¥2,500.00" not in says


def test_quote_11_the_logo_is_printed_and_a_broken_one_left_out(world: World) -> None:
    quote = quoting.quote(world, SUPPORT)
    plain = ready(world.admin, quote["id"])
    given = {"logoUploadId": uploaded(world.admin, png(20, 30), "logo.png")}
    world.admin.act("workspaceUpdate", given, "workspace { id }")["workspace"]

    changed(world, quote, title="With a logo")

    assert "With a logo" in text(world.admin, quote["id"])
    assert ready(world.admin, quote["id"])["sha256"] != plain["sha256"]


def test_quote_11_a_pdf_is_served_to_who_sees_its_record(world: World) -> None:
    world.rep  # noqa: B018 - somebody to own it
    deal = quoting.deal(world, world.rep)
    quote = quoting.quote(world, SUPPORT, client=world.rep, dealId=deal)
    url = ready(world.rep, quote["id"])["url"]
    stranger = world.join("other", "REP")[0]

    with_key, alone = httpx.get(url), httpx.get(bare(url))
    by_owner = httpx.get(bare(url), headers=world.rep.headers)
    by_other = httpx.get(bare(url), headers=stranger.headers)

    codes = [one.status_code for one in (with_key, alone, by_owner, by_other)]
    assert codes == [200, 401, 200, 404]
    assert with_key.headers["content-type"] == "application/pdf"
    assert with_key.headers["x-content-type-options"] == "nosniff"
    name = f'inline; filename="{quote["number"]}.pdf"'
    assert with_key.headers["content-disposition"] == name
    etag = {"if-none-match": with_key.headers["etag"]}
    assert httpx.get(url, headers=etag).status_code == 304


def test_quote_11_a_link_ends_with_its_users_sight_of_the_record(world: World) -> None:
    world.rep  # noqa: B018 - somebody to own it
    quote = quoting.quote(world, SUPPORT, client=world.rep, dealId=quoting.deal(world, world.rep))
    url = ready(world.rep, quote["id"])["url"]

    leaving = {"id": world.user("rep"), "reassignTo": world.user("admin")}
    world.admin.act("userDeactivate", leaving, "user { id }")["user"]

    assert httpx.get(url).status_code == 404
    assert httpx.get(ready(world.admin, quote["id"])["url"]).status_code == 200
    assert httpx.get(f"{bare(url)}?key=AAAA").status_code == 401


def test_quote_11_contracts_and_invoices_have_pdfs(filled: World) -> None:
    query = """{ contracts(first: 1) { nodes { id number title signers { nodes { name } } } }
      invoices(first: 1) { nodes { id number billToName total { amount } } } }"""
    found = filled.admin.run(query)
    contract, invoice = found["contracts"]["nodes"][0], found["invoices"]["nodes"][0]

    agreed = text(filled.admin, contract["id"], "contract")
    billed = text(filled.admin, invoice["id"], "invoice")

    assert contract["number"] in agreed
    assert contract["title"] in agreed
    assert all(one["name"] in agreed for one in contract["signers"]["nodes"])
    assert invoice["number"] in billed
    assert invoice["billToName"] in billed
    assert f"{float(invoice['total']['amount']):,.2f}" in billed


def presses(server: Server) -> list[int]:
    """The printing processes of the instance's worker."""
    worker = server.ready["pids"]["worker"]
    children = Path(f"/proc/{worker}/task").glob("*/children")
    found = [int(pid) for one in children for pid in one.read_text().split()]
    return [pid for pid in found if b"pressing" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_quote_11_a_printing_process_that_is_killed_or_hangs_is_replaced(world: World) -> None:
    first = quoting.quote(world, SUPPORT)
    ready(world.admin, first["id"])
    killed, hanging = quoting.quote(world, SUPPORT), quoting.quote(world, SUPPORT)

    (press,) = presses(world.server)
    os.kill(press, signal.SIGKILL)
    changed(world, killed, title="After a death")
    assert "After a death" in text(world.admin, killed["id"])
    (press,) = presses(world.server)
    os.kill(press, signal.SIGSTOP)
    changed(world, hanging, title="After a halt")

    assert "After a halt" in text(world.admin, hanging["id"])
