"""Scores of leads: every signal counts once, old ones count less, and a high score is told."""

import asyncio
from typing import Any

from tests.plugins.dev import eventually
from tests.plugins.world import Client, Payload, Server, World
from tests.services.importing import resting, sql, uuid, worker

PATIENCE = 120.0
WEIGHTS = "{ leadScoreWeights { nodes { id version signal points most halfLifeDays } } }"
SCORE = """query($id: ID!) { lead(id: $id) { score version
  scoreBreakdown { signal count points lastAt } } }"""
ALERTS = """{ notifications(filter: {kind: {eq: LEAD_SCORE}}) {
  nodes { text record { __typename ... on Lead { id } } } } }"""


def lead(client: Client, **given: Any) -> str:
    made = client.act("leadCreate", {"lastName": "Okafor"} | given, "lead { id }")
    found: str = made["lead"]["id"]
    return found


def state(world: World, lead_id: str) -> Any:
    return world.admin.run(SCORE, id=lead_id)["lead"]


def scored(world: World, lead_id: str, score: int) -> bool:
    return eventually(lambda: state(world, lead_id)["score"] == score, PATIENCE)


def call(world: World, lead_id: str, direction: str = "INBOUND", **given: Any) -> None:
    values = {"direction": direction, "about": [lead_id]} | given
    assert not world.admin.act("callLog", values).errors


def form(world: World, **more: str) -> str:
    fields = [{"name": name, "field": field} for name, field in more.items()]
    given = {"name": "Ask us", "target": "LEAD", "fields": fields}
    key: str = world.admin.act("webFormCreate", given, "webForm { key }")["webForm"]["key"]
    return f"/forms/{key}"


def weigh(world: World, signal: str, **given: Any) -> Payload:
    nodes = world.admin.run(WEIGHTS)["leadScoreWeights"]["nodes"]
    (weight,) = [one for one in nodes if one["signal"] == signal]
    return world.admin.act(
        "leadScoreWeightUpdate", {"id": weight["id"]} | given, "leadScoreWeight { points }"
    )


def signals(world: World) -> int:
    statement = "SELECT count(*) FROM lead_signal WHERE workspace_id = $1"
    return int(sql(world.server, statement, uuid(world.id))[0][0])


def replay(world: World, consumer: str) -> None:
    """Let a consumer begin anew, and wait until it has taken in what is there."""
    ids = uuid(world.id)
    back = "UPDATE consumer_offset SET position = 0 WHERE workspace_id = $1 AND consumer = $2"
    sql(world.server, back, ids, consumer)
    sql(world.server, "UPDATE event_head SET relayed = 0 WHERE workspace_id = $1", ids)
    done = "SELECT position FROM consumer_offset WHERE workspace_id = $1 AND consumer = $2"
    head = "SELECT position FROM event_head WHERE workspace_id = $1"
    assert eventually(
        lambda: sql(world.server, done, ids, consumer)[0][0] >= sql(world.server, head, ids)[0][0],
        PATIENCE,
    )


def test_lead_05_a_workspace_begins_with_a_weight_for_each_signal(world):
    nodes = world.rep.run(WEIGHTS)["leadScoreWeights"]["nodes"]

    assert {one["signal"]: (one["points"], one["most"], one["halfLifeDays"]) for one in nodes} == {
        "EMAIL_OPEN": (5, 20, 30),
        "PAGE_VISIT": (3, 15, 14),
        "FORM_SUBMISSION": (20, 40, 90),
        "OUTREACH": (15, 45, 60),
    }


def test_lead_04_lead_05_a_form_and_a_call_raise_the_score_and_are_shown(world):
    url = form(world, name="lastName", mail="email")
    sent = {"name": "Okafor", "mail": "ada@initech.example"}
    assert world.server.http.post(url, json=sent).status_code == 200
    made = world.admin.run("{ leads { nodes { id } } }")["leads"]["nodes"][0]["id"]
    assert scored(world, made, 20)

    assert world.server.http.post(url, json=sent).status_code == 200
    call(world, made)
    call(world, made, "OUTBOUND")

    assert scored(world, made, 55)
    lines = {one["signal"]: one for one in state(world, made)["scoreBreakdown"]}
    assert {name: one["count"] for name, one in lines.items()} == {
        "FORM_SUBMISSION": 2,
        "OUTREACH": 1,
    }
    assert sum(round(float(one["points"])) for one in lines.values()) == 55


def test_lead_05_what_was_counted_is_not_counted_again(world):
    made = lead(world.admin)
    call(world, made)
    assert scored(world, made, 15)
    before = state(world, made)

    replay(world, "lead_signals")

    assert signals(world) == 1
    assert state(world, made) == before


