"""Clients and servers that others wrote, installed once as their lock file has them."""

import shutil
import subprocess
from pathlib import Path

from tests.plugins.dev import ROOT

SOURCE = Path(__file__).parent / "clients"
FOLDER = ROOT / ".coeffection" / "test-clients"


def install() -> str:
    """Bring them, unless they are there; why that failed, if it did."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    locked, wanted = FOLDER / "package-lock.json", (SOURCE / "package-lock.json").read_bytes()
    fresh = locked.exists() and locked.read_bytes() == wanted
    for path in [*SOURCE.glob("*.json"), *SOURCE.glob("*.mjs"), SOURCE / ".npmrc"]:
        shutil.copy(path, FOLDER)
    if fresh and (FOLDER / "node_modules").exists():
        return ""
    command = ["npm", "ci", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        locked.unlink()
        return done.stderr.strip()[-200:] or "npm failed"
    return ""
