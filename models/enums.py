"""Closed lists of the product, each value with what it means."""

from core.choices import Choice


class Role(Choice):
    """What a user may do: exactly five roles, none can be added."""

    REP = "REP", "Sales Rep: own records."
    MANAGER = "MANAGER", "Manager: own records and those of the teams they manage."
    EXECUTIVE = "EXECUTIVE", "Executive: every record, no administration."
    ADMIN = "ADMIN", "Admin: every record and the administration, without finance access."
    FINANCE = "FINANCE", "Finance: own records and every financial record."


class UserStatus(Choice):
    """Whether a user can sign in."""

    ACTIVE = "ACTIVE", "Can sign in."
    DEACTIVATED = "DEACTIVATED", "Has left; the name stays in the history."


class Plan(Choice):
    """What a workspace has subscribed to; it sets the rate limits."""

    STARTER = "STARTER", "60 requests a minute, 10,000 a day."
    PROFESSIONAL = "PROFESSIONAL", "300 requests a minute, 100,000 a day."
    ENTERPRISE = "ENTERPRISE", "1,000 requests a minute, no daily limit."


class ContactStatus(Choice):
    """Where a contact stands with us."""

    LEAD = "LEAD", "Has shown interest."
    PROSPECT = "PROSPECT", "Is being talked to about a purchase."
    CUSTOMER = "CUSTOMER", "Has bought."
    CHURNED = "CHURNED", "Was a customer once."


class PipelineKind(Choice):
    """What moves through a pipeline."""

    DEAL = "DEAL", "Deals."
    LEAD = "LEAD", "Leads."
    PROJECT = "PROJECT", "Projects."


class StageCategory(Choice):
    """What being in a stage means for a deal."""

    OPEN = "OPEN", "Still being worked on."
    WON = "WON", "Closed and won: probability 100."
    LOST = "LOST", "Closed and lost: probability 0."


class ProbabilitySource(Choice):
    """Where a deal's probability comes from."""

    STAGE = "STAGE", "The default of its stage."
    MANUAL = "MANUAL", "Set by hand; a move keeps it."


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
    PAID = "PAID", "Paid in full."
    OVERDUE = "OVERDUE", "Unpaid past its due date."
    VOID = "VOID", "Withdrawn."


class PaymentMethod(Choice):
    """How a payment came in."""

    BANK_TRANSFER = "BANK_TRANSFER", "Bank transfer."
    CARD = "CARD", "Credit or debit card."
    CHECK = "CHECK", "Check."
    CASH = "CASH", "Cash."
    OTHER = "OTHER", "Anything else."


class ImportStatus(Choice):
    """How far an import is."""

    MAPPING = "MAPPING", "Uploaded; its columns are being mapped."
    QUEUED = "QUEUED", "Waits for a worker."
    RUNNING = "RUNNING", "A worker is at it."
    COMPLETED = "COMPLETED", "Finished; rows with errors are in the error file."
    FAILED = "FAILED", "Stopped; the reason is in `error`."
