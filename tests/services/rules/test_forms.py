"""Forms tell everything that is wrong with an input at once."""

import pytest

from core.errors import Refusals
from services.rules.forms import Form


def refused(check):
    form = Form()
    check(form)
    return [(str(error.code), error.path) for error in form.refusals]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "no-at",
        "a@",
        "@b.com",
        "a b@c.com",
        "a@b",
        "a@b..com",
        "a" * 250 + "@b.com",
        "a@b.com\n.x",
    ],
)
def test_addresses_that_cannot_exist_are_refused(email):
    [(code, path)] = refused(lambda form: form.email("email", email))

    assert code in {"INVALID_EMAIL", "REQUIRED", "TOO_LONG"}
    assert path == ("email",)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" ada@Acme.COM ", "ada@acme.com"), ("o'neil+crm@acme.co.uk", "o'neil+crm@acme.co.uk")],
)
def test_addresses_are_kept_in_their_normal_form(typed, kept):
    assert Form().email("email", typed) == kept


@pytest.mark.parametrize("zone", ["", "Mars/One", "europe/paris", "+02:00", "../etc/passwd"])
def test_unknown_time_zones_are_refused(zone):
    assert refused(lambda form: form.time_zone("timeZone", zone)) == [
        ("INVALID_TIMEZONE", ("timeZone",))
    ]


@pytest.mark.parametrize("code", ["", "US", "DEM", "ZZZ", "€"])
def test_currencies_out_of_use_are_refused(code):
    assert refused(lambda form: form.currency("currency", code)) == [
        ("INVALID_CURRENCY", ("currency",))
    ]


def test_a_currency_is_kept_in_upper_case():
    assert Form().currency("currency", " eur ") == "EUR"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["REQUIRED"]),
        ("  ", ["REQUIRED"]),
        ("x" * 81, ["TOO_LONG"]),
        ("a\nb", ["INVALID_VALUE"]),
    ],
)
def test_texts_are_held_to_their_field(text, codes):
    found = refused(lambda form: form.text("name", text, longest=80))

    assert [code for code, _ in found] == codes


def test_every_refusal_is_told():
    form = Form()
    form.text("name", "", longest=80)
    form.currency("currency", "?")

    with pytest.raises(Refusals) as told:
        form.done()

    assert [error.path for error in told.value.errors] == [("name",), ("currency",)]
