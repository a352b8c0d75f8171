"""Operations written by hand: where two ways of answering might differ."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.plugins.world import World

Case = tuple[str, dict[str, Any] | None]

_CARD = "... on Contact { name owner { name } } ... on Deal { name stage { name } }"
_ONE = """query($i: ID!) { contact(id: $i) { id name createdAt companies { nodes { name } }
  deals(first: 2) { nodes { name } pageInfo { hasNextPage } totalCount } } }"""


def forms() -> Iterator[Case]:
    """Those of `forms.jsonl`, one a line: any workspace answers them."""
    for line in (Path(__file__).parent / "forms.jsonl").read_text().splitlines():
        case = json.loads(line)
        yield case["query"], case.get("variables")


_COLUMN = """stage { __typename name pipeline { name } deals(first: 1) { totalCount } } count
  totalValue { amount currency __typename } weightedValue { amount } unconverted { amount }"""
_CARDS = "nodes { id name owner { name } contact { name } quotes(first: 2) { nodes { number } } }"


_OTHER_BOARDS = """{
  leads: leadBoard { eventCursor pipeline { name } columns { stage { name } status count
    cards { nodes { id owner { name } } } } }
  cases: caseBoard(filter: {subject: {startsWith: "a"}}) { columns { __typename status { name }
    count cards(first: 2) { nodes { number subject contact { name } } } } }
  tasks: taskBoard { columns { status count cards(first: 3) { nodes { title rank } totalCount } } }
  projects: projectBoard { columns { stage { id } count cards { nodes { name } } } } }"""


def boards(world: World) -> Iterator[Case]:
    """Boards: whole, filtered, by pages, of others, of another kind, of nobody."""
    pipelines = world.admin.run("{ pipelines(first: 20) { nodes { id kind } } }")["pipelines"]
    by_kind: dict[str, list[str]] = {}
    for one in pipelines["nodes"]:
        by_kind.setdefault(one["kind"], []).append(one["id"])
    foreign = world.server.demo("admin").run("{ pipelines(first: 1) { nodes { id } } }")
    query = f"""query($i: ID!, $f: DealFilter, $n: Int) {{
      board: pipelineBoard(pipelineId: $i, filter: $f) {{ __typename eventCursor
        pipeline {{ name stages(first: 2) {{ nodes {{ name }} }} }}
        columns {{ {_COLUMN} top: cards(first: $n) {{ {_CARDS} }} cards {{ totalCount
          edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"""
    some = {"value": {"gte": "20000"}, "contact": {"status": {"eq": "CUSTOMER"}}}
    for pipeline in by_kind["DEAL"]:
        for wanted in (None, some, {"owner": {"name": {"startsWith": "A"}}}):
            yield query, {"i": pipeline, "f": wanted, "n": 3}
    for pipeline in (by_kind["LEAD"][0], foreign["pipelines"]["nodes"][0]["id"], "deal_1"):
        yield query, {"i": pipeline}
    yield query, {"i": by_kind["DEAL"][0], "n": 101}
    yield _OTHER_BOARDS, None
    written = "filter: {value: {gte: 1000}}"
    yield (
        f"""{{ pipelineBoard(pipelineId: "{by_kind["DEAL"][-1]}", {written}) {{
      columns {{ __typename count cards(first: 2) {{ nodes {{ name }} }} }} }} }}""",
        None,
    )


def amounts() -> Iterator[Case]:
    """Amounts in other currencies, and the forecast."""
    yield (
        """{ deals(first: 9) { nodes { value { amount in(currency: "EUR") { amount currency } }
      } } }""",
        None,
    )
    months = "months { month count weighted { amount } unconverted { currency } }"
    query = f"query($a: Date!, $b: Date!) {{ forecast(from: $a, to: $b) {{ {months} }} }}"
    yield query, {"a": "2026-01-01", "b": "2027-12-31"}
    yield query, {"a": "2027-01-01", "b": "2026-12-31"}


def about(world: World) -> Iterator[Case]:
    """Operations on records of a workspace: seen, out of sight, deleted, of somebody else."""
    found = world.admin.run(
        "{ contacts(first: 40) { nodes { id } } deals(first: 3) { nodes { id } }"
        " invoices(first: 2) { nodes { id } } pipelineStages(first: 1) { nodes { id } } }"
    )
    ids = {name: [node["id"] for node in page["nodes"]] for name, page in found.items()}
    elsewhere = world.server.demo("admin").run("{ contacts(first: 1) { nodes { id } } }")
    foreign = elsewhere["contacts"]["nodes"][0]["id"]
    every = [one for several in ids.values() for one in several] + [foreign, foreign]
    yield f"query($i: [ID!]!) {{ nodes(ids: $i) {{ __typename id {_CARD} }} }}", {"i": every}
    yield f"query($i: ID!) {{ node(id: $i) {{ __typename {_CARD} }} }}", {"i": foreign}
    yield "query($i: ID!) { contact(id: $i) { name } }", {"i": ids["contacts"][0].lower()}
    both = "query($i: ID!) { contact(id: $i) { name } deal(id: $i) { name } }"
    yield both, {"i": ids["deals"][0]}
    for one in ids["contacts"][:10]:
        yield _ONE, {"i": one}


_ITEM = """__typename id at ... on Note { body owner { name } contacts { totalCount } }
  ... on Email { subject toAddresses from: fromAddress } ... on Meeting { hasTranscript }
  ... on TimelineEvent { event act actorName actor { __typename ... on User { id } } operationId
    changes { field before { ... on HistoryText { text length } }
      after { __typename ... on HistoryRecord { record { __typename id } } } } }
  ... on TimelineRecord { recordKind record { id ... on Deal { name } } }"""
_PAGE = f"""__typename totalCount nodes {{ {_ITEM} }}
  edges {{ __typename cursor node {{ ... on Call {{ id }} ... on TimelineEvent {{ event }} }} }}
  pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}"""


def timelines(world: World) -> Iterator[Case]:
    """Timelines of many, by pages and kinds; the inbox; cursors of others."""
    for plural in ("contacts", "companies", "deals", "leads", "cases", "products"):
        for given in ("first: 3", "first: 2, kinds: [EVENT, DEAL]", "kinds: []", "first: 101"):
            asked = f"lastActivityAt timeline({given}) {{ {_PAGE} }}"
            yield f"{{ {plural}(first: 4) {{ nodes {{ {asked} }} }} }}", None
    yield (
        f"{{ inbox(first: 7, channels: [EMAIL, MEETING]) {{ {_PAGE} }} unmatched {{ {_PAGE} }} }}",
        None,
    )
    query = "{ contacts(first: 1) { nodes { timeline(first: 2) { pageInfo { endCursor } } } } }"
    (first,) = world.admin.run(query)["contacts"]["nodes"]
    after = {"a": first["timeline"]["pageInfo"]["endCursor"]}
    for of in ("contacts", "deals"):
        asked = f"timeline(first: 4, after: $a) {{ {_PAGE} }}"
        yield f"query($a: Cursor) {{ {of}(first: 3) {{ nodes {{ {asked} }} }} }}", after
