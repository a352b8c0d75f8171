"""The limit of boards and summaries: the same answers from SQL, dicts and orjson by hand."""

from decimal import Decimal
from typing import Any

from core.ids import decode, encode
from tests.benchmarks.peers.limit import WORKSPACE, Limit, Made, serve

CARDS = 25
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
TOP = f"""
SELECT d.*, s.id AS stage, c.id AS contact_key, c.name AS contact, u.id AS owner_key,
  u.name AS owner
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
CONTACTS = """
SELECT c.id, c.name, c.email, c.job_title, c.status, u.id, u.name
FROM contact c LEFT JOIN "user" u ON u.workspace_id = $1 AND u.id = c.owner_id
WHERE c.workspace_id = $1 AND c.deleted_at IS NULL ORDER BY c.id DESC LIMIT 51
"""
DEALS = """
SELECT contact_id, value_currency, count(*), sum(value_amount) FROM deal
WHERE workspace_id = $1 AND contact_id = ANY($2::uuid[]) AND closed_at IS NULL
  AND deleted_at IS NULL
GROUP BY contact_id, value_currency
"""
CASES = """
SELECT c.contact_id, count(*) FROM "case" c
JOIN case_status s ON s.workspace_id = c.workspace_id AND s.id = c.status_id
WHERE c.workspace_id = $1 AND c.contact_id = ANY($2::uuid[]) AND c.deleted_at IS NULL
  AND s.category <> 'RESOLVED'
GROUP BY c.contact_id
"""


class Boards(Limit):
    """The application that knows a board and a list of contacts."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = {"Board": self.board, "Contacts": self.contacts}

    async def board(self, variables: dict[str, Any]) -> Made:
        """A pipeline's columns, with their figures and the first cards of each."""
        wire_id = variables["id"]
        decoded = decode(wire_id)
        pipeline = decoded[1] if decoded else None
        stages = await self.pool.fetch(STAGES, WORKSPACE, pipeline)
        sums = await self.pool.fetch(FIGURES, WORKSPACE, pipeline)
        cards = await self.pool.fetch(TOP, WORKSPACE, [stage[2] for stage in stages])
        columns = {stage[2]: _column(stage) for stage in stages}
        for stage, _currency, count, total, weighted in sums:
            column = columns[stage]
            column["count"] += count
            column["totalValue"] = _dollars(total)
            column["weightedValue"] = _dollars(weighted)
        for card in cards:
            page = columns[card["stage"]]["cards"]
            if len(page["nodes"]) == CARDS:
                page["pageInfo"]["hasNextPage"] = True
            else:
                page["nodes"].append(_card(card))
        named = {"id": wire_id, "name": stages[0][1]}
        return {"pipelineBoard": {"pipeline": named, "columns": list(columns.values())}}

    async def contacts(self, _variables: dict[str, Any]) -> Made:
        """Fifty contacts with what is open with them."""
        rows = await self.pool.fetch(CONTACTS, WORKSPACE)
        found, more = rows[:50], len(rows) > 50
        ids = [row[0] for row in found]
        deals = {row[0]: row for row in await self.pool.fetch(DEALS, WORKSPACE, ids)}
        cases = {row[0]: row[1] for row in await self.pool.fetch(CASES, WORKSPACE, ids)}
        nodes = []
        for row in found:
            open_deals = deals.get(row[0])
            nodes.append(
                {
                    "id": encode("cnt", row[0]),
                    "name": row[1],
                    "email": row[2],
                    "jobTitle": row[3],
                    "status": row[4],
                    "owner": _named("usr", row[5], row[6]),
                    "openDealCount": open_deals[2] if open_deals else 0,
                    "openDealValue": _dollars(open_deals[3] if open_deals else "0"),
                    "openCaseCount": cases.get(row[0], 0),
                }
            )
        return {"contacts": {"nodes": nodes, "pageInfo": {"hasNextPage": more}}}


def _dollars(amount: str) -> Made:
    return {"amount": f"{Decimal(amount):.2f}", "currency": "USD"}


def _named(prefix: str, key: str | None, name: str) -> Made | None:
    return {"id": encode(prefix, key), "name": name} if key else None


def _column(stage: Any) -> Made:
    names = ("name", "color", "probability", "category")
    return {
        "stage": {"id": encode("stg", stage[2]), **dict(zip(names, list(stage)[3:], strict=True))},
        "count": 0,
        "totalValue": _dollars("0"),
        "weightedValue": _dollars("0"),
        "unconverted": [],
        "cards": {"nodes": [], "pageInfo": {"hasNextPage": False}},
    }


def _card(card: Any) -> Made:
    return {
        "id": encode("deal", card["id"]),
        "version": card["version"],
        "name": card["name"],
        "value": {"amount": card["value_amount"], "currency": card["value_currency"]},
        "probability": card["probability"],
        "closeDate": card["close_date"],
        "contact": _named("cnt", card["contact_key"], card["contact"]),
        "owner": _named("usr", card["owner_key"], card["owner"]),
    }


if __name__ == "__main__":
    serve(Boards())
