"""Mail on its way: what waits in the outbox is handed to the mail server, and how that went."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from auth.context import Context
from auth.roles import Category
from connectors import smtp
from core.codes import UserErrorCode
from core.db import Database
from core.errors import UserError
from core.settings import Settings, from_environment
from core.writes import Transaction
from models import metadata
from models.base import Uuid
from models.outbox import Mail
from models.sale_enums import MailState
from services import (
    answers,
    bounces,
    dead_letters,
    due_work,
    effects,
    email_files,
    emails,
    links,
    mail_tracking,
    reachability,
    uploads,
)
from services.documents import rendering, storing
from services.documents.press import Unprintable
from services.outbox import DUE, MAIL, one_line
from services.rules import bounces as rules
from services.rules import letters

PAUSES = (
    timedelta(seconds=20),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""How long a mail waits after each try that the server did not take."""
UNSET_PAUSE = timedelta(minutes=10)
"""How long it waits where there is no mail server."""
_LONGEST_ERROR = 500
_USER, _WORKSPACE = metadata.tables["user"], metadata.tables["workspace"]


class Surroundings(rendering.Surroundings, Protocol):
    """What delivering needs of its process."""

    async def now(self, workspace: str) -> datetime:
        """Business time in a workspace."""


async def deliver(around: Surroundings, workspace: str, mail_id: str, request_id: str) -> None:
    """Send a mail that waits: once it is sent it stays so, whatever happens afterwards."""
    mail = await _read(around.database, workspace, mail_id)
    if mail is None or mail["state"] == MailState.SENT:
        return
    settings = from_environment()
    if not settings.smtp_url and settings.is_production:
        async with around.acting(workspace, request_id) as act:
            await due_work.enqueue(act, DUE, mail_id, act.now + UNSET_PAUSE)
        return
    if not await _is_wanted(around, mail, request_id):
        return
    waiting = _waiting(mail)
    document, refusals, failure = None, [], None
    try:
        document = await _document(around, workspace, mail, request_id)
        letter = await _letter(around, settings, mail, document, waiting)
        if settings.smtp_url:
            refusals = await smtp.send(smtp.server(settings.smtp_url), letter)
    except smtp.NotSent as error:
        failure = error
    async with around.acting(workspace, request_id) as act:
        mail = await _locked(act, mail_id)
        if mail is None:
            return
        if failure is not None and not failure.refusals:
            await _not_sent(act, mail, failure)
        else:
            said = failure.refusals if failure else refusals
            await _answered(act, mail, waiting, said, document and document["id"])


async def give_up(
    around: Surroundings, workspace: str, mail_id: str, request_id: str, error: str
) -> None:
    """Mark a mail as failed that ends every worker that would send it."""
    async with around.acting(workspace, request_id) as act:
        mail = await _locked(act, mail_id)
        if mail is not None:
            await _failed(act, mail, error)


async def retry(ctx: Context, mail_id: str) -> Any:
    """Send a mail that was given up once more."""
    ctx.require(Category.COMMUNICATIONS)
    mail = await ctx.get(Mail, mail_id, lock=True)
    if mail.state != MailState.FAILED:
        message = f"This mail is {mail.state}; only one that is FAILED is sent again."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))
    have = {who: why for who, why in mail.settled.items() if not why}
    values = {"state": MailState.QUEUED, "attempts": 0, "error": None, "settled": have}
    await _require_wanted(ctx.act, dict(await _locked(ctx.act, mail_id)) | values)
    rows = await ctx.act.update(MAIL, MAIL.c.id == mail_id, values, event="retried")
    await due_work.enqueue(ctx.act, DUE, mail_id)
    return rows[0]


