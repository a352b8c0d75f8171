"""Discounts above a role's limit: who approves them, and what reopens the question."""

from typing import Any

import pytest

from tests.plugins.world import Client, World
from tests.resolvers import quoting
from tests.resolvers.quoting import ASKED, QUOTE, described, seat, team, tier

STATE = f"quote {{ {quoting.APPROVAL} }}"
NOTICES = "{ notifications { nodes { kind text quote { id } } } }"


def of_rep(world: World, *lines: dict[str, Any], **given: Any) -> Any:
    """A quote of the Sales Rep."""
    return quoting.quote(world, *lines, client=world.rep, **given)


def managed(world: World) -> Client:
    """The manager of the Sales Rep's team."""
    world.rep, world.manager  # noqa: B018 - they join
    team(world, "rep")
    return world.manager


def state(client: Client, quote: Any) -> str:
    found: str = quoting.read(client, quote["id"])["approval"]["state"]
    return found


def decide(client: Client, act: str, quote: Any, /, **given: Any) -> Any:
    return client.act(act, {"id": quote["id"]} | given, STATE)


def discounted(percent: str) -> dict[str, Any]:
    return described(discountPercent=percent)


@pytest.mark.parametrize(
    ("lines", "given"),
    [
        ([discounted("15.01")], {}),
        ([described()], {"discountPercent": "15.5"}),
        ([described("100")], {"discount": {"amount": "15.01"}}),
    ],
)
def test_quote_14_a_discount_above_the_limit_needs_an_approval(world, lines, given) -> None:
    manager = managed(world)

    made = of_rep(world, *lines, **given)
    refused = world.rep.act("quoteSend", {"id": made["id"]}, ASKED)

    assert made["approvalState"] == made["approval"]["state"] == "REQUIRED"
    assert made["approval"]["approver"]["id"] == world.user("manager")
    assert made["approval"]["requestedBy"]["id"] == world.user("rep")
    (error,) = refused.errors
    assert (error["__typename"], error["code"]) == ("ApprovalRequiredError", "APPROVAL_REQUIRED")
    assert error["limitPercent"] == "15"
    assert error["discountPercent"] in {"15.01", "15.5"}
    assert error["approvers"] == [{"id": world.user("manager")}]
    (notice,) = manager.run(NOTICES)["notifications"]["nodes"]
    assert (notice["kind"], notice["quote"]) == ("APPROVAL_REQUESTED", {"id": made["id"]})
    assert made["number"] in notice["text"]


def test_quote_14_a_discount_up_to_the_limit_needs_none(world: World) -> None:
    made = of_rep(world, discounted("15"), described(), discountPercent="15")

    assert made["approval"]["state"] == "NOT_NEEDED"
    assert not world.rep.act("quoteSend", {"id": made["id"]}).errors


def test_quote_14_a_price_set_by_hand_counts_after_the_quantity_discount(world: World) -> None:
    found = seat(world, "100")
    tier(world, found, "10", "20")
    line = {"productId": found, "quantity": "10"}

    tiered = of_rep(world, line)
    kept = of_rep(world, line | {"unitPriceOverride": {"amount": "68"}})
    lower = of_rep(world, line | {"unitPriceOverride": {"amount": "67.99"}})
    both = of_rep(world, line | {"unitPriceOverride": {"amount": "72"}, "discountPercent": "10"})

    states = [one["approval"]["state"] for one in (tiered, kept, lower, both)]
    assert states == ["NOT_NEEDED", "NOT_NEEDED", "REQUIRED", "REQUIRED"]


def test_quote_14_role_09_the_limit_is_that_of_the_sellers_role(world: World) -> None:
    deal = quoting.deal(world, ownerId=world.join("rep", "REP")[1])

    by_admin = quoting.quote(world, discounted("20"), dealId=deal)
    own = quoting.quote(world, discounted("100"))

    assert by_admin["approval"]["state"] == "REQUIRED"
    assert own["approval"]["state"] == "NOT_NEEDED"


SETTINGS = "{ roleSettings { nodes { id version role discountLimitPercent } } }"


def limit(world: World, role: str, percent: str) -> Any:
    nodes = world.admin.run(SETTINGS)["roleSettings"]["nodes"]
    (found,) = [one["id"] for one in nodes if one["role"] == role]
    given = {"id": found, "discountLimitPercent": percent}
    return world.admin.act("roleSettingUpdate", given, "roleSetting { discountLimitPercent }")


