"""What is printed of a record: read at one moment, written as the workspace's locale has it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from core.writes import Transaction
from models import metadata
from models.base import Uuid
from models.sale_enums import ContractStatus, InvoiceStatus, QuoteStatus, SignerParty
from services.documents import figures
from services.documents.shelf import FONTS
from services.documents.storing import KINDS
from services.rules import paper
from services.rules.paper import Printable, Style

_T = metadata.tables
_CONTACT, _COMPANY, _USER, _WORKSPACE, _FILE = (
    _T[name] for name in ("contact", "company", "user", "workspace", "file")
)
_LONGEST_FOOTER = 110
_BADGES: Mapping[str, Mapping[str, str]] = {
    "quote": {
        QuoteStatus.DRAFT: "Draft",
        QuoteStatus.ACCEPTED: "Accepted",
        QuoteStatus.DECLINED: "Declined",
        QuoteStatus.EXPIRED: "Expired",
    },
    "contract": {
        ContractStatus.DRAFT: "Draft",
        ContractStatus.FULLY_SIGNED: "Signed",
        ContractStatus.ACTIVE: "Signed",
        ContractStatus.DECLINED: "Declined",
        ContractStatus.VOIDED: "Void",
    },
    "invoice": {
        InvoiceStatus.DRAFT: "Draft",
        InvoiceStatus.PAID: "Paid",
        InvoiceStatus.VOID: "Void",
    },
}
_WATERMARKS = frozenset({"Draft", "Void"})


@dataclass(frozen=True, slots=True)
class Content:
    """All that is printed of a version of a record."""

    version: int
    number: str
    template: str
    data: dict[str, Any]
    at: int
    """The second since 1970 that the PDF says it was made at."""
    logo: str | None
    """The upload that holds the seller's logo."""


async def kind_of(act: Transaction, record_id: str) -> str | None:
    """The table a record lies in, if it is printed at all."""
    found = sa.union_all(
        *(
            sa.select(sa.literal(kind)).where(
                _T[kind].c.workspace_id == act.workspace,
                _T[kind].c.id == record_id,
                _T[kind].c.deleted_at.is_(None),
            )
            for kind in KINDS
        )
    )
    rows = await act.fetch(found)
    return str(rows[0][0]) if rows else None


async def read(act: Transaction, kind: str, record_id: str) -> Content | None:
    """What is printed of a record; it cannot change until the act ends."""
    found = await written(act, kind, record_id, keep=True)
    if found is None:
        return None
    row, data = found
    printable = Printable(_covered())
    data = printable.all(data)
    return Content(
        version=row["version"],
        number=row["number"],
        template="contract" if kind == "contract" else "offer",
        data=data | {"notice": printable.notice()},
        at=int(row["created_at"].timestamp()),
        logo=row["logo_upload"],
    )


async def written(
    act: Transaction, kind: str, record_id: str, *, keep: bool = False
) -> tuple[Any, dict[str, Any]] | None:
    """A record, and what it says in words; `keep` lets nobody change it until the act ends."""
    statement = _record(kind, act.workspace, record_id)
    rows = await act.fetch(statement.with_for_update(of=_T[kind], read=True) if keep else statement)
    if not rows:
        return None
    row = rows[0]
    style = paper.style(row["locale"])
    badge = _BADGES[kind].get(row["status"])
    return row, {
        "paper": style.paper,
        "number": row["number"],
        "badge": badge,
        "watermark": badge if badge in _WATERMARKS else None,
        **_seller(row),
        **await _READ[kind](act, row, style),
    }


def _record(kind: str, workspace: str, record_id: str) -> sa.Select[Any]:
    """A record with whom and what it names."""
    table = _T[kind]
    joined: Any = table.join(_WORKSPACE, _WORKSPACE.c.workspace_id == table.c.workspace_id)
    named = [
        (_CONTACT, table.c.contact_id),
        (_COMPANY, table.c.company_id),
        (_USER, table.c.owner_id),
        (_FILE, _WORKSPACE.c.logo_file_id),
    ]
    columns = [
        *table.c,
        _CONTACT.c.name.label("contact_name"),
        _CONTACT.c.email.label("contact_email"),
        _COMPANY.c.name.label("company_name"),
        *(_COMPANY.c[one] for one in ("street", "city", "state", "postcode", "country")),
        _USER.c.name.label("owner_name"),
        _WORKSPACE.c.name.label("seller"),
        *(_WORKSPACE.c[one] for one in ("address", "locale", "time_zone")),
        _FILE.c.upload_id.label("logo_upload"),
    ]
    for name in ("quote", "contract"):
        if f"{name}_id" in table.c:
            other = _T[name]
            named.append((other, table.c[f"{name}_id"]))
            columns.append(other.c.number.label(f"{name}_number"))
    for other, column in named:
        own = sa.and_(other.c.workspace_id == table.c.workspace_id, other.c.id == column)
        joined = joined.outerjoin(other, own)
    return (
        sa.select(*columns)
        .select_from(joined)
        .where(
            table.c.workspace_id == workspace,
            table.c.id == record_id,
            table.c.deleted_at.is_(None),
        )
    )


