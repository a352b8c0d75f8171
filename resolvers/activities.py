"""Activities: notes, and logging calls, e-mails, SMS and meetings; what they are about."""

from dataclasses import fields
from functools import partial
from typing import Any

from strawberry import UNSET

from auth.context import Context
from models.registry import REGISTRY
from resolvers.crud import crud
from resolvers.mutation import extra, mutation, register
from schema import activities as given
from schema.activities import Call, Email, Meeting, Note, Sms
from services import activities

_KEPT = ("at", "source", "external_id", "thread_id")
"""What is stored as it comes."""
_LISTED = ("to_addresses", "cc_addresses", "attendees")
_BESIDE = {"idempotency_key", "about", *_KEPT, *_LISTED}

for _api in (Note, Call, Email, Sms, Meeting):
    _entity = REGISTRY[_api.__name__]
    crud(
        _api,
        update=partial(activities.update, entity=_entity),
        delete=partial(activities.delete, entity=_entity),
        restore=partial(activities.restore, entity=_entity),
        without=frozenset({"create", "upsert", "bulk"}),
    )


@mutation(
    note=Note,
    unknown_mentions=extra(list[str], "What stands behind an @ in it and means no user."),
)
async def note_add(ctx: Context, input: given.NoteAddInput) -> Any:
    """Write a note about records; `@` and a name or an e-mail address mentions a user.

    `{ body: "@Sarah Chen please call them", about: ["cnt_…", "deal_…"] }` is in both timelines.
    A name of several users is refused as AMBIGUOUS_MENTION; one of nobody stays as it is.
    """
    about: Any = input.about
    row, who = await activities.add_note(
        ctx, input.body, about, mention_ids=input.mention_ids, at=input.at
    )
    return {"note": row, "unknown_mentions": who.unknown}


@mutation(call=Call)
async def call_log(ctx: Context, input: given.CallLogInput) -> Any:
    """Log a phone call; without `about` it is linked by its numbers.

    `{ direction: INBOUND, fromNumber: "+14155550102", durationSeconds: 1080 }`
    """
    return await _log(ctx, "Call", input)


@mutation(email=Email)
async def email_log(ctx: Context, input: given.EmailLogInput) -> Any:
    """Log an e-mail; without `about` it is linked by its addresses.

    `{ direction: INBOUND, fromAddress: "sarah@globex.com", toAddresses: ["you@us.com"],
    subject: "Renewal", source: "gmail", externalId: "18c2…" }` may be delivered twice.
    """
    return await _log(ctx, "Email", input)


@mutation(sms=Sms)
async def sms_log(ctx: Context, input: given.SmsLogInput) -> Any:
    """Log a text message; without `about` it is linked by its numbers."""
    return await _log(ctx, "Sms", input)


@mutation(meeting=Meeting)
async def meeting_log(ctx: Context, input: given.MeetingLogInput) -> Any:
    """Log a meeting, to come or past; without `about` it is linked by its attendees."""
    return await _log(ctx, "Meeting", input)


async def _log(ctx: Context, name: str, input: Any) -> Any:
    sent = {
        one.name: getattr(input, one.name)
        for one in fields(input)
        if getattr(input, one.name) is not UNSET
    }
    return await activities.log(
        ctx,
        REGISTRY[name],
        {key: value for key, value in sent.items() if key not in _BESIDE},
        about=sent.get("about"),
        listed={key: sent[key] for key in _LISTED if key in sent},
        kept={key: sent[key] for key in _KEPT if key in sent},
    )


def _linking(api: type) -> None:
    entity, noun = REGISTRY[api.__name__], api.__name__.lower()

    async def link(ctx: Context, input: Any) -> Any:
        return await activities.link(ctx, entity, input.id, input.record_ids)

    async def unlink(ctx: Context, input: Any) -> Any:
        return await activities.unlink(ctx, entity, input.id, input.record_ids)

    link.__doc__ = (
        f"Say which more records the {noun} is about; one that is unmatched no longer is."
    )
    unlink.__doc__ = f"Say which records the {noun} is not about; its owner goes on seeing it."
    for verb, act in (("Link", link), ("Unlink", unlink)):
        act.__annotations__["input"] = given.linking(api, verb)
        register(f"{noun}_{verb.lower()}", act, {noun: api})


for _api in (Note, Call, Email, Sms, Meeting):
    _linking(_api)
