"""The limit: the same answers from SQL, dicts and orjson written by hand, and nothing else."""

import gc
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import asyncpg
import orjson
import uvicorn

from core.ids import decode, encode

Row = Any
Made = dict[str, Any]
Query = Callable[[dict[str, Any]], Awaitable[Made]]

WORKSPACE = os.environ["WORKSPACE"]
CONTACT = "c.id, c.first_name, c.last_name, c.email, c.phone, c.job_title, c.status, c.created_at"
LIST = f"""
SELECT {CONTACT}, k.id AS company_id, k.name AS company, k.domain, k.industry, k.city, k.country
FROM contact c LEFT JOIN company k
  ON k.workspace_id = $1 AND k.id = c.primary_company_id AND k.deleted_at IS NULL
WHERE c.workspace_id = $1 AND c.deleted_at IS NULL ORDER BY c.id DESC LIMIT 50
"""
POINT = f"""
SELECT {CONTACT} FROM contact c WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL
"""
CUSTOMERS = """
SELECT id, first_name, last_name, email FROM contact
WHERE workspace_id = $1 AND deleted_at IS NULL AND status = 'CUSTOMER' ORDER BY id DESC LIMIT 100
"""
PAYING = """
SELECT id, first_name, last_name FROM contact c
WHERE workspace_id = $1 AND deleted_at IS NULL AND EXISTS (
  SELECT FROM invoice i WHERE i.workspace_id = $1 AND i.contact_id = c.id
    AND i.deleted_at IS NULL AND i.status = 'PAID')
ORDER BY id DESC LIMIT 3
"""
WON = """AND EXISTS (SELECT FROM pipeline_stage s
  WHERE s.workspace_id = $1 AND s.id = r.stage_id AND s.name_key = 'closed won')"""


class Level:
    """One to-many level: its statement for all parents at once, and what a row becomes."""

    def __init__(
        self,
        key: str,
        prefix: str,
        source: str,
        columns: str,
        make: Callable[[Row, str], Made],
        *,
        first: int = 5,
    ) -> None:
        """The source is `table by column`, with more conditions behind; no prefix, no ids."""
        table, _, by, *more = source.split(" ", 3)
        kept = "" if table == "payment" else "AND r.deleted_at IS NULL"
        order = "r.paid_on DESC, r.id DESC" if table == "payment" else "r.id DESC"
        self.key, self.prefix, self.make = key, prefix, make
        self.text = f"""
SELECT x.*, p.ord FROM unnest($2::uuid[]) WITH ORDINALITY p (parent, ord)
CROSS JOIN LATERAL (SELECT r.id, {columns} FROM {table} r
  WHERE r.workspace_id = $1 AND r.{by} = p.parent {kept} {" ".join(more)}
  ORDER BY {order} LIMIT {first}) x ORDER BY p.ord"""


def money(row: Row) -> Made:
    """An amount and its currency, selected as a and c."""
    return {"amount": row["a"], "currency": row["c"]}


def moment(value: datetime) -> str:
    """A moment as the API writes it."""
    return value.isoformat(timespec="milliseconds")[:-6] + "Z"


def contact(row: Row, wire_id: str) -> Made:
    """A contact of the list, or one by its id."""
    return {
        "id": wire_id,
        "firstName": row["first_name"],
        "lastName": row["last_name"],
        "email": row["email"],
        "phone": row["phone"],
        "jobTitle": row["job_title"],
        "status": row["status"],
        "createdAt": moment(row["created_at"]),
    }


def company(row: Row) -> Made | None:
    """The company joined to a contact."""
    if row["company_id"] is None:
        return None
    return {
        "id": encode("cmp", row["company_id"]),
        "name": row["company"],
        "domain": row["domain"],
        "industry": row["industry"],
        "city": row["city"],
        "country": row["country"],
    }


