"""Liquid: what is saved is checked, what is filled in is bounded and escaped."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.rules.liquid import LONGEST, MOST_OUTPUT, Flawed, check, render

NAMES = frozenset(("lead.firstName", "lead.company.name", "lead.score", "payload.*"))
VALUES = {
    "lead": {"firstName": "<b>Jo</b>", "company": {"name": "Globex"}, "score": 50},
    "payload": {"items": [{"a": 1}, {"a": 2}], "at": "2026-01-05", "text": "x" * 1_000},
}
WORDS = """
{{ }} {% %} {%- -}} lead lead.firstName payload.items if endif for endfor in i else
unless endunless assign = | append: upcase split: '' 'a' join replace: times: 9 date:
'%d' raw endraw liquid comment endcomment cycle case when endcase capture endcapture a .
[ ] ( ) .. , : (1..999999999) limit: offset: reversed contains == and or
forloop.index break continue include render 'x' increment tablerow endtablerow doc safe
payload payload.text
"""
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Hello {{ lead.firstName }}", "Hello &lt;b&gt;Jo&lt;/b&gt;"),
        ("{{ lead.company.name | upcase }}", "GLOBEX"),
        ("{% if lead.score >= 50 %}hot{% else %}cold{% endif %}", "hot"),
        ("{% for one in payload.items %}{{ one.a }};{% endfor %}", "1;2;"),
        ("{{ payload.at | date: '%-d.%m.%Y' }}", "5.01.2026"),
        ("{{ lead.score | times: 1.5 }} {{ 7 | divided_by: 2 }}", "75 3"),
        ("[{{ payload.nothing.at.all }}]", "[]"),
        ("{{ lead.missing | default: 'friend' }}", "friend"),
    ],
)
def test_fields_are_filled_in(text: str, made: str) -> None:
    assert render(text, VALUES, html=True) == made


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ lead.nope }}", "lead.nope"),
        ("{% if deal.name %}x{% endif %}", "deal.name"),
        ("{{ lead.firstName | explode }}", "explode"),
        ("{{ lead.firstName", "{{"),
        ("{% if lead.score %}x", "not Liquid"),
        ("{% for i in (1..1000000000) %}x{% endfor %}", "Ranges"),
        ("{% include 'secrets' %}", "include"),
        ("{% render 'secrets' %}", "render"),
        ("{% raw %}", "raw"),
        ("{{ 'x' | safe }}", "safe"),
        ("x" * (LONGEST + 1), "characters"),
    ],
)
def test_what_cannot_be_filled_in_is_told_when_it_is_saved(text: str, named: str) -> None:
    assert any(named in sentence for sentence in check(text, NAMES))


SPLIT = "{% assign a = payload.text | split: '' %}"
ENDLESS = {
    "doubled": "{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | append: a %}" * 60,
    "replaced": "{{ 'aaaaaaaaaa'" + " | replace: 'a', 'aaaaaaaaaaaaaaaaaaaa'" * 12 + " }}",
    "nested loops": SPLIT + "{% for i in a %}" * 3 + "." + "{% endfor %}" * 3,
    "loops in a row": SPLIT + "{% for i in a %}{% endfor %}" * 50,
    "powers": "{% assign n = 9 %}" + "{% assign n = n | times: n %}" * 30,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_text_that_never_ends_is_stopped(text: str) -> None:
    with pytest.raises(Flawed):
        render(text, VALUES)


@given(TEXTS)
@example("{{" * 40_000)
@example("{% raw %}" * 10_000)
@example("{{ " + " " * 90_000 + "}}")
@example("{{ a" + "[a" * 300 + "]" * 300 + " }}")
@example("{% if a %}" * 9_000)
@example("{{ 5 | round: -1000000000 }}")
@example("{{ '1e999999999' | ceil }}")
@example("{{ 'x' | date: '%999999999d' }}")
@example("{{ 9 | append: 'x' | slice: -999999999999, 999999999999 }}")
def test_no_text_hangs_or_breaks(text: str) -> None:
    made = ""
    with suppress(Flawed):
        made = render(text, VALUES, html=True)

    assert all(check(text, NAMES))
    assert len(made) <= MOST_OUTPUT


@given(st.text(max_size=50))
def test_a_value_never_becomes_markup(value: str) -> None:
    made = render("{{ lead.firstName }}", {"lead": {"firstName": value + "<script>"}}, html=True)

    assert "<" not in made


# The writing of lines is the reader's own.
@given(st.text(st.characters(exclude_characters="\r"), max_size=50))
def test_a_value_is_not_looked_into_again(value: str) -> None:
    written = value + "{{ lead.score }}"

    assert render("{{ lead.firstName }}", {"lead": {"firstName": written}}) == written
