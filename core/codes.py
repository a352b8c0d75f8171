"""The codes clients switch on, each with the help `/docs/errors` prints."""

from core.choices import Choice


class UserErrorCode(Choice):
    """Why an act was refused. Codes are added, never renamed or reused."""

    REQUIRED = "REQUIRED", "A value is missing. Fill the field named by `path`."
    INVALID_VALUE = "INVALID_VALUE", "A value is not acceptable; the message says what is."
    INVALID_ID = "INVALID_ID", "An id is malformed or names another type of record."
    TOO_LONG = "TOO_LONG", "A text is longer than its field holds; the message names the limit."
    EMPTY_PATCH = "EMPTY_PATCH", "An update names no field to change. Send at least one."
    NOT_FOUND = "NOT_FOUND", "The record does not exist or is out of your sight."
    EMAIL_OR_PHONE_REQUIRED = (
        "EMAIL_OR_PHONE_REQUIRED",
        "A contact needs an e-mail address or a phone number.",
    )
    INVALID_EMAIL = "INVALID_EMAIL", "The e-mail address cannot exist as written."
    INVALID_PHONE = "INVALID_PHONE", "Send phone numbers with their country code: +14155550102."
    INVALID_TIMEZONE = "INVALID_TIMEZONE", "Send an IANA time zone such as America/New_York."
    INVALID_CURRENCY = "INVALID_CURRENCY", "Send an ISO 4217 code such as USD."
    INVALID_DATE_RANGE = "INVALID_DATE_RANGE", "An end lies before its start."
    DUPLICATE = "DUPLICATE", "Another record already has this value, which must be unique."
    DUPLICATE_EMAIL = (
        "DUPLICATE_EMAIL",
        "A contact has this e-mail: `existing`, if you see it. Update it or send allowDuplicate.",
    )
    STALE_VERSION = (
        "STALE_VERSION",
        "The record changed since you read it. Read it again, merge `changedFields`, retry.",
    )
    STALE_POSITION = (
        "STALE_POSITION",
        "The cards named have left the column. Place it beside `above` or `below`, or on top.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "IDEMPOTENCY_KEY_REUSED",
        "This key was used with another input. Use a fresh key for a new act.",
    )
    IDEMPOTENCY_IN_PROGRESS = (
        "IDEMPOTENCY_IN_PROGRESS",
        "An act with this key is still running. Retry with the same key in a moment.",
    )
    TOO_MANY = "TOO_MANY", "More records than one call takes; the message names the limit."
    MERGED = (
        "MERGED",
        "The record was merged into `survivor`, if you see it. Go on with that, or undo the merge.",
    )
    ALREADY_ENROLLED = (
        "ALREADY_ENROLLED",
        "They are in the sequence, or have been: `enrollment`. A sequence is gone through once.",
    )
    IN_USE = "IN_USE", "Other records need this one; change or remove them first."
    PRICE_OVERLAP = "PRICE_OVERLAP", "Two prices of a product and currency overlap in time."
    MERGE_FIELDS_MISSING = (
        "MERGE_FIELDS_MISSING",
        "The contract's template asks for what is empty: `fields`. Fill it in, or choose another.",
    )
    INVALID_MERGE_FIELD = (
        "INVALID_MERGE_FIELD",
        "No merge field has these names: `fields`. `contractMergeFields` lists those there are.",
    )
    INTEGRATION_NOT_CONNECTED = (
        "INTEGRATION_NOT_CONNECTED",
        "The other system is not connected. The message says what to do without it.",
    )
    ALREADY_INVOICED = (
        "ALREADY_INVOICED",
        "The deal's accepted quote has its invoice: `invoice`. Send `lines` to bill what else.",
    )
    OVERPAYMENT = (
        "OVERPAYMENT",
        "The amount is more than `balance`, the most that can be paid or given back here.",
    )
    PRODUCT_NOT_FOUND = (
        "PRODUCT_NOT_FOUND",
        "No product of the catalogue has this id. Create it, or describe the line and price it.",
    )
    PRODUCT_RETIRED = (
        "PRODUCT_RETIRED",
        "The product is sold no more. Choose another one, or take it back into the catalogue.",
    )
    PRICE_MISSING = (
        "PRICE_MISSING",
        "The product has no price on that day that could be used. Add one, or price the line.",
    )
    CURRENCY_MISMATCH = (
        "CURRENCY_MISMATCH",
        "An amount is in another currency than what it belongs to; the message names that one.",
    )
    RATE_MISSING = (
        "RATE_MISSING",
        "No exchange rate of the currency is known by that day. Set one with `exchangeRateSet`.",
    )
    APPROVAL_REQUIRED = (
        "APPROVAL_REQUIRED",
        "The discount is above the seller's limit: one of `approvers` decides, or lower it.",
    )
    SELF_APPROVAL = "SELF_APPROVAL", "Nobody approves what they asked for, or sell, themselves."
    QUOTE_EXPIRED = (
        "QUOTE_EXPIRED",
        "The last day of the quote has passed. Revise it, or ask its sender for a new one.",
    )
    INVALID_TRANSITION = "INVALID_TRANSITION", "The record cannot go there from its present state."
    TASK_BLOCKED = (
        "TASK_BLOCKED",
        "Tasks it waits for are not done: `blockers`. Complete or remove them first.",
    )
    TASK_STARTED = (
        "TASK_STARTED",
        "A task that has begun cannot wait for one that is not done. Move it to To Do first.",
    )
    DEPENDENCY_CYCLE = (
        "DEPENDENCY_CYCLE",
        "Each task of `cycle` would wait for the next, the last for the first. Remove a blocker.",
    )
    READ_ONLY = (
        "READ_ONLY",
        "The record is shared with you to be read. Ask its owner or their manager to change it.",
    )
    CONVERT_TARGET_REQUIRED = (
        "CONVERT_TARGET_REQUIRED",
        "A lead becomes a contact, a company or both. Send `contact`, `company` or both.",
    )
    ALREADY_CONVERTED = (
        "ALREADY_CONVERTED",
        "The lead was converted before; go on with the records the refusal carries.",
    )
    STAGE_GATE_BLOCKED = (
        "STAGE_GATE_BLOCKED",
        "A gate keeps the deal out of the stage. Do what `unmet` lists, then move it again.",
    )
    NOT_THE_APPROVER = (
        "NOT_THE_APPROVER",
        "Another user was asked; an Admin decides where that user has left.",
    )
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS", "The e-mail address or the password is wrong."
    WORKSPACE_REQUIRED = (
        "WORKSPACE_REQUIRED",
        "This address belongs to several workspaces; send the `workspaceId` of one of them.",
    )
    WEAK_PASSWORD = "WEAK_PASSWORD", "The password is too short or too common."
    TRY_LATER = "TRY_LATER", "Too many attempts. Wait as long as the message says."
    INVITATION_INVALID = "INVITATION_INVALID", "The invitation was used, withdrawn or never made."
    INVITATION_EXPIRED = "INVITATION_EXPIRED", "The invitation is too old; ask for a new one."
    RESET_INVALID = "RESET_INVALID", "The reset link was used or is too old; ask for a new one."
    ALREADY_MEMBER = "ALREADY_MEMBER", "This address already belongs to a user of the workspace."
    LAST_ADMIN = "LAST_ADMIN", "A workspace keeps at least one active Admin."
    MANAGER_ROLE_REQUIRED = (
        "MANAGER_ROLE_REQUIRED",
        "A team's manager holds the role Manager, Executive or Admin.",
    )
    UPLOAD_INCOMPLETE = "UPLOAD_INCOMPLETE", "The file was not received yet; PUT it first."
    INVALID_FILE = "INVALID_FILE", "The file is not what this act takes; the message says why."
    IMPORT_TOO_MANY_ROWS = (
        "IMPORT_TOO_MANY_ROWS",
        "An upload holds at most 50,000 rows. Split the file, or ask support for bulk migration.",
    )
    ALREADY_CLAIMED = (
        "ALREADY_CLAIMED",
        "Somebody was faster: `by` has the record now. Take another one from the queue.",
    )
    CASE_CONVERTED = (
        "CASE_CONVERTED",
        "The case was converted before; `deal` is what came of it, if you see it.",
    )
    AMBIGUOUS_MENTION = (
        "AMBIGUOUS_MENTION",
        "Several users have the name behind an @: `candidates`. Write @ and an e-mail address.",
    )
    VALUES_WOULD_BE_LOST = (
        "VALUES_WOULD_BE_LOST",
        "The new type cannot hold `lost` values. Look at the preview, then send `acceptLost`.",
    )
    NOT_UNDOABLE = (
        "NOT_UNDOABLE",
        "Acts of this kind, and undo itself, cannot be undone. Change the records themselves.",
    )
    ALREADY_UNDONE = "ALREADY_UNDONE", "The act was undone before; there is nothing left to do."
    NOT_YOUR_ACT = "NOT_YOUR_ACT", "Somebody else did it; ask them or an Admin to undo it."
    UNDO_EXPIRED = "UNDO_EXPIRED", "An act can be undone for 30 days."
    UNDO_PURGED = "UNDO_PURGED", "Records of the act were removed for good after 30 days."
    UNDO_COLLISION = (
        "UNDO_COLLISION",
        "Later acts changed the same fields, or use what it made: `collisions`. Undo those first.",
    )
    ACTIONS_REQUIRED = (
        "ACTIONS_REQUIRED",
        "A workflow, and each branch of it, does something. Send at least one step.",
    )
    SETS_ITSELF_OFF = (
        "SETS_ITSELF_OFF",
        "What the workflow does would set it off again. The message says what ends that.",
    )
    ATTACHMENT_TOO_LARGE = (
        "ATTACHMENT_TOO_LARGE",
        "A mail has at most 25 MB as it is sent, in which files take a third more. Link to them.",
    )
    RECIPIENT_OPTED_OUT = (
        "RECIPIENT_OPTED_OUT",
        "They want no such mail. Write to them yourself, or leave it.",
    )
    RECIPIENT_BOUNCED = (
        "RECIPIENT_BOUNCED",
        "Mail to this address came back. Ask for another address, and change it on the record.",
    )
    IMPORT_STATE = "IMPORT_STATE", "The import is past the step you asked for."


