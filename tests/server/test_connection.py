"""Operations over one connection: whole, in pieces, several at once, and between other requests."""

import json
import re

import pytest

from tests.plugins.line import Line, head
from tests.plugins.world import World

ROLE = json.dumps({"query": "{ viewer { role } }"})
PAGE = json.dumps({"query": "{ contacts { totalCount } }"})
HEALTH = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def admin(server):
    return World(server).admin


@pytest.fixture
def line(server):
    return Line(server.ready["graphql"])


def role(line):
    """The role the next answer tells."""
    return json.loads(line.answer()[1])["data"]["viewer"]["role"]


def test_the_same_operation_again_has_an_answer_and_an_id_of_its_own(line, admin):
    found = []
    for _ in range(3):
        line.send(head(admin, ROLE) + ROLE)
        found.append(line.answer())

    assert len({body for _, body in found}) == 1
    assert len({re.findall("x-request-id: (.+)", text)[0] for text, _ in found}) == 3
    names = [[one.partition(":")[0] for one in text.splitlines()] for text, _ in found]
    assert names[0] == names[1] == names[2]


def test_a_body_may_come_in_pieces(line, admin):
    for pieces in [(ROLE,), (ROLE[:7], ROLE[7:]), tuple(ROLE)]:
        line.send(head(admin, ROLE), *pieces)

        assert role(line) == "ADMIN"


def test_operations_sent_together_are_answered_in_their_order(line, admin):
    line.send(head(admin, ROLE) + ROLE)
    line.answer()
    line.send(
        head(admin, ROLE) + ROLE + head(admin, PAGE) + PAGE + HEALTH + head(admin, ROLE) + ROLE
    )

    answers = [line.answer() for _ in range(4)]

    assert b"ADMIN" in answers[0][1]
    assert b"totalCount" in answers[1][1]
    assert b"ADMIN" not in answers[2][1]
    assert b"ADMIN" in answers[3][1]


def test_a_head_that_came_before_says_nothing_about_the_next(line, admin):
    line.send(head(admin, ROLE) + ROLE)
    line.answer()
    line.send(head(admin, ROLE, "x-request-id: chosen-by-me") + ROLE)
    chosen, _ = line.answer()
    line.send(head(admin, ROLE).replace("localhost", "elsewhere.example") + ROLE)
    refused, _ = line.answer()

    assert "x-request-id: chosen-by-me" in chosen
    assert refused.startswith("HTTP/1.1 400")


def test_who_signed_out_is_refused_though_the_head_is_known(line, world):
    for _ in range(2):
        line.send(head(world.admin, ROLE) + ROLE)
        assert role(line) == "ADMIN"

    world.admin.run("mutation { signOut(input: {}) { userErrors { code } } }")
    line.send(head(world.admin, ROLE) + ROLE)

    assert line.answer()[0].startswith("HTTP/1.1 401")


def test_a_client_that_closes_after_its_answer_is_told_so(line, admin):
    line.send(head(admin, ROLE, "connection: close") + ROLE)

    told, _ = line.answer()

    assert "connection: close" in told.lower()
    assert line.answer() == ("", b"")
