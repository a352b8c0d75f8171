"""Contracts and the people who sign them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import (
    Core,
    Key,
    Record,
    Restorable,
    Technical,
    Uuid,
    choice,
    folded,
    indexed,
    long_text,
    ref,
    searched,
    thousandths,
)
from models.sale_enums import (
    ContractStatus,
    ContractType,
    EnvelopeState,
    SignatureEventKind,
    SignatureMethod,
    SignerParty,
    SignerStatus,
)


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
    template_id: Mapped[str | None] = ref("contract_template")
    body: Mapped[str | None] = long_text()
    """The document, made of the template when it was generated."""
    status_reason: Mapped[str | None]
    """Why it is not further: what keeps it from being sent, or what a signer said."""
    method: Mapped[SignatureMethod | None] = choice(SignatureMethod)
    signed_file_id: Mapped[str | None] = ref("file")
    """The countersigned copy."""
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
    viewed_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]


class ContractTemplate(Restorable):
    """The text contracts of a type are generated from, with merge fields."""

    __tablename__ = "contract_template"
    __table_args__ = (
        sa.Index(
            "contract_template_name_taken",
            "workspace_id",
            "name_key",
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
        ),
        sa.Index(
            "contract_template_default_taken",
            "workspace_id",
            "type",
            unique=True,
            postgresql_where=sa.text("is_default AND deleted_at IS NULL"),
        ),
    )

    name: Mapped[str]
    name_key: Mapped[str] = folded("name")
    type: Mapped[ContractType] = choice(ContractType, index=True)
    is_default: Mapped[bool] = mapped_column(server_default=sa.false())
    """Whether contracts of its type begin with it."""
    body: Mapped[str] = long_text()


class Envelope(Technical):
    """A contract on its way through a signature provider; sending it again makes another one."""

    __tablename__ = "envelope"
    __table_args__ = (
        sa.UniqueConstraint("workspace_id", "contract_id", "serial", name="envelope_serial_taken"),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    contract_id: Mapped[str] = ref("contract", nullable=False, on_delete="CASCADE", index=False)
    serial: Mapped[int]
    method: Mapped[SignatureMethod] = choice(SignatureMethod)
    state: Mapped[EnvelopeState] = choice(EnvelopeState)
    provider_id: Mapped[str | None] = mapped_column(Key)
    """The provider's name for it, once it has one."""
    request: Mapped[dict[str, Any] | None]
    """What the provider was asked, once it was: whoever asks again asks the same."""
    void_reason: Mapped[str | None]
    void_told_at: Mapped[datetime | None]
    """When the provider was told that it is withdrawn."""
    error: Mapped[str | None]
    """Why the provider did not take it."""
    created_at: Mapped[datetime]


class SignatureEvent(Technical):
    """What a signature provider told once, by its id; in whichever order it came."""

    __tablename__ = "signature_event"

    provider: Mapped[SignatureMethod] = choice(SignatureMethod, primary_key=True)
    event_id: Mapped[str] = mapped_column(Key, primary_key=True)
    envelope_id: Mapped[str] = ref("envelope", nullable=False, on_delete="CASCADE")
    kind: Mapped[SignatureEventKind] = choice(SignatureEventKind)
    signer_email: Mapped[str | None]
    detail: Mapped[str | None]
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
