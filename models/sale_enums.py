"""The closed lists of quotes, contracts, invoices and their mail."""

from core.choices import Choice


class BillingType(Choice):
    """How a product is charged."""

    ONE_TIME = "ONE_TIME", "Once."
    RECURRING = "RECURRING", "Every period."


class QuoteStatus(Choice):
    """Where a quote stands with its customer."""

    DRAFT = "DRAFT", "Being written."
    SENT = "SENT", "Sent to the customer."
    VIEWED = "VIEWED", "Opened by the customer."
    ACCEPTED = "ACCEPTED", "Accepted; a contract exists."
    DECLINED = "DECLINED", "Declined by the customer."
    EXPIRED = "EXPIRED", "Not accepted before its date."


class ApprovalState(Choice):
    """Whether a quote's discount was approved."""

    NOT_NEEDED = "NOT_NEEDED", "Within the seller's limit."
    REQUIRED = "REQUIRED", "Waits for a manager."
    APPROVED = "APPROVED", "Approved by a manager."
    REJECTED = "REJECTED", "Rejected by a manager."
    ADJUSTED = "ADJUSTED", "Changed and approved by a manager."


class ContractType(Choice):
    """What kind of agreement a contract is."""

    MSA = "MSA", "Master service agreement."
    NDA = "NDA", "Non-disclosure agreement."
    SOW = "SOW", "Statement of work."


class ContractStatus(Choice):
    """Where a contract stands between draft and end."""

    DRAFT = "DRAFT", "Being written."
    SENT_FOR_SIGNATURE = "SENT_FOR_SIGNATURE", "With its signers."
    PARTIALLY_SIGNED = "PARTIALLY_SIGNED", "Signed by some."
    FULLY_SIGNED = "FULLY_SIGNED", "Signed by all."
    ACTIVE = "ACTIVE", "In force."
    EXPIRED = "EXPIRED", "Past its end."
    DECLINED = "DECLINED", "A signer declined."
    VOIDED = "VOIDED", "Withdrawn by us."


class SignerParty(Choice):
    """For whom a signer signs."""

    CUSTOMER = "CUSTOMER", "The customer."
    COMPANY = "COMPANY", "Our company."


class SignerStatus(Choice):
    """Whether a signer has signed."""

    PENDING = "PENDING", "Not yet."
    SIGNED = "SIGNED", "Signed."
    DECLINED = "DECLINED", "Declined to sign."


class InvoiceStatus(Choice):
    """Where an invoice stands between draft and payment."""

    DRAFT = "DRAFT", "Being written."
    SENT = "SENT", "Sent, nothing paid."
    PARTIALLY_PAID = "PARTIALLY_PAID", "Paid in part."
    PAID = "PAID", "Nothing is left to be paid."
    OVERDUE = "OVERDUE", "Unpaid past its due date."
    VOID = "VOID", "Withdrawn."


class PaymentStatus(Choice):
    """How a deal's invoices stand, taken together; those being written or void do not count."""

    PAID = "PAID", "Nothing is left to be paid."
    OUTSTANDING = "OUTSTANDING", "Something is to be paid, and not late."
    OVERDUE = "OVERDUE", "Something is late."


class PaymentMethod(Choice):
    """How a payment came in."""

    BANK_TRANSFER = "BANK_TRANSFER", "Bank transfer."
    CARD = "CARD", "Credit or debit card."
    CHECK = "CHECK", "Check."
    CASH = "CASH", "Cash."
    OTHER = "OTHER", "Anything else."


class SignatureMethod(Choice):
    """How a contract is signed."""

    UPLOAD = "UPLOAD", "By hand; the signed copy is uploaded."
    SERVICE = "SERVICE", "By the signature service of the installation."
    DOCUSIGN = "DOCUSIGN", "By DocuSign."


class EnvelopeState(Choice):
    """How far a contract is on its way through a signature provider."""

    QUEUED = "QUEUED", "Waits to be handed to the provider."
    SENT = "SENT", "With the provider."
    COMPLETED = "COMPLETED", "All have signed."
    DECLINED = "DECLINED", "A signer declined."
    VOIDED = "VOIDED", "Withdrawn."
    FAILED = "FAILED", "The provider did not take it; `error` says why."


class SignatureEventKind(Choice):
    """What a signature provider tells of an envelope."""

    SENT = "SENT", "The envelope is with its signers."
    VIEWED = "VIEWED", "A signer opened it."
    SIGNED = "SIGNED", "A signer signed."
    DECLINED = "DECLINED", "A signer declined."
    COMPLETED = "COMPLETED", "All have signed."
    VOIDED = "VOIDED", "It was withdrawn."


class QuoteToCashStage(Choice):
    """A step on the way from a quote to the money."""

    QUOTE_CREATED = "QUOTE_CREATED", "A quote was written."
    QUOTE_SENT = "QUOTE_SENT", "It was sent."
    QUOTE_VIEWED = "QUOTE_VIEWED", "The customer opened it."
    QUOTE_ACCEPTED = "QUOTE_ACCEPTED", "The customer accepted it."
    QUOTE_DECLINED = "QUOTE_DECLINED", "The customer declined it."
    QUOTE_EXPIRED = "QUOTE_EXPIRED", "It was not accepted in time."
    CONTRACT_CREATED = "CONTRACT_CREATED", "A contract was made."
    CONTRACT_SENT = "CONTRACT_SENT", "It went to its signers."
    CONTRACT_VIEWED = "CONTRACT_VIEWED", "A signer opened it."
    CONTRACT_SIGNED = "CONTRACT_SIGNED", "A signer signed; others have not."
    CONTRACT_FULLY_SIGNED = "CONTRACT_FULLY_SIGNED", "All have signed."
    CONTRACT_ACTIVATED = "CONTRACT_ACTIVATED", "It came into force."
    CONTRACT_DECLINED = "CONTRACT_DECLINED", "A signer declined."
    CONTRACT_VOIDED = "CONTRACT_VOIDED", "It was withdrawn."
    CONTRACT_REOPENED = "CONTRACT_REOPENED", "It is being written again."
    CONTRACT_EXPIRED = "CONTRACT_EXPIRED", "It came to its end."
    DEAL_WON = "DEAL_WON", "The deal was won."
    INVOICE_CREATED = "INVOICE_CREATED", "An invoice was made."
    INVOICE_SENT = "INVOICE_SENT", "It was sent."
    INVOICE_PARTIALLY_PAID = "INVOICE_PARTIALLY_PAID", "It was paid in part."
    INVOICE_PAID = "INVOICE_PAID", "Nothing of it is left to be paid."
    INVOICE_OVERDUE = "INVOICE_OVERDUE", "It was not paid in time."
    INVOICE_VOIDED = "INVOICE_VOIDED", "It was withdrawn."


class PaymentSource(Choice):
    """Where a payment was recorded."""

    MANUAL = "MANUAL", "In the CRM."
    QUICKBOOKS = "QUICKBOOKS", "In QuickBooks."
    NETSUITE = "NETSUITE", "In NetSuite."


class MailState(Choice):
    """How far a mail of the outbox is."""

    QUEUED = "QUEUED", "Waits to be sent."
    SENT = "SENT", "Handed to the mail server."
    FAILED = "FAILED", "Given up after several tries; `error` says why."


class Rendering(Choice):
    """How far the PDF of a record is."""

    PENDING = "PENDING", "Being rendered; the latest one that is ready is shown."
    READY = "READY", "As the record is now."
    FAILED = "FAILED", "It could not be rendered; `error` says why."
