"""`python -m services.documents.pressing`: a process that prints, so that nothing printed can hang.

It reads orders from its input and writes PDFs to its output: a length, then as many bytes.
"""

import contextlib
import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import typst

from services.documents.shelf import FONTS, LENGTH, TEMPLATES

_MOST_MEMORY = 2 * 1024**3
_LOGO = "logo"


class Printer:
    """The templates and fonts, read once; papers are set one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for template in TEMPLATES.glob("*.typ"):
            (folder / template.name).write_bytes(template.read_bytes())
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
        )
        self._compilers = {
            name: typst.Compiler(folder / f"{name}.typ", root=folder, font_paths=fonts)
            for name in ("offer", "contract")
        }

    def print(self, order: dict[str, Any], logo: bytes) -> bytes:
        """The PDF of an order; without its logo where that is no picture."""
        data = order["data"] | {"logo": None}
        if logo:
            (self._folder / _LOGO).write_bytes(logo)
            with contextlib.suppress(typst.TypstError):
                return self._set(order, data | {"logo": _LOGO})
        return self._set(order, data)

    def _set(self, order: dict[str, Any], data: dict[str, Any]) -> bytes:
        made = self._compilers[order["template"]].compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=order["at"],
        )
        assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
        return made


def main() -> None:
    """Print what is ordered until nobody is there who would order."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    orders, papers = sys.stdin.buffer, sys.stdout.buffer
    with tempfile.TemporaryDirectory(prefix="coeffection-press-") as folder:
        printer = Printer(Path(folder))
        while (order := _read(orders)) is not None:
            logo = _read(orders) or b""
            try:
                paper, error = printer.print(json.loads(order), logo), b""
            except (typst.TypstError, ValueError, KeyError) as failure:
                paper, error = b"", str(failure).encode()
            for part in (error, paper):
                papers.write(LENGTH.pack(len(part)) + part)
            papers.flush()


def _read(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return source.read(LENGTH.unpack(head)[0])


if __name__ == "__main__":
    main()
