"""Contracts: made of quotes and by hand, their documents, and signing on paper."""

from tests.plugins.world import World
from tests.resolvers import cash, quoting


def test_contr_01_contr_02_an_accepted_quote_makes_one_numbered_draft(world: World) -> None:
    done = cash.accepted(world)
    again = world.admin.act("quoteAccept", {"id": done["quote"]["id"]}, "contract { id }")

    made, quote = done["contract"], done["quote"]
    assert again["contract"]["id"] == made["id"]
    assert made["number"].startswith("CT-")
    assert made["number"].endswith("-0001")
    assert (made["status"], made["type"]) == ("DRAFT", "MSA")
    assert (made["title"], made["value"]) == (quote["title"], quote["total"])
    assert [made[name] for name in ("deal", "quote", "contact")] == [
        quote["deal"],
        {"id": quote["id"]},
        quote["contact"],
    ]
    parties = [(one["party"], one["status"]) for one in made["signers"]["nodes"]]
    assert parties == [("CUSTOMER", "PENDING"), ("COMPANY", "PENDING")]
    assert "No signature service is connected" in made["statusReason"]


def test_contr_08_contr_09_a_signed_copy_wins_the_deal_and_invoices_it(world: World) -> None:
    done = cash.accepted(world, quoting.described("100"), quoting.described("0.05"))
    deal = done["quote"]["deal"]["id"]

    signed = cash.by_upload(world, done["contract"]["id"])

    assert signed["status"] in {"FULLY_SIGNED", "ACTIVE"}
    assert signed["signedDocument"]["contentType"] == "application/pdf"
    found = cash.invoiced(world, deal)
    assert found["total"] == done["quote"]["total"]
    query = "query($id: ID!) { deal(id: $id) { stage { category } } }"
    assert world.admin.run(query, id=deal)["deal"]["stage"]["category"] == "WON"
