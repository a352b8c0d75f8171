"""A board of 10 columns x 25 cards, and contacts with what is open with them, and SQL by hand."""

import argparse
import asyncio
import json
import sys
from typing import Any

from tests.benchmarks import _captured, _peers, _report, harness
from tests.benchmarks.harness import Asked, Load, in_turn, median

COLUMNS = 10
CARDS = 25
ROUNDS = {True: 3, False: 9}
REQUESTS = 20
BY_HAND = 3
"""Statements a programmer would need for each."""
BOARD = """
query Board($id: ID!) {
  pipelineBoard(pipelineId: $id) {
    pipeline { id name }
    columns {
      stage { id name color probability category }
      count totalValue { amount currency } weightedValue { amount currency }
      unconverted { amount currency }
      cards(first: 25) {
        nodes { id version name value { amount currency } probability closeDate
          contact { id name } owner { id name } }
        pageInfo { hasNextPage }
      }
    }
  }
}
"""
CONTACTS = """
query Contacts {
  contacts(first: 50) {
    nodes { id name email jobTitle status owner { id name }
      openDealCount openDealValue { amount currency } openCaseCount }
    pageInfo { hasNextPage }
  }
}
"""
WIDEN = """
WITH chosen AS (
  SELECT pipeline_id AS id FROM deal WHERE workspace_id = $1 GROUP BY pipeline_id
  ORDER BY count(*) DESC LIMIT 1
), missing AS (
  INSERT INTO pipeline_stage
    (workspace_id, id, pipeline_id, name, position, probability, color, category, created_at,
     updated_at)
  SELECT $1, uuidv7(), chosen.id, 'Stage ' || place, place, 50, '#888888', 'OPEN', now(), now()
  FROM chosen, generate_series((
    SELECT count(*) + 1 FROM pipeline_stage s, chosen
    WHERE s.workspace_id = $1 AND s.pipeline_id = chosen.id
  ), $2) AS place
  RETURNING 1
)
SELECT id FROM chosen
"""
SPREAD = """
WITH stages AS (
  SELECT id, row_number() OVER (ORDER BY position) AS place FROM pipeline_stage
  WHERE workspace_id = $1 AND pipeline_id = $2 AND category <> 'WON'
), cards AS (
  SELECT id, row_number() OVER (ORDER BY id) % (SELECT count(*) FROM stages) + 1 AS place
  FROM deal WHERE workspace_id = $1 AND pipeline_id = $2 AND closed_at IS NULL
)
UPDATE deal SET stage_id = stages.id FROM cards JOIN stages USING (place)
WHERE deal.workspace_id = $1 AND deal.id = cards.id
"""


async def prepared(ready: dict[str, Any], workspace: str) -> str:
    """The pipeline with most deals, with ten columns of cards."""
    connection = await harness.owner(ready)
    try:
        pipeline = str(await connection.fetchval(WIDEN, workspace, COLUMNS))
        await connection.execute(SPREAD, workspace, pipeline)
        await connection.execute("VACUUM ANALYZE deal")
        return pipeline
    finally:
        await connection.close()


async def measure(ready: dict[str, Any], load: Load, rounds: int) -> dict[str, Any]:
    """Both queries by our API and by hand, in turns, and the statements of each."""
    workspace = _peers.uuid(ready["workspace"]["id"])
    listed = _wire_pipeline(ready, await prepared(ready, workspace))
    token = ready["signIns"]["executive"]["token"]
    documents = {"board": (BOARD, {"id": listed}), "contacts": (CONTACTS, {})}
    with _peers.running(ready, ["boards"]) as servers:
        asked = {
            (name, peer): Asked(server.url, text, name.capitalize(), variables, token)
            for name, (text, variables) in documents.items()
            for peer, server in servers.items()
        }
        columns = asked["board", "ours"].data()["pipelineBoard"]["columns"]
        shown = [len(column["cards"]["nodes"]) for column in columns]
        assert shown == [CARDS] * COLUMNS, shown
        for name in documents:
            assert asked[name, "ours"].data() == asked[name, "boards"].data(), name
        times: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
        cpu: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
        for number in range(rounds + 1):
            for key, one in asked.items():
                before = harness.spent(servers[key[1]].pid, ready["pids"]["postgres"])
                told = load.run(one, requests=REQUESTS, connections=1)
                used = harness.spent(servers[key[1]].pid, ready["pids"]["postgres"]) - before
                if number:
                    times[key].append(told.p50)
                    cpu[key].append((used.server + used.database) / REQUESTS)
    sent = await _captured.statements(ready, [asked[name, "ours"] for name in documents])
    return {
        name: {
            "ours_ms": round(median(times[name, "ours"]) * 1000, 2),
            "by_hand_ms": round(median(times[name, "boards"]) * 1000, 2),
            "ratio": in_turn(times[name, "ours"], times[name, "boards"]),
            "cpu_ratio": in_turn(cpu[name, "ours"], cpu[name, "boards"]),
            "statements": len(own),
            "by_hand_statements": BY_HAND,
        }
        for name, own in zip(documents, sent, strict=True)
    }


def _wire_pipeline(ready: dict[str, Any], pipeline: str) -> str:
    query = "query P { pipelines(first: 100) { nodes { id } } }"
    token = ready["signIns"]["executive"]["token"]
    nodes = Asked(ready["graphql"], query, "P", {}, token).data()["pipelines"]["nodes"]
    found: str = next(one["id"] for one in nodes if _peers.uuid(one["id"]) == pipeline)
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    head = ("", "ours, ms", "by hand, ms", "ratio", "CPU ratio", "statements", "by hand")
    rows = [[name, *own.values()] for name, own in found.items()]
    return _report.table(head, rows)


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench boards")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    with harness.instance() as ready, harness.load() as load:
        found = asyncio.run(measure(ready, load, ROUNDS[given.quick]))
    if not given.quick:
        _report.put("boards", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found) + "\n")


if __name__ == "__main__":
    main()
