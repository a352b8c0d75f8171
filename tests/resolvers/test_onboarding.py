"""Onboarding: the setup wizard, the checklist, the walkthrough, and help."""

import pytest

from auth.navigation import Section
from tests.every_entity.walk import cost
from tests.plugins.world import World
from tests.services.importing import Importer, people

WIZARD = """{ viewer { landing workspace {
  onboarding { currentStep totalSteps steps { key status doneAt } }
  checklist { key label done doneAt } } } }"""
STEPS = ["COMPANY_PROFILE", "INVITE_TEAM", "CONNECT_EMAIL", "IMPORT_CONTACTS"]
TASKS = ["SIGN_UP", *STEPS, "PIPELINE", "PRODUCT_CATALOGUE", "DEMO_WALKTHROUGH"]


def wizard(client):
    """Where the wizard stands: the landing, the current step, and how each step stands."""
    viewer = client.run(WIZARD)["viewer"]
    onboarding = viewer["workspace"]["onboarding"]
    statuses = [step["status"] for step in onboarding["steps"]]
    return viewer["landing"], onboarding["currentStep"], statuses


def done(client):
    """Which items of the checklist are done."""
    items = client.run(WIZARD)["viewer"]["workspace"]["checklist"]
    assert all(item["done"] is (item["doneAt"] is not None) for item in items)
    return [item["key"] for item in items if item["done"]]


def skip(client, step):
    return client.act("onboardingStepSkip", {"step": step}, "workspace { id }")


def test_setup_03_the_wizard_begins_with_the_first_of_four_steps(world: World):
    onboarding = world.admin.run(WIZARD)["viewer"]["workspace"]["onboarding"]

    assert (onboarding["currentStep"], onboarding["totalSteps"]) == (1, 4)
    assert [step["key"] for step in onboarding["steps"]] == STEPS
    assert wizard(world.admin)[2] == ["CURRENT", "PENDING", "PENDING", "PENDING"]


def test_setup_03_setup_14_the_wizard_goes_on_by_what_is_done_and_survives(world: World, server):
    admin, seen = world.admin, [wizard(world.admin)]
    same = {"name": admin.run("{ viewer { workspace { name } } }")["viewer"]["workspace"]["name"]}
    assert not admin.act("workspaceUpdate", same).errors
    seen.append(wizard(admin))
    invited = admin.act(
        "userInvite", {"email": "a@example.com", "role": "REP"}, "invitation { id }"
    )
    seen.append(wizard(admin))
    assert not skip(admin, "CONNECT_EMAIL").errors
    assert not admin.act("invitationRevoke", {"id": invited["invitation"]["id"]}).errors
    seen.append(wizard(admin))
    assert Importer(admin).counts(people(1, "x")) == [1, 0, 0]

    sign_in = {"email": world.email("admin"), "password": "four dull horses trot"}
    again = server.client(server.client(None).act("signIn", sign_in, "token")["token"])
    assert seen == [
        ("SETUP_WIZARD", 1, ["CURRENT", "PENDING", "PENDING", "PENDING"]),
        ("SETUP_WIZARD", 2, ["DONE", "CURRENT", "PENDING", "PENDING"]),
        ("SETUP_WIZARD", 3, ["DONE", "DONE", "CURRENT", "PENDING"]),
        ("SETUP_WIZARD", 4, ["DONE", "DONE", "SKIPPED", "CURRENT"]),
    ]
    assert wizard(again) == ("DASHBOARD", None, ["DONE", "DONE", "SKIPPED", "DONE"])


def test_setup_03_setup_14_every_step_can_be_skipped_in_any_order_and_done_later(world: World):
    for step in (STEPS[2], STEPS[0], STEPS[3], STEPS[2], STEPS[1]):
        assert not skip(world.admin, step).errors
    skipped = wizard(world.admin)
    assert not world.admin.act("workspaceUpdate", {"industry": "Trade"}).errors

    assert skipped == ("DASHBOARD", None, ["SKIPPED"] * 4)
    assert wizard(world.admin) == ("DASHBOARD", None, ["DONE", *["SKIPPED"] * 3])
    assert "INVITE_TEAM" not in done(world.admin)


def test_setup_03_only_an_admin_skips_a_step(world: World):
    query = """mutation($input: OnboardingStepSkipInput!) { onboardingStepSkip(input: $input) {
      operationId } }"""

    assert world.rep.send(query, {"input": {"step": "INVITE_TEAM"}}).codes == ["FORBIDDEN"]


