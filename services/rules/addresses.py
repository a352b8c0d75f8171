"""Addresses that a workspace's webhooks may call: those of others, never the inside of ours."""

import ipaddress
from urllib.parse import urlsplit

LONGEST = 2_000
_INSIDE = ("localhost", "internal", "local", "intranet", "lan", "home", "corp", "test", "invalid")
"""What names of hosts end with that are no public ones."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def flaw(url: str) -> str | None:
    """Why an address is not called; None where nothing speaks against it as it is written."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or len(url) > LONGEST or any(sign.isspace() for sign in url.strip()):
        return "Send a whole address, such as https://example.com/hook."
    if parts.scheme not in {"http", "https"}:
        return "Send an address that begins with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "Leave user and password out of the address; send them in a header."
    return _flaw_of_host(host.rstrip("."))


def _flaw_of_host(host: str) -> str | None:
    inside = f"{host} is inside of a network; send an address that the internet knows."
    address = literal(host)
    if address is not None:
        return None if is_public(address) else inside
    if host.rpartition(".")[2] in _INSIDE:
        return inside
    return None if "." in host else inside


def literal(host: str) -> Address | None:
    """The address a host is written as, also in the odd spellings that resolvers understand."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    numbers = [_number(part) for part in host.split(".")]
    if not 1 <= len(numbers) <= 4 or any(one is None for one in numbers):
        return None
    *high, low = (one for one in numbers if one is not None)
    if any(one > 255 for one in high) or low >= 256 ** (4 - len(high)):
        return None
    value = low + sum(one << 8 * (3 - at) for at, one in enumerate(high))
    return ipaddress.IPv4Address(value)


def _number(text: str) -> int | None:
    """A part of an address: decimal, octal with a leading 0, hexadecimal with 0x."""
    base = 16 if text[:2].lower() == "0x" else 8 if text[:1] == "0" and len(text) > 1 else 10
    try:
        return int(text, base) if text.isalnum() else None
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet: not private, ours, or of a cloud's own."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address in _TRANSLATED:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return address.is_global and not address.is_multicast


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks of IPv6 alone write them."""
