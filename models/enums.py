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


class GateMode(Choice):
    """What an unmet stage gate does to a move."""

    SOFT = "SOFT", "Warns; the record moves."
    HARD = "HARD", "Blocks the move until every condition is met."


class GateConditionKind(Choice):
    """What a stage gate asks for."""

    FIELD = "FIELD", "A field of the deal is filled."
    TASK = "TASK", "A task of the deal is done."
    APPROVAL = "APPROVAL", "A named user approves the move."
    CONTRACT = "CONTRACT", "A contract of a type is fully signed."


class ApprovalDecision(Choice):
    """What became of a request for approval."""

    PENDING = "PENDING", "Waits for its approver."
    APPROVED = "APPROVED", "Approved."
    REJECTED = "REJECTED", "Rejected."


class TemplateAssignee(Choice):
    """Whom a task made from a template is given to."""

    OWNER = "OWNER", "The owner of the record it is made for."
    USER = "USER", "A certain user."
    TEAM = "TEAM", "The queue of a team."


class LeadStatus(Choice):
    """Where a lead stands; the stages of a lead pipeline lie within these."""

    NEW = "NEW", "Not yet contacted."
    CONTACTED = "CONTACTED", "In contact."
    QUALIFIED = "QUALIFIED", "Worth converting."
    CONVERTED = "CONVERTED", "Became a contact, a company or both."
    DISQUALIFIED = "DISQUALIFIED", "Not worth pursuing."


class Origin(Choice):
    """Where a record came from."""

    WEB_FORM = "WEB_FORM", "A form on a web page."
    CAMPAIGN = "CAMPAIGN", "A marketing campaign."
    EVENT = "EVENT", "A fair, webinar or other event."
    MANUAL = "MANUAL", "Entered by hand."
    INTEGRATION = "INTEGRATION", "Another system."


class AssignmentKind(Choice):
    """How a rule finds who gets a lead."""

    ROUND_ROBIN = "ROUND_ROBIN", "Each of its users in turn."
    TERRITORY = "TERRITORY", "By country, state and postcode."
    COMPANY_SIZE = "COMPANY_SIZE", "By the number of employees."
    SCORE = "SCORE", "By the lead's score."


class FormTarget(Choice):
    """What a web form makes."""

    CONTACT = "CONTACT", "A contact."
    LEAD = "LEAD", "A lead."
    CASE = "CASE", "A case, with the contact it is for."


class CaseOrigin(Choice):
    """How a case came in."""

    AGENT = "AGENT", "Entered by an agent."
    EMAIL = "EMAIL", "An e-mail to the support address."
    WEB_FORM = "WEB_FORM", "A form on a web page."
    WORKFLOW = "WORKFLOW", "A workflow."


class CasePriority(Choice):
    """How urgent a case is; it decides the targets of its SLA."""

    LOW = "LOW", "Can wait."
    MEDIUM = "MEDIUM", "Usual."
    HIGH = "HIGH", "Hinders work."
    CRITICAL = "CRITICAL", "Stops work."


class CaseStatusCategory(Choice):
    """What a status means for a case's clocks."""

    OPEN = "OPEN", "Being worked on; the clocks run."
    WAITING = "WAITING", "Waits for the customer; the resolution clock is paused."
    RESOLVED = "RESOLVED", "Done; the clocks have stopped."


class SlaState(Choice):
    """Where a case stands against its targets at a moment."""

    OK = "OK", "Within its targets."
    APPROACHING = "APPROACHING", "A target is near: amber."
    BREACHED = "BREACHED", "A target is past: red."
    MET = "MET", "Resolved within its targets."
    PAUSED = "PAUSED", "Waits for the customer."


class TaskStatus(Choice):
    """How far a task is."""

    TO_DO = "TO_DO", "Not begun."
    IN_PROGRESS = "IN_PROGRESS", "Being done."
    REVIEW = "REVIEW", "Being looked over."
    DONE = "DONE", "Complete."


class TaskPriority(Choice):
    """How urgent a task is."""

    LOW = "LOW", "Can wait."
    MEDIUM = "MEDIUM", "Usual."
    HIGH = "HIGH", "Soon."


class MilestoneStatus(Choice):
    """How far a milestone is, by its tasks."""

    NOT_STARTED = "NOT_STARTED", "None of its tasks is begun."
    IN_PROGRESS = "IN_PROGRESS", "Some of its tasks are begun."
    COMPLETE = "COMPLETE", "All of its tasks are done."
