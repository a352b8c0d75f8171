"""Help: our own guide for people who use the product, a page for each section of it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auth.navigation import Section

SUPPORT_EMAIL = "support@coeffection.com"
_FIRST_STEPS = "first_steps"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the guide."""

    section: Section | None
    title: str
    markdown: str


@cache
def section(key: Section | None) -> Page:
    """The page of a section; that of the first steps without one."""
    name = key.lower() if key else _FIRST_STEPS
    text = (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8")
    return Page(key, text.partition("\n")[0].removeprefix("# ").strip(), text)