async def _parts(act: Transaction, table: str, column: str, record_id: str) -> Sequence[Any]:
    """The lines or signers of a record, in order."""
    part = _T[table]
    return await act.fetch(
        sa.select(part)
        .where(part.c.workspace_id == act.workspace, part.c[column] == sa.literal(record_id, Uuid))
        .order_by(part.c.position, part.c.id)
    )


def _seller(row: Any) -> dict[str, Any]:
    address = paper.address(row["address"])
    footer = " · ".join([row["seller"], *address])
    return {
        "seller": {"name": row["seller"], "address": address},
        "footer": footer if len(footer) <= _LONGEST_FOOTER else row["seller"],
    }


def _customer(
    row: Any, heading: str, style: Style, *names: str | None, email: str | None = None
) -> dict[str, Any]:
    place = paper.address(
        *dict.fromkeys(names),
        row["street"],
        paper.town(row["city"], row["state"], row["postcode"]),
        style.country(row["country"]),
        email,
    )
    return {"customer": {"heading": heading, "lines": place}}


async def _quote(act: Transaction, row: Any, style: Style) -> dict[str, Any]:
    lines = await _parts(act, "quote_line", "quote_id", row["id"])
    facts = [
        ("Date", style.date(_day(row, row["sent_at"] or row["created_at"]))),
        ("Valid until", style.date(row["valid_until"])),
    ]
    if row["owner_name"]:
        facts.append(("Prepared by", row["owner_name"]))
    if row["accepted_at"] and row["status"] == QuoteStatus.ACCEPTED:
        by = f" by {row['accepted_by_name']}" if row["accepted_by_name"] else ""
        facts.append(("Accepted", style.date(_day(row, row["accepted_at"])) + by))
    return {
        "kind": "Quote",
        "title": row["title"],
        "facts": _listed(facts),
        **_customer(row, "Prepared for", style, row["contact_name"], row["company_name"]),
        **figures.lines(row, lines, style),
        "sums": figures.sums(row, lines, style),
        "total": ["Total", style.money(row["total_amount"], row["currency"])],
        "settled": [],
        "terms": paper.blocks(row["terms"] or ""),
    }


async def _invoice(act: Transaction, row: Any, style: Style) -> dict[str, Any]:
    lines = await _parts(act, "invoice_line", "invoice_id", row["id"])
    facts = [
        ("Invoice date", style.date(row["issue_date"])),
        ("Due date", style.date(row["due_date"])),
        ("Terms", f"{row['terms_days']} days net" if row["terms_days"] else "On receipt"),
        ("Quote", row["quote_number"]),
        ("Contract", row["contract_number"]),
    ]
    names = (row["bill_to_name"], row["company_name"])
    return {
        "kind": "Invoice",
        "title": None,
        "facts": _listed(facts),
        **_customer(row, "Bill to", style, *names, email=row["bill_to_email"]),
        **figures.lines(row, lines, style),
        "sums": figures.sums(row, lines, style),
        "total": ["Total", style.money(row["total_amount"], row["currency"])],
        "settled": figures.settled(row, style),
        "terms": paper.blocks(row["terms"] or ""),
    }


async def _contract(act: Transaction, row: Any, style: Style) -> dict[str, Any]:
    signers = await _parts(act, "contract_signer", "contract_id", row["id"])
    facts = [
        ("Date", style.date(_day(row, row["created_at"]))),
        ("From", _written(style, row["starts_on"])),
        ("Until", _written(style, row["ends_on"])),
        ("Value", style.money(row["value_amount"], row["currency"])),
        ("Quote", row["quote_number"]),
    ]
    body = paper.blocks(row["body"] or "")
    titled = bool(body) and body[0]["kind"] == "heading"
    return {
        "kind": "Contract",
        "title": None if titled else row["title"],
        "facts": _listed(facts),
        **_customer(row, "With", style, row["company_name"], row["contact_name"]),
        "body": body,
        "signers": [_signer(row, one, style) for one in signers],
        "terms": [],
    }


def _signer(row: Any, signer: Any, style: Style) -> dict[str, Any]:
    ours = signer["party"] == SignerParty.COMPANY
    party = row["seller"] if ours else row["company_name"] or row["contact_name"]
    status = "Date:"
    if signer["signed_at"]:
        status = f"Signed on {style.date(_day(row, signer['signed_at']))}"
    elif signer["declined_at"]:
        status = f"Declined on {style.date(_day(row, signer['declined_at']))}"
    return {
        "party": f"For {party}" if party else "Signature",
        "name": signer["name"],
        "email": signer["email"],
        "status": status,
    }


def _listed(facts: Sequence[tuple[str, str | None]]) -> list[list[str]]:
    return [[name, value] for name, value in facts if value]


def _written(style: Style, day: date | None) -> str | None:
    return style.date(day) if day else None


def _day(row: Any, moment: datetime) -> date:
    """The workspace's day of a moment."""
    return moment.astimezone(ZoneInfo(row["time_zone"])).date()


@cache
def _covered() -> list[range]:
    """The signs our fonts have."""
    spans = (one.split("-") for one in (FONTS / "covered.txt").read_text().split())
    return [range(int(first, 16), int(last, 16) + 1) for first, last in spans]


_READ: Mapping[str, Callable[[Transaction, Any, Style], Awaitable[dict[str, Any]]]] = {
    "quote": _quote,
    "invoice": _invoice,
    "contract": _contract,
}