async def states(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """How far the mails of e-mails are; None for those that were not sent from here."""
    found = await _of_emails(reading, [row["id"] for row in rows])
    return [found[row["id"]]["state"] if row["id"] in found else None for row in rows]


async def errors(reading: Any, rows: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """What mail servers said of the mails of e-mails."""
    found = await _of_emails(reading, [row["id"] for row in rows])
    return [found[row["id"]]["error"] if row["id"] in found else None for row in rows]


async def _of_emails(reading: Any, ids: Sequence[str]) -> dict[str, Any]:
    wanted = sa.bindparam("emails", list(ids), type_=sa.ARRAY(Uuid))
    rows = await reading.fetch(
        sa.select(MAIL.c.email_id, MAIL.c.state, MAIL.c.error).where(
            MAIL.c.workspace_id == reading.actor.workspace_id, MAIL.c.email_id == sa.any_(wanted)
        )
    )
    return {row["email_id"]: row for row in rows}


async def _read(database: Database, workspace: str, mail_id: str) -> Any:
    """A mail, who sends it, and what the workspace is called."""
    statement = (
        sa.select(
            MAIL,
            _USER.c.name.label("owner_name"),
            _USER.c.email.label("owner_email"),
            _WORKSPACE.c.name.label("workspace_name"),
        )
        .join(_WORKSPACE, _WORKSPACE.c.workspace_id == MAIL.c.workspace_id)
        .outerjoin(
            _USER,
            sa.and_(_USER.c.workspace_id == MAIL.c.workspace_id, _USER.c.id == MAIL.c.owner_id),
        )
        .where(MAIL.c.workspace_id == workspace, MAIL.c.id == sa.literal(mail_id, MAIL.c.id.type))
    )
    rows = await database.fetch(workspace, statement)
    return rows[0] if rows else None


async def _document(around: Surroundings, workspace: str, mail: Any, request_id: str) -> Any:
    """The PDF that goes with a mail, as the record is now; rendered where it is not yet."""
    if not mail["with_document"]:
        return None
    about = next(
        (kind, mail[f"{kind}_id"]) for kind in storing.KINDS if mail[f"{kind}_id"] is not None
    )
    try:
        return await rendering.current(around, workspace, *about, request_id)
    except Unprintable as error:
        raise smtp.NotSent(f"Its PDF could not be made: {error}", final=True) from error


async def _letter(
    around: Surroundings, settings: Settings, mail: Any, document: Any, waiting: Sequence[str]
) -> smtp.Letter:
    text = links.filled(mail)
    name, sender = _sender(settings, mail)
    is_answered = mail["email_id"] or any(mail[f"{kind}_id"] for kind in storing.KINDS)
    unsubscribe = None
    if mail["kind"] == emails.UNSOLICITED:
        unsubscribe = mail_tracking.unsubscribe_link(mail["workspace_id"], mail["email_id"])
    return smtp.Letter(
        message_id=mail["message_id"],
        at=await around.now(mail["workspace_id"]),
        sender=sender,
        sender_name=one_line(name),
        recipients=mail["recipients"],
        cc=mail["cc"],
        receivers=waiting,
        subject=mail["subject"],
        text=text,
        html=mail["html"] or letters.html(text),
        reply_to=mail["reply_to"] or (mail["owner_email"] if is_answered else None),
        in_reply_to=mail["in_reply_to"],
        references=mail["reference_ids"],
        automatic=mail["automatic"],
        unsubscribe=unsubscribe,
        attachments=await _attachments(around, mail, document),
    )


def _sender(settings: Settings, mail: Any) -> tuple[str, str]:
    """The name and the address a mail comes from."""
    name, sender = smtp.address(settings.mail_from)
    if mail["from_address"]:
        return mail["from_name"] or mail["workspace_name"], mail["from_address"]
    if mail["owner_name"]:
        return f"{mail['owner_name']} ({mail['workspace_name']})", sender
    if any(mail[f"{kind}_id"] for kind in storing.KINDS):
        return mail["workspace_name"], sender
    return name, sender


async def _attachments(around: Surroundings, mail: Any, document: Any) -> list[smtp.Attachment]:
    """What goes with a mail: the record's PDF, or the files of its e-mail."""
    workspace = mail["workspace_id"]
    if document is not None:
        content = await storing.content(around.files, workspace, document["sha256"])
        return [smtp.Attachment(f"{document['number']}.pdf", "application/pdf", content)]
    if mail["email_id"] is None:
        return []
    found = []
    for file in await email_files.of_email(around.database, workspace, mail["email_id"]):
        kept = await around.files.get(uploads.key(workspace, file["upload_id"]))
        if kept is None:
            raise smtp.NotSent(f"{file['name']} is not in the file store.", final=True)
        found.append(smtp.Attachment(file["name"], file["content_type"], kept))
    return found


async def _is_wanted(around: Surroundings, mail: Any, request_id: str) -> bool:
    """Whether a mail may go out still; one that may not has failed."""
    if mail["kind"] != emails.UNSOLICITED:
        return True
    async with around.acting(mail["workspace_id"], request_id) as act:
        found = await _locked(act, mail["id"])
        if found is None:
            return False
        try:
            await _require_wanted(act, found)
        except UserError as refused:
            await _failed(act, found, refused.message, {"attempts": found["attempts"]})
            return False
    return True


async def _require_wanted(act: Transaction, mail: Any) -> None:
    """Refuse what nobody asked for and somebody has said no to, or answered, since."""
    if mail["kind"] != emails.UNSOLICITED:
        return
    reachability.require_wanted(await reachability.of(act, _waiting(mail)), ("id",))
    if await answers.overtakes(act, mail["id"]):
        message = "Its receiver has answered since; write to them yourself."
        raise UserError(UserErrorCode.INVALID_TRANSITION, message, ("id",))


def _waiting(mail: Any) -> list[str]:
    """Who is still to get a mail."""
    everybody = dict.fromkeys((*mail["recipients"], *mail["cc"]))
    return [one for one in everybody if one not in mail["settled"]]


async def _answered(
    act: Transaction,
    mail: Any,
    to: Sequence[str],
    refusals: Sequence[smtp.Refusal],
    document_id: str | None,
) -> None:
    """Note what the server said of each receiver: only who was put off is tried again."""
    gone = [one for one in refusals if one.is_final]
    later = [one for one in refusals if not one.is_final]
    took = dict.fromkeys(to) | {one.address: str(one) for one in refusals}
    put_off = {one.address for one in later}
    settled = mail["settled"] | {who: why for who, why in took.items() if who not in put_off}
    sentence = "; ".join([*filter(None, settled.values()), *map(str, later)])
    values: dict[str, Any] = {"settled": settled}
    if None in settled.values():
        values["sent_at"] = mail["sent_at"] or act.now
        values["document_id"] = mail["document_id"] or document_id
    if later:
        await _again(act, mail, sentence, values)
    elif None in settled.values():
        await _sent(act, mail, sentence, values)
    else:
        # Whoever tries it once more tries everybody.
        await _failed(act, mail, sentence)
    await _bounced(act, mail, gone)


async def _sent(act: Transaction, mail: Any, left_out: str, values: dict[str, Any]) -> None:
    """Note that the server has it; of two who handed it over, one notes it."""
    if not await effects.first(act, f"mail:{mail['id']}"):
        return
    known = {
        "state": MailState.SENT,
        "attempts": mail["attempts"] + 1,
        "error": left_out[:_LONGEST_ERROR] or None,
    }
    await act.update(MAIL, MAIL.c.id == mail["id"], known | values, event="sent")


async def _not_sent(act: Transaction, mail: Any, failure: smtp.NotSent) -> None:
    """Try again later, or give it up where that is in vain."""
    if failure.final:
        await _failed(act, mail, failure.sentence)
    else:
        await _again(act, mail, failure.sentence, {})


async def _again(act: Transaction, mail: Any, error: str, values: dict[str, Any]) -> None:
    """Try again later, unless that was tried often enough."""
    tried = mail["attempts"] + 1
    if tried > len(PAUSES):
        await _failed(act, mail, error, values)
        await dead_letters.bury(act, kind=DUE, subject=mail["id"], attempts=tried, error=error)
        return
    known = {"attempts": tried, "error": error[:_LONGEST_ERROR]}
    await act.update(MAIL, MAIL.c.id == mail["id"], known | values)
    await due_work.enqueue(act, DUE, mail["id"], act.now + PAUSES[tried - 1])


async def _bounced(act: Transaction, mail: Any, refusals: Sequence[smtp.Refusal]) -> None:
    """Note who does not get a mail, and which of their addresses take none from anybody."""
    for is_dead in (False, True):
        some = [one for one in refusals if rules.is_dead(one.code, one.words) is is_dead]
        reason = "; ".join(str(one) for one in some)
        await bounces.note(act, mail, [one.address for one in some], reason, is_final=is_dead)


async def _failed(
    act: Transaction, mail: Any, error: str, more: dict[str, Any] | None = None
) -> None:
    tried = mail["attempts"] + 1
    values = {"state": MailState.FAILED, "attempts": tried, "error": error[:_LONGEST_ERROR]}
    await act.update(MAIL, MAIL.c.id == mail["id"], values | (more or {}), event="failed")


async def _locked(act: Transaction, mail_id: str) -> Any:
    """A mail that is not sent, out of others' hands; a replayed one may have been given up."""
    rows = await act.fetch(
        sa.select(MAIL)
        .where(
            MAIL.c.workspace_id == act.workspace,
            MAIL.c.id == mail_id,
            MAIL.c.state != MailState.SENT,
        )
        .with_for_update()
    )
    return rows[0] if rows else None
