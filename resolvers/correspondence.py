"""Correspondence: e-mails sent, cases answered, and the address that mail comes in by."""

from collections.abc import Sequence
from typing import Any

from auth.context import Context
from resolvers.imports import upload_uuid
from resolvers.mutation import extra, mutation
from schema import correspondence as given
from schema.activities import Email
from schema.cases import Case
from schema.inputs import UNSET
from services import case_mail, emails, inbound


@mutation(email=Email)
async def email_send(ctx: Context, input: given.EmailSendInput) -> Any:
    """Send an e-mail in your name; it is in the timelines of what it is about at once.

    Answers come to you. `deliveryState` says how far it is.
    """
    about: Any = None if input.about is UNSET else input.about
    return await emails.compose(
        ctx,
        to=input.to,
        cc=input.cc,
        subject=input.subject,
        html=input.html,
        about=about,
        template_id=input.template_id,
        file_ids=input.attachment_ids,
        upload_ids=_uploads(input.upload_ids),
        answers=input.answers_id,
    )


@mutation(case=Case, email=Email)
async def case_reply(ctx: Context, input: given.CaseReplyInput) -> dict[str, Any]:
    """Answer a case's contact from the support address; what they answer comes to the case.

    The first answer stops the clock of the first response.
    """
    case, email = await case_mail.reply(
        ctx,
        input.id,
        html=input.html,
        cc=input.cc,
        file_ids=input.attachment_ids,
        upload_ids=_uploads(input.upload_ids),
        to_status_id=input.to_status_id,
    )
    return {"case": case, "email": email}


@mutation(
    url=extra(str, "Where mail is handed to, by POST. It is shown once; keep it secret."),
)
async def inbound_mail_key_create(
    ctx: Context,
    input: given.InboundMailKeyCreateInput,  # noqa: ARG001 - every act has an input
) -> dict[str, Any]:
    """Make the address that a mail service hands the workspace's mail to."""
    return {"url": await inbound.renew_key(ctx)}


def _uploads(ids: Sequence[Any]) -> list[str]:
    return [upload_uuid(one, "uploadIds") for one in ids]
