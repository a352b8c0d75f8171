"""What the answer of a mail server says about the address it was given to."""

import re

_ENHANCED = re.compile(r"\s*#?([245]\.\d{1,3}\.\d{1,3})\b")
# 5.1.7 and 5.1.8 are about whom a mail comes from.
_DEAD = re.compile(r"5\.1\.(?!7$|8$)\d{1,3}|5\.2\.1")
_VAGUE = frozenset({"5.0.0", "5.1.0"})
_DEAD_CODES = frozenset({550, 551, 553})
# Servers without codes of three parts refuse senders and strangers with 550, too.
_ABOUT_US = re.compile(r"relay|sender|authenti|spam|block|polic", re.IGNORECASE)
_FINAL = 500


def is_dead(code: int | None, words: str, enhanced: str | None = None) -> bool:
    """Whether an address takes no mail for good, and not only this one, or none from here.

    `enhanced` is the code of RFC 3463, such as 5.1.1, where the words do not begin with it.
    """
    if code is not None and code < _FINAL:
        return False
    found = _ENHANCED.match(words)
    known = enhanced or (found[1] if found else None)
    if known is not None and known not in _VAGUE:
        return bool(_DEAD.fullmatch(known))
    return code in _DEAD_CODES and not _ABOUT_US.search(words)
