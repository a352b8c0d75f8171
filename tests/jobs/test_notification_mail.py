"""How users are told: what each has chosen, mail at once, and the digest of the day."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.jobs.telling import mails, recurred, told
from tests.plugins.dev import eventually
from tests.plugins.world import Client, World
from tests.services.importing import worker
from tests.subscriptions.test_boards import cursor
from tests.subscriptions.wire import stream

NEW_YORK = ZoneInfo("America/New_York")
SETTINGS = "{ notificationSettings { kind inApp mail } }"
FEED = """subscription($after: Cursor) { notificationEvents(after: $after) { __typename
  ... on NotificationChanged { changed unreadCount notification { kind } } } }"""
SETTING = "notificationSetting { kind inApp mail }"


def settings(client: Client) -> dict[str, tuple[bool, str]]:
    found = client.run(SETTINGS)["notificationSettings"]
    return {one["kind"]: (one["inApp"], one["mail"]) for one in found}


def chosen(client: Client, kind: str, **ways: Any) -> Any:
    given = {"kind": kind} | ways
    return client.act("notificationSettingUpdate", given, SETTING)["notificationSetting"]


def task(world: World, title: str, **given: Any) -> str:
    values = {"title": title, "ownerId": world.user("rep")} | given
    made = world.admin.act("taskCreate", values, "task { id }")
    return str(made["task"]["id"])


def morning(days: int, minutes: int = 5) -> timedelta:
    """How far away the morning of a day is in New York."""
    day = datetime.now(NEW_YORK).date() + timedelta(days=days)
    return datetime.combine(day, time(8, minutes), NEW_YORK) - datetime.now(UTC)


def due(days: int, hour: int = 17) -> str:
    day = datetime.now(NEW_YORK).date() + timedelta(days=days)
    return datetime.combine(day, time(hour), NEW_YORK).isoformat()


def digests(world: World, who: str) -> list[str]:
    own = [world.email(who)]
    return [one["text"] for one in mails(world, "DIGEST") if one["recipients"] == own]


def test_comm_17_every_kind_has_its_channels_and_each_user_their_own(world):
    usual = settings(world.rep)

    changed = chosen(world.rep, "TASK_ASSIGNED", inApp=False, mail="AT_ONCE")
    mine, theirs = settings(world.rep), settings(world.manager)
    back = chosen(world.rep, "TASK_ASSIGNED", inApp=True, mail="DIGEST")

    assert len(usual) == 15
    assert usual["TASK_ASSIGNED"] == (True, "DIGEST")
    assert usual["CASE_ESCALATED"] == (True, "NEVER")
    assert changed == {"kind": "TASK_ASSIGNED", "inApp": False, "mail": "AT_ONCE"}
    assert mine == usual | {"TASK_ASSIGNED": (False, "AT_ONCE")}
    assert theirs == settings(world.rep) == usual
    assert back["mail"] == "DIGEST"
    assert world.rep.act("notificationSettingUpdate", {"kind": "MENTION"}).codes == ["EMPTY_PATCH"]


async def test_comm_17_what_is_switched_off_is_not_listed_counted_or_told(world):
    chosen(world.rep, "TASK_ASSIGNED", inApp=False)
    since = cursor(world)
    task(world, "Silent")
    deal = {"name": "Globex", "ownerId": world.user("rep")}
    assert not world.admin.act("dealCreate", deal).errors
    async with stream(world.server.url, world.rep.token, FEED, after=since) as events:
        _, _, first = await anext(events)

    event = first["data"]["notificationEvents"]
    assert (event["notification"]["kind"], event["unreadCount"]) == ("DEAL_ASSIGNED", 1)
    assert told(world.rep, "TASK_ASSIGNED") == []
    assert world.rep.run("{ notificationUnreadCount }") == {"notificationUnreadCount": 1}
    assert world.rep.run("{ notifications { totalCount } }")["notifications"]["totalCount"] == 1
    assert world.rep.act("notificationMarkAllRead", {}, "marked")["marked"] == 1


def test_comm_17_mail_at_once_is_one_mail_for_what_an_act_has_told(world):
    chosen(world.rep, "TASK_ASSIGNED", mail="AT_ONCE")
    task(world, "Call")
    assert eventually(lambda: len(mails(world, "NOTIFICATION")) == 1)
    rows = [{"title": f"Call {at}", "ownerId": world.user("rep")} for at in range(3)]
    assert not world.admin.act("taskBulkCreate", {"rows": rows}).errors
    assert eventually(lambda: len(mails(world, "NOTIFICATION")) == 2)
    chosen(world.rep, "TASK_ASSIGNED", mail="NEVER")
    task(world, "Silent")
    chosen(world.rep, "TASK_ASSIGNED", mail="AT_ONCE")
    task(world, "Loud")
    assert eventually(lambda: len(mails(world, "NOTIFICATION")) == 3)

    sent = mails(world, "NOTIFICATION")
    assert {tuple(one["recipients"]) for one in sent} == {(world.email("rep"),)}
    assert sent[0]["subject"] == "Ada Admin gave you the task “Call”."
    assert sent[1]["subject"] == f"3 things have happened in {world.name}"
    assert "“Call 2”" in sent[1]["text"]
    assert not any("Silent" in one["text"] for one in sent)


async def test_comm_17_the_digest_tells_once_a_day_what_is_unread_and_due(world, clock):
    world.of("manager")
    chosen(world.rep, "DEAL_ASSIGNED", mail="NEVER")
    read = task(world, "Read")
    for title, day in {"Unread": 9, "Soon": 1, "Far": 9}.items():
        task(world, title, dueAt=due(day))
    assert not world.admin.act("taskComplete", {"id": read}).errors
    deal = {"name": "Globex", "ownerId": world.user("rep")}
    assert not world.admin.act("dealCreate", deal).errors
    one = next(one for one in told(world.rep, "TASK_ASSIGNED") if "Read" in one["text"])
    assert not world.rep.act("notificationMarkRead", {"ids": [one["id"]]}).errors
    with worker(world.server):
        await clock(seconds=morning(1).total_seconds())
        assert await recurred(world, "digest", lambda: len(digests(world, "rep")) == 1)
        task(world, "New")
        await clock(seconds=morning(2).total_seconds())
        assert await recurred(world, "digest", lambda: len(digests(world, "rep")) == 2)

    first, second = digests(world, "rep")
    assert "the task “Unread”" in first
    assert "the task “Far”" in first
    assert "Soon (17:00)" in first.partition("Due today:")[2]
    assert not any(word in first for word in ("“Read”", "Far (", "Globex", "Overdue:"))
    assert "the task “New”" in second
    assert "Soon" in second.partition("Overdue:")[2]
    assert "the task “Unread”" not in second
    assert digests(world, "manager") == []


async def test_comm_17_the_digest_comes_at_eight_where_the_workspace_is(server, world, clock):
    london = World(server)
    assert not london.admin.act("workspaceUpdate", {"timeZone": "Europe/London"}).errors
    for one in (world, london):
        one.of("rep")
        task(one, "Call", dueAt=due(1, 9))
    await clock(seconds=morning(1, 0).total_seconds() - 900)
    assert await recurred(london, "digest", lambda: len(digests(london, "rep")) == 1)
    early = digests(world, "rep")
    await clock(seconds=morning(1).total_seconds())
    assert await recurred(world, "digest", lambda: len(digests(world, "rep")) == 1)

    assert early == []
    assert "Call (09:00)" in digests(world, "rep")[0]


async def test_comm_17_who_wants_no_mail_of_late_tasks_has_no_digest_of_tasks(world, clock):
    world.join("other", "REP")
    for kind in ("TASK_OVERDUE", "TASK_ASSIGNED"):
        chosen(world.rep, kind, mail="NEVER")
    task(world, "Call", dueAt=due(1))
    task(world, "Ask", dueAt=due(1), ownerId=world.user("other"))
    await clock(seconds=morning(1).total_seconds())

    assert await recurred(world, "digest", lambda: len(digests(world, "other")) == 1)
    assert digests(world, "rep") == []
