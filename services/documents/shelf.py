"""Where templates and fonts lie, and how the press is spoken to."""

import struct
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATES, FONTS = HERE / "templates", HERE / "fonts"
LENGTH = struct.Struct(">I")
"""Before each part of an order and of an answer: how many bytes it has."""
