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


class Direction(Choice):
    """Which way a call or a message went."""

    INBOUND = "INBOUND", "From them to us."
    OUTBOUND = "OUTBOUND", "From us to them."


class CallOutcome(Choice):
    """How a call ended."""

    CONNECTED = "CONNECTED", "They spoke."
    NO_ANSWER = "NO_ANSWER", "Nobody answered."
    BUSY = "BUSY", "The line was busy."
    VOICEMAIL = "VOICEMAIL", "A message was left."
    FAILED = "FAILED", "It could not be put through."


class MeetingStatus(Choice):
    """What became of a meeting."""

    SCHEDULED = "SCHEDULED", "To come, or not said yet."
    HELD = "HELD", "Took place."
    CANCELED = "CANCELED", "Was called off."
    NO_SHOW = "NO_SHOW", "They did not come."


class TimelineKind(Choice):
    """What an item of a timeline is."""

    NOTE = "NOTE", "A note."
    CALL = "CALL", "A phone call."
    EMAIL = "EMAIL", "An e-mail."
    SMS = "SMS", "A text message."
    MEETING = "MEETING", "A meeting."
    EVENT = "EVENT", "Something that was done to the record itself."
    DEAL = "DEAL", "A deal that was opened for it."
    CASE = "CASE", "A case that was opened for it."
    TASK = "TASK", "A task that was made about it."


class InboxChannel(Choice):
    """By which way an activity came or went."""

    EMAIL = "EMAIL", "E-mails."
    CALL = "CALL", "Phone calls."
    SMS = "SMS", "Text messages."
    MEETING = "MEETING", "Meetings."


class NotificationKind(Choice):
    """What a user is told about."""

    MENTION = "MENTION", "Somebody named you in a note."
    TASK_ASSIGNED = "TASK_ASSIGNED", "A task was given to you."
    LEAD_ASSIGNED = "LEAD_ASSIGNED", "A lead was given to you."
    DEAL_ASSIGNED = "DEAL_ASSIGNED", "A deal was given to you."
    CASE_ASSIGNED = "CASE_ASSIGNED", "A case was given to you."
    PROJECT_ASSIGNED = "PROJECT_ASSIGNED", "A project was given to you."
    APPROVAL_REQUESTED = "APPROVAL_REQUESTED", "You are asked to approve something."
    APPROVAL_DECIDED = "APPROVAL_DECIDED", "What you asked for was decided on."
    TASK_OVERDUE = "TASK_OVERDUE", "A task of yours was not done in time."
    CASE_ESCALATED = "CASE_ESCALATED", "A case you answer for has missed a target."
    CASE_REPLY = "CASE_REPLY", "A customer answered in a case of yours."
    LEAD_SCORE = "LEAD_SCORE", "A lead of yours has reached the score to act on."
    DEAL_STALLED = "DEAL_STALLED", "Nothing has happened to a deal of yours for long."
    EMAIL_BOUNCED = "EMAIL_BOUNCED", "An e-mail of yours could not be delivered."
    WORKFLOW = "WORKFLOW", "A workflow tells you something."


class CoreEntity(Choice):
    """The kinds of records that have custom fields, tags, files and saved views."""

    CONTACT = "CONTACT", "Contacts."
    COMPANY = "COMPANY", "Companies."
    LEAD = "LEAD", "Leads."
    DEAL = "DEAL", "Deals."
    CASE = "CASE", "Cases."
    TASK = "TASK", "Tasks."
    PROJECT = "PROJECT", "Projects."
    PRODUCT = "PRODUCT", "Products."
    QUOTE = "QUOTE", "Quotes."
    CONTRACT = "CONTRACT", "Contracts."
    INVOICE = "INVOICE", "Invoices."


class DeadLetterState(Choice):
    """What became of work that was given up."""

    WAITING = "WAITING", "Nobody has seen to it."
    REPLAYED = "REPLAYED", "It was begun again."
    DISCARDED = "DISCARDED", "It was let go."


class WidgetKind(Choice):
    """What a widget of a dashboard shows."""

    KPI_CARD = "KPI_CARD", "One figure, beside what it was a month ago."
    CHART = "CHART", "Figures of groups of records, drawn side by side."
    TABLE = "TABLE", "Records in a list."
    PIPELINE_BY_STAGE = "PIPELINE_BY_STAGE", "The deals of a pipeline in each of its stages."
    UPCOMING_TASKS = "UPCOMING_TASKS", "The viewer's own tasks due in the next 48 hours."
    DEAL_FORECAST = "DEAL_FORECAST", "What this month's deals come to at its end."
    ACTIVITY_FEED = "ACTIVITY_FEED", "What happened lately."
    KPI_PROGRESS = "KPI_PROGRESS", "How far a target is; there are none yet."
    REPORT = "REPORT", "A report; there are none yet."


