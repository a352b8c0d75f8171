"""Files as clients send and fetch them, and bytes of many kinds."""

import io
import struct
import zipfile
import zlib
from typing import Any

import httpx

from tests.plugins.world import Client, Payload

FILE = "file { id name contentType size sha256 width height url version uploader { id } }"


def uploaded(client: Client, content: bytes, name: str = "notes.txt") -> str:
    """An upload that was received."""
    given = {"fileName": name, "size": len(content)}
    made = client.act("uploadCreate", given, "upload { id putUrl }")["upload"]
    sent = client.server.http.put(made["putUrl"], content=content, headers=client.headers)
    assert sent.status_code == 201, sent.text
    return str(made["id"])


def attached(client: Client, record: str, content: bytes, name: str = "notes.txt") -> Payload:
    """What attaching a file to a record answers."""
    given = {"recordId": record, "uploadId": uploaded(client, content, name)}
    return client.act("fileAttach", given, FILE)


def fetched(url: str, client: Client | None = None, **headers: str) -> httpx.Response:
    """A file by its address; names of headers are written with underscores."""
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.get(url, headers=given | (client.headers if client else {}), timeout=30)


def bare(url: str) -> str:
    """The address of a file without its key."""
    return url.partition("?")[0]


def png(width: int = 2, height: int = 3) -> bytes:
    """An image that says it is so large."""
    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    row = b"\0" + bytes(3 * min(width, 10))
    parts = {b"IHDR": head, b"IDAT": zlib.compress(row * min(height, 10)), b"IEND": b""}
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def jpeg(width: int, height: int) -> bytes:
    """The beginning of a photo, as far as its size."""
    exif = b"\xff\xe1" + struct.pack(">H", 4002) + bytes(4000)
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + exif + b"\xff\xc0" + struct.pack(">H", 17) + frame


def gif(width: int, height: int) -> bytes:
    """The beginning of an animation."""
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(10)


def webp(width: int, height: int) -> bytes:
    """The beginning of an image of the newer kind."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size


def archive(entries: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return made.getvalue()


def lying(content: bytes) -> bytes:
    """A ZIP file of one entry that claims to hold ten bytes."""
    changed = bytearray(content)
    directory = changed.rfind(b"PK\x01\x02")
    for at in (22, directory + 24):
        changed[at : at + 4] = struct.pack("<I", 10)
    return bytes(changed)


def files_of(client: Client, record: str) -> list[dict[str, Any]]:
    """The files of a contact, as somebody sees them."""
    query = "query($id: ID!) { contact(id: $id) { files { nodes { id name url } } } }"
    found = client.run(query, id=record)["contact"]
    return list(found["files"]["nodes"]) if found else []
