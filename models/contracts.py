"""Contracts and the people who sign them."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Core, Key, Record, choice, folded, indexed, ref, searched, thousandths
from models.enums import ContractStatus, ContractType, SignerParty, SignerStatus


class Contract(Core):
    """An agreement, made from an accepted quote or by hand."""

    __tablename__ = "contract"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "number", name="contract_number_taken"),
        sa.UniqueConstraint("workspace_id", "quote_id", name="contract_quote_taken"),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_on"),
    )

    number: Mapped[str] = mapped_column(Key)
    title: Mapped[str]
    type: Mapped[ContractType] = choice(ContractType, index=True)
    status: Mapped[ContractStatus] = choice(ContractStatus, index=True)
    deal_id: Mapped[str | None] = ref("deal")
    quote_id: Mapped[str | None] = ref("quote")
    contact_id: Mapped[str | None] = ref("contact")
    company_id: Mapped[str | None] = ref("company")
    owner_id: Mapped[str | None] = ref("user")
    currency: Mapped[str] = mapped_column(Key)
    value_amount: Mapped[Decimal]
    value_milli: Mapped[int] = thousandths("value_amount")
    starts_on: Mapped[date | None] = indexed()
    ends_on: Mapped[date | None] = indexed()
    sent_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    number_key: Mapped[str] = folded("number")
    search_key: Mapped[str] = searched("number", "title")


class ContractSigner(Record):
    """Someone who signs a contract, in an order."""

    __tablename__ = "contract_signer"
    __table_args__ = (
        sa.UniqueConstraint(
            "workspace_id", "contract_id", "position", name="contract_signer_position_taken"
        ),
    )

    contract_id: Mapped[str] = ref("contract", nullable=False, on_delete="CASCADE")
    position: Mapped[int] = indexed()
    name: Mapped[str]
    email: Mapped[str | None]
    party: Mapped[SignerParty] = choice(SignerParty)
    status: Mapped[SignerStatus] = choice(SignerStatus)
    signed_at: Mapped[datetime | None]
