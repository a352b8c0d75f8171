"""Any number of believable records, the same each time for a name and a serial number."""

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from random import Random

from models.enums import ContactStatus
from models.sale_enums import (
    ContractStatus,
    ContractType,
    InvoiceStatus,
    PaymentMethod,
    QuoteStatus,
)
from services.demo import activities, daily, names
from services.demo.book import Book, Row
from services.demo.world import Offer, Person, Pipeline
from services.rules import quotes

CONTACTS = 10
"""Contacts of a whole unit; it also holds 2 companies, 5 deals, a lead, a case and a task.

Its activities are six: one of each kind, and an e-mail's answer.
"""
_COMPANIES = 2
_DEALS = 5
_OF_A_COMPANY = CONTACTS // _COMPANIES

# How a won deal stands: its contract, its invoice, and the share of it that was paid.
_WON = (
    (ContractStatus.ACTIVE, InvoiceStatus.PAID, (60, 100)),
    (ContractStatus.ACTIVE, InvoiceStatus.PARTIALLY_PAID, (40,)),
    (ContractStatus.EXPIRED, InvoiceStatus.PAID, (100,)),
    (ContractStatus.ACTIVE, InvoiceStatus.OVERDUE, ()),
    (ContractStatus.ACTIVE, InvoiceStatus.SENT, ()),
    (ContractStatus.ACTIVE, InvoiceStatus.PAID, (100,)),
    (ContractStatus.FULLY_SIGNED, InvoiceStatus.DRAFT, ()),
    (ContractStatus.ACTIVE, InvoiceStatus.OVERDUE, (25,)),
    (ContractStatus.ACTIVE, InvoiceStatus.PAID, (100,)),
    (ContractStatus.ACTIVE, InvoiceStatus.PAID, (30, 70, 100)),
    (ContractStatus.ACTIVE, InvoiceStatus.VOID, ()),
    (ContractStatus.ACTIVE, InvoiceStatus.PAID, (100,)),
)
# How many days ago an invoice in this state was issued: from, and before.
_ISSUED = {
    InvoiceStatus.DRAFT: (1, 4),
    InvoiceStatus.SENT: (1, 12),
    InvoiceStatus.PARTIALLY_PAID: (6, 13),
    InvoiceStatus.OVERDUE: (45, 120),
    InvoiceStatus.PAID: (35, 110),
    InvoiceStatus.VOID: (30, 100),
}
_IN_SIGNATURE = (
    ContractStatus.SENT_FOR_SIGNATURE,
    ContractStatus.PARTIALLY_SIGNED,
    ContractStatus.DRAFT,
    ContractStatus.DECLINED,
    ContractStatus.SENT_FOR_SIGNATURE,
    ContractStatus.VOIDED,
)
_BY_HAND = (
    (InvoiceStatus.SENT, ()),
    (InvoiceStatus.PAID, (100,)),
    (InvoiceStatus.DRAFT, ()),
    (InvoiceStatus.PARTIALLY_PAID, (50,)),
)
_OFFERED = (QuoteStatus.SENT, QuoteStatus.DRAFT, QuoteStatus.VIEWED, QuoteStatus.EXPIRED)
_DISCOUNTS = (0, 0, 5, 10, 15, 20)
_METHODS = (
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.BANK_TRANSFER,
    PaymentMethod.CARD,
    PaymentMethod.CHECK,
)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What one unit's records are drawn from."""

    book: Book
    serial: int
    rng: Random
    pipeline: Pipeline
    people: list[Row]

    def contact(self, place: int) -> Row:
        """Whom the unit's deal at this place is with; the deals go round its companies."""
        return self.people[place * 3 % len(self.people)]

    def deal(self, place: int, stage: str, *, ago: int, closes: int, step: int = 0) -> Row:
        """A deal without a value yet; its first quote gives it one."""
        contact = self.contact(place)
        subject = names.DEAL_SUBJECTS[(self.serial + place) % len(names.DEAL_SUBJECTS)]
        at = self.pipeline.open[step % len(self.pipeline.open)]
        return self.book.deal(
            f"{self.company(contact)['name']} {subject}",
            contact,
            self.owner(contact),
            {"OPEN": at, "WON": self.pipeline.won, "LOST": self.pipeline.lost}[stage],
            value=Decimal(0),
            ago=ago,
            closes=closes,
        )

    def quote(self, deal: Row, status: QuoteStatus, *, ago: int) -> Row:
        """A quote of three lines for a deal, which it gives its value."""
        discount = Decimal(self.rng.choice((0, 0, 0, 500)))
        quote = self.book.quote(
            deal["name"], deal, self._offers(), status, ago=ago, discount=discount
        )
        deal["value_amount"] = quote["subtotal_amount"] - quote["discount_amount"]
        return quote

    def contract(self, quote: Row, contact: Row, status: ContractStatus, *, ago: int) -> Row:
        """The contract of an accepted quote."""
        kind = ContractType.SOW if self.serial % 3 == 0 else ContractType.MSA
        title = f"{self.company(contact)['name']} Agreement"
        seller = self.owner(contact)
        return self.book.contract(title, quote, contact, seller, status, ago=ago, kind=kind)

    def company(self, contact: Row) -> Row:
        """The primary company of a contact."""
        own = self.book.rows["company"][-_COMPANIES:]
        return next(row for row in own if row["id"] == contact["primary_company_id"])

    def owner(self, contact: Row) -> Person:
        """Whose contact it is."""
        return next(person for person in self.book.world.owners if person.id == contact["owner_id"])

    def _offers(self) -> list[Offer]:
        first, second, *others = self.book.world.products
        rng = self.rng
        return [
            Offer(first, rng.randrange(5, 120), rng.choice(_DISCOUNTS)),
            Offer(second, 1, rng.choice((0, 0, 10))),
            Offer(rng.choice(others), rng.randrange(1, 4), rng.choice((0, 0, 15))),
        ]


