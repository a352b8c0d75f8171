"""What happens on boards: cards, totals, filters, sight, and coming back."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest

from core.ids import decode
from tests.plugins.world import World
from tests.services.importing import Importer, people
from tests.subscriptions.wire import BOARD, RECORDS, Feed, Socket, socket, stream

CARDS = ("CardUpserted", "CardRemoved")


def sales(world: World) -> dict[str, Any]:
    """The first pipeline of deals, with its stages by name."""
    query = """{ pipelines(filter: { kind: { eq: DEAL } }) { nodes { id name
      stages { nodes { id name } } } } }"""
    found = next(
        one for one in world.admin.run(query)["pipelines"]["nodes"] if one["name"] == "Sales"
    )
    return {"id": found["id"]} | {one["name"]: one["id"] for one in found["stages"]["nodes"]}


def cursor(world: World) -> str:
    """Where the log stands."""
    return str(world.admin.run("{ eventCursor }")["eventCursor"])


def move(world: World, deal: str, stage: str, **rest: Any) -> Any:
    version = world.admin.run("query($i: ID!) { deal(id: $i) { version } }", i=deal)["deal"]
    given = {"id": deal, "toStageId": stage, "expectedVersion": version["version"]} | rest
    return world.admin.act("dealMove", given, "deal { version rank }")


async def board(one: Socket, world: World, **variables: Any) -> Feed:
    """Follow the first pipeline from where the log stands."""
    given = {"id": sales(world)["id"], "after": cursor(world)} | variables
    return await one.follow(BOARD, **given)


async def test_deal_06_a_move_is_told_with_the_card_and_the_totals(world: World) -> None:
    stages = sales(world)
    deal = world.deal(value={"amount": "100"})
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world)
        moved = move(world, deal, stages["Qualified"])
        told = await feed.until(lambda event: event["__typename"] == "CardUpserted")

    card = told[-1]
    assert (card["stageId"], card["rank"]) == (stages["Qualified"], moved["deal"]["rank"])
    assert card["card"]["version"] == moved["deal"]["version"]
    assert (card["operationId"], "stage" in card["changed"]) == (
        moved.fields["operationId"],
        True,
    )
    totals = {event["stageId"]: (event["count"], event["totalValue"]) for event in told[:-1]}
    assert totals == {
        stages["Prospecting"]: (0, {"amount": "0.00"}),
        stages["Qualified"]: (1, {"amount": "100.00"}),
    }


async def test_deal_04_a_card_that_stops_fitting_the_filter_is_removed(world: World) -> None:
    deal = world.deal(name="Globex one")
    company = world.admin.act("companyCreate", {"name": "Initech"}, "company { id }")["company"]
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world, filter={"name": {"startsWith": "globex"}})
        world.admin.act("dealUpdate", {"id": deal, "companyId": company["id"]})
        kept = await feed.next(*CARDS)
        world.admin.act("dealUpdate", {"id": deal, "name": "Initech one"})
        gone = await feed.next(*CARDS)
        world.deal(name="Other")
        world.admin.act("dealUpdate", {"id": deal, "name": "Globex again"})
        back = await feed.next(*CARDS)

    assert (kept["__typename"], kept["card"]["id"]) == ("CardUpserted", deal)
    assert (gone["__typename"], gone["cardId"]) == ("CardRemoved", deal)
    assert gone["reason"] == "FILTERED_OUT"
    assert (back["__typename"], back["card"]["name"]) == ("CardUpserted", "Globex again")


async def test_deal_04_a_filter_on_a_linked_record_follows_that_record(world: World) -> None:
    company = world.admin.act("companyCreate", {"name": "Globex"}, "company { id }")["company"]
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world, filter={"company": {"name": {"eq": "Globex"}}})
        deal = world.deal(companyId=company["id"])
        await feed.next("CardUpserted")
        world.admin.act("companyUpdate", {"id": company["id"], "name": "Initech"})
        gone = await feed.next(*CARDS)
        world.admin.act("companyUpdate", {"id": company["id"], "name": "Globex"})
        back = await feed.next(*CARDS)

    assert (gone["cardId"], gone["reason"]) == (deal, "FILTERED_OUT")
    assert (back["__typename"], back["card"]["id"]) == ("CardUpserted", deal)


async def test_deal_04_who_does_not_see_a_card_never_receives_it(world: World) -> None:
    world.rep  # noqa: B018 - has to have joined
    async with socket(world.server.url) as one:
        await one.init(world.rep.token)
        feed = await board(one, world)
        hidden = world.deal(name="Hidden", ownerId=world.user("admin"))
        world.admin.act("dealUpdate", {"id": hidden, "name": "Hidden still"})
        shown = world.deal(name="Shown", ownerId=world.user("rep"))
        first = await feed.next(*CARDS)
        world.admin.act("dealUpdate", {"id": shown, "ownerId": world.user("admin")})
        gone = await feed.next(*CARDS)

    assert (first["__typename"], first["card"]["id"]) == ("CardUpserted", shown)
    assert (gone["cardId"], gone["reason"]) == (shown, "NO_LONGER_VISIBLE")


async def test_deal_06_leaving_the_pipeline_or_the_world_is_told(world: World) -> None:
    query = "{ pipelines { nodes { name stages { nodes { id } } } } }"
    pipelines = world.admin.run(query)["pipelines"]["nodes"]
    other = next(one for one in pipelines if one["name"] == "Enterprise Sales")
    first, second = world.deal(), world.deal()
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world)
        move(world, first, other["stages"]["nodes"][0]["id"])
        moved = await feed.next(*CARDS)
        world.admin.act("dealDelete", {"id": second})
        deleted = await feed.next(*CARDS)
        world.admin.act("dealRestore", {"id": second})
        restored = await feed.next(*CARDS)

    assert (moved["cardId"], moved["reason"]) == (first, "MOVED_PIPELINE")
    assert (deleted["cardId"], deleted["reason"]) == (second, "DELETED")
    assert restored["card"]["id"] == second


async def test_deal_06_whoever_comes_back_has_missed_nothing(world: World) -> None:
    stages, deals = sales(world), [world.deal(name=f"Deal {at}") for at in range(4)]
    since = cursor(world)
    for deal in deals[:3]:
        move(world, deal, stages["Qualified"])
    move(world, deals[0], stages["Proposal Sent"])
    world.admin.act("dealDelete", {"id": deals[1]})
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world, after=since)
        missed = [await feed.next(*CARDS) for _ in range(3)]
        move(world, deals[3], stages["Qualified"])
        live = await feed.next(*CARDS)

    told = {one.get("cardId") or one["card"]["id"]: one for one in missed}
    assert set(told) == set(deals[:3])
    assert told[deals[0]]["stageId"] == stages["Proposal Sent"]
    assert told[deals[1]]["reason"] == "DELETED"
    assert live["card"]["id"] == deals[3]
    positions = [int(one["cursor"]) for one in [*missed, live]]
    assert positions == sorted(set(positions))


@pytest.mark.parametrize("after", ["999999999", "0"])
async def test_gql_03_a_cursor_from_nowhere_says_so(world: World, after: str) -> None:
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world, after=after)
        deal = world.deal()
        told = await feed.until(lambda event: event["__typename"] == "CardUpserted")

    assert told[-1]["card"]["id"] == deal
    reasons = [one["why"] for one in told if one["__typename"] == "ResyncRequired"]
    assert reasons == (["CURSOR_EXPIRED"] if after != "0" else reasons)


async def test_gql_03_below_the_log_there_is_no_silent_gap(world: World) -> None:
    since = cursor(world)
    world.deal()
    owner = await asyncpg.connect(world.server.ready["databaseUrl"])
    query = "DELETE FROM event WHERE workspace_id = $1 AND position <= $2"
    workspace = (decode(world.id) or ("", ""))[1]
    await owner.execute(query, workspace, int(since) + 1)
    await owner.close()
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world, after=since)

        assert (await feed.next())["why"] == "CURSOR_EXPIRED"


async def test_gql_03_permissions_that_change_regroup_their_feeds(world: World) -> None:
    world.manager, world.rep  # noqa: B018 - have to have joined
    given = {"name": "East", "managerId": world.user("manager")}
    team = world.admin.act("teamCreate", given, "team { id }")["team"]["id"]
    member = {"teamId": team, "userId": world.user("rep")}
    async with socket(world.server.url) as one:
        await one.init(world.manager.token)
        feed = await board(one, world)
        # One change alone: what is told behind a second one may be part of what is read anew.
        world.admin.act("teamMemberAdd", member)
        told = await feed.next("ResyncRequired")
        deal = world.deal(ownerId=world.user("rep"))
        shown = await feed.next(*CARDS)

    assert told["why"] == "PERMISSIONS_CHANGED"
    assert shown["card"]["id"] == deal


@pytest.mark.parametrize("act", ["join", "promote"])
async def test_gql_03_a_sight_that_changed_while_away_is_told(world: World, act) -> None:
    world.manager, world.rep  # noqa: B018 - have to have joined
    since = cursor(world)
    if act == "join":
        given = {"name": "East", "managerId": world.user("manager")}
        world.admin.act("teamCreate", given | {"memberIds": [world.user("rep")]})
    else:
        world.admin.act("userRoleUpdate", {"id": world.user("manager"), "role": "EXECUTIVE"})
    async with socket(world.server.url) as one:
        await one.init(world.manager.token)
        feed = await board(one, world, after=since)
        told = await feed.next("ResyncRequired")

    assert told["why"] == "PERMISSIONS_CHANGED"


async def test_deal_04_changed_stages_are_told(world: World) -> None:
    stages = sales(world)
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await board(one, world)
        given = {"id": stages["Qualified"], "name": "Very qualified"}
        world.admin.act("pipelineStageUpdate", given)
        told = await feed.next("StagesChanged")

    names = [one["name"] for one in told["stages"]]
    assert (names[0], names[1]) == ("Prospecting", "Very qualified")


async def test_gql_03_records_out_of_sight_are_as_silent_as_none(world: World) -> None:
    world.rep  # noqa: B018 - has to have joined
    hidden = world.deal(ownerId=world.user("admin"))
    shown = world.deal(ownerId=world.user("rep"))
    nobody = f"deal_{'0' * 26}"
    async with socket(world.server.url) as one:
        await one.init(world.rep.token)
        ids = [hidden, shown, nobody]
        feed = await one.follow(RECORDS, ids=ids, after=cursor(world))
        world.admin.act("dealUpdate", {"id": hidden, "name": "Still hidden"})
        world.admin.act("dealUpdate", {"id": shown, "name": "Changed"})
        told = await feed.next()

    assert (told["record"]["id"], told["record"]["name"]) == (shown, "Changed")
    assert told["changed"] == ["name"]


async def test_proj_05_progress_is_told_when_tasks_are_done(world: World) -> None:
    project = world.admin.act("projectCreate", {"name": "Move"}, "project { id }")["project"]["id"]
    given = {"title": "Pack", "projectId": project}
    task = world.admin.act("taskCreate", given, "task { id }")["task"]["id"]
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        feed = await one.follow(RECORDS, ids=[project], after=cursor(world))
        world.admin.act("taskUpdate", {"id": task, "status": "DONE"})
        told = await feed.next()

    assert (told["record"]["progressPercent"], told["changed"]) == (100, ["progressPercent"])


@pytest.mark.parametrize(
    ("feed", "act", "given", "kind"),
    [
        (
            "leadBoardEvents",
            "leadCreate",
            {"lastName": "Chen", "email": "lead@globex.example"},
            "Lead",
        ),
        ("caseBoardEvents", "caseCreate", {"subject": "Broken"}, "Case"),
        ("taskBoardEvents", "taskCreate", {"title": "Call"}, "Task"),
        ("projectBoardEvents", "projectCreate", {"name": "Move"}, "Project"),
    ],
)
async def test_lead_03_case_17_task_03_gql_03_every_board_has_its_feed(
    world: World, feed, act, given, kind
) -> None:
    query = f"""subscription F($after: Cursor) {{ {feed}(after: $after) {{ __typename
      ... on {kind}CardUpserted {{ cursor rank card {{ id }} }}
      ... on {kind}ColumnTotalsChanged {{ count }} }} }}"""
    field = kind[0].lower() + kind[1:]
    given = given | ({"contactId": world.contact()} if kind == "Case" else {})
    async with socket(world.server.url) as one:
        await one.init(world.admin.token)
        told = await one.follow(query, after=cursor(world))
        made = world.admin.act(act, given, f"{field} {{ id }}")[field]["id"]

        assert (await told.next(f"{kind}CardUpserted"))["card"]["id"] == made


async def test_gql_03_a_stream_goes_on_behind_its_last_event(world: World) -> None:
    deal = world.deal()
    since = cursor(world)
    for name in ("One", "Two", "Three"):
        world.admin.act("dealUpdate", {"id": deal, "name": name})
    url, token = world.server.url, world.admin.token
    async with stream(url, token, RECORDS, ids=[deal], after=since) as events:
        event, place, told = await anext(events)
    world.admin.act("dealUpdate", {"id": deal, "name": "Four"})
    async with stream(url, token, RECORDS, last=place, ids=[deal], after=since) as events:
        _, later, more = await anext(events)

    assert (event, told["data"]["recordEvents"]["record"]["name"]) == ("next", "Three")
    assert more["data"]["recordEvents"]["record"]["name"] == "Four"
    assert int(later) > int(place) > int(since)


async def test_deal_06_movers_at_once_lose_and_double_nothing(world: World) -> None:
    stages = sales(world)
    deals = [world.deal(name=f"Deal {at}") for at in range(8)]
    async with socket(world.server.url) as one, socket(world.server.url) as other:
        feeds = []
        for each in (one, other):
            await each.init(world.admin.token)
            feeds.append(await board(each, world))
        names = ("Qualified", "Proposal Sent", "Qualified")
        for name in names:
            await asyncio.gather(
                *(asyncio.to_thread(move, world, deal, stages[name]) for deal in deals)
            )
        last = world.deal(name="Last")
        told = [
            await feed.until(lambda event: event.get("card", {}).get("id") == last)
            for feed in feeds
        ]

    assert told[0] == told[1]
    for events in told:
        final = {event["card"]["id"]: event for event in events if "card" in event}
        assert {final[deal]["stageId"] for deal in deals} == {stages["Qualified"]}
        assert {final[deal]["card"]["version"] for deal in deals} == {4}
        cursors = [int(event["cursor"]) for event in events if "card" in event]
        assert cursors == sorted(set(cursors))


async def test_cont_24_an_import_tells_how_far_it_is_until_it_ends(world: World) -> None:
    importer = Importer(world.admin)
    import_id = importer.ready(people(3, "live"))
    query = """subscription I($id: ID!) { importProgress(id: $id) {
      status totalRows doneRows createdRows import { id } } }"""
    async with stream(world.server.url, world.admin.token, query, id=import_id) as events:
        importer.start(import_id)["import"]
        told = [data async for event, _, data in events if event == "next"]
        last = told[-1]["data"]["importProgress"]

    assert (last["status"], last["doneRows"], last["createdRows"]) == ("COMPLETED", 3, 3)
    assert last["import"]["id"] == import_id


async def test_cont_24_an_import_of_others_is_as_silent_as_none(world: World) -> None:
    import_id = Importer(world.admin).ready(people(1, "own"))
    query = "subscription I($id: ID!) { importProgress(id: $id) { status } }"
    for one in (import_id, f"imp_{'0' * 26}"):
        async with stream(world.server.url, world.rep.token, query, id=one) as events:
            assert [event async for event, _, _ in events] == ["complete"]


async def test_gql_03_whoever_vanishes_takes_nobody_along(world: World) -> None:
    pipeline, since = sales(world)["id"], cursor(world)
    async with AsyncExitStack() as stack:

        async def following(times: int) -> Socket:
            one = await stack.enter_async_context(socket(world.server.url))
            await one.init(world.admin.token)
            for key in range(times):
                await one.follow(BOARD, str(key), id=pipeline, after=since)
            return one

        stays = Feed(await following(1), "0")
        vanishing = [await following(20) for _ in range(20)]
        made = [
            asyncio.create_task(asyncio.to_thread(world.deal, name=f"Deal {number}"))
            for number in range(3 * len(vanishing))
        ]
        for one in vanishing:
            await asyncio.sleep(0.02)
            one.wire.transport.abort()
        cards = set(await asyncio.gather(*made))
        while cards:
            cards.discard((await stays.next("CardUpserted"))["card"]["id"])
