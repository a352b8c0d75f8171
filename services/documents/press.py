"""The press: a printing process beside this one, started when needed, replaced when it hangs."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from core.log import logger
from services.documents.shelf import LENGTH

SECONDS = 15.0
"""How long a paper may take; one of 200 lines takes a hundredth of that."""
_ROOT = Path(__file__).parents[2]
_LOG = logger("press")


class Unprintable(Exception):
    """It cannot be printed as it is; the sentence says why."""


class Press:
    """Prints one paper at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def print(
        self, template: str, data: Mapping[str, Any], *, at: int, logo: bytes = b""
    ) -> bytes:
        """A PDF, made at a second since 1970 as it says; the same order makes the same bytes."""
        order = orjson.dumps({"template": template, "data": data, "at": at})
        async with self._turn:
            try:
                return await self._tried(order, logo)
            except _Ended:
                # It may have been ended for what others do to the machine.
                _LOG.warning("press ended")
            try:
                return await self._tried(order, logo)
            except _Ended as error:
                message = "The printing process ended in the middle of it."
                raise Unprintable(message) from error

    async def close(self) -> None:
        """End the process; it is started again when it is needed."""
        async with self._turn:
            await self._end()

    async def _tried(self, order: bytes, logo: bytes) -> bytes:
        try:
            async with asyncio.timeout(SECONDS):
                error, paper = await self._ordered(order, logo)
        except TimeoutError as late:
            await self._end()
            # A busy machine may be to blame: whoever ordered it tries again.
            message = f"Printing took longer than {SECONDS:.0f} seconds."
            raise TimeoutError(message) from late
        except (OSError, asyncio.IncompleteReadError) as ended:
            await self._end()
            raise _Ended from ended
        except BaseException:
            # What was ordered may still come: nobody must take it for their own.
            await self._end()
            raise
        if error:
            raise Unprintable(error.decode())
        return paper

    async def _ordered(self, order: bytes, logo: bytes) -> list[bytes]:
        process = await self._started()
        assert process.stdin is not None  # noqa: S101 - it was asked for
        assert process.stdout is not None  # noqa: S101 - the same
        for part in (order, logo):
            process.stdin.write(LENGTH.pack(len(part)) + part)
        await process.stdin.drain()
        answered = []
        for _ in range(2):
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            answered.append(await process.stdout.readexactly(length))
        return answered

    async def _started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.documents.pressing",
                cwd=_ROOT,
                stdin=PIPE,
                stdout=PIPE,
                # What is typed at a terminal is not for it: it ends with its worker.
                start_new_session=True,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


class _Ended(Exception):
    """The process is gone."""
