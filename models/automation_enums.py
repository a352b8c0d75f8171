"""Closed lists of automation: workflows, sequences, scores, mail."""

from core.choices import Choice


class WorkflowTrigger(Choice):
    """What sets a workflow off."""

    RECORD_CREATED = "RECORD_CREATED", "A record is created."
    RECORD_UPDATED = "RECORD_UPDATED", "A record changes."
    FIELD_VALUE_CHANGED = "FIELD_VALUE_CHANGED", "A field of a record gets another value."
    STATUS_CHANGED = "STATUS_CHANGED", "A record gets another status."
    PIPELINE_STAGE_CHANGED = "PIPELINE_STAGE_CHANGED", "A record moves to another stage."
    TASK_COMPLETED = "TASK_COMPLETED", "A task is done."
    CASE_ESCALATED = "CASE_ESCALATED", "A case has missed one of its targets."
    CONTRACT_SIGNED = "CONTRACT_SIGNED", "All have signed a contract."
    INVOICE_OVERDUE = "INVOICE_OVERDUE", "An invoice was not paid in time."
    LEAD_SCORE_THRESHOLD = "LEAD_SCORE_THRESHOLD", "A lead's score reaches a threshold."
    SCHEDULED = "SCHEDULED", "A time of its schedule comes."
    WEBHOOK_RECEIVED = "WEBHOOK_RECEIVED", "Its address is called."


class WorkflowAction(Choice):
    """What a step of a workflow does."""

    SEND_EMAIL = "SEND_EMAIL", "Send an e-mail."
    SEND_SMS = "SEND_SMS", "Send a text message."
    CREATE_TASK = "CREATE_TASK", "Create a task."
    CREATE_CASE = "CREATE_CASE", "Open a case."
    UPDATE_FIELD = "UPDATE_FIELD", "Give a field of the record a value."
    ASSIGN_OWNER = "ASSIGN_OWNER", "Give the record to somebody."
    ADD_TO_SEQUENCE = "ADD_TO_SEQUENCE", "Enroll its contact or lead in a sequence."
    SEND_SLACK_MESSAGE = "SEND_SLACK_MESSAGE", "Post to a Slack channel."
    CALL_WEBHOOK = "CALL_WEBHOOK", "Send a request to an address."
    CREATE_DEAL = "CREATE_DEAL", "Open a deal."
    ADD_NOTE = "ADD_NOTE", "Write a note on the record."
    CHANGE_STATUS = "CHANGE_STATUS", "Move the record to a status or stage."
    CREATE_PROJECT = "CREATE_PROJECT", "Begin a project, such as onboarding."
    SEND_NOTIFICATION = "SEND_NOTIFICATION", "Tell users in the product."
    SEND_TEAMS_MESSAGE = "SEND_TEAMS_MESSAGE", "Post to a Microsoft Teams channel."
    WAIT = "WAIT", "Go on later."
    BRANCH = "BRANCH", "Go one way or the other."


class StepRecipient(Choice):
    """Whom a step writes to or tells something."""

    RECORD = "RECORD", "E-mail, text message: the contact or lead the record is, or is with."
    OWNER = "OWNER", "E-mail, notification: who looks after the record."
    ADDRESS = "ADDRESS", "E-mail: the address it names."
    NUMBER = "NUMBER", "Text message: the number it names."
    MANAGER = "MANAGER", "Notification: the manager of who looks after the record."
    USERS = "USERS", "Notification: the users it names."
    TEAM = "TEAM", "Notification: the members of the team it names."


class StepAssignee(Choice):
    """Whom a step gives a task."""

    OWNER = "OWNER", "Who looks after the record."
    USER = "USER", "The user it names."
    TEAM = "TEAM", "The queue of the team it names."


class WebhookMethod(Choice):
    """How a step calls an address."""

    POST = "POST", "Send the body."
    PUT = "PUT", "Send the body in place of what is there."
    PATCH = "PATCH", "Send the body as a change."
    GET = "GET", "Ask, without a body."
    DELETE = "DELETE", "Have it removed, without a body."


class EscalationTarget(Choice):
    """Which target of a case was missed."""

    FIRST_RESPONSE = "FIRST_RESPONSE", "The first answer came too late."
    RESOLUTION = "RESOLUTION", "It was not resolved in time."


class WorkflowRunStatus(Choice):
    """How a run of a workflow stands."""

    QUEUED = "QUEUED", "Waits for a worker."
    RUNNING = "RUNNING", "A worker is at it."
    WAITING = "WAITING", "Goes on later: `resumeAt` says when."
    SUCCEEDED = "SUCCEEDED", "All of its steps are done."
    SKIPPED = "SKIPPED", "The record did not fit the conditions."
    FAILED = "FAILED", "A step failed for good; `error` says why. It can be retried."
    CANCELED = "CANCELED", "Somebody called it off."
    LOOP_DETECTED = "LOOP_DETECTED", "It was stopped: workflows set each other off in a circle."


class WorkflowStepStatus(Choice):
    """How a try of a step ended."""

    SUCCEEDED = "SUCCEEDED", "It is done."
    FAILED = "FAILED", "It failed; `error` says why."
    SKIPPED = "SKIPPED", "There was nothing to do; `output` says why."


class LeadSignal(Choice):
    """What raises a lead's score."""

    EMAIL_OPEN = "EMAIL_OPEN", "The lead opened an e-mail, or followed a link in one."
    PAGE_VISIT = "PAGE_VISIT", "The lead visited a page."
    FORM_SUBMISSION = "FORM_SUBMISSION", "The lead sent a web form."
    OUTREACH = "OUTREACH", "The lead wrote or called by themselves."


class SequenceStepKind(Choice):
    """What a step of a sequence does."""

    EMAIL = "EMAIL", "Send an e-mail."
    TASK = "TASK", "Create a task for the owner."


class EnrollmentStatus(Choice):
    """How an enrollment stands."""

    ACTIVE = "ACTIVE", "Its next step comes at `nextAt`."
    FINISHED = "FINISHED", "All steps are done."
    STOPPED = "STOPPED", "It ended early; `stopReason` says why."


class StopReason(Choice):
    """Why an enrollment ended early."""

    REPLIED = "REPLIED", "They answered."
    BOUNCED = "BOUNCED", "Their address takes no mail."
    OPTED_OUT = "OPTED_OUT", "They want no such mail."
    UNENROLLED = "UNENROLLED", "Somebody took them out."
    CLOSED = "CLOSED", "The lead was converted or disqualified, or the record deleted."
    ARCHIVED = "ARCHIVED", "The sequence was archived."
    FAILED = "FAILED", "A step could not be done; `error` says why."


class MailChoice(Choice):
    """When a user is told something by e-mail."""

    NEVER = "NEVER", "Not by e-mail."
    AT_ONCE = "AT_ONCE", "As it happens."
    DIGEST = "DIGEST", "In the digest of the day, unless read before."


class InboundState(Choice):
    """What became of a mail that came in."""

    FILED = "FILED", "It lies in the timelines of whom it is about."
    UNMATCHED = "UNMATCHED", "It is about nobody who is known; assign it."
    BOUNCE = "BOUNCE", "It tells that a mail of ours was not delivered."
    AUTO_REPLY = "AUTO_REPLY", "A machine wrote it: it is filed, and nothing follows from it."
    REFUSED = "REFUSED", "It could not be taken; `error` says why."
