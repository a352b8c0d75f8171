"""`python -m server.mail_listener`: takes mail by SMTP and hands it to a workspace's address."""

import argparse
import asyncio
import os
import signal
import sys
from typing import Any

import httpx
from aiosmtpd.controller import Controller

from core import log

LARGEST = 36 * 1024 * 1024
_SECONDS = 60.0
_LOG = log.logger("mail_listener")
_REFUSED = {413: "552 5.3.4 The mail is too large", 404: "550 5.1.1 Nobody takes mail here"}
_LATER = "451 4.3.0 Come again later"
_RETRIED = 500


class Passage:
    """Hands each mail on before the sender is told that it was taken."""

    def __init__(self, hook: str) -> None:
        self._hook = hook

    async def handle_DATA(  # noqa: N802 - the library calls it so
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        """Take a mail where the workspace has it; else say whether to come again."""
        head = [f"Return-Path: <{envelope.mail_from or ''}>"]
        head += [f"Delivered-To: {one}" for one in envelope.rcpt_tos]
        lines = "".join(f"{_one_line(one)}\r\n" for one in head).encode("utf-8", "replace")
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as client:
                answer = await client.post(
                    self._hook,
                    content=lines + bytes(envelope.content or b""),
                    headers={"content-type": "message/rfc822"},
                )
        except httpx.HTTPError as error:
            _LOG.warning("mail not handed over", reason=repr(error))
            return _LATER
        if answer.is_success:
            return "250 2.0.0 Taken"
        if answer.status_code >= _RETRIED or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return _LATER
        return _REFUSED.get(answer.status_code, "554 5.6.0 The mail was refused")


def _one_line(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


async def serve(host: str, port: int, hook: str) -> None:
    """Listen until told to stop."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    controller = Controller(
        Passage(hook), hostname=host, port=port, data_size_limit=LARGEST, ident="Coeffection"
    )
    controller.start()
    _LOG.info("mail_listener.ready", host=host, port=port)
    try:
        await asked.wait()
    finally:
        controller.stop()


def main() -> None:
    """Read the command line and listen."""
    parser = argparse.ArgumentParser(prog="python -m server.mail_listener", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, default=2525, help="the port to listen on")
    parser.add_argument(
        "--hook",
        default=os.environ.get("MAIL_HOOK", ""),
        help="the workspace's address for mail, of `inboundMailKeyCreate`; or set MAIL_HOOK",
    )
    given = parser.parse_args()
    if not given.hook.startswith(("http://", "https://")):
        sys.exit("Name the workspace's address for mail with --hook; it begins with http.")
    log.configure("info")
    asyncio.run(serve(given.host, given.port, given.hook))


if __name__ == "__main__":
    main()
