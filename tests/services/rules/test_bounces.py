"""Answers of mail servers: whether they are about an address, or about a mail and its sender."""

import pytest

from services.rules import bounces

DEAD = [
    (550, "5.1.1 No such user here"),
    (550, "#5.1.0 Address rejected."),
    (556, "5.1.10 Recipient address has null MX"),
    (550, "5.2.1 The mailbox is disabled"),
    (550, "No such user"),
    (551, "User not local"),
    (553, "Mailbox name not allowed"),
    (550, "5.0.0 Unknown user"),
]
ALIVE = [
    (554, "5.7.1 <a@globex.example>: Relay access denied"),
    (553, "5.7.1 Sender address rejected: not owned by user"),
    (550, "5.1.0 <crm@ours.example>: Sender address rejected: User unknown in local table"),
    (550, "5.1.8 <crm@ours.example>: Sender address rejected: Domain not found"),
    (550, "relay not permitted"),
    (552, "5.2.2 Mailbox full"),
    (552, "Mailbox full"),
    (554, "Transaction failed"),
    (450, "4.1.1 Unverified address"),
    (450, "5.1.1 Unverified address"),
]


@pytest.mark.parametrize(("code", "words"), DEAD)
def test_an_address_is_dead_where_the_answer_says_so(code, words):
    assert bounces.is_dead(code, words)


@pytest.mark.parametrize(("code", "words"), ALIVE)
def test_what_is_about_a_mail_or_its_sender_leaves_the_address_alone(code, words):
    assert not bounces.is_dead(code, words)


@pytest.mark.parametrize(
    ("enhanced", "dead"), [("5.1.1", True), ("5.2.1", True), ("5.7.1", False), ("5.2.2", False)]
)
def test_a_report_has_its_code_beside_the_words(enhanced, dead):
    assert bounces.is_dead(None, "No such user", enhanced) is dead
