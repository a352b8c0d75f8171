"""Workflows set off by the clock: once each time, at the hour it is where the workspace is."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.plugins.dev import eventually
from tests.plugins.world import World
from tests.services.importing import resting, sql, uuid
from tests.workflows import automating as auto

TASK = {"createTask": {"title": "It is time"}}
NOTE = {"addNote": {"text": "It is time"}}
DUE = "kind = 'workflow_schedule' AND subject_id = $1"
ZONE = ZoneInfo("America/New_York")


def scheduled(world, schedule, steps=(TASK,), **given):
    settings = {"schedule": schedule}
    return auto.workflow(world, "SCHEDULED", list(steps), settings=settings, **given)


def moments(world, workflow):
    found = map(auto.opened, auto.runs(world.admin, workflow))
    return sorted(run["payload"]["moment"] for run in found)


def ahead_to(moment):
    now = datetime.now(ZONE)
    return {"seconds": (moment - now).total_seconds() + 5}


async def test_wf_09_it_is_set_off_at_its_times_wherever_the_worker_is(world, clock):
    made = scheduled(world, {"cron": "30 9 * * *"})
    first = datetime.now(ZONE).replace(hour=9, minute=30, second=0, microsecond=0)
    first += timedelta(days=1 if first <= datetime.now(ZONE) else 0)

    await clock(**ahead_to(first))
    auto.ended(world.admin, made)
    await clock(**ahead_to(first + timedelta(days=1)))

    await asyncio.to_thread(auto.ended, world.admin, made, 2)
    local = [datetime.fromisoformat(one).astimezone(ZONE) for one in moments(world, made)]
    assert [(one.hour, one.minute) for one in local] == [(9, 30), (9, 30)]
    assert local[1].date() - local[0].date() == timedelta(days=1)


@pytest.mark.parametrize("month", [3, 11])
async def test_wf_09_once_a_day_when_clocks_change(automation, clock, month):
    change = next_change(month)
    await clock(**ahead_to(change - timedelta(days=1)))
    # Who signed in before would be signed out by then.
    world = World(automation)
    made = scheduled(world, {"cron": "30 2 * * *"})
    for day in range(3):
        await clock(**ahead_to(change + timedelta(days=day - 1, hours=4)))
        await asyncio.to_thread(auto.ended, world.admin, made, day + 1)

    days = [datetime.fromisoformat(one).astimezone(ZONE).date() for one in moments(world, made)]
    assert days == [change.date() + timedelta(days=day) for day in (-1, 0, 1)]


def next_change(month):
    """Midnight of the next day in a month on which clocks change."""
    day = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    while True:
        day += timedelta(days=1)
        begins, ends = (
            each.replace(tzinfo=ZONE).utcoffset() for each in (day, day + timedelta(days=1))
        )
        if day.month == month and begins != ends:
            return day.replace(tzinfo=ZONE)


async def test_wf_09_missed_times_are_one_and_a_clock_put_back_fires_nothing_twice(world, clock):
    made = scheduled(world, {"cron": "0 * * * *"})

    await clock(hours=30)
    auto.ended(world.admin, made)
    await clock(hours=29)
    await clock(hours=31)

    await asyncio.to_thread(auto.ended, world.admin, made, 2)
    found = moments(world, made)
    assert len(set(found)) == len(found) == 2


async def test_wf_09_each_record_that_fits_is_set_off(world, clock):
    note = {"addNote": {"text": "Still {{ lead.status }}"}}
    conditions = {"lead": {"status": {"eq": "NEW"}}}
    made = scheduled(
        world, {"rrule": "FREQ=HOURLY"}, [note], recordType="LEAD", conditions=conditions
    )
    leads = {auto.lead(world), auto.lead(world)}
    given = {"id": auto.lead(world), "toStatus": "CONTACTED", "expectedVersion": 1}
    assert not world.admin.act("leadMove", given).errors

    await clock(hours=1, minutes=1)

    runs = auto.ended(world.admin, made, 2)
    assert {run["record"]["id"] for run in runs} == leads


async def test_wf_09_a_time_that_comes_twice_is_one(world, clock):
    made = scheduled(world, {"cron": "0 * * * *"})
    copied = (
        "INSERT INTO due_work (workspace_id, id, kind, subject_id, at)"
        f" SELECT workspace_id, uuidv7(), kind, subject_id, at FROM due_work WHERE {DUE}"
    )
    await asyncio.to_thread(sql, world.server, copied, uuid(made))

    await clock(hours=1)

    await asyncio.to_thread(auto.ended, world.admin, made)
    left = f"SELECT count(*) FROM due_work WHERE {DUE}"

    def one_is_left() -> bool:
        return bool(sql(world.server, left, uuid(made))[0][0] == 1)

    assert await asyncio.to_thread(eventually, one_is_left)
    assert len(moments(world, made)) == 1


def test_wf_09_it_goes_by_the_new_time_zone_as_soon_as_there_is_one(world):
    made = [scheduled(world, {"cron": "0 8 * * *"}, name=f"Daily {at}") for at in range(2)]
    asleep = scheduled(world, {"cron": "0 8 * * *"}, name="Asleep", active=False)

    changed = world.admin.act("workspaceUpdate", {"timeZone": "Europe/Berlin"})

    assert not changed.errors
    due = "SELECT at FROM due_work WHERE kind = 'workflow_schedule' AND subject_id = $1"
    for one in made:
        ((moment,),) = sql(world.server, due, uuid(one))
        assert moment.astimezone(ZoneInfo("Europe/Berlin")).hour == 8
    assert sql(world.server, due, uuid(asleep)) == []


async def test_wf_09_a_schedule_goes_on_behind_a_time_that_was_given_up(world, clock):
    made = scheduled(world, {"cron": "0 * * * *"})
    with resting(world.server):
        tried = f"UPDATE due_work SET attempts = 5, last_error = 'x' WHERE {DUE}"
        sql(world.server, tried, uuid(made))
        await clock(hours=1)
    letters = "{ deadLetters { nodes { kind attempts error } } }"

    def given_up() -> bool:
        return bool(world.admin.run(letters)["deadLetters"]["nodes"])

    assert await asyncio.to_thread(eventually, given_up)
    assert auto.runs(world.admin, made) == []

    await clock(hours=2)

    run = await asyncio.to_thread(auto.one, world.admin, made)
    assert run["status"] == "SUCCEEDED"
    told = {"kind": "workflow_schedule", "attempts": 5, "error": "x"}
    assert world.admin.run(letters)["deadLetters"]["nodes"] == [told]


async def test_wf_09_a_schedule_goes_on_when_what_it_needs_is_back(world, clock):
    given = {"entity": "LEAD", "type": "TEXT", "label": "Tier", "key": "tier"}
    field = world.admin.act("customFieldCreate", given, "customField { id }")["customField"]["id"]
    own = {"lead": {"customFields": [{"key": "tier", "text": {"eq": "gold"}}]}}
    made = scheduled(world, {"cron": "0 * * * *"}, [NOTE], recordType="LEAD", conditions=own)
    lead = auto.lead(world, customFields=[{"key": "tier", "text": "gold"}])
    assert not world.admin.act("customFieldArchive", {"id": field}).errors
    left = f"SELECT at FROM due_work WHERE {DUE}"
    broken = "SELECT problem FROM workflow WHERE id = $1"
    await clock(hours=1)
    assert await asyncio.to_thread(
        eventually, lambda: sql(world.server, broken, uuid(made))[0][0] is not None
    )
    await clock(hours=2)
    assert await asyncio.to_thread(eventually, lambda: not sql(world.server, left, uuid(made)))
    assert not world.admin.act("customFieldRestore", {"id": field}).errors

    assert not world.admin.act("workflowUpdate", {"id": made, "name": "Again"}).errors

    await clock(hours=3)
    run = await asyncio.to_thread(auto.one, world.admin, made)
    assert (run["status"], run["record"]["id"]) == ("SUCCEEDED", lead)
