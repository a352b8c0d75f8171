"""Colours as the API writes them."""

import re

_COLOR = re.compile(r"#[0-9a-f]{6}")


def is_color(text: str) -> bool:
    """Whether a text is a colour such as #38bdf8."""
    return bool(_COLOR.fullmatch(text))
