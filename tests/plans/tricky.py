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
