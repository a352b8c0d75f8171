"""The pipeline editor: what Admins add, order and take out of use, and where the records go."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.plugins.world import World
from tests.resolvers.test_deal_moves import moved, pipelines, sales

PIPELINE = """pipeline { id name kind position archivedAt stages { nodes { id name position
  probability color category leadStatus archivedAt } } }"""
STAGE = "pipelineStage { id name position probability color category archivedAt version }"
BLUE = "#38bdf8"


def made(world: World, **given: Any) -> Any:
    values = {"name": "Renewals", "kind": "DEAL"} | given
    return world.admin.act("pipelineCreate", values, PIPELINE)["pipeline"]


def names(world: World, pipeline: str) -> list[str]:
    """The stages in use, in order."""
    query = """query($id: ID!) { pipeline(id: $id) {
      stages(filter: { archivedAt: { isNull: true } }) { nodes { name } } } }"""
    nodes = world.admin.run(query, id=pipeline)["pipeline"]["stages"]["nodes"]
    return [one["name"] for one in nodes]


def test_deal_12_two_pipelines_of_deals_are_there_from_the_first_day(world: World) -> None:
    found = pipelines(world)

    assert list(found["Enterprise Sales"]["stages"]) == [
        "Prospecting",
        "Qualified",
        "Demo",
        "Proposal",
        "Negotiation",
        "Closed Won",
        "Closed Lost",
    ]
    assert {one["kind"] for one in found.values()} == {"DEAL", "LEAD", "PROJECT"}


def test_deal_10_a_pipeline_is_made_with_the_stages_that_are_named(world: World) -> None:
    steps = [
        {"name": "Asked", "color": "#ABCDEF", "probability": 30},
        {"name": "Won", "color": BLUE, "category": "WON"},
        {"name": "Lost", "color": BLUE, "category": "LOST"},
    ]

    pipeline = made(world, stages=steps)

    stages = pipeline["stages"]["nodes"]
    assert [(one["name"], one["probability"], one["color"]) for one in stages] == [
        ("Asked", 30, "#abcdef"),
        ("Won", 100, BLUE),
        ("Lost", 0, BLUE),
    ]
    assert world.deal(pipelineId=pipeline["id"])


@pytest.mark.parametrize("kind", ["DEAL", "LEAD", "PROJECT"])
def test_deal_10_a_pipeline_without_stages_gets_the_usual_ones(world: World, kind: str) -> None:
    assert made(world, kind=kind)["stages"]["nodes"]


BAD = {
    "lacking": ([{"name": "A", "color": BLUE}], "IN_USE", ["stages"]),
    "color": ([{"name": "A", "color": "blue"}], "INVALID_VALUE", ["stages", "0", "color"]),
    "chance": (
        [{"name": "A", "color": BLUE, "probability": 101}],
        "INVALID_VALUE",
        ["stages", "0", "probability"],
    ),
    "won": (
        [{"name": "A", "color": BLUE, "category": "WON", "probability": 50}],
        "INVALID_VALUE",
        ["stages", "0", "probability"],
    ),
    "nameless": ([{"name": " ", "color": BLUE}], "REQUIRED", ["stages", "0", "name"]),
    "status": (
        [{"name": "A", "color": BLUE, "leadStatus": "NEW"}],
        "INVALID_VALUE",
        ["stages", "0", "leadStatus"],
    ),
}


@pytest.mark.parametrize(("stages", "code", "path"), BAD.values(), ids=BAD)
def test_deal_10_a_pipeline_that_cannot_work_is_refused(world: World, stages, code, path) -> None:
    given = {"name": "Renewals", "kind": "DEAL", "stages": stages}

    refused = world.admin.act("pipelineCreate", given, PIPELINE)

    assert [(one["code"], one["path"]) for one in refused.errors] == [(code, path)]


def test_deal_10_only_admins_edit_pipelines(world: World) -> None:
    stage = sales(world)["Qualified"]
    acts = {
        "pipelineCreate": {"name": "Mine", "kind": "DEAL"},
        "pipelineStageUpdate": {"id": stage, "probability": 1},
        "pipelineStageArchive": {"id": stage},
    }

    for name, given in acts.items():
        kind = name[0].upper() + name[1:]
        query = f"mutation($i: {kind}Input!) {{ {name}(input: $i) {{ operationId }} }}"
        assert world.executive.send(query, {"i": given}).codes == ["FORBIDDEN"]


def test_deal_10_stages_are_added_changed_and_put_in_order(world: World) -> None:
    pipeline = made(world)
    given = {"pipelineId": pipeline["id"], "name": "Trial", "color": BLUE, "probability": 60}
    trial = world.admin.act("pipelineStageAdd", given, STAGE)["pipelineStage"]
    given = {"id": trial["id"], "name": "Pilot", "probability": 65, "expectedVersion": 1}
    pilot = world.admin.act("pipelineStageUpdate", given, STAGE)["pipelineStage"]
    before = names(world, pipeline["id"])

    ids = [trial["id"], *(one["id"] for one in pipeline["stages"]["nodes"])]
    given = {"pipelineId": pipeline["id"], "stageIds": ids}
    world.admin.act("pipelineStageReorder", given, PIPELINE)["pipeline"]

    assert (trial["position"], pilot["probability"], pilot["version"]) == (2, 65, 2)
    assert before == ["Open", "Pilot", "Closed Won", "Closed Lost"]
    assert names(world, pipeline["id"]) == ["Pilot", "Open", "Closed Won", "Closed Lost"]


def test_deal_10_an_order_names_every_stage_once(world: World) -> None:
    pipeline = made(world)
    ids = [one["id"] for one in pipeline["stages"]["nodes"]]

    for wrong in (ids[:-1], [*ids[:-1], ids[0]]):
        given = {"pipelineId": pipeline["id"], "stageIds": wrong}
        refused = world.admin.act("pipelineStageReorder", given, PIPELINE)
        assert refused.codes == ["INVALID_VALUE"]


def test_deal_10_two_stages_do_not_share_a_name(world: World) -> None:
    pipeline = made(world)
    given = {"pipelineId": pipeline["id"], "name": "OPEN", "color": BLUE}

    assert world.admin.act("pipelineStageAdd", given, STAGE).codes == ["DUPLICATE"]


def test_deal_10_an_archived_stage_hands_its_deals_on(world: World) -> None:
    stages = sales(world)
    kept, handed = world.deal(stageId=stages["Qualified"]), world.deal()
    world.deal(name="By hand", probability=77)
    given = {"id": stages["Prospecting"]}

    refused = world.admin.act("pipelineStageArchive", given, STAGE)
    given["moveToStageId"] = stages["Qualified"]
    gone = world.admin.act("pipelineStageArchive", given, STAGE)["pipelineStage"]

    query = """{ deals { nodes { id rank probability stage { name }
      stageHistory { nodes { toStage { name } } } } } }"""
    nodes = world.admin.run(query)["deals"]["nodes"]
    assert (refused.codes, refused.errors[0]["path"]) == (["REQUIRED"], ["moveToStageId"])
    assert gone["archivedAt"]
    assert {one["stage"]["name"] for one in nodes} == {"Qualified"}
    assert sorted(one["probability"] for one in nodes) == [25, 25, 77]
    assert min(nodes, key=lambda one: one["rank"])["id"] == kept
    moved_on = next(one for one in nodes if one["id"] == handed)
    assert [one["toStage"]["name"] for one in moved_on["stageHistory"]["nodes"]] == [
        "Prospecting",
        "Qualified",
    ]


def test_deal_10_nothing_enters_an_archived_stage(world: World) -> None:
    stages = sales(world)
    deal = world.deal()
    world.admin.act("pipelineStageArchive", {"id": stages["Qualified"]}, STAGE)["pipelineStage"]

    refused = moved(world, deal, stages["Qualified"])
    others = [one for name, one in stages.items() if name != "Qualified"]
    given = {"pipelineId": pipelines(world)["Sales"]["id"], "stageIds": others[::-1]}
    assert not world.admin.act("pipelineStageReorder", given, PIPELINE).errors
    opened = world.admin.act("dealCreate", {"name": "A", "stageId": stages["Qualified"]})

    assert refused.codes == opened.codes == ["INVALID_TRANSITION"]
    assert "Prospecting, Demo Scheduled, Proposal Sent" in refused.errors[0]["message"]


@pytest.mark.parametrize("target", ["Closed Won", "foreign", "itself"])
def test_deal_10_deals_are_handed_to_a_stage_that_means_the_same(world: World, target) -> None:
    stages = sales(world)
    world.deal()
    foreign = pipelines(world)["Enterprise Sales"]["stages"]["Qualified"]
    where = {"foreign": foreign, "itself": stages["Prospecting"]}.get(target) or stages[target]

    given = {"id": stages["Prospecting"], "moveToStageId": where}

    assert world.admin.act("pipelineStageArchive", given, STAGE).codes == ["INVALID_VALUE"]


def test_deal_10_a_pipeline_keeps_a_stage_of_each_meaning(world: World) -> None:
    given = {"id": sales(world)["Closed Won"]}

    assert world.admin.act("pipelineStageArchive", given, STAGE).codes == ["IN_USE"]


def test_deal_10_an_archived_pipeline_hands_its_deals_on_by_stage(world: World) -> None:
    found = pipelines(world)
    deal = world.deal(stageId=found["Sales"]["stages"]["Negotiation"])
    odd = world.deal(stageId=found["Sales"]["stages"]["Demo Scheduled"])
    given = {"id": found["Sales"]["id"]}

    refused = world.admin.act("pipelineArchive", given, PIPELINE)
    given["moveToPipelineId"] = found["Enterprise Sales"]["id"]
    world.admin.act("pipelineArchive", given, PIPELINE)["pipeline"]

    nodes = world.admin.run("{ deals { nodes { id stage { name } pipeline { name } } } }")
    where = {one["id"]: one["stage"]["name"] for one in nodes["deals"]["nodes"]}
    assert refused.codes == ["REQUIRED"]
    assert where == {deal: "Negotiation", odd: "Prospecting"}
    closed = {"name": "A", "pipelineId": found["Sales"]["id"]}
    assert world.admin.act("dealCreate", closed).codes == ["INVALID_VALUE"]
    refused = moved(world, deal, found["Sales"]["stages"]["Qualified"], 2)
    assert refused.codes == ["INVALID_TRANSITION"]


def test_deal_10_the_last_pipeline_of_a_kind_stays(world: World) -> None:
    given = {"id": pipelines(world)["Projects"]["id"]}

    assert world.admin.act("pipelineArchive", given, PIPELINE).codes == ["IN_USE"]


def test_deal_10_new_deals_begin_in_the_first_pipeline(world: World) -> None:
    ids = {name: one["id"] for name, one in pipelines(world).items()}
    order = [ids["Enterprise Sales"], *(one for name, one in ids.items() if "Ent" not in name)]

    world.admin.act("pipelineReorder", {"pipelineIds": order}, "pipelines { name }")["pipelines"]

    deal = world.admin.act("dealCreate", {"name": "A"}, "deal { pipeline { name } }")["deal"]
    assert deal["pipeline"]["name"] == "Enterprise Sales"


def test_deal_11_a_stage_has_its_chance_its_colour_and_its_place(world: World) -> None:
    query = "{ pipelineStages(first: 1) { nodes { probability color position category } } }"
    (stage,) = world.admin.run(query)["pipelineStages"]["nodes"]

    assert set(stage) == {"probability", "color", "position", "category"}
    assert stage["color"].startswith("#")


def test_deal_10_no_stage_is_added_to_an_archived_pipeline(world: World) -> None:
    pipeline = made(world, name="Partners", kind="DEAL")
    world.admin.act("pipelineArchive", {"id": pipeline["id"]})["operationId"]
    given = {"pipelineId": pipeline["id"], "name": "New", "color": BLUE, "category": "OPEN"}

    refused = world.admin.act("pipelineStageAdd", given)

    assert refused.codes == ["INVALID_TRANSITION"]
    assert refused.errors[0]["path"] == ["pipelineId"]


def test_deal_10_a_stage_is_archived_while_deals_move_into_it(world: World) -> None:
    pipeline = made(world, name="Partners", kind="DEAL")
    given = {"pipelineId": pipeline["id"], "color": BLUE, "category": "OPEN", "probability": 50}
    gone, stays = (
        world.admin.act("pipelineStageAdd", given | {"name": name}, STAGE)["pipelineStage"]["id"]
        for name in ("Gone", "Stays")
    )
    moves = [{"id": world.deal(), "toStageId": gone, "expectedVersion": 1} for _ in range(12)]

    with ThreadPoolExecutor(13) as pool:
        moved = [pool.submit(world.admin.act, "dealMove", one) for one in moves]
        ended = {"id": gone, "moveToStageId": stays}
        archived = pool.submit(world.admin.act, "pipelineStageArchive", ended)

    assert not archived.result().errors
    assert {code for act in moved for code in act.result().codes} <= {"INVALID_TRANSITION"}
    count = "query($id: ID!) { pipelineStage(id: $id) { deals { totalCount } } }"
    assert world.admin.run(count, id=gone)["pipelineStage"]["deals"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("pipeline", "gone", "kept", "kind"),
    [
        ("Leads", "Call Scheduled", "Contacted", "lead"),
        ("Projects", "Not Started", "In Progress", "project"),
    ],
)
def test_deal_10_leads_and_projects_are_handed_on_too(
    world: World, pipeline: str, gone: str, kept: str, kind: str
) -> None:
    stages = pipelines(world)[pipeline]["stages"]
    given = {"name": "A"} if kind == "project" else {"lastName": "A"}
    create = {**given, "stageId": stages[gone]}
    world.admin.act(f"{kind}Create", create, f"{kind} {{ id }}")[kind]

    archived = {"id": stages[gone], "moveToStageId": stages[kept]}
    world.admin.act("pipelineStageArchive", archived, STAGE)["pipelineStage"]

    (record,) = world.admin.run(f"{{ {kind}s {{ nodes {{ stage {{ name }} }} }} }}")[f"{kind}s"][
        "nodes"
    ]
    assert record["stage"]["name"] == kept
