"""The lock files: every package by hash, naming no index."""

import hashlib
import json
import shutil
import subprocess
import tomllib
from typing import Any

from server.cli.refusal import Refusal
from server.embedded import ROOT

FILES = {"requirements.txt": (), "requirements-dev.txt": ("--group", "dev")}
OPTIONS = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
)


def make(*, upgrade: bool) -> list[str]:
    """Write the lock files anew; the files that changed."""
    uv = shutil.which("uv")
    if uv is None:
        raise Refusal("Locking needs uv: install it (`pipx install uv`) and try again.")
    return [name for name in FILES if _make(uv, name, upgrade=upgrade)]


def stale() -> list[str]:
    """The lock files that were made from other dependencies than pyproject.toml declares."""
    return [name for name in FILES if not _read(name).startswith(_header())]


def _make(uv: str, name: str, *, upgrade: bool) -> bool:
    path = ROOT / name
    before = _read(name)
    how = ["--upgrade"] if upgrade else []
    command = [uv, "pip", "compile", *OPTIONS, *FILES[name], *how, "pyproject.toml", "-o", name]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Refusal(f"{name} could not be made; what uv says stands above.")
    path.write_text(_header() + path.read_text())
    return path.read_text() != before


def _read(name: str) -> str:
    path = ROOT / name
    return path.read_text() if path.exists() else ""


def _header() -> str:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages: list[Any] = [declared["project"]["dependencies"], declared["dependency-groups"]]
    digest = hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest()
    return f"# Made by `./dev lock` from the dependencies in pyproject.toml, {digest[:16]}.\n"