DEEP = (
    Level(
        "deals",
        "deal",
        "deal by contact_id",
        "name, close_date, probability, value_amount a, value_currency c",
        lambda row, wire_id: {
            "id": wire_id,
            "name": row["name"],
            "closeDate": row["close_date"],
            "probability": row["probability"],
            "value": money(row),
        },
    ),
    Level(
        "quotes",
        "qte",
        "quote by deal_id",
        "number, status, valid_until, total_amount a, currency c",
        lambda row, wire_id: {
            "id": wire_id,
            "number": row["number"],
            "status": row["status"],
            "validUntil": row["valid_until"],
            "total": money(row),
        },
    ),
    Level(
        "contracts",
        "ctr",
        "contract by quote_id",
        "number, status, starts_on, value_amount a, currency c",
        lambda row, wire_id: {
            "id": wire_id,
            "number": row["number"],
            "status": row["status"],
            "startsOn": row["starts_on"],
            "value": money(row),
        },
    ),
    Level(
        "invoices",
        "inv",
        "invoice by contract_id",
        "number, status, due_date, total_amount a, currency c",
        lambda row, wire_id: {
            "id": wire_id,
            "number": row["number"],
            "status": row["status"],
            "dueDate": row["due_date"],
            "total": money(row),
        },
    ),
    Level(
        "payments",
        "pay",
        "payment by invoice_id",
        "paid_on, method, amount a, currency c",
        lambda row, wire_id: {
            "id": wire_id,
            "paidOn": row["paid_on"],
            "method": row["method"],
            "value": money(row),
        },
    ),
)
CHAIN = (
    Level(
        "deals",
        "",
        f"deal by contact_id {WON}",
        "name, close_date, value_amount a, value_currency c",
        lambda row, _: {"name": row["name"], "closeDate": row["close_date"], "value": money(row)},
    ),
    Level(
        "quotes",
        "",
        "quote by deal_id",
        "number, status, total_amount a, currency c",
        lambda row, _: {"number": row["number"], "status": row["status"], "total": money(row)},
    ),
    Level(
        "contracts",
        "",
        "contract by quote_id",
        "number, status",
        lambda row, _: {"number": row["number"], "status": row["status"]},
        first=1,
    ),
    Level(
        "invoices",
        "",
        "invoice by contract_id",
        "number, status, total_amount a, currency c",
        lambda row, _: {"number": row["number"], "status": row["status"], "total": money(row)},
    ),
    Level(
        "payments",
        "",
        "payment by invoice_id",
        "paid_on, amount a, currency c",
        lambda row, _: {"paidOn": row["paid_on"], "value": money(row)},
    ),
)


class Limit:
    """An ASGI application that knows four operations by name."""

    pool: asyncpg.Pool

    def __init__(self) -> None:
        self.operations: dict[str, Query] = {
            "List": self.fifty,
            "Deep": self.deep,
            "Point": self.point,
            "Chain": self.chain,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message.get("more_body", False)
        asked = orjson.loads(body)
        made = await self.operations[asked["operationName"]](asked.get("variables") or {})
        content = orjson.dumps({"data": made})
        length = str(len(content)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def fifty(self, _variables: dict[str, Any]) -> Made:
        """Fifty contacts with their company."""
        rows = await self.pool.fetch(LIST, WORKSPACE)
        nodes = []
        for row in rows:
            made = contact(row, encode("cnt", row["id"]))
            made["primaryCompany"] = company(row)
            nodes.append(made)
        return {"contacts": {"nodes": nodes}}

    async def point(self, variables: dict[str, Any]) -> Made:
        """One contact by its id."""
        wire_id = variables["id"]
        decoded = decode(wire_id)
        row = decoded and await self.pool.fetchrow(POINT, WORKSPACE, decoded[1])
        return {"contact": row and contact(row, wire_id)}

    async def deep(self, _variables: dict[str, Any]) -> Made:
        """Six levels."""
        rows = await self.pool.fetch(CUSTOMERS, WORKSPACE)
        nodes = [
            {
                "id": encode("cnt", row["id"]),
                "firstName": row["first_name"],
                "lastName": row["last_name"],
                "email": row["email"],
            }
            for row in rows
        ]
        await self._below(nodes, [row["id"] for row in rows], DEEP)
        return {"contacts": {"nodes": nodes}}

    async def chain(self, _variables: dict[str, Any]) -> Made:
        """The chain of the README."""
        rows = await self.pool.fetch(PAYING, WORKSPACE)
        nodes = [{"firstName": row["first_name"], "lastName": row["last_name"]} for row in rows]
        await self._below(nodes, [row["id"] for row in rows], CHAIN)
        return {"contacts": {"nodes": nodes}}

    async def _below(self, parents: list[Made], ids: list[str], levels: Any) -> None:
        for level in levels:
            found = await self.pool.fetch(level.text, WORKSPACE, ids)
            lists: list[list[Made]] = [[] for _ in parents]
            for parent, nodes in zip(parents, lists, strict=True):
                parent[level.key] = {"nodes": nodes}
            ids = [row["id"] for row in found]
            named = [encode(level.prefix, one) for one in ids] if level.prefix else ids
            parents = [level.make(row, one) for row, one in zip(found, named, strict=True)]
            for row, made in zip(found, parents, strict=True):
                lists[row["ord"] - 1].append(made)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(
            os.environ["DATABASE_URL"],
            min_size=1,
            max_size=int(os.environ["POOL"]),
            init=_codecs,
            reset=_nothing,
            server_settings={
                "jit": "off",
                "plan_cache_mode": "force_generic_plan",
                "random_page_cost": "1.1",
            },
        )
        gc.collect()
        gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _codecs(connection: asyncpg.Connection) -> None:
    for name in ("uuid", "numeric"):
        await connection.set_builtin_type_codec(
            name, schema="pg_catalog", codec_name="text", format="text"
        )


async def _nothing(_connection: asyncpg.Connection) -> None:
    """Nothing to reset: the session is never changed."""


def serve(application: Limit) -> None:
    """Serve as our own server is served."""
    uvicorn.run(
        application,
        port=int(os.environ["PORT"]),
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
    )


if __name__ == "__main__":
    serve(Limit())
