"""How far a workspace is set up: the wizard's steps and the checklist, from facts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.choices import Choice


class ChecklistKey(Choice):
    """What is to be done in a new workspace, in the manual's order."""

    SIGN_UP = "SIGN_UP", "Sign up or accept your invitation"
    COMPANY_PROFILE = "COMPANY_PROFILE", "Complete your company profile"
    INVITE_TEAM = "INVITE_TEAM", "Invite your team"
    CONNECT_EMAIL = "CONNECT_EMAIL", "Connect your e-mail"
    IMPORT_CONTACTS = "IMPORT_CONTACTS", "Import your contacts"
    PIPELINE = "PIPELINE", "Set up a sales pipeline"
    PRODUCT_CATALOGUE = "PRODUCT_CATALOGUE", "Configure your product catalogue"
    DEMO_WALKTHROUGH = "DEMO_WALKTHROUGH", "Run through the demo walkthrough"


class OnboardingStepKey(Choice):
    """A step of the setup wizard: the second to the fifth task of the checklist."""

    COMPANY_PROFILE = "COMPANY_PROFILE", "Save the company's profile."
    INVITE_TEAM = "INVITE_TEAM", "Invite the first colleague."
    CONNECT_EMAIL = "CONNECT_EMAIL", "Connect a mailbox."
    IMPORT_CONTACTS = "IMPORT_CONTACTS", "Finish the first import of contacts."


class OnboardingStepStatus(Choice):
    """How a step of the setup wizard stands."""

    DONE = "DONE", "It was done; it stays so."
    SKIPPED = "SKIPPED", "An Admin left it for later."
    CURRENT = "CURRENT", "It is the one to show."
    PENDING = "PENDING", "It comes later."


Facts = Mapping[str, datetime | None]
"""When each task was done, by its name; None where it was not."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the wizard stands; `current` counts from one and is None at its end."""

    current: int | None
    statuses: list[tuple[OnboardingStepKey, OnboardingStepStatus, datetime | None]]


def progress(facts: Facts, skipped: Collection[str]) -> Progress:
    """The wizard's steps: the first that is neither done nor skipped is the current one."""
    current: int | None = None
    statuses = []
    for number, step in enumerate(OnboardingStepKey, start=1):
        done = facts[step]
        if done is not None:
            status = OnboardingStepStatus.DONE
        elif step in skipped:
            status = OnboardingStepStatus.SKIPPED
        elif current is None:
            current, status = number, OnboardingStepStatus.CURRENT
        else:
            status = OnboardingStepStatus.PENDING
        statuses.append((step, status, done))
    return Progress(current, statuses)
