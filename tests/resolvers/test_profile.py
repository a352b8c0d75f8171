"""The company's profile with its logo, the workspace's settings, and photos of users."""

import pytest

from tests.plugins.world import World
from tests.server.filing import archive, attached, bare, fetched, jpeg, png, uploaded

WORKSPACE = "workspace { name timeZone currency industry logoUrl supportDomain version }"


def test_setup_04_an_admin_completes_the_company_profile(world: World):
    given = {"name": "Acme Corporation", "timeZone": "Europe/Warsaw", "defaultCurrency": "eur"}
    given |= {"industry": "Software / SaaS", "logoUploadId": uploaded(world.admin, png(), "l.png")}

    made = world.admin.act("workspaceUpdate", given, WORKSPACE)["workspace"]

    logo = made.pop("logoUrl")
    assert made == {
        "name": "Acme Corporation",
        "timeZone": "Europe/Warsaw",
        "currency": "EUR",
        "industry": "Software / SaaS",
        "supportDomain": None,
        "version": 2,
    }
    assert fetched(logo).content == fetched(bare(logo), world.rep).content == png()


def test_setup_04_what_is_wrong_is_told_at_once_and_changes_nothing(world: World):
    given = {"name": " ", "timeZone": "Mars/Olympus", "defaultCurrency": "ZZZ"}
    given |= {"industry": "x" * 81}

    refused = world.admin.act("workspaceUpdate", given, WORKSPACE)

    assert [(one["code"], *one["path"]) for one in refused.errors] == [
        ("REQUIRED", "name"),
        ("INVALID_TIMEZONE", "timeZone"),
        ("INVALID_CURRENCY", "defaultCurrency"),
        ("TOO_LONG", "industry"),
    ]
    assert world.admin.run("{ viewer { workspace { version } } }")["viewer"]["workspace"] == {
        "version": 1
    }


def test_setup_04_a_new_currency_leaves_amounts_and_old_rates_alone(world: World):
    admin = world.admin
    world.deal(value={"amount": "100", "currency": "USD"})
    rate = {"currency": "EUR", "rate": "2", "validOn": "2026-01-01"}
    assert not admin.act("exchangeRateSet", rate).errors
    query = """{ deals { nodes { value { amount currency } } } dealAggregate { total {
      sumValue { amount currency } unconvertedValue { amount currency } } } }"""

    answers = []
    for currency in ("EUR", "USD"):
        assert not admin.act("workspaceUpdate", {"defaultCurrency": currency}).errors
        found = admin.run(query)
        assert found["deals"]["nodes"][0]["value"] == {"amount": "100.00", "currency": "USD"}
        answers.append(found["dealAggregate"]["total"])

    assert answers == [
        {
            "sumValue": {"amount": "0.00", "currency": "EUR"},
            "unconvertedValue": [{"amount": "100.00", "currency": "USD"}],
        },
        {"sumValue": {"amount": "100.00", "currency": "USD"}, "unconvertedValue": []},
    ]


@pytest.mark.waits_for("the leaderboard (KPI-03)")
def test_sec_05_an_admin_sets_the_workspace_up(world: World):
    given = {"supportDomain": "Support.Acme.example", "daysToClose": 45, "name": "Acme"}

    made = world.admin.act("workspaceUpdate", given, WORKSPACE)["workspace"]
    kind = """mutation($input: WorkspaceUpdateInput!) { workspaceUpdate(input: $input) {
      workspace { id } } }"""

    assert (made["name"], made["supportDomain"]) == ("Acme", "support.acme.example")
    assert world.executive.send(kind, {"input": given}).codes == ["FORBIDDEN"]


def test_setup_18_a_photo_is_shown_to_every_member_until_it_is_taken_away(world: World):
    me = world.rep.run("{ viewer { user { id } } }")["viewer"]["user"]["id"]
    given = {"id": me, "photoUploadId": uploaded(world.rep, jpeg(64, 64), "me.jpg")}
    made = world.rep.act("userUpdate", given, "user { avatarUrl }")["user"]["avatarUrl"]
    seen = world.finance.run("query($id: ID!) { user(id: $id) { avatarUrl } }", id=me)["user"]

    assert fetched(made).content == fetched(seen["avatarUrl"]).content == jpeg(64, 64)
    away = {"id": me, "photoUploadId": None}
    assert world.rep.act("userUpdate", away, "user { avatarUrl }")["user"] == {"avatarUrl": None}
    assert fetched(seen["avatarUrl"]).status_code == 404


def test_setup_18_a_photo_stays_while_it_is_shown(world: World):
    given = {"id": world.user("admin"), "photoUploadId": uploaded(world.admin, png())}
    url = world.admin.act("userUpdate", given, "user { avatarUrl }")["user"]["avatarUrl"]
    file = bare(url).rpartition("/")[2]

    assert world.admin.act("fileDelete", {"id": file}, "file { id }").codes == ["IN_USE"]
    assert world.rep.act("fileDelete", {"id": file}, "file { id }").codes == ["NOT_FOUND"]
    assert fetched(url).status_code == 200


WRONG = {
    "text called an image": b"hello",
    "drawing with script": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "PDF": b"%PDF-1.7",
    "archive": archive({"me.png": png()}),
    "too many pixels": png(4097, 10),
    "no pixels": png(0, 10),
    "cut off": png()[:20],
    "too large": png() + bytes(5 * 1024 * 1024),
    "empty": b"",
}


def test_setup_18_what_is_no_fitting_image_is_refused(world: World):
    found = {}
    for name, content in WRONG.items():
        upload = uploaded(world.admin, content, "me.png")
        given = {"id": world.user("admin"), "photoUploadId": upload}
        photo = world.admin.act("userUpdate", given, "user { id }")
        logo = world.admin.act("workspaceUpdate", {"logoUploadId": upload}, "workspace { id }")
        found[name] = [(one["code"], one["path"]) for one in photo.errors + logo.errors]

    both = [("INVALID_FILE", ["photoUploadId"]), ("INVALID_FILE", ["logoUploadId"])]
    assert found == dict.fromkeys(WRONG, both)


def test_setup_18_only_ones_own_upload_and_photo(world: World):
    upload = uploaded(world.admin, png())
    query = """mutation($input: UserUpdateInput!) { userUpdate(input: $input) { user { id } } }"""
    another = {"input": {"id": world.user("admin"), "photoUploadId": None}}

    refused = []
    for sent in (upload, "nonsense", world.contact()):
        me = world.rep and world.user("rep")
        given = {"id": me, "photoUploadId": sent}
        refused += world.rep.act("userUpdate", given, "user { id }").codes

    assert refused == ["NOT_FOUND", "INVALID_ID", "INVALID_ID"]
    assert world.rep.send(query, another).codes == ["FORBIDDEN"]


def test_setup_18_a_photo_that_is_beside_a_record_too_is_one_file(world: World):
    upload = uploaded(world.admin, png())
    given = {"id": world.user("admin"), "photoUploadId": upload}
    url = world.admin.act("userUpdate", given, "user { avatarUrl }")["user"]["avatarUrl"]

    attach = {"recordId": world.contact(), "uploadId": upload}
    file = world.admin.act("fileAttach", attach, "file { id }")["file"]["id"]

    assert bare(url).endswith(f"/{file}")
    assert attached(world.admin, world.contact(), png())["file"]["id"] != file