def unit(book: Book, serial: int, contacts: int = CONTACTS) -> None:
    """Add the unit with this serial number, with fewer contacts where fewer are wanted."""
    rng = Random(f"{book.world.seed}:{serial}")
    people = _people(book, serial, rng, contacts)
    pipeline = book.world.pipelines[serial % len(book.world.pipelines)]
    drawn = _Unit(book, serial, rng, pipeline, people)
    _won(drawn, 0)
    _won(drawn, 1)
    _in_signature(drawn)
    _offered(drawn)
    _early_or_lost(drawn)
    deals = book.rows["deal"][-_DEALS:]
    daily.unit(book, serial, rng, people, deals)
    activities.unit(book, serial, people, deals)


def _people(book: Book, serial: int, rng: Random, contacts: int) -> list[Row]:
    owners = book.world.owners
    companies = []
    people: list[Row] = []
    for place in range(_COMPANIES):
        number = serial * _COMPANIES + place
        owner, other = owners[number % len(owners)], owners[(number + 1) % len(owners)]
        company = _company(book, number, rng, owner)
        companies.append(company)
        taken: set[str] = set()
        for index in range(min(_OF_A_COMPANY, contacts - len(people))):
            last = index == _OF_A_COMPANY - 1
            belongs = [company, *companies[:-1]] if last else [company]
            person = _person(rng, company, taken)
            people.append(
                book.contact(
                    belongs, other if last else owner, ago=rng.randrange(60, 420), **person
                )
            )
    return people


def _company(book: Book, number: int, rng: Random, owner: Person) -> Row:
    name = names.company_name(number)
    place = rng.choice(names.PLACES)
    return book.company(
        name,
        names.company_domain(number),
        owner,
        place,
        ago=rng.randrange(420, 500),
        phone=_phone(rng, place),
        industry=rng.choice(names.INDUSTRIES),
        employee_count=rng.choice((12, 35, 80, 150, 420, 900, 2600)),
        street=f"{rng.randrange(1, 990)} {rng.choice(names.STREETS)}",
    )


def _person(rng: Random, company: Row, taken: set[str]) -> Row:
    first, last = rng.choice(names.FIRST), rng.choice(names.LAST)
    local = f"{_ascii(first)}.{_ascii(last)}"
    if local in taken:
        local = f"{local}{len(taken)}"
    taken.add(local)
    place = next(place for place in names.PLACES if place.city == company["city"])
    return {
        "first_name": first,
        "last_name": last,
        "job_title": rng.choice(names.JOB_TITLES),
        "email": f"{local}@{company['domain']}",
        "phone": _phone(rng, place) if rng.random() < 0.8 else None,  # noqa: PLR2004 - four of five
        "status": ContactStatus.LEAD,
    }


