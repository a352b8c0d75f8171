"""A board of 10 columns x 25 cards, and contacts with what is open with them, and SQL by hand."""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.benchmarks import _captured, _peers, _report, harness
from tests.benchmarks.harness import Asked, Load, in_turn, median

COLUMNS = 10
CARDS = 25
ROUNDS = {True: 3, False: 9}
REQUESTS = 20
BOARD = """
query Board($id: ID!) {
  pipelineBoard(pipelineId: $id) {
    eventCursor
    pipeline { id name }
    columns {
      stage { id name color probability category }
      count totalValue { amount currency } weightedValue { amount currency }
      unconverted { amount currency }
      cards(first: 25) {
        nodes { id version name value { amount currency } probability closeDate
          contact { id name } owner { id name } }
        pageInfo { hasNextPage endCursor }
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
    pageInfo { hasNextPage endCursor }
  }
}
"""
STAGES = """
SELECT p.id, p.name, s.id, s.name, s.color, s.probability, s.category
FROM pipeline p JOIN pipeline_stage s ON s.workspace_id = p.workspace_id AND s.pipeline_id = p.id
WHERE p.workspace_id = $1 AND p.id = $2 ORDER BY s.position
"""
FIGURES = """
SELECT stage_id, value_currency, count(*), sum(value_amount),
  sum(round(value_amount * probability / 100, 2))
FROM deal WHERE workspace_id = $1 AND pipeline_id = $2 AND deleted_at IS NULL
GROUP BY stage_id, value_currency
"""
CARDS_BY_HAND = f"""
SELECT d.*, c.id, c.name, u.id, u.name
FROM unnest($2::uuid[]) WITH ORDINALITY AS s(id, place)
CROSS JOIN LATERAL (
  SELECT id, version, name, value_amount, value_currency, probability, close_date, contact_id,
    owner_id, rank
  FROM deal WHERE workspace_id = $1 AND stage_id = s.id AND deleted_at IS NULL
  ORDER BY rank LIMIT {CARDS + 1}
) AS d
LEFT JOIN contact c ON c.workspace_id = $1 AND c.id = d.contact_id AND c.deleted_at IS NULL
LEFT JOIN "user" u ON u.workspace_id = $1 AND u.id = d.owner_id
ORDER BY s.place, d.rank
"""
CONTACTS_BY_HAND = """
SELECT c.id, c.name, c.email, c.job_title, c.status, u.id, u.name
FROM contact c LEFT JOIN "user" u ON u.workspace_id = $1 AND u.id = c.owner_id
WHERE c.workspace_id = $1 AND c.deleted_at IS NULL ORDER BY c.id DESC LIMIT 51
"""
DEALS_BY_HAND = """
SELECT contact_id, value_currency, count(*), sum(value_amount) FROM deal
WHERE workspace_id = $1 AND contact_id = ANY($2::uuid[]) AND closed_at IS NULL
  AND deleted_at IS NULL
GROUP BY contact_id, value_currency
"""
CASES_BY_HAND = """
SELECT c.contact_id, count(*) FROM "case" c
JOIN case_status s ON s.workspace_id = c.workspace_id AND s.id = c.status_id
WHERE c.workspace_id = $1 AND c.contact_id = ANY($2::uuid[]) AND c.deleted_at IS NULL
  AND s.category <> 'RESOLVED'
GROUP BY c.contact_id
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
UPDATE deal SET stage_id = s.id
FROM (SELECT id, row_number() OVER (ORDER BY rank, id) % $3 + 1 AS place FROM deal
      WHERE workspace_id = $1 AND pipeline_id = $2) AS d
JOIN pipeline_stage s ON s.workspace_id = $1 AND s.pipeline_id = $2 AND s.position = d.place
WHERE deal.workspace_id = $1 AND deal.id = d.id AND deal.closed_at IS NULL
"""


