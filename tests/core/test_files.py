"""The file store in a bucket: whole files, parts, and what such servers refuse."""

import re
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from core.files import Files, at

MB = 1024 * 1024
LEAST_PART = 5 * MB


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as the store speaks; parts but the last one have the least size there."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    parts: dict[int, bytes]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: str | bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        known = {"ETag": '"x"', "Content-Length": str(len(content))}
        for name, text in (known | headers).items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    def asked(self) -> tuple[str, dict[str, list[str]], bytes]:
        """The key, the query and the body."""
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        return unquote(parts.path), parse_qs(parts.query, keep_blank_values=True), body

    def do_PUT(self) -> None:
        """Keep an object, a part of one, or a copy."""
        key, query, body = self.asked()
        if source := self.headers.get("x-amz-copy-source"):
            self.objects[key] = self.objects[f"/{unquote(source).lstrip('/')}"]
            return self.answer(200, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>")
        if "partNumber" in query:
            self.parts[int(query["partNumber"][0])] = body
        else:
            self.objects[key] = body
        return self.answer(200)

    def do_POST(self) -> None:
        """Begin and end what comes in parts; let objects go."""
        key, query, body = self.asked()
        if "delete" in query:
            gone = re.findall("<Key>(.*?)</Key>", body.decode())
            for one in gone:
                self.objects.pop(f"{key.rstrip('/')}/{one}", None)
            told = "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in gone)
            return self.answer(200, f"<DeleteResult>{told}</DeleteResult>")
        if "uploads" in query:
            self.parts.clear()
            name = "InitiateMultipartUploadResult"
            return self.answer(200, f"<{name}><UploadId>u</UploadId></{name}>")
        pieces = [self.parts[number] for number in sorted(self.parts)]
        if any(len(piece) < LEAST_PART for piece in pieces[:-1]):
            return self.answer(400, "<Error><Code>EntityTooSmall</Code></Error>")
        self.objects[key] = b"".join(pieces)
        name = "CompleteMultipartUploadResult"
        return self.answer(200, f"<{name}><ETag>x</ETag></{name}>")

    def do_GET(self) -> None:
        """An object, or the bytes of it that are wanted."""
        key, _, _ = self.asked()
        if key not in self.objects:
            return self.answer(404, "<Error><Code>NoSuchKey</Code></Error>")
        whole = self.objects[key]
        date = {"Last_Modified": "Thu, 26 Nov 2026 02:00:00 GMT"}
        if found := re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range") or ""):
            first, last = map(int, found.groups())
            told = {"Content_Range": f"bytes {first}-{last}/{len(whole)}"}
            return self.answer(206, whole[first : last + 1], **date, **told)
        return self.answer(200, whole, **date)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """A file store in a bucket of a server of its own."""
    handler = type("Own", (Bucket,), {"objects": {}, "parts": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    given = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "us-east-1"}
    for name, text in (given | {"ENDPOINT_URL": address, "ALLOW_HTTP": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", text)
    at.cache_clear()
    yield at("s3://files/here")
    at.cache_clear()
    server.shutdown()
    server.server_close()


async def chunks(count: int) -> AsyncIterator[bytes]:
    """So many megabytes, each of its own byte."""
    for number in range(count):
        yield bytes([number]) * MB


async def test_gql_12_a_bucket_takes_files_of_many_parts_and_serves_ranges(bucket: Files) -> None:
    await bucket.put("ws/uploads/sent", chunks(12))
    await bucket.move("ws/uploads/sent", "ws/uploads/kept")

    pieces = await bucket.stream("ws/uploads/kept", MB - 2, MB + 2)

    assert pieces is not None
    assert b"".join([one async for one in pieces]) == b"\0\0\1\1"
    assert sum(map(len, bucket.read("ws/uploads/kept"))) == 12 * MB
    assert await bucket.stream("ws/uploads/sent", 0, 1) is None
    await bucket.delete("ws/uploads/kept")
    assert await bucket.stream("ws/uploads/kept", 0, 1) is None
