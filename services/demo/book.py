"""A book of records that agree with each other, from companies to payments."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core import money
from models.enums import ProbabilitySource, StageCategory
from models.sale_enums import (
    ApprovalState,
    ContractStatus,
    ContractType,
    InvoiceStatus,
    PaymentMethod,
    QuoteStatus,
    SignatureMethod,
    SignerParty,
    SignerStatus,
)
from services.demo.names import Place
from services.demo.world import Offer, Person, Stage, World
from services.rules import quotes

Row = dict[str, Any]

TABLES = (
    "company",
    "contact",
    "contact_company",
    "deal",
    "stage_change",
    "quote",
    "quote_line",
    "contract",
    "contract_signer",
    "invoice",
    "invoice_line",
    "payment",
    "lead",
    "case",
    "project",
    "project_member",
    "milestone",
    "task",
    "task_dependency",
    "note",
    "call",
    "email",
    "sms",
    "meeting",
)
TAX_PERCENT = Decimal(8)
SELLER_LIMIT = 15
"""Percent a seller may take off a line without asking."""
TERM_DAYS = 365
SIGNED = frozenset({ContractStatus.FULLY_SIGNED, ContractStatus.ACTIVE, ContractStatus.EXPIRED})
UNSENT = frozenset({QuoteStatus.DRAFT, ContractStatus.DRAFT, InvoiceStatus.DRAFT})


@dataclass
class Book:
    """Records by table, in the order they can be written in."""

    world: World
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})
    entries: list[Row] = field(default_factory=list)
    """The places of activities in timelines."""
    signals: list[Row] = field(default_factory=list)
    """What has made up the scores of leads."""

    def company(
        self, name: str, domain: str, owner: Person, place: Place, *, ago: int, **facts: Any
    ) -> Row:
        """A company at a place."""
        return self.add(
            "company",
            ago,
            name=name,
            domain=domain,
            city=place.city,
            state=place.state,
            postcode=place.postcode,
            country=place.country,
            owner_id=owner.id,
            **facts,
        )

    def contact(self, companies: Sequence[Row], owner: Person, *, ago: int, **facts: Any) -> Row:
        """A person of these companies, the first being the primary one."""
        contact = self.add(
            "contact",
            ago,
            owner_id=owner.id,
            primary_company_id=companies[0]["id"],
            duplicate_allowed=False,
            **facts,
        )
        for company in companies:
            self.add("contact_company", ago, contact_id=contact["id"], company_id=company["id"])
        return contact

    def deal(
        self,
        name: str,
        contact: Row,
        owner: Person,
        stage: Stage,
        *,
        value: Decimal,
        ago: int,
        closes: int,
        probability: int | None = None,
    ) -> Row:
        """A deal that closes, or closed, so many days ago."""
        closed = stage.category is not StageCategory.OPEN
        manual = probability is not None and not closed
        deal = self.add(
            "deal",
            ago,
            closes if closed else ago,
            name=name,
            pipeline_id=stage.pipeline_id,
            stage_id=stage.id,
            value_amount=self.money(value),
            value_currency=self.world.currency,
            probability=probability if manual else stage.probability,
            probability_source=ProbabilitySource.MANUAL if manual else ProbabilitySource.STAGE,
            close_date=self.world.day(closes),
            closed_at=self.world.moment(closes) if closed else None,
            stage_entered_at=self.world.moment(closes if closed else ago),
            contact_id=contact["id"],
            company_id=contact["primary_company_id"],
            owner_id=owner.id,
        )
        self._stage_changes(deal, stage, ago, closes)
        return deal

    def quote(
        self,
        title: str,
        deal: Row,
        offers: Sequence[Offer],
        status: QuoteStatus,
        *,
        ago: int,
        valid_for: int = 30,
        discount: Decimal = Decimal(0),
        number: str | None = None,
    ) -> Row:
        """A quote and its lines; an accepted one was accepted five days after it was made."""
        currency = self.world.currency
        sums = quotes.totals(
            [_line(offer) for offer in offers],
            currency,
            discount=discount,
            tax_percent=TAX_PERCENT,
        )
        accepted = self.world.moment(ago - 5) if status is QuoteStatus.ACCEPTED else None
        quote = self.add(
            "quote",
            ago,
            ago - 5 if accepted else ago,
            number=number,
            title=title,
            deal_id=deal["id"],
            contact_id=deal["contact_id"],
            company_id=deal["company_id"],
            owner_id=deal["owner_id"],
            status=status,
            approval_state=_approval(offers, status),
            currency=currency,
            subtotal_amount=sums.subtotal,
            discount_amount=sums.discount,
            tax_percent=TAX_PERCENT,
            tax_amount=sums.tax,
            total_amount=sums.total,
            valid_until=self.world.day(ago - valid_for),
            sent_at=None if status in UNSENT else self.world.moment(ago),
            accepted_at=accepted,
        )
        self._quote_lines(quote, offers, sums.lines, ago)
        return quote

    def contract(
        self,
        title: str,
        quote: Row,
        customer: Row,
        seller: Person,
        status: ContractStatus,
        *,
        ago: int,
        kind: ContractType = ContractType.MSA,
        number: str | None = None,
    ) -> Row:
        """A contract made so many days ago; who signed did so two days later."""
        signed = ago - 2 if status in SIGNED else None
        starts = ago - 20 if status is ContractStatus.FULLY_SIGNED else ago - 2
        contract = self.add(
            "contract",
            ago,
            ago if signed is None else signed,
            number=number,
            title=title,
            type=kind,
            status=status,
            deal_id=quote["deal_id"],
            quote_id=quote["id"],
            contact_id=quote["contact_id"],
            company_id=quote["company_id"],
            owner_id=quote["owner_id"],
            currency=quote["currency"],
            value_amount=quote["total_amount"],
            starts_on=None if signed is None else self.world.day(starts),
            ends_on=None if signed is None else self.world.day(starts - TERM_DAYS),
            method=None if status in UNSENT else SignatureMethod.UPLOAD,
            sent_at=None if status in UNSENT else self.world.moment(ago),
            signed_at=None if signed is None else self.world.moment(signed),
        )
        self._signers(contract, customer, seller, status, ago)
        return contract

    def invoice(
        self,
        deal: Row,
        lines: Sequence[Row],
        bill_to: tuple[str, str | None],
        status: InvoiceStatus,
        *,
        ago: int,
        terms: int,
        contract: Row | None = None,
        discount: Decimal = Decimal(0),
        number: str | None = None,
    ) -> Row:
        """An invoice over these lines, unpaid as yet."""
        subtotal = sum((line["total_amount"] for line in lines), Decimal(0))
        tax = quotes.tax_on(subtotal - discount, TAX_PERCENT, self.world.currency)
        late = ago - terms - 1 if status is InvoiceStatus.OVERDUE else None
        void = status is InvoiceStatus.VOID
        invoice = self.add(
            "invoice",
            ago,
            number=number,
            status=status,
            deal_id=deal["id"],
            contract_id=contract and contract["id"],
            quote_id=contract and contract["quote_id"],
            contact_id=deal["contact_id"],
            company_id=deal["company_id"],
            owner_id=deal["owner_id"],
            currency=self.world.currency,
            subtotal_amount=subtotal,
            discount_amount=self.money(discount),
            tax_percent=TAX_PERCENT,
            tax_amount=tax,
            total_amount=subtotal - discount + tax,
            paid_amount=self.money(Decimal(0)),
            issue_date=self.world.day(ago),
            due_date=self.world.day(ago - terms),
            terms_days=terms,
            bill_to_name=bill_to[0],
            bill_to_email=bill_to[1],
            sent_at=None if status in UNSENT else self.world.moment(ago),
            paid_at=None,
            overdue_at=None if late is None else self.world.moment(late),
            voided_at=self.world.moment(ago) if void else None,
            void_reason="Sent by mistake." if void else None,
        )
        for position, line in enumerate(lines, start=1):
            self.add("invoice_line", ago, invoice_id=invoice["id"], position=position, **line)
        return invoice

    def payment(self, invoice: Row, amount: Decimal, method: PaymentMethod, *, ago: int) -> Row:
        """Money received for an invoice."""
        received = self.money(amount)
        invoice["paid_amount"] += received
        invoice["updated_at"] = max(invoice["updated_at"], self.world.moment(ago))
        if invoice["paid_amount"] == invoice["total_amount"]:
            invoice["paid_at"] = self.world.moment(ago)
        return self.add(
            "payment",
            ago,
            invoice_id=invoice["id"],
            amount=received,
            currency=invoice["currency"],
            paid_on=self.world.day(ago),
            method=method,
            reference=None,
        )

    def lines_of(self, quote: Row) -> list[Row]:
        """A quote's lines as an invoice mirrors them."""
        # Written last, a quote's lines are at the end of the book.
        own = itertools.takewhile(
            lambda line: line["quote_id"] == quote["id"], reversed(self.rows["quote_line"])
        )
        return [{name: line[name] for name in INVOICED} for line in reversed(list(own))]

    def line(self, description: str, amount: Decimal) -> Row:
        """One position of an invoice that stands for itself."""
        return {
            "description": description,
            "quantity": 1,
            "currency": self.world.currency,
            "unit_price_amount": self.money(amount),
            "discount_percent": 0,
            "total_amount": self.money(amount),
        }

    def money(self, amount: Decimal) -> Decimal:
        """The amount as the workspace's currency has it."""
        return money.rounded(amount, self.world.currency)

    def _stage_changes(self, deal: Row, stage: Stage, ago: int, closes: int) -> None:
        """A closed deal came from the last open stage, an open one began where it is."""
        steps = [(stage.id, ago)]
        if stage.category is not StageCategory.OPEN:
            pipelines = self.world.pipelines
            way = next(one for one in pipelines if one.won.pipeline_id == stage.pipeline_id)
            steps = [(way.open[-1].id, ago), (stage.id, closes)]
        left = None
        for place, (entered, since) in enumerate(steps, start=1):
            last = place == len(steps)
            self.add(
                "stage_change",
                since,
                since if last else closes,
                deal_id=deal["id"],
                from_stage_id=left,
                to_stage_id=entered,
                by_id=deal["owner_id"],
                entered_at=self.world.moment(since),
                left_at=None if last else self.world.moment(closes),
            )
            left = entered

    def _quote_lines(
        self, quote: Row, offers: Sequence[Offer], sums: Sequence[Decimal], ago: int
    ) -> None:
        for position, (offer, total) in enumerate(zip(offers, sums, strict=True), start=1):
            self.add(
                "quote_line",
                ago,
                quote_id=quote["id"],
                position=position,
                product_id=offer.product.id,
                description=offer.product.name,
                quantity=offer.quantity,
                currency=quote["currency"],
                list_price_amount=offer.product.price,
                unit_price_amount=offer.product.price,
                discount_percent=offer.discount_percent,
                total_amount=total,
            )

    def _signers(
        self, contract: Row, customer: Row, seller: Person, status: ContractStatus, ago: int
    ) -> None:
        parties = (
            (f"{customer['first_name']} {customer['last_name']}", customer["email"]),
            (seller.name, seller.email),
        )
        for position, ((name, email), party, stand) in enumerate(
            zip(parties, SignerParty, _signatures(status), strict=True), start=1
        ):
            signed = stand is SignerStatus.SIGNED
            self.add(
                "contract_signer",
                ago,
                contract_id=contract["id"],
                position=position,
                name=name,
                email=email,
                party=party,
                status=stand,
                signed_at=self.world.moment(ago - 2) if signed else None,
            )

    def add(self, table: str, ago: int, touched: int | None = None, **values: Any) -> Row:
        """A row of a table, made so many days ago."""
        row = {
            "id": self.world.new_id(),
            "created_at": self.world.moment(ago),
            "updated_at": self.world.moment(ago if touched is None else touched),
            **values,
        }
        self.rows[table].append(row)
        return row


INVOICED = (
    "description",
    "quantity",
    "currency",
    "unit_price_amount",
    "discount_percent",
    "total_amount",
)


def _line(offer: Offer) -> quotes.Line:
    return quotes.Line(
        Decimal(offer.quantity), offer.product.price, Decimal(offer.discount_percent)
    )


def _approval(offers: Sequence[Offer], status: QuoteStatus) -> ApprovalState:
    if all(offer.discount_percent <= SELLER_LIMIT for offer in offers):
        return ApprovalState.NOT_NEEDED
    return ApprovalState.REQUIRED if status in UNSENT else ApprovalState.APPROVED


def _signatures(status: ContractStatus) -> tuple[SignerStatus, SignerStatus]:
    if status in SIGNED:
        return SignerStatus.SIGNED, SignerStatus.SIGNED
    first = {
        ContractStatus.PARTIALLY_SIGNED: SignerStatus.SIGNED,
        ContractStatus.DECLINED: SignerStatus.DECLINED,
    }
    return first.get(status, SignerStatus.PENDING), SignerStatus.PENDING