@dataclass(frozen=True)
class ByHand:
    """The same as a programmer writes it: statements one after the other, on one connection."""

    connection: asyncpg.Connection
    workspace: str
    pipeline: str

    async def board(self) -> int:
        """A board; how many statements it took."""
        fetch, workspace = self.connection.fetch, self.workspace
        stages = await fetch(STAGES, workspace, self.pipeline)
        await fetch(FIGURES, workspace, self.pipeline)
        await fetch(CARDS_BY_HAND, workspace, [row[2] for row in stages])
        return 3

    async def contacts(self) -> int:
        """A list of contacts; how many statements it took."""
        fetch, workspace = self.connection.fetch, self.workspace
        found = [row[0] for row in await fetch(CONTACTS_BY_HAND, workspace)]
        await fetch(DEALS_BY_HAND, workspace, found)
        await fetch(CASES_BY_HAND, workspace, found)
        return 3


async def prepared(ready: dict[str, Any], workspace: str) -> str:
    """The pipeline with most deals, with ten columns of cards."""
    connection = await harness.owner(ready)
    try:
        pipeline = str(await connection.fetchval(WIDEN, workspace, COLUMNS))
        stages = await connection.fetchval(
            "SELECT count(DISTINCT stage_id) FROM deal WHERE workspace_id = $1"
            " AND pipeline_id = $2",
            workspace,
            pipeline,
        )
        if stages < COLUMNS:
            await connection.execute(SPREAD, workspace, pipeline, COLUMNS)
            await connection.execute("VACUUM ANALYZE deal")
        return pipeline
    finally:
        await connection.close()


async def measure(ready: dict[str, Any], load: Load, rounds: int) -> dict[str, Any]:
    """Both queries by our API and by hand, in turns, and the statements of each."""
    workspace = _peers.uuid(ready["workspace"]["id"])
    pipeline = await prepared(ready, workspace)
    listed = _wire_pipeline(ready, pipeline)
    token = ready["signIns"]["executive"]["token"]
    asked = {
        "board": Asked(ready["graphql"], BOARD, "Board", {"id": listed}, token),
        "contacts": Asked(ready["graphql"], CONTACTS, "Contacts", {}, token),
    }
    columns = asked["board"].data()["pipelineBoard"]["columns"]
    assert [len(column["cards"]["nodes"]) for column in columns] == [CARDS] * COLUMNS
    ours: dict[str, list[float]] = {name: [] for name in asked}
    hand: dict[str, list[float]] = {name: [] for name in asked}
    async with _captured.connected(ready, policy=True) as connection:
        await connection.execute("SELECT set_config('app.workspace', $1, false)", workspace)
        by_hand = ByHand(connection, workspace, pipeline)
        acts = {"board": by_hand.board, "contacts": by_hand.contacts}
        for number in range(rounds + 1):
            for name, one in asked.items():
                told = load.run(one, requests=REQUESTS, connections=1)
                began = time.perf_counter()
                for _ in range(REQUESTS):
                    await acts[name]()
                if number:
                    ours[name].append(told.p50)
                    hand[name].append((time.perf_counter() - began) / REQUESTS)
        sent = await _captured.statements(ready, list(asked.values()))
        return {
            name: {
                "ours_ms": round(median(ours[name]) * 1000, 2),
                "by_hand_ms": round(median(hand[name]) * 1000, 2),
                "ours_to_by_hand": in_turn(ours[name], hand[name]),
                "statements": len(own),
                "by_hand_statements": await acts[name](),
            }
            for name, own in zip(asked, sent, strict=True)
        }


def _wire_pipeline(ready: dict[str, Any], pipeline: str) -> str:
    query = "query P { pipelines(first: 100) { nodes { id } } }"
    token = ready["signIns"]["executive"]["token"]
    nodes = Asked(ready["graphql"], query, "P", {}, token).data()["pipelines"]["nodes"]
    found: str = next(one["id"] for one in nodes if _peers.uuid(one["id"]) == pipeline)
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    head = ("", "ours over HTTP, ms", "by hand, ms", "ratio", "statements", "by hand")
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
