"""Demo data: a believable workspace to look around in, and any number of records to try."""

from services.demo.load import fill
from services.demo.people import Demo, SignIn
from services.demo.workspace import ensure

__all__ = ["Demo", "SignIn", "ensure", "fill"]