def test_setup_11_the_checklist_has_the_manuals_eight_items_in_order(world: World):
    items = world.admin.run(WIZARD)["viewer"]["workspace"]["checklist"]

    assert [item["key"] for item in items] == TASKS
    assert items[0]["label"] == "Sign up or accept your invitation"
    assert done(world.admin) == ["SIGN_UP", "PIPELINE"]


def test_setup_11_setup_07_setup_08_setup_10_items_are_done_by_what_is_there(world: World):
    admin = world.admin
    assert not admin.act("demoWalkthroughComplete", {}).errors
    given = {"sku": "A-1", "name": "Seat", "billingType": "ONE_TIME"}
    product = admin.act("productCreate", given, "product { id }")["product"]["id"]
    everything = done(admin)
    for pipeline in admin.run("{ pipelines(filter: {kind: {eq: DEAL}}) { nodes { id } } }")[
        "pipelines"
    ]["nodes"]:
        admin.act("pipelineArchive", pipeline, "pipeline { id }")
    assert not admin.act("productDelete", {"id": product}).errors

    assert everything == ["SIGN_UP", "PIPELINE", "PRODUCT_CATALOGUE", "DEMO_WALKTHROUGH"]
    assert "PRODUCT_CATALOGUE" not in done(admin)
    left = admin.run(
        "{ pipelines(filter: {kind: {eq: DEAL}, archivedAt: {isNull: true}}) { totalCount } }"
    )
    assert ("PIPELINE" in done(admin)) is (left["pipelines"]["totalCount"] > 0)


@pytest.mark.waits_for("e-mail connections")
def test_setup_06_the_step_of_the_mailbox_is_open_until_one_is_connected(world: World):
    assert "CONNECT_EMAIL" not in done(world.admin)


def test_setup_09_the_first_product_completes_the_catalogue(world: World):
    before = "PRODUCT_CATALOGUE" in done(world.admin)
    given = {"sku": "A-1", "name": "Seat", "billingType": "ONE_TIME"}
    assert not world.admin.act("productCreate", given).errors

    assert (before, "PRODUCT_CATALOGUE" in done(world.admin)) == (False, True)


def test_setup_11_a_colleague_completes_the_invitation_and_everybody_is_told(world: World):
    assert "INVITE_TEAM" in done(world.rep)
    assert wizard(world.rep)[0] == "SETUP_WIZARD"


def test_setup_11_the_wizard_and_the_checklist_are_one_statement(world: World):
    bare = cost(world.admin, "{ viewer { workspace { name } } }")

    assert cost(world.admin, WIZARD) == bare + 1


def test_setup_10_the_walkthrough_takes_five_minutes_and_ends_for_who_went(world: World):
    query = """{ demoWalkthrough { estimatedMinutes completedAt steps { title body target } }
      viewer { navigation { path } } }"""
    begun = world.admin.run(query)["demoWalkthrough"]
    assert not world.admin.act("demoWalkthroughComplete", {}).errors
    again = world.admin.act("demoWalkthroughComplete", {}, "user { version }")["user"]
    colleague = world.rep.run(query)

    walk, paths = colleague["demoWalkthrough"], colleague["viewer"]["navigation"]
    assert (begun["estimatedMinutes"], begun["completedAt"], again["version"]) == (5, None, 2)
    assert len(begun["steps"]) == 8
    assert world.admin.run(query)["demoWalkthrough"]["completedAt"]
    assert walk["completedAt"] is None
    assert {step["target"] for step in walk["steps"]} < {one["path"] for one in paths}
    assert "DEMO_WALKTHROUGH" in done(world.admin)


def test_setup_15_each_section_has_a_page_of_the_guide(world: World):
    query = "query($one: Section) { help(section: $one) { section title markdown } }"

    pages = [world.rep.run(query, one=section.name)["help"] for section in Section]
    first = world.rep.run("{ help { section title markdown } supportEmail }")

    assert [page["section"] for page in pages] == [section.name for section in Section]
    assert len({page["title"] for page in pages}) == len(Section)
    for page in [*pages, first["help"]]:
        assert page["markdown"].startswith(f"# {page['title']}\n\n")
        assert len(page["markdown"]) > 200
    assert first["help"]["section"] is None
    assert first["supportEmail"] == "support@coeffection.com"


def test_setup_14_the_demo_workspace_is_set_up(server):
    assert wizard(server.demo("executive"))[:2] == ("DASHBOARD", None)
