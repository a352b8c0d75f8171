"""Contracts, their signers and templates, as the API shows them."""

import datetime as dt

import strawberry

from auth.roles import Category
from core.codes import UserErrorCode
from models import contracts as rows
from models.registry import Scope, Write
from models.sale_enums import (
    ContractStatus,
    ContractType,
    EnvelopeState,
    SignatureMethod,
    SignerParty,
    SignerStatus,
)
from schema import scalars
from schema.declare import Node, column, computed, entity, link, many, money
from schema.documents import PDF, Document
from schema.inputs import MutationInput, act_input, arg, nested_input
from schema.refusals import UserError, refusal
from schema.values import described
from services.contracts import showing, templates
from services.contracts.sending import LONGEST_MESSAGE, LONGEST_REASON
from services.documents.showing import pdfs

_EXPECTED_VERSION = "The version you read; the act is refused when it has changed since."


@strawberry.type(description="A contract on its way through a signature service.")
class ContractEnvelope:
    """An envelope."""

    serial: int = described("Counts the envelopes of the contract: sending again makes another.")
    state: EnvelopeState = described("How far it is.")
    provider_id: str | None = described("What the service calls it, once it has it.")
    error: str | None = described("Why the service did not take it.")


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
    title: str = column(
        "What it is about; what the deal is called when left out.",
        write=Write.ALWAYS,
        required=False,
    )
    type: ContractType = column(
        "What kind of agreement it is; the workspace's usual one when left out.",
        write=Write.ALWAYS,
        filter=True,
        group=True,
    )
    status: ContractStatus = column("Where it stands.", filter=True, group=True)
    status_label: str = computed(
        "The same as people read it, such as Awaiting Signature.",
        batch=showing.labels,
        needs=("status",),
    )
    status_reason: str | None = column(
        "Why it is not further: what keeps it from going out, or what a signer said."
    )
    value = money(
        "What it is worth; what the deal is worth when left out.",
        amount="value_amount",
        currency="currency",
        key="value_milli",
        write=Write.ALWAYS,
        filter=True,
        order=True,
        sum=True,
        dated="signed_at",
    )
    starts_on: dt.date | None = column(
        "First day it is in force; the day of the last signature where none was named.",
        write=Write.ALWAYS,
        filter=True,
    )
    ends_on: dt.date | None = column(
        "Last day it is in force; find those that end soon by it.", write=Write.ALWAYS, filter=True
    )
    body: str | None = column(
        "Its document, made of the template; null until it is generated.", max_length=None
    )
    method: SignatureMethod | None = column("How it is signed, once it was sent.")
    envelope: ContractEnvelope | None = computed(
        "Its last way through a signature service; null where it took none.",
        batch=showing.envelopes,
        needs=("id",),
    )
    sent_at: dt.datetime | None = column("When it was sent for signature.")
    signed_at: dt.datetime | None = column("When the last signer signed.")
    pdf: Document = computed(PDF, batch=pdfs("contract"), needs=("id", "version"))
    deal = link("Deal", "The deal it came of.", write=Write.CREATE)
    quote = link("Quote", "The quote it came of.")
    contact = link("Contact", "Whom it is with.", write=Write.ALWAYS)
    company = link("Company", "The company it is with.", write=Write.ALWAYS, group=True)
    owner = link("User", "Who looks after it.", write=Write.ALWAYS, group=True)
    template = link("ContractTemplate", "What its document was made of.")
    signed_document = link("File", "The countersigned copy.", source="signed_file_id")
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
    viewed_at: dt.datetime | None = column("When they first opened it.")
    signed_at: dt.datetime | None = column("When they signed.")
    declined_at: dt.datetime | None = column("When they declined.")
    decline_reason: str | None = column("Why they declined.")
    contract = link("Contract", "What they sign.")


