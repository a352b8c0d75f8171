"""Mentions: which users the names behind an @ mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from auth.context import Context
from core.codes import UserErrorCode
from core.errors import UserError, not_found
from models.enums import UserStatus
from models.people import User
from models.registry import pointer
from services.rules import mentions as texts

MOST_MENTIONS = 50


@dataclass(slots=True)
class Mentioned:
    """The users a text mentions, and what stands behind an @ and means nobody."""

    users: dict[str, None] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


async def mentioned(ctx: Context, text: str, named: Sequence[str] = ()) -> Mentioned:
    """The users named in a text or by id; a name of several is refused with all of them."""
    found = list(dict.fromkeys(texts.mentions(text)))
    if len(found) + len(named) > MOST_MENTIONS:
        message = f"A note mentions at most {MOST_MENTIONS} users."
        raise UserError(UserErrorCode.TOO_MANY, message, ("body",))
    result = Mentioned(dict.fromkeys(await _by_id(ctx, named)))
    if not found:
        return result
    people = await _people(ctx, found)
    for mention in found:
        who = _who(mention, people)
        if len(who) > 1:
            raise UserError(
                UserErrorCode.AMBIGUOUS_MENTION,
                f"{len(who)} users are called {mention.names[-1]}: write @ and an e-mail address.",
                ("body",),
                candidates=[pointer("User", one) for one in who],
            )
        if who:
            result.users[who[0]] = None
        else:
            result.unknown.append(mention.address or mention.names[-1])
    return result


async def _by_id(ctx: Context, named: Sequence[str]) -> Iterable[str]:
    ids = list(dict.fromkeys(named))
    found = {one.id: one for one in await ctx.find(User, ids)} if ids else {}
    for at, one in enumerate(ids):
        path = ("mentionIds", at)
        if one not in found:
            raise not_found(path)
        if found[one].status != UserStatus.ACTIVE:
            message = "This user has left the workspace; choose an active one."
            raise UserError(UserErrorCode.INVALID_VALUE, message, path)
    return ids


async def _people(ctx: Context, found: Sequence[texts.Mention]) -> list[Any]:
    """The active users who have one of the names or addresses, with the one that is theirs."""
    names = list(dict.fromkeys(name for one in found for name in one.names))
    addresses = [one.address for one in found if one.address]
    return await ctx.act.fetch_text(
        """WITH said AS (
             SELECT said, fold(said) AS key FROM unnest($2::text[] || $3::text[]) AS said)
           SELECT said.said, one.id::text AS id, one.email_key = said.key AS by_address,
                  one.name_key = said.key AS by_name
           FROM said JOIN "user" AS one ON one.workspace_id = $1 AND one.status = 'ACTIVE'
             AND (one.name_key = said.key OR one.email_key = said.key
                  OR fold(one.first_name) = said.key)
           ORDER BY one.id""",
        ctx.workspace_id,
        names,
        addresses,
    )


def _who(mention: texts.Mention, people: Sequence[Any]) -> list[str]:
    """The users one mention means: by address, else by the longest name, else by first name."""
    if mention.address:
        return [one["id"] for one in people if one["said"] == mention.address and one["by_address"]]
    for name in mention.names:
        of_name = [one for one in people if one["said"] == name]
        whole = [one["id"] for one in of_name if one["by_name"]]
        if of_name:
            return whole or [one["id"] for one in of_name]
    return []
