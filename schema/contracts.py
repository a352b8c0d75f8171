"""Contracts and their signers, as the API shows them."""

import datetime as dt

from auth.roles import Category
from models import contracts as rows
from models.enums import ContractStatus, ContractType, SignerParty, SignerStatus
from models.registry import Scope
from schema import scalars
from schema.declare import Node, column, computed, entity, link, many, money
from schema.documents import PDF, Document
from services.documents.showing import pdfs


@entity(
    rows.Contract,
    prefix="ctr",
    plural="contracts",
    category=Category.CONTRACTS,
    finance_sees_all=True,
    core=True,
)
class Contract(Node):
    """An agreement with a customer."""

    number: str = column(
        "Its number, such as CT-2024-0042.", filter="number_key", order="number_key"
    )
    title: str = column("What it is about.")
    type: ContractType = column("What kind of agreement it is.", filter=True, group=True)
    status: ContractStatus = column("Where it stands.", filter=True, group=True)
    value = money(
        "What it is worth.",
        amount="value_amount",
        currency="currency",
        key="value_milli",
        filter=True,
        order=True,
        sum=True,
        dated="signed_at",
    )
    starts_on: dt.date | None = column("First day it is in force.", filter=True)
    ends_on: dt.date | None = column("Last day it is in force.", filter=True)
    sent_at: dt.datetime | None = column("When it was sent for signature.")
    signed_at: dt.datetime | None = column("When the last signer signed.")
    pdf: Document = computed(PDF, batch=pdfs("contract"), needs=("id", "version"))
    deal = link("Deal", "The deal it came of.")
    quote = link("Quote", "The quote it came of.")
    contact = link("Contact", "Whom it is with.")
    company = link("Company", "The company it is with.", group=True)
    owner = link("User", "Who looks after it.", group=True)
    signers = many("ContractSigner", "Who signs, in order.", by="contract_id", order="position")
    invoices = many("Invoice", "Invoices that came of it.", by="contract_id")


@entity(
    rows.ContractSigner,
    prefix="sgn",
    plural="contractSigners",
    category=Category.CONTRACTS,
    scope=Scope.PARENT,
    parent="contract",
)
class ContractSigner(Node):
    """Someone who signs a contract."""

    position: int = column("Their turn.", order=True)
    name: str = column("Their name.")
    email: scalars.EmailAddress | None = column("Where the contract is sent to.")
    party: SignerParty = column("For whom they sign.")
    status: SignerStatus = column("Whether they have signed.")
    signed_at: dt.datetime | None = column("When they signed.")
    contract = link("Contract", "What they sign.")
