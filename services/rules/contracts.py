"""What may become of a contract, and where its signatures stand by all that was told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

DRAFT, SENT, PARTIALLY, FULLY = "DRAFT", "SENT_FOR_SIGNATURE", "PARTIALLY_SIGNED", "FULLY_SIGNED"
ACTIVE, EXPIRED, DECLINED, VOIDED = "ACTIVE", "EXPIRED", "DECLINED", "VOIDED"

_OUT = (SENT, PARTIALLY)
EDGES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "send": ((DRAFT,), SENT),
    "sign": (_OUT, PARTIALLY),
    "complete": (_OUT, FULLY),
    "decline": (_OUT, DECLINED),
    "void": (_OUT, VOIDED),
    "reopen": ((DECLINED, VOIDED), DRAFT),
    "activate": ((FULLY,), ACTIVE),
    "expire": ((ACTIVE,), EXPIRED),
}
"""Every way a contract goes: from which states, and to which."""

LABELS: Mapping[str, str] = {
    DRAFT: "Draft",
    SENT: "Awaiting Signature",
    PARTIALLY: "Awaiting Signature",
    FULLY: "Fully Signed",
    ACTIVE: "Active",
    EXPIRED: "Expired",
    DECLINED: "Declined",
    VOIDED: "Voided",
}
SIGNED = frozenset({FULLY, ACTIVE, EXPIRED})
"""Contracts in one of these were signed by all."""


def allowed(status: str) -> list[str]:
    """Where a contract can go from a state, by what is done with it."""
    return [verb for verb, (begins, _) in EDGES.items() if status in begins]


def in_force_from(starts_on: date | None, ends_on: date | None, signed_on: date) -> date:
    """The first day of a contract: the one that was named, else that of the last signature."""
    if starts_on is not None:
        return starts_on
    return signed_on if ends_on is None else min(signed_on, ends_on)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told of an envelope."""

    kind: str
    at: datetime
    email: str | None = None
    detail: str | None = None


@dataclass(slots=True)
class Standing:
    """Where one signer stands."""

    viewed_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    decline_reason: str | None = None

    @property
    def status(self) -> str:
        """A signature outweighs what was said before or after it."""
        if self.signed_at is not None:
            return "SIGNED"
        return "DECLINED" if self.declined_at is not None else "PENDING"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where an envelope stands."""

    verb: str | None
    """What it does to its contract: an edge of `EDGES`; None where nothing was signed."""
    signers: Mapping[str, Standing]
    reason: str | None = None
    at: datetime | None = None
    """When its last signature was made, or when it ended."""


def standing(signers: Sequence[str], told: Iterable[Told]) -> Envelope:
    """Where an envelope stands, whatever the order in which things came to be told.

    Everything told so far is looked at together: it is complete once that was told, or once each
    of its signers (known by their address) has signed.
    """
    found = {email.casefold(): Standing() for email in signers}
    ends: dict[str, Told] = {}
    for one in sorted(told, key=lambda one: one.at):
        if one.kind in {"COMPLETED", "DECLINED", "VOIDED"}:
            ends.setdefault(one.kind, one)
        signer = found.get((one.email or "").casefold())
        if signer is not None:
            _note(signer, one)
    if completed := ends.get("COMPLETED"):
        for signer in found.values():
            signer.viewed_at = signer.viewed_at or signer.signed_at or completed.at
            signer.signed_at = signer.signed_at or completed.at
    signed = [one.signed_at for one in found.values() if one.signed_at is not None]
    if completed or (found and len(signed) == len(found)):
        last = max(signed, default=completed.at if completed else None)
        return Envelope("complete", found, at=last)
    for kind, verb in (("DECLINED", "decline"), ("VOIDED", "void")):
        if end := ends.get(kind):
            return Envelope(verb, found, end.detail, end.at)
    return Envelope("sign" if signed else None, found, at=max(signed, default=None))


def _note(signer: Standing, one: Told) -> None:
    if one.kind in {"VIEWED", "SIGNED"}:
        signer.viewed_at = signer.viewed_at or one.at
    if one.kind == "SIGNED":
        signer.signed_at = signer.signed_at or one.at
    if one.kind == "DECLINED" and signer.declined_at is None:
        signer.declined_at, signer.decline_reason = one.at, one.detail
