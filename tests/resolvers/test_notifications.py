"""Notifications: who is told what, and marking it as read."""

from typing import Any

QUERY = """query($filter: NotificationFilter) { notificationUnreadCount
  notifications(filter: $filter) { totalCount nodes { id kind text readAt actor { id }
    record { __typename ... on Node { id } } } } }"""
UNREAD = {"readAt": {"isNull": True}}


def told(client, **given) -> Any:
    return client.run(QUERY, **given)


def test_comm_17_who_is_given_a_record_is_told_in_the_same_act(world):
    world.of("rep")
    owner = {"ownerId": world.user("rep")}
    lead = {"firstName": "Lea", "lastName": "Dahl", "email": "lea@example.com"}
    case = {"subject": "Broken", "contactId": world.contact()}
    for act, given in {"taskCreate": {"title": "Call"}, "leadCreate": lead, "caseCreate": case,
                       "dealCreate": {"name": "Globex"}}.items():  # fmt: skip
        assert not world.admin.act(act, given | owner).errors

    found = told(world.rep)

    assert {
        (one["kind"], one["record"]["__typename"]) for one in found["notifications"]["nodes"]
    } == {
        ("TASK_ASSIGNED", "Task"),
        ("LEAD_ASSIGNED", "Lead"),
        ("CASE_ASSIGNED", "Case"),
        ("DEAL_ASSIGNED", "Deal"),
    }
    assert found["notificationUnreadCount"] == 4
    assert found["notifications"]["nodes"][-1]["text"] == "Ada Admin gave you the task “Call”."


def test_comm_17_a_bulk_tells_of_each_and_a_refused_act_of_nothing(world):
    world.of("rep")
    rows = [{"title": f"Call {at}", "ownerId": world.user("rep")} for at in range(3)]
    assert not world.admin.act("taskBulkCreate", {"rows": rows}).errors

    refused = world.admin.act("taskBulkCreate", {"rows": [*rows, {"title": ""}]})

    assert refused.errors == []
    assert told(world.rep)["notifications"]["totalCount"] == 3


def test_comm_17_nobody_is_told_what_they_did_themselves(world):
    world.rep.act("taskCreate", {"title": "Call"})

    assert told(world.rep)["notifications"]["totalCount"] == 0


def test_comm_17_they_are_read_one_by_one_or_all_at_once(world):
    world.of("rep")
    for at in range(3):
        world.admin.act("taskCreate", {"title": f"{at}", "ownerId": world.user("rep")})
    first = told(world.rep)["notifications"]["nodes"][0]["id"]

    done = world.rep.act("notificationMarkRead", {"ids": [first]}, "notifications { readAt }")
    left = told(world.rep, filter=UNREAD)
    marked = [world.rep.act("notificationMarkAllRead", {}, "marked")["marked"] for _ in range(2)]

    assert done["notifications"][0]["readAt"]
    assert (left["notificationUnreadCount"], left["notifications"]["totalCount"]) == (2, 2)
    assert marked == [2, 0]
    assert told(world.rep)["notificationUnreadCount"] == 0


def test_comm_17_nobody_reads_anothers_not_even_an_admin(world):
    world.of("rep")
    world.admin.act("taskCreate", {"title": "Call", "ownerId": world.user("rep")})
    (theirs,) = told(world.rep)["notifications"]["nodes"]

    refused = world.admin.act("notificationMarkRead", {"ids": [theirs["id"]]})

    assert told(world.admin)["notifications"]["totalCount"] == 0
    assert world.admin.node(theirs["id"]) is None
    assert [(one["code"], one["path"]) for one in refused.errors] == [("NOT_FOUND", ["ids", "0"])]


def test_comm_17_too_many_at_once_are_refused(world):
    ids = ["ntf_01HX9ZK2P8N3QR5S7T9V1W3X5Y"] * 501

    assert world.admin.act("notificationMarkRead", {"ids": ids}).codes == ["TOO_MANY"]


def test_comm_17_a_record_taken_away_is_no_longer_shown(world):
    world.of("rep")
    task = world.admin.act(
        "taskCreate", {"title": "A", "ownerId": world.user("rep")}, "task { id }"
    )
    given = {"id": task["task"]["id"], "ownerId": world.user("admin")}
    assert not world.admin.act("taskUpdate", given).errors

    (found,) = told(world.rep)["notifications"]["nodes"]

    assert (found["kind"], found["record"]) == ("TASK_ASSIGNED", None)


def test_comm_17_telling_costs_as_many_statements_with_settings_as_without(world):
    world.of("rep")

    def spent():
        before = world.server.statements()
        world.admin.act("taskCreate", {"title": "Call", "ownerId": world.user("rep")})
        return world.server.statements() - before

    usual = min(spent() for _ in range(5))
    for kind in ("TASK_ASSIGNED", "DEAL_ASSIGNED"):
        given = {"kind": kind, "inApp": False, "mail": "AT_ONCE"}
        assert not world.rep.act("notificationSettingUpdate", given).errors

    assert min(spent() for _ in range(5)) == usual
