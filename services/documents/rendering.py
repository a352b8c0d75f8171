"""Rendering: a record as it is becomes a PDF, unless one that shows the same is there."""

import hashlib
import re
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any, Protocol

import orjson

from core.db import Database
from core.files import Files
from core.writes import Transaction
from services import uploads
from services.documents import contents, storing
from services.documents.contents import Content
from services.documents.press import Press, Unprintable
from services.documents.shelf import FONTS, TEMPLATES

DUE = "document"
"""The kind of work that renders a record."""
_COUNT = re.compile(rb"/Type\s*/Pages\s*/Count (\d+)")


class Surroundings(Protocol):
    """What rendering needs of its process."""

    @property
    def database(self) -> Database:
        """The database."""

    @property
    def files(self) -> Files:
        """The file store."""

    @property
    def press(self) -> Press:
        """What prints."""

    def acting(self, workspace: str, request_id: str) -> AbstractAsyncContextManager[Transaction]:
        """An act of the system in a workspace."""


async def render(around: Surroundings, workspace: str, record_id: str, request_id: str) -> None:
    """Render a record, whichever it is; what cannot be printed is remembered with the reason."""
    async with around.acting(workspace, request_id) as act:
        kind = await contents.kind_of(act, record_id)
    if kind is not None:
        try:
            await current(around, workspace, kind, record_id, request_id)
        except Unprintable:
            return


async def current(
    around: Surroundings, workspace: str, kind: str, record_id: str, request_id: str
) -> dict[str, Any]:
    """The PDF of a record as it is now, with the record's number."""
    async with around.acting(workspace, request_id) as act:
        content = await contents.read(act, kind, record_id)
        if content is None:
            raise Unprintable("The record is gone.")
        printed = fingerprint(content)
        row = await storing.known(act, kind, record_id, printed)
        if row is not None:
            facts = {name: row[name] for name in ("sha256", "size", "pages")}
            kept = await storing.keep(
                act, kind, record_id, version=content.version, fingerprint=printed, **facts
            )
            return dict(kept) | {"number": content.number}
    try:
        paper = await _printed(around, workspace, content)
    except Unprintable as error:
        async with around.acting(workspace, request_id) as act:
            await storing.failed(act, record_id, content.version, str(error))
        raise
    sha256 = hashlib.sha256(paper).hexdigest()
    await around.files.put_text(storing.key(workspace, sha256), paper)
    async with around.acting(workspace, request_id) as act:
        kept = await storing.keep(
            act,
            kind,
            record_id,
            version=content.version,
            fingerprint=printed,
            sha256=sha256,
            size=len(paper),
            pages=_pages(paper),
        )
    return dict(kept) | {"number": content.number}


async def give_up(
    around: Surroundings, workspace: str, record_id: str, request_id: str, error: str
) -> None:
    """Remember that a record ends whoever tries to render it."""
    async with around.acting(workspace, request_id) as act:
        kind = await contents.kind_of(act, record_id)
        content = await contents.read(act, kind, record_id) if kind else None
        if content is not None:
            await storing.failed(act, record_id, content.version, error)


def fingerprint(content: Content) -> str:
    """What tells papers apart: all that is printed, and how."""
    told = orjson.dumps(
        [content.template, content.data, content.at, content.logo, _edition()],
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.sha256(told).hexdigest()


def _pages(paper: bytes) -> int:
    """How many pages a PDF has: what the root of its tree of pages counts."""
    return max(int(found[1]) for found in _COUNT.finditer(paper))


@cache
def _edition() -> str:
    """What tells the templates of one release from those of another."""
    found = hashlib.sha256()
    for path in sorted([*TEMPLATES.iterdir(), *FONTS.iterdir()]):
        found.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


async def _printed(around: Surroundings, workspace: str, content: Content) -> bytes:
    logo = None
    if content.logo:
        logo = await around.files.get(uploads.key(workspace, content.logo))
    return await around.press.print(content.template, content.data, at=content.at, logo=logo or b"")