def _won(drawn: _Unit, place: int) -> None:
    """A deal with everything that follows; the second had a quote declined before."""
    turn = (drawn.serial * 2 + place) % len(_WON)
    contract_status, invoice_status, shares = _WON[turn]
    issued = drawn.rng.randrange(*_ISSUED[invoice_status])
    if contract_status is ContractStatus.EXPIRED:
        issued += 365
    made = issued + 2
    deal = drawn.deal(place, "WON", ago=made + drawn.rng.randrange(25, 60), closes=issued)
    if place:
        drawn.quote(deal, QuoteStatus.DECLINED, ago=made + 18)
    quote = drawn.quote(deal, QuoteStatus.ACCEPTED, ago=made + 5)
    lines = drawn.book.lines_of(quote)
    contact = drawn.contact(place)
    contact["status"] = ContactStatus.CUSTOMER
    if contract_status is ContractStatus.EXPIRED:
        contact["status"] = ContactStatus.CHURNED
    contract = drawn.contract(quote, contact, contract_status, ago=made)
    invoice = drawn.book.invoice(
        deal,
        lines,
        (drawn.company(contact)["name"], contact["email"]),
        invoice_status,
        ago=issued,
        terms=drawn.rng.choice((15, 30)),
        contract=contract,
        discount=quote["discount_amount"],
    )
    _pay(drawn, invoice, shares, issued)


def _in_signature(drawn: _Unit) -> None:
    """A deal whose contract is not signed, and a workshop billed by hand."""
    rng, contact = drawn.rng, drawn.contact(2)
    made = rng.randrange(3, 25)
    last = len(drawn.pipeline.open) - 1
    deal = drawn.deal(
        2, "OPEN", ago=made + rng.randrange(20, 50), closes=-rng.randrange(5, 45), step=last
    )
    quote = drawn.quote(deal, QuoteStatus.ACCEPTED, ago=made + 5)
    drawn.contract(quote, contact, _IN_SIGNATURE[drawn.serial % len(_IN_SIGNATURE)], ago=made)
    _now_prospect(contact)
    status, shares = _BY_HAND[drawn.serial % len(_BY_HAND)]
    issued = rng.randrange(*_ISSUED[status])
    workshop = drawn.book.line("Discovery workshop", Decimal(rng.randrange(8, 40) * 100))
    bill_to = (drawn.company(contact)["name"], contact["email"])
    invoice = drawn.book.invoice(deal, [workshop], bill_to, status, ago=issued, terms=30)
    _pay(drawn, invoice, shares, issued)


def _offered(drawn: _Unit) -> None:
    """An open deal with a quote the customer has not accepted."""
    status = _OFFERED[drawn.serial % len(_OFFERED)]
    made = drawn.rng.randrange(2, 20) + (40 if status is QuoteStatus.EXPIRED else 0)
    steps = len(drawn.pipeline.open)
    deal = drawn.deal(
        3,
        "OPEN",
        ago=made + drawn.rng.randrange(5, 30),
        closes=-drawn.rng.randrange(-10, 90),
        step=drawn.serial % steps,
    )
    drawn.quote(deal, status, ago=made)
    _now_prospect(drawn.contact(3))


def _early_or_lost(drawn: _Unit) -> None:
    """A deal at its beginning, or one that was lost."""
    made = drawn.rng.randrange(10, 25)
    if drawn.serial % 2:
        deal = drawn.deal(4, "LOST", ago=made + 30, closes=made - 8)
        drawn.quote(deal, QuoteStatus.DECLINED, ago=made)
        return
    closes = -drawn.rng.randrange(30, 150)
    deal = drawn.deal(4, "OPEN", ago=made, closes=closes, step=drawn.serial // 2 % 2)
    drawn.quote(deal, QuoteStatus.DRAFT, ago=made - 5)
    _now_prospect(drawn.contact(4))


def _pay(drawn: _Unit, invoice: Row, shares: tuple[int, ...], issued: int) -> None:
    """Pay an invoice up to each of these shares, in percent, some days apart."""
    for step, share in enumerate(shares, start=1):
        due = quotes.tax_on(invoice["total_amount"], Decimal(share), invoice["currency"])
        method = drawn.rng.choice(_METHODS)
        drawn.book.payment(
            invoice, due - invoice["paid_amount"], method, ago=max(1, issued - 4 * step)
        )


def _now_prospect(contact: Row) -> None:
    if contact["status"] is ContactStatus.LEAD:
        contact["status"] = ContactStatus.PROSPECT


def _phone(rng: Random, place: names.Place) -> str:
    return f"{place.dialling}55501{rng.randrange(100):02d}"


@lru_cache(maxsize=1024)
def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("ı", "i"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
