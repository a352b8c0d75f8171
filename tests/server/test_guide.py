"""Every operation that the guide shows is one the product answers."""

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))
SHOWN = [
    pytest.param(text, id=f"{page.stem}-{at}")
    for page in PAGES
    for at, text in enumerate(
        re.findall(r"```graphql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize("text", SHOWN)
def test_gql_06_an_example_of_the_guide_is_answered(server, request, text):
    if text.startswith("subscription"):
        declared = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
        assert validate(declared, parse(text)) == []
    elif text.startswith("mutation"):
        (answer,) = request.getfixturevalue("world").admin.run(text).values()
        assert answer["userErrors"] == []
    else:
        assert server.demo("executive").run(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_gql_06_each_page_of_the_guide_shows_an_example(page):
    assert "```graphql" in page.read_text(encoding="utf-8")