def test_role_09_an_admin_sets_the_limit_of_a_role(world: World) -> None:
    made = of_rep(world, discounted("18"))
    nodes = world.rep.run(SETTINGS)["roleSettings"]["nodes"]

    changed = limit(world, "REP", "20")

    assert {one["role"]: one["discountLimitPercent"] for one in nodes} == {
        "ADMIN": "100",
        "EXECUTIVE": "100",
        "FINANCE": "15",
        "MANAGER": "25",
        "REP": "15",
    }
    assert changed["roleSetting"]["discountLimitPercent"] == "20"
    assert made["approval"]["state"] == "REQUIRED"
    assert not world.rep.act("quoteSend", {"id": made["id"]}).errors
    assert state(world.rep, made) == "NOT_NEEDED"


@pytest.mark.parametrize("percent", ["-1", "100.5"])
def test_role_09_a_limit_that_cannot_be_is_refused(world: World, percent: str) -> None:
    (refusal,) = limit(world, "REP", percent).errors

    assert (refusal["code"], refusal["path"]) == ("INVALID_VALUE", ["discountLimitPercent"])


def test_quote_15_team_05_the_manager_of_the_sellers_team_approves(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, discounted("30"))

    approved = decide(manager, "quoteApprove", made, comment="Go on.")["quote"]["approval"]

    assert (approved["state"], approved["comment"]) == ("APPROVED", "Go on.")
    assert (approved["approver"]["id"], approved["approvedPercent"]) == (
        world.user("manager"),
        "30.00",
    )
    assert approved["decidedAt"]
    (notice,) = world.rep.run(NOTICES)["notifications"]["nodes"]
    assert (notice["kind"], notice["quote"]) == ("APPROVAL_DECIDED", {"id": made["id"]})
    assert not world.rep.act("quoteSend", {"id": made["id"]}).errors


@pytest.mark.parametrize("act", ["quoteApprove", "quoteReject", "quoteAdjustDiscount"])
@pytest.mark.parametrize("role", ["rep", "finance"])
def test_quote_15_a_seller_decides_nothing(world: World, act: str, role: str) -> None:
    managed(world)
    made = of_rep(world, discounted("30"))
    kind = f"{act[0].upper()}{act[1:]}Input"
    query = f"mutation($input: {kind}!) {{ {act}(input: $input) {{ operationId }} }}"

    answer = world.of(role).send(query, {"input": {"id": made["id"]}})

    assert answer.codes == ["FORBIDDEN"]
    assert state(world.rep, made) == "REQUIRED"


def test_team_05_where_a_manager_can_decide_nobody_else_does(world: World) -> None:
    managed(world)
    made = of_rep(world, discounted("30"))

    for other in (world.admin, world.executive):
        refused = decide(other, "quoteApprove", made)
        assert refused.codes == ["NOT_THE_APPROVER"]
        assert "Manager Manager" in refused.errors[0]["message"]


def test_team_05_without_a_team_an_admin_or_executive_decides(world: World) -> None:
    world.executive  # noqa: B018 - who decides
    made = of_rep(world, discounted("30"))

    assert made["approval"]["approver"] is None
    for client in (world.admin, world.executive):
        kinds = [one["kind"] for one in client.run(NOTICES)["notifications"]["nodes"]]
        assert kinds == ["APPROVAL_REQUESTED"]
    assert not decide(world.executive, "quoteApprove", made).errors


def test_team_05_a_manager_does_not_approve_what_they_asked_for(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, described())
    higher = {"id": made["id"], "discountPercent": "40"}

    asked = manager.act("quoteUpdate", higher, QUOTE)["quote"]["approval"]
    own = decide(manager, "quoteApprove", made)
    approved = decide(world.admin, "quoteApprove", made)

    assert (asked["state"], asked["approver"]) == ("REQUIRED", None)
    assert own.codes == ["SELF_APPROVAL"]
    assert approved["quote"]["approval"]["state"] == "APPROVED"


def test_team_05_a_manager_does_not_approve_a_quote_of_their_own(world: World) -> None:
    world.manager, world.rep  # noqa: B018 - they join
    team(world, "manager", "rep")
    made = quoting.quote(world, discounted("30"), client=world.manager)

    assert made["approval"]["state"] == "REQUIRED"
    assert decide(world.manager, "quoteApprove", made).codes == ["SELF_APPROVAL"]
    assert not decide(world.admin, "quoteApprove", made).errors


def test_team_05_a_manager_of_another_team_sees_nothing_to_decide(world: World) -> None:
    managed(world)
    other, _ = world.join("other", "MANAGER")

    assert decide(other, "quoteApprove", of_rep(world, discounted("30"))).codes == ["NOT_FOUND"]


