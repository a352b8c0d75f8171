"""Figures as tables, for the terminal and for docs/benchmarks.md."""

from collections.abc import Sequence
from typing import Any

from tests.benchmarks.harness import ROOT, in_turn, median, ratio

PAGE = ROOT / "docs" / "benchmarks.md"
NAMES = {
    "ours": "Coeffection",
    "limit": "SQL by hand",
    "mercurius": "Mercurius with JIT",
    "postgraphile": "PostGraphile 5",
    "plain": "Strawberry, ORM, aiodataloader",
}
DETAILS = (
    "query",
    "server",
    "server CPU ms",
    "PostgreSQL CPU ms",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "alone, p50 ms",
    "alone, CPU ms",
    "bytes",
)
Figures = dict[tuple[str, str], Any]


def tables(figures: Figures, found: dict[str, Any]) -> str:
    """How many times the processor time of ours the others need, and what ours is to the limit."""
    names = [name for name in NAMES if name != "ours" and ("list", name) in figures]
    rows = []
    for query, ratios in found.items():
        ours = figures[query, "ours"].cpu
        theirs = [in_turn(figures[query, name].cpu, ours) for name in names]
        rows.append([query, *theirs, ratios["limit"], ratios["statements"]])
    head = ["query", *(f"{NAMES[name]} ÷ ours" for name in names), "ours ÷ by hand", "statements"]
    return table(head, rows)


def details(figures: Figures) -> str:
    """Every figure of every query and server: medians of the rounds."""
    ordered = sorted(figures, key=lambda key: (list(figures).index((key[0], "ours")), key[1]))
    return table(DETAILS, [_detail(*key, figures[key]) for key in ordered])


def _detail(query: str, name: str, one: Any) -> list[Any]:
    def ms(seconds: list[float], digits: int = 3) -> str:
        return f"{median(seconds) * 1000:.{digits}f}" if seconds else ""

    return [
        query,
        NAMES[name],
        ms(one.cpu),
        ms(one.database),
        round(median(one.rate)),
        ms(one.p50, 1),
        ms(one.p99, 1),
        ms(one.alone, 2),
        ms(one.alone_cpu),
        f"{one.bytes:,}",
    ]


def security(figures: Figures, found: dict[str, dict[str, float]]) -> str:
    """What the policy costs PostgreSQL, and what our requests do beside Mercurius's."""
    rows = []
    for name, one in found.items():
        costs = ratio(one["policy"], one["bare"])
        shipped = in_turn(figures[name, "ours"].database, figures[name, "mercurius"].database)
        row = [name, f"{one['bare']:.3f}", f"{one['policy']:.3f}", costs]
        rows.append([*row, round(shipped / costs, 2), shipped])
    head = ("query", "without policy, ms", "with policy, ms", "with ÷ without")
    return table((*head, "without ÷ Mercurius", "as shipped ÷ Mercurius"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def put(name: str, text: str) -> None:
    """Write a part of docs/benchmarks.md: what lies between the marks of this name."""
    begins, ends = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, rest = PAGE.read_text(encoding="utf-8").split(begins)
    _, after = rest.split(ends)
    PAGE.write_text(f"{before}{begins}{text}{ends}{after}", encoding="utf-8")
