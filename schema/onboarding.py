"""Onboarding and help, as the API shows them."""

from datetime import datetime

import strawberry

from auth.navigation import Section
from schema.enums import described as described_enum
from schema.inputs import MutationInput, act_input, arg
from schema.values import described
from services.rules.onboarding import ChecklistKey, OnboardingStepKey, OnboardingStepStatus

for _kind in (ChecklistKey, OnboardingStepKey, OnboardingStepStatus):
    described_enum(_kind, {one.name: one.description for one in _kind})


@strawberry.type(description="A step of the setup wizard.")
class OnboardingStep:
    """One step and how it stands."""

    key: OnboardingStepKey = described("Which step.")
    status: OnboardingStepStatus = described("How it stands.")
    done_at: datetime | None = described("When it was done.")


@strawberry.type(description="The setup wizard of a workspace.")
class Onboarding:
    """Where the wizard stands; it goes on as things are done, whoever does them."""

    current_step: int | None = described("The step to show, counted from 1; null at its end.")
    total_steps: int = described("How many steps there are.")
    steps: list[OnboardingStep] = described("All of them, in order.")


@strawberry.type(description="What is to be done in a new workspace.")
class ChecklistItem:
    """One item of the checklist; it is worked out from what is there, nobody ticks it."""

    key: ChecklistKey = described("Which item.")
    label: str = described("What to show.")
    done: bool = described("Whether it was done.")
    done_at: datetime | None = described("When it was done.")


@strawberry.type(description="A stop of the walkthrough.")
class WalkthroughStep:
    """What is told of a section."""

    title: str = described("Its headline.")
    body: str = described("What to look at there.")
    target: str = described("The path of the section, as `viewer { navigation }` has it.")


@strawberry.type(description="A walk through the sections that are open to the viewer.")
class Walkthrough:
    """The demo walkthrough."""

    steps: list[WalkthroughStep] = described("Its stops, in order.")
    estimated_minutes: int = described("How long it takes.")
    completed_at: datetime | None = described("When the viewer went through it.")


@strawberry.type(description="A section of the guide.")
class HelpSection:
    """What the guide says of a section of the application."""

    section: Section | None = described("Which section; null for the first steps.")
    title: str = described("Its headline.")
    markdown: str = described("Its text, as Markdown.")


@act_input
class OnboardingStepSkipInput(MutationInput):
    """Which step of the setup wizard to leave for later."""

    step: OnboardingStepKey = arg("The step.")


@act_input
class DemoWalkthroughCompleteInput(MutationInput):
    """The walkthrough to end is the viewer's own."""
