"""Plain Strawberry: its types and resolvers, SQLAlchemy's ORM, aiodataloader, its ASGI view."""

import os
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
import strawberry
import uvicorn
from aiodataloader import DataLoader
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from strawberry.asgi import GraphQL

from models import companies, contacts, contracts, deals, invoices, quotes
from models.enums import ContactStatus
from models.sale_enums import InvoiceStatus

WORKSPACE = os.environ["WORKSPACE"]
ENGINE = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:", 1),
    pool_size=int(os.environ["POOL"]),
    max_overflow=0,
)
SESSIONS = async_sessionmaker(ENGINE, expire_on_commit=False)
Row = Any
Info = strawberry.Info[Any, None]

for described in (ContactStatus, InvoiceStatus):
    strawberry.enum(described)


def alive(row: Any, *conditions: Any) -> Any:
    """The rows of the workspace that are not deleted."""
    statement = sa.select(row).where(row.workspace_id == WORKSPACE, *conditions)
    return statement.where(row.deleted_at.is_(None)) if hasattr(row, "deleted_at") else statement


async def rows(statement: Any) -> list[Row]:
    """All rows of a statement, in a session of its own."""
    async with SESSIONS() as session:
        return list(await session.scalars(statement))


async def children(
    info: Info, column: Any, parent: str, first: int, *order: Any, where: Sequence[Any] = ()
) -> list[Row]:
    """The first children of one parent, fetched with those of all others."""
    row = column.class_
    key = (row, first)
    if key not in info.context:

        async def batch(parents: list[str]) -> list[list[Row]]:
            statement = alive(row, column.in_(parents), *where).order_by(*order, row.id.desc())
            groups: dict[str, list[Row]] = {one: [] for one in parents}
            for found in await rows(statement):
                groups[getattr(found, column.key)].append(found)
            return [groups[one][:first] for one in parents]

        info.context[key] = DataLoader(batch)
    return list(await info.context[key].load(parent))


async def company_of(info: Info, company_id: str) -> Row:
    """One company, fetched with all others."""
    if "company" not in info.context:

        async def batch(ids: list[str]) -> list[Row]:
            row = companies.Company
            found = {one.id: one for one in await rows(alive(row, row.id.in_(ids)))}
            return [found.get(one) for one in ids]

        info.context["company"] = DataLoader(batch)
    return await info.context["company"].load(company_id)


@strawberry.input
class TextFilter:
    """Compares a text."""

    eq: str


@strawberry.input
class ContactStatusFilter:
    """Compares a contact's status."""

    eq: ContactStatus


@strawberry.input
class InvoiceStatusFilter:
    """Compares an invoice's status."""

    eq: InvoiceStatus


@strawberry.input
class InvoiceFilter:
    """Chooses invoices."""

    status: InvoiceStatusFilter


@strawberry.input
class InvoicesFilter:
    """Chooses by invoices."""

    some: InvoiceFilter


@strawberry.input
class ContactFilter:
    """Chooses contacts."""

    status: ContactStatusFilter | None = None
    invoices: InvoicesFilter | None = None


@strawberry.input
class StageFilter:
    """Chooses stages."""

    name: TextFilter


@strawberry.input
class DealFilter:
    """Chooses deals."""

    stage: StageFilter


@strawberry.type
class Money:
    """An amount and its currency."""

    amount: Decimal
    currency: str


@strawberry.type
class Payment:
    """Money received."""

    id: strawberry.ID
    paid_on: date
    method: str
    value: Money


@strawberry.type
class PaymentConnection:
    """Payments."""

    nodes: list[Payment]


@strawberry.type
class Invoice:
    """What is to be paid."""

    id: strawberry.ID
    number: str
    status: InvoiceStatus
    due_date: date
    total: Money

    @strawberry.field
    async def payments(self, info: Info, first: int = 25) -> PaymentConnection:
        """Its payments, latest first."""
        row = invoices.Payment
        found = await children(info, row.invoice_id, self.id, first, row.paid_on.desc())
        return PaymentConnection(
            nodes=[
                Payment(
                    id=strawberry.ID(one.id),
                    paid_on=one.paid_on,
                    method=one.method,
                    value=Money(amount=one.amount, currency=one.currency),
                )
                for one in found
            ]
        )


@strawberry.type
class InvoiceConnection:
    """Invoices."""

    nodes: list[Invoice]


@strawberry.type
class Contract:
    """What was agreed."""

    id: strawberry.ID
    number: str
    status: str
    starts_on: date | None
    value: Money

    @strawberry.field
    async def invoices(self, info: Info, first: int = 25) -> InvoiceConnection:
        """Its invoices."""
        return InvoiceConnection(
            nodes=[
                Invoice(
                    id=strawberry.ID(one.id),
                    number=one.number,
                    status=InvoiceStatus[one.status],
                    due_date=one.due_date,
                    total=Money(amount=one.total_amount, currency=one.currency),
                )
                for one in await children(info, invoices.Invoice.contract_id, self.id, first)
            ]
        )


