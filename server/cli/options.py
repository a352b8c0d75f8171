"""What commands are told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder; .coeffection by default."),
]


@dataclass(frozen=True)
class Options:
    """What `./dev` itself was told."""

    port: int | None
    data: Path | None
    as_json: bool
