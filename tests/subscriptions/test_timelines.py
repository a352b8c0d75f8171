"""Timelines and notifications that follow what happens."""

from typing import Any

import pytest

from tests.plugins.world import World
from tests.subscriptions.test_boards import cursor
from tests.subscriptions.wire import Feed, Socket, socket, stream

ACTIVITIES = """subscription Activities($id: ID!, $after: Cursor, $kinds: [TimelineKind!]) {
  activityEvents(recordId: $id, after: $after, kinds: $kinds) { __typename
    ... on ActivityUpserted { cursor changed item { __typename id at
      ... on Note { body } ... on TimelineEvent { event }
      ... on TimelineRecord { recordKind record { ... on Deal { name } } } } }
    ... on ActivityRemoved { cursor itemId reason }
    ... on ResyncRequired { cursor why: reason } } }"""
NOTIFICATIONS = """subscription Notifications($after: Cursor) {
  notificationEvents(after: $after) { __typename
    ... on NotificationChanged { cursor changed unreadCount
      notification { id text readAt record { ... on Task { title } } } }
    ... on ResyncRequired { cursor why: reason } } }"""


def note(world: World, record: str, body: str = "Call them") -> str:
    """Write a note about a record; its id."""
    made = world.admin.act("noteAdd", {"body": body, "about": [record]}, "note { id }")
    return str(made["note"]["id"])


async def follow(one: Socket, world: World, record: str, **given: Any) -> Feed:
    """Follow a timeline from where the log stands."""
    return await one.follow(ACTIVITIES, id=record, **({"after": cursor(world)} | given))


async def test_gql_03_a_timeline_tells_what_comes_changes_and_goes(world: World) -> None:
    contact, other = world.contact(), world.contact()
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, contact)
        note(world, other)
        made = note(world, contact)
        told = [await feed.next()]
        world.admin.act("noteUpdate", {"id": made, "body": "Write to them"})
        told.append(await feed.next())
        for verb in ("noteDelete", "noteRestore"):
            world.admin.act(verb, {"id": made})
            told.append(await feed.next())
        world.admin.act("noteUnlink", {"id": made, "recordIds": [contact]})
        told.append(await feed.next())
        world.admin.act("noteLink", {"id": made, "recordIds": [contact]})
        told.append(await feed.next())

    bodies = [one["item"]["body"] for one in told if "item" in one]
    assert bodies == ["Call them", *["Write to them"] * 3]
    gone = [(one["itemId"], one["reason"]) for one in told if "itemId" in one]
    assert gone == [(made, "DELETED"), (made, "UNLINKED")]
    assert told[1]["changed"] == ["body"]


async def test_gql_03_a_timeline_tells_the_records_begun_and_the_acts_on_it(world: World) -> None:
    contact = world.contact()
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, contact)
        deal = world.deal(name="Globex", contactId=contact)
        begun = await feed.until(lambda event: event.get("item", {}).get("id") == deal)
        world.admin.act("contactUpdate", {"id": contact, "jobTitle": "Head"})
        act = await feed.next("ActivityUpserted")
        world.admin.act("dealUpdate", {"id": deal, "contactId": None})
        left = await feed.next("ActivityRemoved")

    assert begun[-1]["item"]["record"] == {"name": "Globex"}
    assert (act["item"]["__typename"], act["item"]["event"]) == ("TimelineEvent", "contact.updated")
    assert (left["itemId"], left["reason"]) == (deal, "UNLINKED")


async def test_gql_03_a_timeline_out_of_sight_is_as_silent_as_none(world: World) -> None:
    hidden, shown = world.contact(), world.contact(world.rep)
    since = cursor(world)
    async with socket(world.server.url) as one:
        await one.init(world.rep.token)
        for key, record in (("1", hidden), ("2", f"cnt_{'0' * 26}"), ("3", shown)):
            await one.follow(ACTIVITIES, key, id=record, after=since)
        note(world, hidden)
        note(world, shown)
        seen = await one.hear()
        world.admin.act("contactUpdate", {"id": shown, "ownerId": world.user("admin")})
        left = await one.hear()

    assert (seen["id"], left["id"]) == ("3", "3")
    event = left["payload"]["data"]["activityEvents"]
    assert event["why"] == "PERMISSIONS_CHANGED"