def test_lead_05_an_e_mail_counts_when_they_write_and_not_when_a_machine_does(world):
    made = lead(world.admin, email="ada@initech.example")
    given = {"direction": "INBOUND", "fromAddress": "ada@initech.example", "about": [made]}
    given |= {"toAddresses": ["sales@ours.example"], "subject": "Hello"}
    with resting(world.server):
        for _ in range(2):
            assert not world.admin.act("emailLog", given).errors
        sql(
            world.server,
            "UPDATE email SET automatic = true WHERE id = (SELECT id FROM email"
            " WHERE workspace_id = $1 ORDER BY id LIMIT 1)",
            uuid(world.id),
        )

    assert scored(world, made, 15)
    assert signals(world) == 1


def test_lead_05_what_is_linked_to_a_lead_later_counts_too(world):
    made = lead(world.admin)
    given = {"direction": "INBOUND", "fromNumber": "+14155550199", "toNumber": "+14155550100"}
    logged = world.admin.act("smsLog", given | {"body": "Call me"}, "sms { id }")["sms"]["id"]

    link = {"id": logged, "recordIds": [made]}
    assert not world.admin.act("smsLink", link).errors

    assert scored(world, made, 15)


def test_lead_05_other_weights_change_all_scores_at_once(world):
    made = [lead(world.admin) for _ in range(3)]
    for one in made:
        call(world, one)
    assert all(scored(world, one, 15) for one in made)

    assert weigh(world, "OUTREACH", points=40)["leadScoreWeight"] == {"points": 40}

    assert all(scored(world, one, 40) for one in made)


def test_lead_05_only_admins_weigh_and_only_within_bounds(world):
    nodes = world.rep.run(WEIGHTS)["leadScoreWeights"]["nodes"]
    given = {"id": nodes[0]["id"], "points": 1}
    denied = world.rep.send(
        "mutation($i: LeadScoreWeightUpdateInput!) {"
        " leadScoreWeightUpdate(input: $i) { operationId } }",
        {"i": given},
    )

    refused = weigh(world, "OUTREACH", points=101, most=None, halfLifeDays=0)

    assert denied.codes == ["FORBIDDEN"]
    assert [(one["code"], one["path"]) for one in refused.errors] == [
        ("INVALID_VALUE", [name]) for name in ("points", "most", "halfLifeDays")
    ]
    assert weigh(world, "OUTREACH").codes == ["EMPTY_PATCH"]
    assert not weigh(world, "OUTREACH", halfLifeDays=None).errors


async def test_lead_05_scores_fade_by_the_business_clock(server: Server, world: World, clock):
    made = await asyncio.to_thread(lead, world.admin)
    for _ in range(2):
        await asyncio.to_thread(call, world, made)
    assert await asyncio.to_thread(scored, world, made, 30)
    # Nobody would be signed in any more after 60 days.
    assert not (await asyncio.to_thread(weigh, world, "OUTREACH", halfLifeDays=5)).errors

    await clock(days=5, minutes=5)

    assert await asyncio.to_thread(faded, server, world, made)
    (line,) = state(world, made)["scoreBreakdown"]
    assert (line["signal"], line["count"]) == ("OUTREACH", 2)
    assert abs(float(line["points"]) - 15) < 0.1


def faded(server: Server, world: World, made: str) -> bool:
    with worker(server):
        sql(server, "UPDATE due_work SET at = now() WHERE kind = 'lead_scores_fade'")
        return scored(world, made, 15)


def test_lead_07_a_score_that_crosses_the_threshold_is_told_to_the_owner_once(world):
    made = lead(world.admin, ownerId=world.join("ann", "REP")[1])
    ann = world.join("ann", "REP")[0]
    assert not world.admin.act("workspaceUpdate", {"scoreThreshold": 30}).errors

    for _ in range(3):
        call(world, made)
    assert scored(world, made, 45)
    assert eventually(lambda: bool(ann.run(ALERTS)["notifications"]["nodes"]), PATIENCE)
    replay(world, "lead_scores")

    (told,) = ann.run(ALERTS)["notifications"]["nodes"]
    assert told["record"] == {"__typename": "Lead", "id": made}
    assert "Okafor" in told["text"]
    assert world.admin.run(ALERTS)["notifications"]["nodes"] == []


def test_lead_07_the_threshold_is_80_and_lies_from_1_to_100(world):
    setting = world.admin.run("{ viewer { workspace { scoreThreshold stalledDays } } }")

    assert setting["viewer"]["workspace"] == {"scoreThreshold": 80, "stalledDays": 7}
    for wrong in (0, 101, None):
        refused = world.admin.act("workspaceUpdate", {"scoreThreshold": wrong})
        assert [(one["code"], one["path"]) for one in refused.errors] == [
            ("INVALID_VALUE", ["scoreThreshold"])
        ]