class Metric(Choice):
    """A figure a KPI card shows."""

    TOTAL_CONTACTS = "TOTAL_CONTACTS", "Contacts as of now."
    PIPELINE_VALUE = "PIPELINE_VALUE", "Sum of all open deals as of now, unweighted."
    OPEN_DEALS = "OPEN_DEALS", "Deals that are neither won nor lost, as of now."
    OPEN_CASES = "OPEN_CASES", "Cases that are not resolved, as of now."
    DEALS_CLOSED = "DEALS_CLOSED", "Deals won this month so far."
    WON_VALUE = "WON_VALUE", "Sum of the deals won this month so far."
    NEW_CONTACTS = "NEW_CONTACTS", "Contacts created this month so far."
    NEW_LEADS = "NEW_LEADS", "Leads created this month so far."


class DeltaDisplay(Choice):
    """Which difference a KPI card shows; both are always told."""

    PERCENT = "PERCENT", "In percent of what it was."
    ABSOLUTE = "ABSOLUTE", "As a number."


class Sharing(Choice):
    """Who else sees what somebody has made for themselves."""

    PRIVATE = "PRIVATE", "Nobody else."
    TEAM = "TEAM", "The members of a team, and who manages it."
    WORKSPACE = "WORKSPACE", "Everybody in the workspace."


class CustomFieldType(Choice):
    """What a custom field holds."""

    TEXT = "TEXT", "A text."
    NUMBER = "NUMBER", "An exact number."
    CURRENCY = "CURRENCY", "An amount of money in a currency."
    DATE = "DATE", "A day."
    SELECT = "SELECT", "One of its options."
    MULTI_SELECT = "MULTI_SELECT", "Any of its options."
    CHECKBOX = "CHECKBOX", "Yes or no."
    URL = "URL", "The address of a web page."
    EMAIL = "EMAIL", "An e-mail address."
    PHONE = "PHONE", "A phone number."
    LOOKUP = "LOOKUP", "Another record."


class ScopeKind(Choice):
    """Whose records count."""

    MINE = "MINE", "Your own."
    TEAM = "TEAM", "Those of a team's members, or of all whom you manage."
    ALL = "ALL", "Everybody's."


class Comparison(Choice):
    """What a figure is compared with."""

    LAST_MONTH = "LAST_MONTH", "A month ago; sums of this month, with the same days of the last."


class MetricFormat(Choice):
    """How a figure is written."""

    NUMBER = "NUMBER", "A count."
    MONEY = "MONEY", "An amount in `currency`."


class FeedVerb(Choice):
    """What somebody did."""

    CREATED = "CREATED", "Created it."
    MOVED = "MOVED", "Moved it to another stage."
    WON = "WON", "Won it."
    LOST = "LOST", "Lost it."
    CONVERTED = "CONVERTED", "Converted it."
    RESOLVED = "RESOLVED", "Resolved it."
    COMPLETED = "COMPLETED", "Completed it."


class Deleted(Choice):
    """Which records a list has, by whether they are deleted."""

    EXCLUDE = "EXCLUDE", "Those that are not."
    ONLY = "ONLY", "Those that are, until they are removed for good after 30 days."
    INCLUDE = "INCLUDE", "Both."


class ChangeKind(Choice):
    """What became of a record, for those who keep a copy."""

    CHANGED = "CHANGED", "It was created, changed or restored; `record` is what it is now."
    DELETED = "DELETED", "It was deleted: remove it from the copy."
    OUT_OF_SIGHT = "OUT_OF_SIGHT", "It is no longer in your sight: remove it from the copy."


class ResyncReason(Choice):
    """Why a copy or a snapshot has to be read again."""

    CURSOR_EXPIRED = (
        "CURSOR_EXPIRED",
        "The log does not reach back to your cursor, or not as far as it.",
    )
    BACKPRESSURE = (
        "BACKPRESSURE",
        "You took events more slowly than they came; the rest was dropped.",
    )
    PERMISSIONS_CHANGED = "PERMISSIONS_CHANGED", "What you may see has changed."
    CONFIG_CHANGED = "CONFIG_CHANGED", "Pipelines, statuses, currencies or rates have changed."
    BULK_CHANGE = "BULK_CHANGE", "More has changed than is told one by one, such as by an import."
