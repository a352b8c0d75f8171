"""What the documents show works: their queries run, their links lead somewhere."""

import re

import pytest
from graphql import build_schema, parse, validate

from tests.every_entity.doors import CLOSED_LISTS
from tests.plugins.dev import ROOT
from tests.plugins.world import Server

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
SHOWN = [
    pytest.param(found, id=f"{page.name}-{number}")
    for page in PAGES
    for number, found in enumerate(re.findall(r"```graphql\n(.*?)```", page.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("text", SHOWN)
def test_gql_06_an_operation_of_the_documents_is_answered(server: Server, request, text) -> None:
    if text.startswith("subscription"):
        declared = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
        assert validate(declared, parse(text)) == []
    elif text.startswith("mutation"):
        (answer,) = request.getfixturevalue("world").admin.run(text).values()
        assert answer["userErrors"] == []
    else:
        # What Admins alone may ask is asked by one.
        closed = any(re.search(rf"\b{name}\b", text) for name in CLOSED_LISTS)
        assert server.demo("admin" if closed else "executive").run(text)


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.stem)
def test_gql_06_each_page_of_the_guide_shows_an_example(page) -> None:
    assert "```graphql" in page.read_text(encoding="utf-8")


def test_the_chain_of_the_readme_is_the_one_it_shows(server: Server) -> None:
    text = (ROOT / "README.md").read_text()
    (query,) = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
    answer = str(server.demo("executive").run(query)["contacts"]["nodes"][0])

    for shown in ("Sarah", "Globex Corp", "48000.00", "INV-1088", "PAID"):
        assert shown in text
        assert shown in answer


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_the_documents_lead_to_files(page) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda one: one.name
)
def test_a_decision_is_short(page) -> None:
    assert len(page.read_text().splitlines()) <= 25
