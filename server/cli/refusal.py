"""How a command says no: one sentence on stderr, exit code 1."""

import contextlib
import sys
from collections.abc import Iterator

from server.embedded import EmbeddedError


class Refusal(Exception):
    """A command cannot do what was asked; the message says why and what to do."""


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """End with a sentence instead of a traceback where the cause is known."""
    try:
        yield
    except (Refusal, EmbeddedError) as refusal:
        fail(str(refusal))
    except Exception as error:
        # By name, so that commands which touch no database need not load its modules.
        if type(error).__name__ != "DatabaseRefused":
            raise
        fail(str(error))


def fail(sentence: str) -> None:
    """Say it and end."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)
