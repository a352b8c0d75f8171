"""When a password is too weak to protect a workspace."""

import re
from itertools import pairwise

SHORTEST = 10
LONGEST = 200
_DISTINCT = 5

_LEET = str.maketrans("013457@$!", "oieastasi")

_TRIED_FIRST = """
abc abcd abcdef abcdefgh abcdefghij admin administrator asdf asdfgh asdfghjkl autumn baseball
changeme charlie coffee company correcthorse dragon flower football freedom hello hellohello
iloveu iloveyou jordan letmein letmeinplease login loveme master michael monkey mustang nothing
passphrase passw passwd password passwordpassword princess qazwsx qazwsxedc qwer qwerty
qwertyqwerty qwertyui qwertyuiop qwertz qwertzuiop secret shadow spring starwars summer sunshine
superman temp temporary test testing testtest trustno trustnoone user welcome welcomewelcome
whatever winter zaq zxcvbn zxcvbnm
"""
_COMMON = frozenset(_TRIED_FIRST.split())


def weakness(password: str, *, email: str = "") -> str | None:
    """What is wrong with a password, as a sentence; None when it is good enough."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if len(set(password)) < _DISTINCT:
        return f"Use at least {_DISTINCT} different characters."
    plain = password.casefold()
    address = email.casefold()
    if address and plain in {address, address.partition("@")[0]}:
        return "Use something else than your e-mail address."
    if _is_run(plain) or _words(plain) & _COMMON:
        return "This password is among the first that are tried; use a longer phrase of your own."
    return None


def _words(plain: str) -> set[str]:
    """The word a password is built on, read with and without digits for letters."""
    without_end = plain.rstrip("0123456789!?.,-_*#@$ ")
    return {_letters(plain), _letters(without_end.translate(_LEET))}


def _letters(text: str) -> str:
    return re.sub(r"^[^a-z]+|[^a-z]+$", "", text)


def _is_run(plain: str) -> bool:
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(plain)}
    return plain.isdigit() and len(steps) == 1
