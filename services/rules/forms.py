"""Forms: every value of an input is checked before the first refusal is told."""

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache
from zoneinfo import available_timezones

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from core.codes import UserErrorCode
from core.errors import Refusals, UserError
from core.money import currencies
from services.rules.passwords import LONGEST, weakness

LONGEST_EMAIL = 254
HUNDRED, PERCENT_PLACES = 100, 4
LINE = 200
"""Texts longer than this may have several lines."""

# What the library answers unchanged for most addresses, in a tenth of its time: files have many.
_PLAIN_EMAIL = re.compile(
    r"(?=[^@]{1,64}@)(?!.*--)[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_SPECIAL_DOMAIN = re.compile(f"[@.](?:{'|'.join(map(re.escape, SPECIAL_USE_DOMAIN_NAMES))})$")
_LINES = {ord(sign): None for sign in "\t\r\n"}
# Joiners belong to names; what turns the direction could make one text look like another.
_TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
HIDDEN = frozenset(
    (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0xD800, 0xE000), *_TURNS)
)
"""Signs that no text has: controls, ends of lines of other systems, half signs, and turns."""


class Form:
    """Collects what is wrong with the values of one input, each at its own path."""

    def __init__(self) -> None:
        self.refusals: list[UserError] = []

    def refuse(self, code: UserErrorCode, message: str, *path: str | int) -> None:
        """Note a refusal; the other values are still looked at."""
        self.refusals.append(UserError(code, message, path))

    def text(self, name: str, value: str, *, longest: int) -> str:
        """A text that must be there, without spaces around it."""
        text = value.strip()
        if not any(unicodedata.category(sign) != "Cf" for sign in text):
            self.refuse(UserErrorCode.REQUIRED, "Fill this in.", name)
        self._fits(name, text, longest)
        return text

    def optional_text(self, name: str, value: str | None, *, longest: int) -> str | None:
        """A text that may be missing; only spaces are as good as nothing."""
        text = (value or "").strip()
        self._fits(name, text, longest)
        return text or None

    def email(self, name: str, value: str) -> str:
        """An e-mail address that can exist, in its normal form."""
        text = value.strip()
        if not text:
            self.refuse(UserErrorCode.REQUIRED, "Fill in an e-mail address.", name)
        elif len(text) > LONGEST_EMAIL:
            self.refuse(UserErrorCode.TOO_LONG, f"Use at most {LONGEST_EMAIL} characters.", name)
        else:
            return self._normal_email(name, text)
        return text

    def domain(self, name: str, value: str) -> str:
        """A domain that can receive e-mail, in its normal form."""
        text = value.strip().rstrip(".").lower()
        before = len(self.refusals)
        found = self._normal_email(name, f"case-0001@{text}").partition("@")[2]
        if len(self.refusals) > before:
            del self.refusals[before:]
            message = "Send a domain such as support.yourcompany.com."
            self.refuse(UserErrorCode.INVALID_VALUE, message, name)
        return found

    def password(self, name: str, value: str, *, email: str) -> str:
        """A password that is not too weak."""
        if len(value) > LONGEST:
            self.refuse(UserErrorCode.TOO_LONG, f"Use at most {LONGEST} characters.", name)
        elif problem := weakness(value, email=email):
            self.refuse(UserErrorCode.WEAK_PASSWORD, problem, name)
        return value

    def time_zone(self, name: str, value: str) -> str:
        """A time zone of the IANA database."""
        if value not in _time_zones():
            message = "Send an IANA time zone such as America/New_York."
            self.refuse(UserErrorCode.INVALID_TIMEZONE, message, name)
        return value

    def currency(self, name: str, value: str) -> str:
        """A currency in use today, in upper case."""
        code = value.strip().upper()
        if code not in currencies():
            message = "Send the ISO 4217 code of a currency in use, such as USD."
            self.refuse(UserErrorCode.INVALID_CURRENCY, message, name)
        return code

    def percentage(self, name: str, value: Decimal | None) -> Decimal:
        """A percentage from 0 to 100."""
        if value is None or not 0 <= value <= HUNDRED or value != round(value, PERCENT_PLACES):
            message = f"Send a percentage from 0 to 100 with at most {PERCENT_PLACES} decimals."
            self.refuse(UserErrorCode.INVALID_VALUE, message, name)
            return Decimal(0)
        return value

    def done(self) -> None:
        """Refuse the input if anything in it was refused."""
        if self.refusals:
            raise Refusals(self.refusals)

    def _fits(self, name: str, text: str, longest: int) -> None:
        if len(text) > longest:
            self.refuse(UserErrorCode.TOO_LONG, f"Use at most {longest} characters.", name)
        if text.isprintable():
            return
        if any(
            ord(sign) in HIDDEN for sign in (text.translate(_LINES) if longest > LINE else text)
        ):
            message = "Leave out line breaks and control characters."
            self.refuse(UserErrorCode.INVALID_VALUE, message, name)

    def _normal_email(self, name: str, text: str) -> str:
        if _PLAIN_EMAIL.fullmatch(text) and not _SPECIAL_DOMAIN.search(text):
            return text
        try:
            found = validate_email(text, check_deliverability=False, globally_deliverable=False)
        except EmailNotValidError as error:
            self.refuse(UserErrorCode.INVALID_EMAIL, str(error), name)
            return text
        if "." not in found.domain:
            message = "The part after the @ is not a domain name."
            self.refuse(UserErrorCode.INVALID_EMAIL, message, name)
        return found.normalized


@lru_cache(maxsize=1)
def _time_zones() -> Collection[str]:
    return available_timezones()
