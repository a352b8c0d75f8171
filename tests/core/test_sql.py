"""A statement that is compiled once reads as one that is compiled each time."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from core.sql import render, render_again
from models import metadata

DEAL, CONTACT = metadata.tables["deal"], metadata.tables["contact"]


def _row(turn: int) -> dict[str, Any]:
    return {"workspace_id": f"w{turn}", "id": f"d{turn}", "name": f"Deal {turn}", "custom": {}}


FORMS: dict[str, Callable[[int], Any]] = {
    "insert": lambda turn: sa.insert(DEAL).values(_row(turn)).returning(*DEAL.c),
    "insert of several": lambda turn: sa.insert(DEAL).values([_row(turn)] * (turn + 2)),
    "update": lambda turn: (
        sa.update(DEAL)
        .where(DEAL.c.workspace_id == f"w{turn}", DEAL.c.id == f"d{turn}")
        .values(rank=f"r{turn}", version=DEAL.c.version + 1, closed_at=None)
        .returning(*DEAL.c)
    ),
    "delete": lambda turn: sa.delete(DEAL).where(DEAL.c.id == f"d{turn}"),
    "select with lists": lambda turn: (
        sa.select(DEAL.c.id, sa.literal(turn).label("turn"))
        .where(
            DEAL.c.id.in_([f"d{one}" for one in range(turn + 1)]),
            DEAL.c.stage_id.not_in(("a", "b")),
        )
        .with_for_update(of=DEAL, key_share=True)
    ),
    "select with an array": lambda turn: sa.select(DEAL.c.id).where(
        DEAL.c.id == sa.any_(sa.bindparam(None, [f"d{turn}"], type_=sa.ARRAY(sa.Text)))
    ),
    "values bound later": lambda turn: sa.select(DEAL.c.id).where(
        DEAL.c.owner_id == sa.bindparam("user", None, type_=sa.Text), DEAL.c.name == f"n{turn}"
    ),
    "subquery": lambda turn: sa.select(CONTACT.c.id).where(
        sa.exists()
        .where(DEAL.c.contact_id == CONTACT.c.id, DEAL.c.name == f"n{turn}")
        .correlate(CONTACT)
    ),
}


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS)
def test_it_reads_the_same_with_the_values_of_each_time(make: Callable[[int], Any]) -> None:
    for turn in (0, 1, 2, 1):
        plain, again = render(make(turn)), render_again(make(turn))

        assert again.text == plain.text
        assert again.arguments() == plain.arguments()
        assert again.arguments({"user": "u"}) == plain.arguments({"user": "u"})