def test_quote_15_the_manager_adjusts_the_discount(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, discounted("30"), described(), discountPercent="25")
    (first, _) = made["lines"]["nodes"]
    given = {"lines": [{"id": first["id"], "discountPercent": "20"}], "discountPercent": "10"}

    adjusted = manager.act(
        "quoteAdjustDiscount", {"id": made["id"], "comment": "So much."} | given, QUOTE
    )["quote"]

    assert quoting.sums(adjusted) == ("180.00", "18.00", "0.00", "162.00")
    assert [line["discountPercent"] for line in adjusted["lines"]["nodes"]] == ["20", "0"]
    approval = adjusted["approval"]
    assert (approval["state"], approval["approvedPercent"]) == ("ADJUSTED", "20.00")
    assert approval["comment"] == "So much."
    assert not world.rep.act("quoteSend", {"id": made["id"]}).errors


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, ["REQUIRED"]),
        ({"discountPercent": "101"}, ["INVALID_VALUE"]),
        ({"discount": {"amount": "1000"}}, ["INVALID_VALUE"]),
        ({"lines": [{"id": "qln_01HX9ZK2P8N3QR4ST5VW6XY7Z8", "discountPercent": "1"}]}, None),
    ],
)
def test_quote_15_an_adjustment_that_cannot_be_is_refused(world: World, given, codes) -> None:
    manager = managed(world)
    made = of_rep(world, discounted("30"))

    refused = decide(manager, "quoteAdjustDiscount", made, **given)

    assert refused.codes == (codes or ["NOT_FOUND"])
    assert quoting.read(world.rep, made["id"]) == made


def test_quote_15_a_higher_discount_later_reopens_the_approval(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, described(), discountPercent="30")
    assert not decide(manager, "quoteApprove", made).errors
    states = []

    for percent in ("25", "30", "31", "10"):
        given = {"id": made["id"], "discountPercent": percent}
        changed = world.rep.act("quoteUpdate", given, STATE)["quote"]
        states.append(changed["approval"]["state"])

    assert states == ["APPROVED", "APPROVED", "REQUIRED", "NOT_NEEDED"]
    kinds = [one["kind"] for one in manager.run(NOTICES)["notifications"]["nodes"]]
    assert kinds == ["APPROVAL_REQUESTED"] * 2


def test_quote_15_a_line_reopens_the_approval_as_well(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, discounted("20"))
    assert not decide(manager, "quoteApprove", made).errors
    given = {"quoteId": made["id"]} | discounted("20.5")

    added = world.rep.act("quoteLineAdd", given, STATE)["quote"]

    assert added["approval"]["state"] == "REQUIRED"


def test_quote_15_a_rejected_discount_is_asked_for_again_when_it_is_another(world) -> None:
    manager = managed(world)
    made = of_rep(world, described(), discountPercent="50")

    rejected = decide(manager, "quoteReject", made, comment="No.")["quote"]["approval"]
    refused = world.rep.act("quoteSend", {"id": made["id"]}, ASKED)
    titled = {"id": made["id"], "taxPercent": "5"}
    same = world.rep.act("quoteUpdate", titled, STATE)["quote"]["approval"]["state"]
    lower = {"id": made["id"], "discountPercent": "40"}
    again = world.rep.act("quoteUpdate", lower, STATE)["quote"]["approval"]["state"]

    assert (rejected["state"], rejected["comment"]) == ("REJECTED", "No.")
    assert refused.codes == ["APPROVAL_REQUIRED"]
    assert "rejected" in refused.errors[0]["message"]
    assert (same, again) == ("REJECTED", "REQUIRED")


def test_quote_15_what_needs_no_approval_is_not_decided_about(world: World) -> None:
    manager = managed(world)
    made = of_rep(world)

    for act in ("quoteApprove", "quoteReject", "quoteAdjustDiscount"):
        assert decide(manager, act, made).codes == ["INVALID_TRANSITION"]


def test_quote_15_an_approval_is_for_the_version_that_was_read(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, described(), discountPercent="20")
    higher = {"id": made["id"], "discountPercent": "60"}
    assert not world.rep.act("quoteUpdate", higher).errors

    stale = decide(manager, "quoteApprove", made, expectedVersion=made["version"])

    assert stale.codes == ["STALE_VERSION"]


def test_quote_15_a_copy_has_to_be_approved_anew(world: World) -> None:
    manager = managed(world)
    made = of_rep(world, discounted("30"))
    assert not decide(manager, "quoteApprove", made).errors

    copy = world.rep.act("quoteDuplicate", {"id": made["id"]}, STATE)["quote"]["approval"]

    assert (copy["state"], copy["approvedPercent"]) == ("REQUIRED", None)


def test_quote_15_approvals_of_a_page_of_quotes_take_as_many_statements(world: World) -> None:
    counted = []
    for _ in range(2):
        of_rep(world, discounted("30"))
        query = "{ quotes { nodes { approval { state requestedBy { name } } } } }"
        world.admin.run(query)
        before = world.server.statements()
        nodes = world.admin.run(query)["quotes"]["nodes"]
        counted.append(world.server.statements() - before)

    assert nodes[0]["approval"]["requestedBy"]["name"] == "Rep Rep"
    assert counted[0] == counted[1]
