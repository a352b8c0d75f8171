"""What is wrong with a workflow, as far as it can be said without looking anything up."""

from datetime import datetime

from auth.actor import Actor
from core.codes import UserErrorCode
from core.errors import UserError
from services.workflows import loops, step_checks, trigger_checks
from services.workflows.checking import Checking, place
from services.workflows.definition import Definition


def checked(actor: Actor, now: datetime, definition: Definition) -> Checking:
    """A check of a definition, with all that was found."""
    checking = Checking(actor, now, definition)
    trigger_checks.check(checking)
    step_checks.check(checking)
    if not checking.form.refusals:
        for path, sentence in loops.certain(definition):
            checking.form.refuse(UserErrorCode.SETS_ITSELF_OFF, sentence, *place(path))
    return checking


def of(actor: Actor, now: datetime, definition: Definition) -> list[str]:
    """Why a workflow cannot run as it is, as sentences with their places."""
    return [said(one) for one in checked(actor, now, definition).form.refusals]


def said(refusal: UserError) -> str:
    """A refusal as a sentence with its place."""
    path = ".".join(map(str, refusal.path))
    return f"{path}: {refusal.message}" if path else refusal.message