@strawberry.type
class ContractConnection:
    """Contracts."""

    nodes: list[Contract]


@strawberry.type
class Quote:
    """What was offered."""

    id: strawberry.ID
    number: str
    status: str
    valid_until: date
    total: Money

    @strawberry.field
    async def contracts(self, info: Info, first: int = 25) -> ContractConnection:
        """What came of it."""
        return ContractConnection(
            nodes=[
                Contract(
                    id=strawberry.ID(one.id),
                    number=one.number,
                    status=one.status,
                    starts_on=one.starts_on,
                    value=Money(amount=one.value_amount, currency=one.currency),
                )
                for one in await children(info, contracts.Contract.quote_id, self.id, first)
            ]
        )


@strawberry.type
class QuoteConnection:
    """Quotes."""

    nodes: list[Quote]


@strawberry.type
class Deal:
    """A sale."""

    id: strawberry.ID
    name: str
    close_date: date
    probability: int
    value: Money

    @strawberry.field
    async def quotes(self, info: Info, first: int = 25) -> QuoteConnection:
        """Its quotes."""
        return QuoteConnection(
            nodes=[
                Quote(
                    id=strawberry.ID(one.id),
                    number=one.number,
                    status=one.status,
                    valid_until=one.valid_until,
                    total=Money(amount=one.total_amount, currency=one.currency),
                )
                for one in await children(info, quotes.Quote.deal_id, self.id, first)
            ]
        )


@strawberry.type
class DealConnection:
    """Deals."""

    nodes: list[Deal]


@strawberry.type
class Company:
    """An organisation."""

    id: strawberry.ID
    name: str
    domain: str | None
    industry: str | None
    city: str | None
    country: str | None


@strawberry.type
class Contact:
    """A person."""

    id: strawberry.ID
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    job_title: str | None
    status: ContactStatus
    created_at: datetime
    company_id: strawberry.Private[str | None]

    @strawberry.field
    async def primary_company(self, info: Info) -> Company | None:
        """The company they belong to."""
        found = self.company_id and await company_of(info, self.company_id)
        if not found:
            return None
        return Company(
            id=strawberry.ID(found.id),
            name=found.name,
            domain=found.domain,
            industry=found.industry,
            city=found.city,
            country=found.country,
        )

    @strawberry.field
    async def deals(
        self, info: Info, first: int = 25, filter: DealFilter | None = None
    ) -> DealConnection:
        """Their deals."""
        step = deals.PipelineStage
        where = []
        if filter:
            steps = alive(step, step.name == filter.stage.name.eq).with_only_columns(step.id)
            where.append(deals.Deal.stage_id.in_(steps))
        found = await children(info, deals.Deal.contact_id, self.id, first, where=where)
        return DealConnection(
            nodes=[
                Deal(
                    id=strawberry.ID(one.id),
                    name=one.name,
                    close_date=one.close_date,
                    probability=one.probability,
                    value=Money(amount=one.value_amount, currency=one.value_currency),
                )
                for one in found
            ]
        )


@strawberry.type
class ContactConnection:
    """Contacts."""

    nodes: list[Contact]


def contact_of(row: Row) -> Contact:
    """A row as its type."""
    return Contact(
        id=strawberry.ID(row.id),
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        phone=row.phone,
        job_title=row.job_title,
        status=ContactStatus[row.status],
        created_at=row.created_at,
        company_id=row.primary_company_id,
    )


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def contact(self, id: strawberry.ID) -> Contact | None:
        """One contact."""
        found = await rows(alive(contacts.Contact, contacts.Contact.id == id))
        return contact_of(found[0]) if found else None

    @strawberry.field
    async def contacts(
        self, first: int = 25, filter: ContactFilter | None = None
    ) -> ContactConnection:
        """Contacts, newest first."""
        row = contacts.Contact
        statement = alive(row).order_by(row.id.desc()).limit(first)
        if filter and filter.status:
            statement = statement.where(row.status == filter.status.eq)
        if filter and filter.invoices:
            billed = invoices.Invoice
            paid = alive(billed, billed.status == filter.invoices.some.status.eq)
            statement = statement.where(paid.where(billed.contact_id == row.id).exists())
        return ContactConnection(nodes=[contact_of(one) for one in await rows(statement)])


class Served(GraphQL[Any, None]):
    """Strawberry's own view with a dictionary for loaders."""

    async def get_context(self, request: Any, response: Any) -> Any:
        """Loaders live as long as a request."""
        _ = request, response
        return {}


if __name__ == "__main__":
    uvicorn.run(
        Served(strawberry.Schema(Query), graphql_ide=None),
        port=int(os.environ["PORT"]),
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
    )
