"""Addresses that are taken as they stand are those the library answers unchanged."""

from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from core.codes import UserErrorCode
from services.rules.forms import Form

WORDS = st.text("abzAZ019.-_+@ü ", max_size=12)
DOMAINS = st.sampled_from(
    [
        "x.com",
        "a-b.c.de",
        "x.local",
        "x.test",
        "xn--a.com",
        "a--b.com",
        "x",
        "X.Com",
        "x.c0m",
        "-x.com",
    ]
)


@given(local=WORDS, middle=WORDS, domain=DOMAINS)
@example(local="a" * 65, middle="", domain="x.com")
@example(local="a" * 64, middle="", domain="x.com")
@example(local="a.b+c", middle="mail.", domain="x.com")
def test_cont_21_quick_addresses_are_the_librarys(local: str, middle: str, domain: str):
    text = f"{local}@{middle}{domain}".strip()
    form = Form()
    answered = form.email("email", text)

    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        assert [one.code for one in form.refusals] == [UserErrorCode.INVALID_EMAIL]
        return
    assert answered == found.normalized
    assert bool(form.refusals) == ("." not in found.domain)