class DenialCode(Choice):
    """Why a request was not carried out at all (`extensions.code`)."""

    UNAUTHENTICATED = (
        "UNAUTHENTICATED",
        "Send `Authorization: Bearer` with a session token or an API key that is still valid.",
    )
    FORBIDDEN = "FORBIDDEN", "Your role lacks the capability; an Admin can grant it."
    BAD_REQUEST = "BAD_REQUEST", "The request is not GraphQL over HTTP; the message says why."
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED", "The document is not GraphQL."
    GRAPHQL_VALIDATION_FAILED = (
        "GRAPHQL_VALIDATION_FAILED",
        "The document does not fit the schema.",
    )
    BAD_USER_INPUT = "BAD_USER_INPUT", "A variable or argument does not fit its type."
    INVALID_ID = "INVALID_ID", "An id is malformed or names another type of record."
    INVALID_CURSOR = "INVALID_CURSOR", "A cursor is unknown or belongs to another ordering."
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED", "The request passes a limit; the message names it."
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE", "The body is larger than 1 MB."
    RATE_LIMITED = "RATE_LIMITED", "Too many requests; wait for `retryAfter` seconds."
    RESULT_TOO_LARGE = (
        "RESULT_TOO_LARGE",
        "The answer would hold more than 20,000 rows. Ask for smaller pages.",
    )
    TIMEOUT = "TIMEOUT", "The request took too long and was stopped. Ask for less at a time."
    UNAVAILABLE = "UNAVAILABLE", "A part of the service is away; retry in a moment."
    INTERNAL = "INTERNAL", "Something went wrong on our side; quote the `requestId` to support."