async def test_gql_03_who_comes_back_to_a_timeline_has_missed_nothing(world: World) -> None:
    contact = world.contact()
    since, url, token = cursor(world), world.server.url, world.admin.token
    first, second = note(world, contact, "One"), note(world, contact, "Two")
    async with stream(url, token, ACTIVITIES, id=contact, after=since) as events:
        _, place, told = await anext(events)
    third = note(world, contact, "Three")
    async with stream(url, token, ACTIVITIES, last=place, id=contact, after=since) as events:
        more = [(await anext(events))[2] for _ in range(2)]

    items = [one["data"]["activityEvents"]["item"]["id"] for one in (told, *more)]
    assert items == [first, second, third]


async def test_gql_03_a_timeline_follows_a_merge(world: World) -> None:
    kept, gone = world.contact(email="one@globex.example"), world.contact(email=None)
    note(world, gone)
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, kept)
        merged = world.admin.act("contactMerge", {"primaryId": kept, "duplicateIds": [gone]})
        assert not merged.errors
        told = [(await feed.next())["why"]]
        undone = world.admin.act("undo", {"operationId": merged.fields["operationId"]})
        assert not undone.errors
        told.append((await feed.next())["why"])

    assert told == ["BULK_CHANGE", "BULK_CHANGE"]


async def test_gql_03_a_timeline_follows_what_is_undone(world: World) -> None:
    contact = world.contact()
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await follow(one, world, contact)
        done = world.admin.act("noteAdd", {"body": "A", "about": [contact]})
        await feed.next("ActivityUpserted")
        world.admin.act("undo", {"operationId": done.fields["operationId"]})
        left = await feed.next()

    assert left["why"] == "BULK_CHANGE"


@pytest.mark.parametrize("after", ["999999999", "yesterday"])
async def test_gql_03_a_timeline_refuses_what_is_no_place_in_its_log(world, after) -> None:
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        await one.follow(ACTIVITIES, id=world.contact(), after=after)
        message = await one.hear()

    if after == "yesterday":
        assert message["payload"][0]["extensions"]["code"] == "INVALID_CURSOR"
    else:
        assert message["payload"]["data"]["activityEvents"]["why"] == "CURSOR_EXPIRED"


async def test_comm_17_notifications_are_told_as_they_are_made_and_read(world: World) -> None:
    since = cursor(world) if world.rep else ""
    async with socket(world.server.url) as one, socket(world.server.url) as other:
        await one.init(world.rep.token)
        feed = await one.follow(NOTIFICATIONS, after=since)
        await other.init(world.admin.token)
        others = await other.follow(NOTIFICATIONS, after=since)
        world.admin.act("taskCreate", {"title": "Pack", "ownerId": world.user("rep")})
        made = await feed.next()
        world.rep.act("notificationMarkRead", {"ids": [made["notification"]["id"]]})
        read = await feed.next()
        world.rep.act("taskCreate", {"title": "Ask", "ownerId": world.user("admin")})
        first = await others.next()

    assert (made["notification"]["record"], made["unreadCount"]) == ({"title": "Pack"}, 1)
    assert (read["changed"], read["unreadCount"]) == (["readAt"], 0)
    assert read["notification"]["readAt"]
    assert first["notification"]["record"] == {"title": "Ask"}


async def test_comm_17_who_comes_back_is_told_of_what_was_made_meanwhile(world: World) -> None:
    since = cursor(world) if world.rep else ""
    world.admin.act("taskCreate", {"title": "Pack", "ownerId": world.user("rep")})
    async with stream(world.server.url, world.rep.token, NOTIFICATIONS, after=since) as events:
        _, place, told = await anext(events)

    assert told["data"]["notificationEvents"]["notification"]["record"] == {"title": "Pack"}
    assert int(place) > int(since)
