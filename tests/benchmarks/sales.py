"""`./dev bench sales`: from a signed copy to its invoice, and the sums of long quotes."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from services.rules import quotes
from tests.benchmarks import _report
from tests.benchmarks.harness import in_turn, median
from tests.plugins.dev import data_folder, started
from tests.plugins.world import Server, World
from tests.resolvers import cash, quoting
from tests.services.importing import sql, uuid

LINES = 200
SALES, QUICK_SALES = 15, 3
ROUNDS = 15
REPEATS = 20
_PASSED = """SELECT count(*) FROM consumer_offset
  WHERE workspace_id = $1 AND consumer = 'quote_to_cash' AND position >= $2"""
_INVOICED = "SELECT count(*) FROM invoice WHERE workspace_id = $1 AND quote_id = $2"
_CENT = Decimal("0.01")


def sums() -> dict[str, Any]:
    """Totals of a long quote beside the least that has to be done: a product and a sum a line."""
    lines = [
        quotes.Line(Decimal(at % 50 + 1), Decimal("150.25") + at, Decimal(at % 20))
        for at in range(LINES)
    ]

    def ours() -> Any:
        return quotes.totals(lines, "USD", discount=Decimal(500), tax_percent=Decimal("8.25"))

    def least() -> Decimal:
        total = Decimal(0)
        for one in lines:
            kept = (100 - one.discount_percent) / 100
            total += (one.quantity * one.unit_price * kept).quantize(_CENT, ROUND_HALF_UP)
        return total

    taken: dict[str, list[float]] = {"ours": [], "least": []}
    for _ in range(ROUNDS):
        taken["ours"].append(_timed(ours))
        taken["least"].append(_timed(least))
    return {
        "totals_ms": round(median(taken["ours"]) * 1000, 2),
        "product_and_sum_ms": round(median(taken["least"]) * 1000, 2),
        "ratio": in_turn(taken["ours"], taken["least"]),
    }


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    for _ in range(REPEATS):
        work()
    return (time.perf_counter() - began) / REPEATS


def chain(sales: int) -> dict[str, Any]:
    """Seconds from the act that signs to the invoice, and to any event's being followed at all."""
    with data_folder() as data, started(data, "--port", 0) as dev:
        world = World(Server(dev))
        taken: dict[str, list[float]] = {"accepted": [], "invoiced": [], "followed": []}
        for _ in range(sales):
            made = cash.accepted(world)
            contract, quote = made["contract"]["id"], uuid(made["quote"]["id"])
            assert not cash.act(world, "contractSend", contract, method="UPLOAD").errors
            taken["invoiced"].append(
                _until(
                    lambda: cash.uploaded_copy(world, contract),  # noqa: B023 - run at once
                    lambda: _counts(world, _INVOICED, quote),  # noqa: B023
                )
            )
            taken["followed"].append(_until(world.deal, lambda: _is_followed(world)))
    return {
        "signed_to_invoice_s": round(median(taken["invoiced"]), 3),
        "slowest_s": round(max(taken["invoiced"]), 3),
        "deal_to_followed_s": round(median(taken["followed"]), 3),
        "ratio": in_turn(taken["invoiced"], taken["followed"]),
    }


def _until(act: Callable[[], Any], done: Callable[[], bool]) -> float:
    act()
    began = time.perf_counter()
    while not done():
        time.sleep(0.005)
    return time.perf_counter() - began


def _is_followed(world: World) -> bool:
    position = int(world.admin.run("{ eventCursor }")["eventCursor"])
    return _counts(world, _PASSED, position)


def _counts(world: World, statement: str, about: Any) -> bool:
    return bool(sql(world.server, statement, uuid(world.id), about)[0][0])


def longest(world: World) -> dict[str, Any]:
    """Statements and bytes of a line's change on a quote of many lines beside one of few."""
    found: dict[str, Any] = {}
    for count in (3, LINES):
        made = quoting.quote(world, *(quoting.described() for _ in range(count)))
        line = made["lines"]["nodes"][0]["id"]
        given = {"id": line, "quantity": "2"}
        world.admin.act("quoteLineUpdate", given, "quote { id }")
        before, size = world.server.statements(), _told(world)
        world.admin.act("quoteLineUpdate", given | {"quantity": "3"}, "quote { id }")
        found[f"statements_{count}"] = int(world.server.statements() - before)
        found[f"log_bytes_{count}"] = _told(world) - size
    return found


def _told(world: World) -> int:
    statement = "SELECT coalesce(sum(length(changes::text)), 0) FROM event WHERE workspace_id = $1"
    return int(sql(world.server, statement, uuid(world.id))[0][0])


def measure(sales: int) -> dict[str, Any]:
    """All of it."""
    found = {"sums": sums(), "chain": chain(sales)}
    with data_folder() as data, started(Path(data), "--port", 0) as dev:
        found["change"] = longest(World(Server(dev)))
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    worked, followed, change = found["sums"], found["chain"], found["change"]
    head = ("", "ours", "beside it", "ratio")
    rows = [
        (
            f"totals of {LINES} lines, ms; a product and a sum a line",
            worked["totals_ms"],
            worked["product_and_sum_ms"],
            worked["ratio"],
        ),
        (
            "signed to invoice, s; a deal's creation to its being followed",
            f"{followed['signed_to_invoice_s']} (slowest {followed['slowest_s']})",
            followed["deal_to_followed_s"],
            followed["ratio"],
        ),
        (
            f"a line changed on {LINES} lines, statements; on 3",
            change[f"statements_{LINES}"],
            change["statements_3"],
            "",
        ),
        (
            f"a line changed on {LINES} lines, bytes of the log; on 3",
            change[f"log_bytes_{LINES}"],
            change["log_bytes_3"],
            "",
        ),
    ]
    return _report.table(head, [list(row) for row in rows])


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench sales")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    found = measure(QUICK_SALES if given.quick else SALES)
    text = table(found)
    if not given.quick:
        _report.put("sales", text)
    sys.stdout.write(json.dumps(found) + "\n" if given.json else text)


if __name__ == "__main__":
    main()
