"""PDFs as clients fetch and read them."""

import hashlib
import io
from typing import Any

import httpx
from pypdf import PdfReader

from tests.plugins.dev import eventually
from tests.plugins.world import Client

PDF = "pdf { state url sha256 size pages renderedAt error }"


def shown(client: Client, record_id: str, kind: str = "quote") -> dict[str, Any]:
    """A record's version and its PDF, as somebody sees them."""
    query = f"query($id: ID!) {{ {kind}(id: $id) {{ number version {PDF} }} }}"
    return dict(client.run(query, id=record_id)[kind])


def ready(client: Client, record_id: str, kind: str = "quote") -> dict[str, Any]:
    """The PDF of a record once it shows the record as it is."""
    found: list[dict[str, Any]] = []

    def is_ready() -> bool:
        found[:] = [shown(client, record_id, kind)["pdf"]]
        return bool(found[0]["state"] != "PENDING")

    assert eventually(is_ready)
    assert found[0]["state"] == "READY", found[0]
    return found[0]


def fetched(pdf: dict[str, Any]) -> bytes:
    """The bytes of a PDF by its link; they are what its hash says."""
    answer = httpx.get(pdf["url"], timeout=30)
    assert answer.status_code == 200, answer.text
    assert hashlib.sha256(answer.content).hexdigest() == pdf["sha256"]
    assert len(answer.content) == pdf["size"]
    return answer.content


def pages(content: bytes) -> list[str]:
    """The text of each page, its runs of spaces made one."""
    texts = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return [" ".join(text.replace("\u200b", "").split()) for text in texts]


def text(client: Client, record_id: str, kind: str = "quote") -> str:
    """What the PDF of a record says."""
    return " ".join(pages(fetched(ready(client, record_id, kind))))
