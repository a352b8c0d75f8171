"""Webhooks we call: only addresses of the open internet, within bounds, and signed."""

import asyncio
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx

SIGNATURE, KEY = "X-Coeffection-Signature", "Idempotency-Key"
SECONDS = 10.0
"""For all of a call, from the look-up of its host to the last byte of the answer."""
LARGEST_ANSWER = 64 * 1024
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade"})
"""Headers that say how a request is carried, and not what it is."""
_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2_000
_AGAIN = frozenset({408, 425, 429})


class Refused(Exception):
    """The call is not made, or not taken; making it again would not help."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class Unavailable(Exception):
    """The target did not answer as it should; it is to be tried again."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to be made."""

    method: str
    url: str
    key: str
    """The same key is the same call, however often it is made."""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the target said."""

    status: int
    body: str


def flaw(url: str, allowed: Collection[str] = ()) -> str | None:
    """What is wrong with an address as far as it says itself; its host is looked up later."""
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        return f"An address has at most {_LONGEST_URL} characters and no blanks."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "This is no address of the web."
    if parts.scheme not in _PORTS or not host:
        return "Send an address that begins with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "Names and passwords do not belong into an address; send a header."
    is_allowed = f"{host}:{port or _PORTS[parts.scheme]}" in allowed
    return None if is_allowed or _may_be_open(host) else _CLOSED


def _may_be_open(host: str) -> bool:
    literal = _literal(host)
    if literal is not None:
        return _is_open(literal)
    return host != "localhost" and not host.endswith(_INNER)


_CLOSED = "This address is not on the open internet, and is not called."
_INNER = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa")


async def call(
    request: Call, secret: str, now: datetime, allowed: Collection[str] = ()
) -> Answered:
    """Make a call; redirects are not followed, and what does not come in time is given up."""
    if sentence := flaw(request.url, allowed):
        raise Refused(sentence)
    try:
        async with asyncio.timeout(SECONDS):
            return await _made(request, secret, now, allowed)
    except TimeoutError as error:
        raise Unavailable(f"It did not answer within {SECONDS:.0f} seconds.") from error
    except httpx.HTTPError as error:
        raise Unavailable(f"It cannot be reached: {type(error).__name__}.") from error
    except httpx.InvalidURL as error:
        raise Refused("This is no address of the web.") from error


async def _made(request: Call, secret: str, now: datetime, allowed: Collection[str]) -> Answered:
    url = httpx.URL(request.url)
    port = url.port or _PORTS[url.scheme]
    address = await _resolved(url.host, port, allowed)
    # We connect to the address that was looked at: asked once more, its name might lead elsewhere.
    target = url.copy_with(host=address)
    headers = {
        "User-Agent": "Coeffection",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        **{name: value for name, value in request.headers.items() if name.lower() not in OURS},
        "Host": url.netloc.decode(),
        KEY: request.key,
        SIGNATURE: signed(secret, request.body, now),
    }
    # The environment's proxies are not asked: they would look the name up themselves.
    async with (
        httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            request.method,
            target,
            content=request.body or None,
            headers=headers,
            extensions={"sni_hostname": url.host},
        ) as response,
    ):
        body = await _read(response)
    return _judged(response.status_code, body)


def _judged(status: int, body: str) -> Answered:
    if httpx.codes.is_success(status):
        return Answered(status, body)
    sentence = f"It answered {status}."
    if httpx.codes.is_server_error(status) or status in _AGAIN:
        raise Unavailable(sentence, status)
    if httpx.codes.is_redirect(status):
        sentence = f"It answered {status}: redirects are not followed; call where it leads to."
    raise Refused(sentence, status)


async def _resolved(host: str, port: int, allowed: Collection[str]) -> str:
    """The address behind a host, one of the open internet."""
    literal = _literal(host)
    if literal is not None:
        found = [literal]
    else:
        try:
            rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unavailable(f"The host {host} is not known.") from error
        found = [ipaddress.ip_address(row[4][0]) for row in rows]
    if f"{host}:{port}" not in allowed and not all(_is_open(one) for one in found):
        raise Refused(_CLOSED)
    return str(found[0])


IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def _literal(host: str) -> IpAddress | None:
    """The address a host says itself, in whatever way addresses are written."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001 and 2130706433 are addresses, too.
        return ipaddress.ip_address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_open(address: IpAddress) -> bool:
    """Whether an address is on the open internet, what it wraps included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None,))[0]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_open(inner)
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


async def _read(response: httpx.Response) -> str:
    """The beginning of an answer; what is longer is not waited for."""
    parts, size = [], 0
    async for part in response.aiter_raw():
        parts.append(part)
        size += len(part)
        if size >= LARGEST_ANSWER:
            break
    return b"".join(parts)[:LARGEST_ANSWER].decode(errors="replace").replace("\x00", "")


def signed(secret: str, body: bytes, now: datetime) -> str:
    """What proves who sends a body, and when: `t=SECONDS,v1=HMAC` over `SECONDS.BODY`."""
    moment = str(int(now.timestamp()))
    content = moment.encode() + b"." + body
    return f"t={moment},v1={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"
