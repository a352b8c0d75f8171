"""The records that the manual's pictures show."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from models.enums import ContactStatus
from models.sale_enums import ContractStatus, InvoiceStatus, PaymentMethod, QuoteStatus
from services.demo import activities, boards, names
from services.demo.book import Book, Row
from services.demo.world import Offer, Person, Product, Stage

INVOICES = 4
"""INV-1086 to INV-1089."""


class _Told(NamedTuple):
    """A contact of the manual, with the company and the owner."""

    name: str
    title: str
    company: str
    domain: str
    email: str
    phone: str
    status: ContactStatus
    owner: str
    place: int


_TOLD = (
    _Told(
        "Sarah Chen",
        "VP of Engineering",
        "Globex Corp",
        "globex.com",
        "s.chen",
        "+14155550102",
        ContactStatus.CUSTOMER,
        "Jamie Sullivan",
        0,
    ),
    _Told(
        "David Park",
        "IT Manager",
        "Initech Ltd",
        "initech.io",
        "d.park",
        "+12125550189",
        ContactStatus.PROSPECT,
        "Mike Keller",
        1,
    ),
    _Told(
        "Emma Wilson",
        "Head of Operations",
        "Acme Inc.",
        "acme.com",
        "e.wilson",
        "+13125550234",
        ContactStatus.LEAD,
        "Amy Larsen",
        2,
    ),
    _Told(
        "Carlos Reyes",
        "Chief Technology Officer",
        "Hooli",
        "hooli.io",
        "c.reyes",
        "+16505550177",
        ContactStatus.CUSTOMER,
        "Jamie Sullivan",
        0,
    ),
    _Told(
        "Marco Polo",
        "Director of Procurement",
        "TechBridge Inc.",
        "techbridge.example",
        "m.polo",
        "+12065550141",
        ContactStatus.CUSTOMER,
        "Jamie Sullivan",
        4,
    ),
    _Told(
        "Tom Brady",
        "Product Manager",
        "NexGen",
        "nexgen.example",
        "t.brady",
        "+16175550112",
        ContactStatus.PROSPECT,
        "Lisa Turner",
        5,
    ),
    _Told(
        "James Obi",
        "Data Engineer",
        "DataVault",
        "datavault.example",
        "j.obi",
        "+15125550188",
        ContactStatus.PROSPECT,
        "Mike Keller",
        3,
    ),
    _Told(
        "Lisa Tran",
        "Operations Analyst",
        "InnoSoft",
        "innosoft.example",
        "l.tran",
        "+13035550161",
        ContactStatus.PROSPECT,
        "Amy Larsen",
        6,
    ),
    _Told(
        "Alice Ng",
        "Solutions Architect",
        "FluxCorp",
        "fluxcorp.example",
        "a.ng",
        "+14045550197",
        ContactStatus.CUSTOMER,
        "Lisa Turner",
        7,
    ),
    _Told(
        "Rita Morales",
        "Marketing Director",
        "Cloudify",
        "cloudify.example",
        "r.morales",
        "+15035550145",
        ContactStatus.LEAD,
        "Carlos Rivera",
        8,
    ),
)


@dataclass(frozen=True, slots=True)
class _Teller:
    """The manual's records, being told into a book."""

    book: Book
    staff: Mapping[str, Person]
    contacts: Mapping[str, Row]
    owners: Mapping[str, Person]
    stages: Mapping[str, Stage]
    products: Mapping[str, Product]

    def open(self, name: str, who: str, stage: str, value: int, *, closes: int, chance: int) -> Row:
        """An open deal that is expected to close in so many days."""
        return self.book.deal(
            name,
            self.contacts[who],
            self.owners[who],
            self.stages[stage],
            value=Decimal(value),
            ago=34,
            closes=-closes,
            probability=chance,
        )

    def won(self, name: str, who: str, value: int, *, ago: int) -> Row:
        """A deal that was won so many days ago."""
        return self.book.deal(
            name,
            self.contacts[who],
            self.owners[who],
            self.stages["Closed Won"],
            value=Decimal(value),
            ago=ago + 40,
            closes=ago,
        )

    def offers(self, licenses: int, *, off: int = 0, support_off: int = 0) -> list[Offer]:
        """So many licenses, their implementation and support."""
        return [
            Offer(self.products["PLAT-LIC"], licenses, off),
            Offer(self.products["IMPL-SVC"]),
            Offer(self.products["PRIO-SUP"], 1, support_off),
        ]


def tell(book: Book, staff: Mapping[str, Person]) -> None:
    """Add the manual's contacts, deals and documents, and what is on its boards."""
    teller = _Teller(
        book,
        staff,
        {told.name: _contact(book, told, staff[told.owner]) for told in _TOLD},
        {told.name: staff[told.owner] for told in _TOLD},
        _stages(book),
        {product.sku: product for product in book.world.products},
    )
    _board(teller)
    _globex(teller)
    _techbridge(teller)
    _bills(teller)
    boards.tell(book, staff, teller.contacts)


def _contact(book: Book, told: _Told, owner: Person) -> Row:
    place = names.PLACES[told.place]
    company = book.company(
        told.company,
        told.domain,
        owner,
        place,
        ago=180,
        phone=f"{place.dialling}5550100",
        industry=names.INDUSTRIES[told.place],
        employee_count=240,
        street="100 Market St",
    )
    first, last = told.name.split()
    return book.contact(
        [company],
        owner,
        ago=170,
        first_name=first,
        last_name=last,
        job_title=told.title,
        email=f"{told.email}@{told.domain}",
        phone=told.phone,
        status=told.status,
    )


