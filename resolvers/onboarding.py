"""Onboarding: the wizard, the walkthrough, and help from the guide."""

from collections.abc import Mapping
from typing import Any

from auth.context import Context
from auth.navigation import Section
from resolvers.mutation import mutation
from resolvers.queries import valued
from resolvers.reading import Reading
from schema import onboarding as given
from schema.people import User
from schema.types import Answered, Given
from schema.workspaces import Workspace
from services import help as guide
from services import onboarding

valued(
    "demo_walkthrough",
    Answered(given.Walkthrough, "A walk of five minutes through the product."),
)(onboarding.walkthrough)


@valued(
    "help",
    Answered(
        given.HelpSection,
        "What the guide says of a section, to be shown beside it.",
        {"section": Given(Section, "Which section; the first steps when left out.")},
    ),
)
async def help_of(_reading: Reading, arguments: Mapping[str, Any]) -> Any:
    """A section of the guide."""
    return guide.section(arguments.get("section"))


@valued("support_email", Answered(str, "Where to write to when the guide does not help."))
async def support_email(_reading: Reading, _arguments: Mapping[str, Any]) -> str:
    """The address of support."""
    return guide.SUPPORT_EMAIL


@mutation(workspace=Workspace)
async def onboarding_step_skip(ctx: Context, input: given.OnboardingStepSkipInput) -> Any:
    """Leave a step of the setup wizard for later; the checklist goes on showing it."""
    return await onboarding.skip(ctx, input.step)


@mutation(user=User)
async def demo_walkthrough_complete(
    ctx: Context, _input: given.DemoWalkthroughCompleteInput
) -> Any:
    """Note that you went through the demo walkthrough; the checklist's last item is done then."""
    return await onboarding.complete_walkthrough(ctx)