def test_lead_11_a_lead_nobody_has_goes_by_score_when_it_reaches_it(world):
    ann = world.join("ann", "REP")[1]
    team = {"name": "Inbound", "managerId": world.user("admin")}
    queue = world.admin.act("teamCreate", team, "team { id }")["team"]["id"]
    given = {"name": "Hot", "kind": "SCORE", "least": 30, "memberIds": [ann]}
    assert not world.admin.act("leadAssignmentRuleCreate", given).errors
    waiting = lead(world.admin, queueId=queue)
    taken = lead(world.admin, ownerId=world.user("admin"))
    owner = "query($id: ID!) { lead(id: $id) { owner { id } } }"

    for one in (waiting, taken):
        call(world, one)
        assert scored(world, one, 15)
    early = world.admin.run(owner, id=waiting)["lead"]["owner"]
    for one in (waiting, taken):
        call(world, one)

    assert early is None
    assert eventually(
        lambda: world.admin.run(owner, id=waiting)["lead"]["owner"] == {"id": ann}, PATIENCE
    )
    assert scored(world, taken, 30)
    assert world.admin.run(owner, id=taken)["lead"]["owner"] == {"id": world.user("admin")}


def test_lead_11_a_lead_that_came_into_a_range_and_rose_on_is_given_away(world):
    ann = world.join("ann", "REP")[1]
    team = {"name": "Inbound", "managerId": world.user("admin")}
    queue = world.admin.act("teamCreate", team, "team { id }")["team"]["id"]
    waiting = lead(world.admin, queueId=queue)
    for score in (15, 30):
        call(world, waiting)
        assert scored(world, waiting, score)
    given = {"name": "Warm", "kind": "SCORE", "least": 10, "memberIds": [ann]}
    assert not world.admin.act("leadAssignmentRuleCreate", given).errors

    # Both rises are told together now.
    replay(world, "lead_scores")

    query = "query($id: ID!) { lead(id: $id) { owner { id } } }"
    assert world.admin.run(query, id=waiting)["lead"]["owner"] == {"id": ann}


def test_lead_04_a_breakdown_costs_the_same_statements_for_any_number(world):
    rows = [{"lastName": f"Lead {at}"} for at in range(30)]
    made = world.admin.act("leadBulkCreate", {"rows": rows}, "results { lead { id } }")["results"]
    call(world, made[0]["lead"]["id"], about=[one["lead"]["id"] for one in made])
    assert all(scored(world, one["lead"]["id"], 15) for one in made)
    counts = []
    for first in (1, 30):
        query = f"{{ leads(first: {first}) {{ nodes {{ id scoreBreakdown {{ points }} }} }} }}"
        world.admin.run(query)
        before = world.server.statements()
        nodes = world.admin.run(query)["leads"]["nodes"]
        counts.append(world.server.statements() - before)
        assert len(nodes) == first
        assert all(one["scoreBreakdown"] for one in nodes)

    assert counts[0] == counts[1]


MIXED = """INSERT INTO lead_signal (workspace_id, key, lead_id, signal, at)
SELECT $1, 'test:' || lead.id || ':' || n, lead.id,
       (ARRAY['EMAIL_OPEN', 'PAGE_VISIT', 'FORM_SUBMISSION', 'OUTREACH'])[1 + (row * n) % 4],
       now() - interval '7 hours' * (row % 50 + 1) * n
FROM (SELECT id, row_number() OVER (ORDER BY id)::int AS row FROM lead WHERE workspace_id = $1)
  AS lead, generate_series(1, 9) AS n"""


def test_lead_04_a_thousand_scores_are_written_at_once_and_are_what_their_breakdowns_say(world):
    rows = [{"lastName": f"Lead {at}"} for at in range(100)]
    for _ in range(10):
        assert not world.admin.act("leadBulkCreate", {"rows": rows}).errors
    sql(world.server, MIXED, uuid(world.id))

    assert not weigh(world, "OUTREACH", points=7, halfLifeDays=20).errors

    written = "SELECT count(*), count(DISTINCT operation_id) FROM event WHERE workspace_id = $1"
    written += " AND type = 'lead.scored'"
    assert eventually(
        lambda: tuple(sql(world.server, written, uuid(world.id))[0]) == (1000, 1), PATIENCE
    )
    query = "{ leads(first: 100) { nodes { score scoreBreakdown { points } } } }"
    nodes = world.admin.run(query)["leads"]["nodes"]
    for one in nodes:
        points = sum(float(line["points"]) for line in one["scoreBreakdown"])
        # By now they may have faded by the time it takes to ask.
        assert one["score"] - 0.6 < points < one["score"] + 0.51
    assert len({one["score"] for one in nodes}) > 5