def _stages(book: Book) -> dict[str, Stage]:
    sales = book.world.pipelines[0]
    return {stage.name: stage for stage in (*sales.open, sales.won, sales.lost)}


def _board(teller: _Teller) -> None:
    """The open deals of the pipeline's picture."""
    renewal = teller.open("Globex Renewal", "Sarah Chen", "Qualified", 48_000, closes=21, chance=70)
    _spoken(teller, "Sarah Chen", renewal)
    teller.open("Globex Support Plan", "Sarah Chen", "Prospecting", 14_000, closes=60, chance=10)
    initech = teller.open(
        "Initech Expansion", "David Park", "Qualified", 18_000, closes=34, chance=60
    )
    services = [Offer(teller.products["IMPL-SVC"])]
    teller.book.quote(
        "Implementation — Initech Ltd",
        initech,
        services,
        QuoteStatus.SENT,
        ago=1,
        discount=Decimal("425.93"),
    )
    teller.open("Hooli Platform", "Carlos Reyes", "Demo Scheduled", 120_000, closes=46, chance=50)
    teller.open("NexGen Bundle", "Tom Brady", "Proposal Sent", 35_000, closes=36, chance=80)


def _spoken(teller: _Teller, name: str, deal: Row) -> None:
    """What the picture of the unified inbox shows."""
    book, contact, seller = teller.book, teller.contacts[name], teller.owners[name]
    about = [("contact", contact), ("deal", deal)]
    text = "The renewal needs to be signed before the end of the quarter."
    activities.note(book, text, seller, about, ago=12)
    activities.meeting(book, "Renewal review", contact, seller, about, ago=6)
    activities.message(book, "Can we talk at two?", contact, seller, about, ago=5)
    said = ("Re: Globex Renewal", "We would like to renew for two years.")
    activities.mail(book, said, contact, seller, about, ago=4)
    text = "Goes through the offer with finance."
    activities.call(book, text, contact, seller, about, ago=2, minutes=18)


def _globex(teller: _Teller) -> None:
    """The deal that was just closed, with its invoice paid in full: INV-1088."""
    book = teller.book
    deal = teller.won("Globex Corp", "Sarah Chen", 48_000, ago=24)
    quote = book.quote(
        "Platform — Globex Corp",
        deal,
        teller.offers(200),
        QuoteStatus.ACCEPTED,
        ago=31,
        discount=Decimal("2555.56"),
    )
    lines = book.lines_of(quote)
    contract = book.contract(
        "Globex Platform Agreement",
        quote,
        teller.contacts["Sarah Chen"],
        teller.owners["Sarah Chen"],
        ContractStatus.ACTIVE,
        ago=26,
    )
    invoice = book.invoice(
        deal,
        lines,
        ("Globex Corp", "s.chen@globex.com"),
        InvoiceStatus.PAID,
        ago=24,
        terms=30,
        contract=contract,
        discount=quote["discount_amount"],
        number="INV-1088",
    )
    book.payment(invoice, invoice["total_amount"], PaymentMethod.BANK_TRANSFER, ago=9)


def _techbridge(teller: _Teller) -> None:
    """The quote of the manual with its contract and its invoice, paid in part."""
    book = teller.book
    deal = teller.won("TechBridge Ent.", "Marco Polo", 95_000, ago=10)
    quote = book.quote(
        "Enterprise Platform — TechBridge Inc.",
        deal,
        teller.offers(50, off=10, support_off=15),
        QuoteStatus.ACCEPTED,
        ago=17,
        discount=Decimal(2000),
        number="QT-2024-0089",
    )
    lines = book.lines_of(quote)
    contract = book.contract(
        "TechBridge Enterprise Agreement",
        quote,
        teller.contacts["Marco Polo"],
        teller.staff["Amy Larsen"],
        ContractStatus.ACTIVE,
        ago=12,
        number="CT-2024-0042",
    )
    invoice = book.invoice(
        deal,
        lines,
        ("TechBridge Inc.", "m.polo@techbridge.example"),
        InvoiceStatus.PARTIALLY_PAID,
        ago=10,
        terms=30,
        contract=contract,
        discount=quote["discount_amount"],
        number="INV-1089",
    )
    book.payment(invoice, Decimal(10_000), PaymentMethod.BANK_TRANSFER, ago=5)


def _bills(teller: _Teller) -> None:
    """Invoices made by hand: INV-1087 is overdue, INV-1086 not sent yet."""
    book = teller.book
    vault = teller.open("DataVault Pro", "James Obi", "Proposal Sent", 22_000, closes=41, chance=75)
    inno = teller.open("InnoSoft Starter", "Lisa Tran", "Negotiation", 8_500, closes=15, chance=80)
    book.invoice(
        vault,
        [book.line("First year, paid in advance", Decimal("20370.37"))],
        ("DataVault Pro", "j.obi@datavault.example"),
        InvoiceStatus.OVERDUE,
        ago=45,
        terms=30,
        number="INV-1087",
    )
    book.invoice(
        inno,
        [book.line("Starter package", Decimal("7870.37"))],
        ("InnoSoft", "l.tran@innosoft.example"),
        InvoiceStatus.DRAFT,
        ago=1,
        terms=30,
        number="INV-1086",
    )
