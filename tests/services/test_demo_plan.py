"""The plan of demo records: the same each time, and consistent whatever the day and zone."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.enums import CaseStatusCategory, LeadStatus, StageCategory
from services.demo import plan
from services.demo.book import TABLES, Book
from services.demo.world import Column, Desk, Person, Pipeline, Product, Stage, World
from services.rules import sla
from services.rules.business_hours import Week
from services.rules.cases import APPROACHING_PERCENT, STATUSES, TARGETS
from services.rules.pipelines import SEEDED
from services.rules.sla import Policy

NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
SEVERAL_UNITS = ("project", "project_member", "milestone", "task_dependency")
ZONES = ("America/New_York", "Pacific/Auckland", "UTC", "Asia/Kolkata", "Pacific/Pago_Pago")

serials = st.integers(0, 10**6)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)
currencies = st.sampled_from(["USD", "JPY", "KWD"])


def a_pipeline(name):
    steps = [
        Stage(
            f"{name} {step.name}", name, step.name, step.probability, StageCategory[step.category]
        )
        for step in SEEDED["DEAL"][name]
    ]
    return Pipeline(steps[:-2], steps[-2], steps[-1])


def a_desk(zone):
    columns = [Column(one.name, one.name, CaseStatusCategory[one.category]) for one in STATUSES]
    week = Week(ZoneInfo(zone))
    return Desk(
        columns,
        {
            name: Policy(minutes(first), minutes(last), APPROACHING_PERCENT, False, week)
            for name, (first, last) in TARGETS.items()
        },
        "support",
    )


def minutes(count):
    return timedelta(minutes=count)


def a_world(seed="Acme Corporation", now=NOW, zone="America/New_York", currency="USD"):
    count = itertools.count()
    return World(
        seed=seed,
        now=now,
        zone=ZoneInfo(zone),
        currency=currency,
        owners=[Person(f"u{n}", f"Ada {n}", f"ada{n}@acme.example") for n in range(3)],
        pipelines=[a_pipeline(name) for name in SEEDED["DEAL"]],
        leads={
            LeadStatus[str(step.lead_status)]: Stage(
                step.name, "Leads", step.name, step.probability, StageCategory[step.category]
            )
            for step in reversed(SEEDED["LEAD"]["Leads"])
        },
        projects=[
            Stage(step.name, "Projects", step.name, step.probability, StageCategory[step.category])
            for step in SEEDED["PROJECT"]["Projects"]
        ],
        desk=a_desk(zone),
        products=[Product(f"p{n}", f"S{n}", f"Product {n}", Decimal(n * 150)) for n in range(1, 6)],
        new_id=lambda: f"id{next(count)}",
    )


def planned(*serials, contacts=plan.CONTACTS, **given):
    book = Book(a_world(**given))
    for serial in serials:
        plan.unit(book, serial, contacts)
    return book.rows


def by_id(rows):
    return {row["id"]: row for row in rows}


def total(rows, key, value):
    return sum((row["total_amount"] for row in rows if row[key] == value), Decimal(0))


def test_the_same_name_and_serials_plan_the_same_records():
    assert planned(0, 1, 2) == planned(0, 1, 2)


def test_another_name_plans_other_people():
    mails = [{row["email"] for row in planned(0, seed=seed)["contact"]} for seed in ("A", "B")]
    assert mails[0] != mails[1]


def test_a_unit_is_the_same_in_whatever_batch_it_is_made():
    alone = [row["email"] for row in planned(7)["contact"]]
    assert [row["email"] for row in planned(6, 7)["contact"]][plan.CONTACTS :] == alone


def test_a_unit_has_the_proportions_of_the_large_demo():
    counts = {table: len(rows) for table, rows in planned(*range(12)).items()}
    expected = {"company": 24, "contact": 120, "deal": 60, "quote": 72, "quote_line": 216}
    expected |= {"contract": 36, "invoice": 36, "lead": 12, "case": 12, "project": 1}
    assert counts | expected == counts
    assert counts["task"] == 12 + 5


@given(st.integers(1, plan.CONTACTS), serials)
def test_a_unit_takes_fewer_contacts_where_fewer_are_wanted(contacts, serial):
    rows = planned(serial, contacts=contacts)
    assert len(rows["contact"]) == contacts
    assert all(rows[table] for table in TABLES if table not in SEVERAL_UNITS)


def test_every_state_of_a_document_occurs():
    rows = planned(*range(24))
    states_of = {"quote": 6, "contract": 8, "invoice": 6, "contact": 4, "lead": 5, "task": 4}
    for table, states in states_of.items():
        assert len({row["status"] for row in rows[table]}) == states, table
    assert {row["status_id"] for row in rows["case"]} == {one.name for one in STATUSES}


def test_cont_13_e_mail_addresses_are_unique():
    emails = [row["email"] for row in planned(*range(200))["contact"]]
    assert len(set(emails)) == len(emails) == 2000


@given(serials, moments, zones, currencies)
def test_inv_01_an_invoice_mirrors_its_quote_to_the_cent(serial, now, zone, currency):
    rows = planned(serial, now=now, zone=zone, currency=currency)
    quotes = by_id(rows["quote"])
    for quote in rows["quote"]:
        assert quote["subtotal_amount"] == total(rows["quote_line"], "quote_id", quote["id"])
    for invoice in rows["invoice"]:
        mirrored = quotes.get(invoice["quote_id"], invoice)
        assert invoice["total_amount"] == mirrored["total_amount"]
        assert invoice["subtotal_amount"] == total(
            rows["invoice_line"], "invoice_id", invoice["id"]
        )


@given(serials, moments, zones)
def test_inv_04_an_invoice_is_in_the_state_its_payments_and_its_date_make(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    for invoice in rows["invoice"]:
        paid = sum(
            (row["amount"] for row in rows["payment"] if row["invoice_id"] == invoice["id"]),
            Decimal(0),
        )
        owed = invoice["total_amount"] - paid
        state = invoice["status"]
        assert (paid, state == "PAID") == (invoice["paid_amount"], owed == 0)
        assert (state == "PARTIALLY_PAID") <= (0 < paid < invoice["total_amount"])
        assert (state == "OVERDUE") <= (invoice["due_date"] < today and owed > 0)
        assert (state in {"SENT", "PARTIALLY_PAID"}) <= (invoice["due_date"] >= today)
        assert (state in {"DRAFT", "SENT", "VOID"}) <= (paid == 0)


@given(serials, moments, zones)
def test_contr_04_a_contract_is_in_the_state_its_signers_and_its_dates_make(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    for contract in rows["contract"]:
        signers = [r for r in rows["contract_signer"] if r["contract_id"] == contract["id"]]
        signed = [signer["status"] for signer in signers].count("SIGNED")
        state = contract["status"]
        assert (state == "PARTIALLY_SIGNED") == (0 < signed < len(signers))
        assert (contract["signed_at"] is not None) == (signed == len(signers))
        assert (state == "ACTIVE") <= (
            signed == 2 and contract["starts_on"] <= today <= contract["ends_on"]
        )
        assert (state == "FULLY_SIGNED") <= (signed == 2 and contract["starts_on"] > today)
        assert (state == "EXPIRED") <= (signed == 2 and contract["ends_on"] < today)


@given(serials, moments, zones)
def test_quote_16_a_quote_is_in_the_state_its_dates_make(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    today = now.astimezone(ZoneInfo(zone)).date()
    contracts = {contract["quote_id"] for contract in rows["contract"]}
    for quote in rows["quote"]:
        state = quote["status"]
        assert (state == "ACCEPTED") == (quote["id"] in contracts)
        assert (state == "ACCEPTED") == (quote["accepted_at"] is not None)
        assert (state == "DRAFT") == (quote["sent_at"] is None)
        assert (state == "EXPIRED") <= (quote["valid_until"] < today)
        assert (state in {"SENT", "VIEWED"}) <= (quote["valid_until"] >= today)


@given(serials, moments, zones)
def test_contr_08_a_deal_is_won_where_its_contract_is_signed(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    signed = {row["deal_id"] for row in rows["contract"] if row["signed_at"]}
    for deal in rows["deal"]:
        won = deal["stage_id"].endswith("Closed Won")
        assert won == (deal["id"] in signed) == (deal["probability"] == 100)
        assert (deal["closed_at"] is not None) == ("Closed" in deal["stage_id"])


@given(serials, moments, zones)
def test_case_09_a_cases_clocks_are_those_of_its_priority_and_status(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    desk = a_desk(zone)
    for case in rows["case"]:
        targets = sla.due(desk.policies[case["priority"]], case["created_at"])
        assert {name: case[name] for name in targets} == targets
        assert (case["status_id"] == "Resolved") == (case["resolved_at"] is not None)
        stopped = case["status_id"] in {"Resolved", "Pending Customer"}
        assert stopped == (case["paused_at"] is not None)
        assert case["first_responded_at"] or not stopped
        assert case["owner_id"] or case["team_id"]


@given(serials, moments, zones)
def test_deal_21_the_way_of_a_deal_ends_in_its_stage(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    standing = {row["deal_id"]: row for row in rows["stage_change"] if row["left_at"] is None}
    for deal in rows["deal"]:
        last = standing[deal["id"]]
        assert last["to_stage_id"] == deal["stage_id"]
        assert last["entered_at"] == deal["stage_entered_at"]


@given(serials, moments, zones)
def test_nothing_was_made_in_the_future(serial, now, zone):
    for table, rows in planned(serial, now=now, zone=zone).items():
        for row in rows:
            assert row["created_at"] <= row["updated_at"] <= now, table
            assert row["created_at"] > now - timedelta(days=600), table


@given(serials, moments, zones)
def test_documents_follow_each_other_in_time(serial, now, zone):
    rows = planned(serial, now=now, zone=zone)
    deals, quotes, contracts = (by_id(rows[name]) for name in ("deal", "quote", "contract"))
    for quote in quotes.values():
        assert deals[quote["deal_id"]]["created_at"] <= quote["created_at"]
    for contract in contracts.values():
        assert quotes[contract["quote_id"]]["accepted_at"] <= contract["created_at"]
    for invoice in rows["invoice"]:
        if invoice["contract_id"]:
            assert contracts[invoice["contract_id"]]["signed_at"] <= invoice["created_at"]
