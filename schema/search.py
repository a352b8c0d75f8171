"""The search over all records, as the API shows it."""

import functools
import operator
from typing import Annotated, Any

import strawberry

from core.names import snake, spaced
from models.registry import REGISTRY, Entity
from schema.declare import derived
from schema.derive import DEFAULT_FIRST, HOW_MANY
from schema.scalars import Cursor
from schema.types import Answered, Given, build_enum, build_type
from schema.values import PageInfo


def kinds() -> dict[str, Entity]:
    """The entities that are searched, by what `SearchType` calls them."""
    return {snake(one.name).upper(): one for one in REGISTRY.values() if one.searched}


SearchHighlightPart = build_type(
    "SearchHighlightPart",
    "A stretch of a text; plain text, to be escaped like any other.",
    {
        "text": Answered(str, "The stretch as it was written."),
        "matched": Answered(bool, "Whether it is what was looked for: to be marked."),
    },
)

SearchHighlight = build_type(
    "SearchHighlight",
    "Where in a record what was looked for was found.",
    {
        "field": Answered(str, "The record's field, such as `lastName` or `transcript`."),
        "parts": Answered(
            list[SearchHighlightPart],  # type: ignore[valid-type]
            "The text around the first find, in parts; put together they read as one.",
        ),
    },
)


def answered() -> Answered:
    """The root field; what it finds are all entities that are searched, so they come first."""
    found: Any = Annotated[
        functools.reduce(operator.or_, (derived(one.name) for one in kinds().values())),
        strawberry.union("SearchResult", description="A record that was found."),
    ]
    edge = build_type(
        "SearchResultEdge",
        "A record that was found, and where in it.",
        {
            "cursor": Answered(Cursor, "Its place in the list; send it as `after`."),
            "node": Answered(found | None, "The record; null if it left your sight meanwhile."),
            "highlights": Answered(
                list[SearchHighlight],  # type: ignore[valid-type]
                "Where what was typed was found, titles first; empty where only a spelling of it"
                " was found that cannot be shown.",
            ),
        },
    )
    connection = build_type(
        "SearchResultConnection",
        "A page of records that were found, the best first.",
        {
            "edges": Answered(list[edge], "The page with its cursors."),  # type: ignore[valid-type]
            "nodes": Answered(list[found], "The page."),
            "page_info": Answered(PageInfo, "Where the page lies."),
        },
    )
    return Answered(
        connection,
        "The records you see in which every word of what was typed is found: whole words of a"
        " title first, then beginnings, parts, what is in a body, and what only resembles it; the"
        " newest first among equals. Of a kind in which very many fit, the newest 200 come in this"
        " order, the others behind them by age. Nothing typed finds nothing.",
        {
            "query": Given(
                str,
                "What was typed, at most 200 characters: words, parts, numbers, addresses. It is"
                " taken as it is; there are no operators. Words behind the eighth are left out.",
                required=True,
            ),
            "types": Given(list[_types()], "Which kinds of records; all when left out."),  # type: ignore[misc]
            "first": Given(int, HOW_MANY, DEFAULT_FIRST),
            "after": Given(Cursor, "Only those behind this cursor of the same search."),
        },
    )


def _types() -> Any:
    described = {name: f"{spaced(one.plural).capitalize()}." for name, one in kinds().items()}
    return build_enum("SearchType", "A kind of record to look for.", described)
