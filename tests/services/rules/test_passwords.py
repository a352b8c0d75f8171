"""Which passwords are too weak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.passwords import LONGEST, SHORTEST, weakness


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short7!",
        "aaaaaaaaaaaa",
        "abababababab",
        "1234567890",
        "password123",
        "Passw0rd!!",
        "P@ssword2026",
        "qwertyuiop",
        "letmein12345",
        "W3lcome2026!",
        "x" * (LONGEST + 1),
    ],
)
def test_weak_passwords_are_named(password):
    assert weakness(password)


@pytest.mark.parametrize(
    "password",
    ["correct horse 7 battery", "Жуков и 3 кота", "tr0mbone-quay-lichen", "9f2c81ab77de"],
)
def test_good_passwords_pass(password):
    assert weakness(password) is None


@pytest.mark.parametrize("password", ["ada.byron@acme.com", "Ada.Byron@Acme.com", "ada.byron99"])
def test_ones_own_address_is_no_password(password):
    assert (weakness(password, email="ada.byron@acme.com") is None) == (password == "ada.byron99")


@given(st.text(max_size=SHORTEST - 1))
def test_nothing_short_passes(password):
    assert weakness(password)


@given(st.text(min_size=SHORTEST, max_size=LONGEST))
def test_any_text_is_judged(password):
    problem = weakness(password)

    assert problem is None or problem.endswith(".")
