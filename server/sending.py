"""Sending an answer in one piece."""

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from server.requests import Send

Headers = list[tuple[bytes, bytes]]

_JOINED = 16 * 1024
"""Bytes up to which copying a body behind its head costs less than a second write."""


async def respond(send: Send, status: int, headers: Headers, content: bytes) -> None:
    """Send a whole answer whose headers are our own words."""
    cycle = getattr(send, "__self__", None)
    if type(cycle) is RequestResponseCycle and _is_plain(cycle):
        _write(cycle, status, headers, content)
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _is_plain(cycle: RequestResponseCycle) -> bool:
    return (
        cycle.keep_alive
        and not cycle.disconnected
        and not cycle.response_started
        and not cycle.flow.write_paused
    )


def _write(cycle: RequestResponseCycle, status: int, headers: Headers, content: bytes) -> None:
    # What the two messages would come to, without looking at each header for what is not there:
    # on a short answer that costs more than the statement behind it.
    lines = [b"%b: %b\r\n" % pair for pair in (*cycle.default_headers, *headers)]
    head = b"".join([STATUS_LINE[status], *lines, b"\r\n"])
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    if len(content) <= _JOINED:
        cycle.transport.write(head + content)
    else:
        cycle.transport.write(head)
        cycle.transport.write(content)
    cycle.message_event.set()
    cycle.on_response()
