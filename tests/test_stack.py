"""The libraries the owner asked for, each in the role it was asked for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
USED_BY = {
    "strawberry": "schema",
    "starlette": "server",
    "uvicorn": "server",
    "sqlalchemy": "models",
    "asyncpg": "core",
    "aiodataloader": "resolvers",
    "dramatiq": "jobs",
    "redis": "core",
    "httpx": "server",
    "pytest": "tests",
}


def imported(package: str) -> set[str]:
    """The top-level names that the modules of a package import."""
    names: set[str] = set()
    for file in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize(("library", "package"), USED_BY.items(), ids=USED_BY)
def test_gql_08_the_stack_is_the_one_asked_for(library: str, package: str) -> None:
    assert library in imported(package)
