"""What signals of leads are worth in a fresh workspace."""

from typing import NamedTuple

from models.automation_enums import LeadSignal


class Standard(NamedTuple):
    """A signal's points, the most of its kind, and the days after which one counts half."""

    signal: LeadSignal
    points: int
    most: int
    half_life_days: int


STANDARD = (
    Standard(LeadSignal.EMAIL_OPEN, 5, 20, 30),
    Standard(LeadSignal.PAGE_VISIT, 3, 15, 14),
    Standard(LeadSignal.FORM_SUBMISSION, 20, 40, 90),
    Standard(LeadSignal.OUTREACH, 15, 45, 60),
)
