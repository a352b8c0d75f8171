"""What a workspace's quotes, contracts and invoices begin with."""

import pytest

from tests.plugins.world import World

FIELDS = """workspace { address locale taxPercent quoteValidDays quoteTerms paymentTermsDays
  contractType contractAutoSend invoiceWonDeals contractSigner { id } }"""


def test_settings_of_documents_are_kept_as_they_are_sent(world: World) -> None:
    assert world.executive
    given = {
        "address": "Acme Inc.\n1 Main Street\nSpringfield",
        "locale": "de-DE",
        "taxPercent": "8.25",
        "quoteValidDays": 14,
        "quoteTerms": "Delivery within four weeks.",
        "paymentTermsDays": 15,
        "contractType": "SOW",
        "contractAutoSend": False,
        "invoiceWonDeals": True,
        "contractSignerId": world.user("executive"),
    }

    made = world.admin.act("workspaceUpdate", given, FIELDS)["workspace"]

    signer = {"id": given.pop("contractSignerId")}
    assert made == given | {"locale": "de_DE", "contractSigner": signer}


def test_a_new_workspace_has_sensible_settings(world: World) -> None:
    found = world.admin.run(f"{{ viewer {{ {FIELDS} }} }}")["viewer"]["workspace"]

    assert found == {
        "address": None,
        "locale": "en_US",
        "taxPercent": "0",
        "quoteValidDays": 30,
        "quoteTerms": None,
        "paymentTermsDays": 30,
        "contractType": "MSA",
        "contractAutoSend": True,
        "invoiceWonDeals": False,
        "contractSigner": None,
    }


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"taxPercent": "100.1"}, "INVALID_VALUE", "taxPercent"),
        ({"taxPercent": "-1"}, "INVALID_VALUE", "taxPercent"),
        ({"taxPercent": "8.00001"}, "INVALID_VALUE", "taxPercent"),
        ({"taxPercent": None}, "INVALID_VALUE", "taxPercent"),
        ({"quoteValidDays": 0}, "INVALID_VALUE", "quoteValidDays"),
        ({"paymentTermsDays": 366}, "INVALID_VALUE", "paymentTermsDays"),
        ({"locale": "xx_YY"}, "INVALID_VALUE", "locale"),
        ({"locale": None}, "INVALID_VALUE", "locale"),
        ({"contractType": None}, "REQUIRED", "contractType"),
        ({"address": "x" * 501}, "TOO_LONG", "address"),
    ],
)
def test_settings_that_make_no_sense_are_refused(world: World, given, code, path) -> None:
    refused = world.admin.act("workspaceUpdate", given, "workspace { id }").errors

    assert [(one["code"], one["path"]) for one in refused] == [(code, [path])]


def test_who_has_left_signs_nothing(world: World) -> None:
    assert world.rep
    left = world.user("rep")
    world.admin.act("userDeactivate", {"id": left, "reassignTo": world.user("admin")})

    refused = world.admin.act("workspaceUpdate", {"contractSignerId": left}, "workspace { id }")

    assert [one["path"] for one in refused.errors] == [["contractSignerId"]]
