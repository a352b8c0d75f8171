"""Papers: quotes of few and many lines printed as workers print them, beside an empty page."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import typst

from services.documents import figures
from services.documents.press import Press
from services.documents.shelf import FONTS
from services.rules import paper, quotes
from tests.benchmarks import _report
from tests.benchmarks.harness import median, ratio

LINES = (3, 60, 200)
ROUNDS, QUICK_ROUNDS = 30, 5
LIMIT_MS = 100
"""What a paper of ordinary length may take."""


def quote(lines: int) -> dict[str, Any]:
    """What is printed of a quote with so many lines."""
    style = paper.style("en_US")
    found = [_line(at) for at in range(lines)]
    worked = quotes.totals(
        [quotes.Line(one["quantity"], one["unit_price_amount"]) for one in found],
        "USD",
        tax_percent=Decimal("8.25"),
    )
    for one, total in zip(found, worked.lines, strict=True):
        one["total_amount"] = total
    row = {
        "currency": "USD",
        "subtotal_amount": worked.subtotal,
        "discount_amount": worked.discount,
        "discount_percent": None,
        "tax_percent": Decimal("8.25"),
        "tax_amount": worked.tax,
    }
    return {
        "kind": "Quote",
        "number": "QT-2026-0001",
        "paper": style.paper,
        "title": "Enterprise Platform",
        "badge": None,
        "watermark": None,
        "seller": {"name": "Acme Corporation", "address": ["500 Howard Street", "San Francisco"]},
        "footer": "Acme Corporation · 500 Howard Street · San Francisco",
        "customer": {"heading": "Prepared for", "lines": ["Sarah Chen", "Globex Corp"]},
        "facts": [["Valid until", style.date(date(2026, 12, 31))], ["Prepared by", "Ann Bee"]],
        **figures.lines(row, found, style),
        "sums": figures.sums(row, found, style),
        "total": ["Total", style.money(worked.total, "USD")],
        "settled": [],
        "terms": paper.blocks("Payment within **30 days**.\n\n- Prices hold until the quote ends."),
        "notice": None,
    }


def _line(at: int) -> dict[str, Any]:
    return {
        "description": f"Platform License for office {at + 1}",
        "quantity": Decimal(at % 50 + 1),
        "unit_price_amount": Decimal("150.25") + at,
        "currency": "USD",
        "discount_percent": Decimal(0),
        "tax_percent": None,
        "tier_percent": Decimal(5) if at % 3 == 0 else None,
        "overridden_at": None,
    }


async def _timed(work: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000


async def measure(rounds: int) -> dict[str, Any]:
    """Milliseconds of each paper and of the yardstick, taken in turns; medians of the rounds."""
    press = Press()
    papers = {lines: quote(lines) for lines in LINES}
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.typ"
        # Another one each time, too: typst remembers what it has set before.
        empty.write_text("#set document(title: sys.inputs.at)")
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
        )
        compiler = typst.Compiler(empty, root=folder, font_paths=fonts)

        async def yardstick(at: int) -> Any:
            return compiler.compile(format="pdf", sys_inputs={"at": str(at)})

        cold = await _timed(_printed(press, papers[LINES[0]], 0))
        taken: dict[Any, list[float]] = {"empty": [], **{lines: [] for lines in LINES}}
        for at in range(1, rounds + 1):
            taken["empty"].append(await _timed(yardstick(at)))
            for lines, data in papers.items():
                taken[lines].append(await _timed(_printed(press, data, at)))
    await press.close()
    medians = {name: round(median(times), 1) for name, times in taken.items()}
    ratios = {
        lines: median([ratio(*pair) for pair in zip(taken[lines], taken["empty"], strict=True)])
        for lines in LINES
    }
    return {"cold_ms": round(cold, 1), "empty_ms": medians["empty"], "ms": medians, "ratio": ratios}


async def _printed(press: Press, data: dict[str, Any], at: int) -> bytes:
    # Each time it is another paper, as it is where records change: nothing of it is remembered.
    told = data | {"number": f"QT-2026-{at:04d}"}
    return await press.print("offer", told, at=at)


def table(found: dict[str, Any]) -> str:
    """The figures for docs/benchmarks.md."""
    head = ("paper", "ms", "÷ an empty page")
    rows: list[list[Any]] = [["an empty page, bare typst", found["empty_ms"], 1]]
    rows += [[f"quote of {one} lines", found["ms"][one], found["ratio"][one]] for one in LINES]
    rows.append(["the first of a worker, 3 lines", found["cold_ms"], ""])
    return _report.table(head, rows)


def main() -> None:
    """Run it and say what came of it."""
    reading = argparse.ArgumentParser(prog="./dev bench documents")
    reading.add_argument("--json", action="store_true")
    reading.add_argument("--quick", action="store_true")
    given = reading.parse_args()
    found = asyncio.run(measure(QUICK_ROUNDS if given.quick else ROUNDS))
    if not given.quick:
        _report.put("documents", table(found))
    sys.stdout.write(json.dumps(found) + "\n" if given.json else table(found))
    if found["ms"][LINES[0]] > LIMIT_MS:
        sys.exit(f"A quote of {LINES[0]} lines takes more than {LIMIT_MS} ms.")


if __name__ == "__main__":
    main()