@entity(
    rows.ContractTemplate,
    prefix="ctl",
    plural="contractTemplates",
    category=Category.CONTRACTS,
    scope=Scope.WORKSPACE,
)
class ContractTemplate(Node):
    """The text that contracts of a type are made of, written by Admins."""

    name: str = column(
        "What it is called.",
        write=Write.ALWAYS,
        required=True,
        filter="name_key",
        order="name_key",
    )
    type: ContractType = column(
        "The contracts it is for.", write=Write.ALWAYS, required=True, filter=True
    )
    is_default: bool = column(
        "Whether contracts of its type begin with it; another one gives way.", write=Write.ALWAYS
    )
    body: str = column(
        "The text, in Markdown, with merge fields such as `{{contact.name}}`;"
        " `contractMergeFields` lists them.",
        write=Write.ALWAYS,
        required=True,
        max_length=templates.LONGEST_BODY,
    )
    merge_fields: list[str] = computed(
        "The merge fields in it.", batch=templates.used_fields, needs=("body",)
    )


@strawberry.type(description="A name that stands for a value in the texts of templates.")
class MergeField:
    """A merge field."""

    name: str = described("What to write between double braces.")
    description: str = described("What it stands for.")


@refusal(UserErrorCode.MERGE_FIELDS_MISSING, UserErrorCode.INVALID_MERGE_FIELD)
class MergeFieldsError(UserError):
    """Merge fields have no value here, or there are none of that name."""

    fields: list[str] = described("Which.")


@nested_input
class ContractSignerInput:
    """Someone who is to sign."""

    name: str = arg("Their name.")
    email: scalars.EmailAddress | None = arg(
        "Where the contract is sent to; a signature service asks for it.", default=None
    )
    party: SignerParty = arg("For whom they sign.", default=SignerParty.CUSTOMER)


@act_input
class ContractSignersSetInput(MutationInput):
    """Who signs a draft, in place of those named before."""

    id: strawberry.ID = arg("The contract.", of="Contract")
    signers: list[ContractSignerInput] = arg("In the order in which they sign, at most 20.")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class ContractGenerateDocumentInput(MutationInput):
    """Which draft is to have its document."""

    id: strawberry.ID = arg("The contract.", of="Contract")
    template_id: strawberry.ID | None = arg(
        "What to make it of; the standard template of its type when left out.",
        of="ContractTemplate",
        default=None,
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class ContractSendInput(MutationInput):
    """Which draft goes to its signers, and how."""

    id: strawberry.ID = arg("The contract.", of="Contract")
    signers: list[ContractSignerInput] | None = arg(
        "Who signs, in place of those named before.", default=None
    )
    method: SignatureMethod | None = arg(
        "SERVICE, by the connected signature service (what is meant when left out), or UPLOAD: its"
        " PDF goes out by mail, and `contractUploadSigned` takes the signed one.",
        default=None,
    )
    message: str | None = arg(
        "What the mail says, with UPLOAD.", default=None, max_length=LONGEST_MESSAGE
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class ContractResendInput(ContractSendInput):
    """Which declined or void contract is to be signed after all."""


@act_input
class ContractReopenInput(MutationInput):
    """Which declined or void contract is to be written again."""

    id: strawberry.ID = arg("The contract.", of="Contract")
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class ContractVoidInput(MutationInput):
    """Which contract is withdrawn, and why."""

    id: strawberry.ID = arg("The contract.", of="Contract")
    reason: str = arg("Why; its signers are told.", max_length=LONGEST_REASON)
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)


@act_input
class ContractUploadSignedInput(MutationInput):
    """The signed PDF of a contract that was sent."""

    id: strawberry.ID = arg("The contract.", of="Contract")
    upload_id: strawberry.ID = arg("An upload of yours, received in full: a PDF, at most 25 MB.")
    signed_on: dt.date | None = arg("The day it was signed; today when left out.", default=None)
    signer_ids: list[strawberry.ID] | None = arg(
        "Who has signed it; all who had not when left out.", of="ContractSigner", default=None
    )
    expected_version: int | None = arg(_EXPECTED_VERSION, default=None)
