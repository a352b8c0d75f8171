"""Pipelines, stages and deals, as the API shows them."""

import datetime as dt

import strawberry

from auth.roles import Category
from models import deals as rows
from models.enums import LeadStatus, PipelineKind, ProbabilitySource, StageCategory
from models.registry import Scope, Write
from models.sale_enums import PaymentStatus
from schema.declare import Node, column, computed, derived, entity, link, many, money
from schema.inputs import MutationInput, act_input, arg
from schema.quote_to_cash import QuoteToCashStep
from services import deals as services
from services import lineage
from services.invoices import figures


@entity(
    rows.Pipeline,
    prefix="pip",
    plural="pipelines",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
    order="position",
)
class Pipeline(Node):
    """An ordered sequence of stages."""

    name: str = column("Name of the pipeline.", filter="name_key", order="name_key")
    kind: PipelineKind = column("What moves through it.", filter=True)
    position: int = column(
        "Its place among the pipelines; new records begin in the first of their kind.", order=True
    )
    archived_at: dt.datetime | None = column("When it was taken out of use.", filter=True)
    stages = many("PipelineStage", "Its stages, in order.", by="pipeline_id", order="position")
    deals = many("Deal", "The deals in it.", by="pipeline_id")
    leads = many("Lead", "The leads in it.", by="pipeline_id")
    projects = many("Project", "The projects in it.", by="pipeline_id")


@entity(
    rows.PipelineStage,
    prefix="stg",
    plural="pipelineStages",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
    order="position",
)
class PipelineStage(Node):
    """One step of a pipeline."""

    name: str = column("Name of the stage.", filter="name_key", order="name_key")
    position: int = column("Its place in the pipeline.", order=True)
    probability: int = column("Default chance, in percent, of winning a deal that enters it.")
    color: str = column("Colour it is shown in, `#rrggbb`.")
    category: StageCategory = column("Whether records in it are open, won or lost.")
    lead_status: LeadStatus | None = column(
        "The status of the leads in it; null in pipelines of other kinds."
    )
    archived_at: dt.datetime | None = column("When it was taken out of use.", filter=True)
    gates = many("StageGate", "The gate before it; at most one.", by="stage_id")
    task_templates = many(
        "StageTaskTemplate",
        "The tasks that deals bring when they enter it.",
        by="stage_id",
        order="position",
    )
    pipeline = link("Pipeline", "The pipeline it is a step of.", always=True)
    deals = many("Deal", "The deals in it.", by="stage_id")
    leads = many("Lead", "The leads in it.", by="stage_id")
    projects = many("Project", "The projects in it.", by="stage_id")


@entity(rows.Deal, prefix="deal", plural="deals", category=Category.DEALS, core=True)
class Deal(Node):
    """An active sale."""

    name: str = column(
        "What is being sold, and to whom.",
        write=Write.ALWAYS,
        required=True,
        filter="name_key",
        contains=True,
        order="name_key",
    )
    pipeline = link("Pipeline", "The pipeline it moves through.", always=True, group=True)
    stage = link("PipelineStage", "The stage it is in.", always=True, group=True)
    value = money(
        "What it is expected to bring.",
        amount="value_amount",
        currency="value_currency",
        key="value_milli",
        write=Write.ALWAYS,
        filter=True,
        order=True,
        sum=True,
        dated="closed_at",
        weight="probability",
    )
    probability: int = column(
        "Chance of winning it, in percent.", write=Write.ALWAYS, filter=True, order=True
    )
    probability_source: ProbabilitySource = column(
        "Whether the probability is its stage's or set by hand."
    )
    close_date: dt.date = column(
        "When it is expected to be won.", write=Write.ALWAYS, filter=True, order=True, group=True
    )
    weighted_value: derived("Money") = computed(  # type: ignore[valid-type]
        "Its value times its probability.", batch=services.weighted_values
    )
    closed_at: dt.datetime | None = column("When it was won or lost.", filter=True)
    stage_entered_at: dt.datetime = column(
        "When it came into its stage: its last change of stage.", filter=True, order=True
    )
    stalled_at: dt.datetime | None = column(
        "Since when it counts as stalled: nobody had done anything to it for the workspace's"
        " `stalledDays`. Null while something happens.",
        filter=True,
    )
    days_in_stage: int = computed(
        "Whole days since then.",
        batch=services.days_in_stage,
    )
    rank: str = column("Its place in the column: cards are in the order of their ranks.")
    contact = link("Contact", "Whom it is sold to.", write=Write.ALWAYS)
    company = link("Company", "The company it is sold to.", write=Write.ALWAYS, group=True)
    owner = link("User", "Who sells it.", write=Write.ALWAYS, group=True)
    stage_history = many(
        "StageChange", "Its way through the stages.", by="deal_id", order="entered_at"
    )
    approval_requests = many(
        "ApprovalRequest", "What was asked so that it may go on.", by="deal_id"
    )
    quotes = many("Quote", "Quotes made for it.", by="deal_id")
    contracts = many("Contract", "Contracts that came of it.", by="deal_id")
    invoices = many("Invoice", "Invoices that came of it.", by="deal_id")
    payment_status: PaymentStatus | None = computed(
        "How its invoices stand, of those you see; null where none was sent.",
        batch=figures.payment_statuses,
        needs=("id",),
    )
    net_invoiced: list[derived("Money")] = computed(  # type: ignore[valid-type]
        "What its invoices ask for in all, less what credit memos took off, by currency.",
        batch=figures.net_invoiced,
        needs=("id",),
    )
    quote_to_cash: list[QuoteToCashStep] = computed(  # type: ignore[valid-type]
        "Its way from a quote to the money, step by step.",
        batch=lineage.steps,
        needs=("id",),
        carries=True,
    )
    leads = many("Lead", "The lead that became it, if one did.", by="converted_deal_id")
    cases = many("Case", "The case it was converted from.", by="deal_id")
    projects = many("Project", "Projects that came of it.", by="deal_id")
    tasks = many("Task", "Tasks about it.", by="deal_id")


@entity(
    rows.StageChange,
    prefix="schg",
    plural="stageChanges",
    category=Category.DEALS,
    scope=Scope.PARENT,
    parent="deal",
)
class StageChange(Node):
    """A deal's time in one stage."""

    deal = link("Deal", "The deal.")
    from_stage = link("PipelineStage", "Where it came from; null when it was made there.")
    to_stage = link("PipelineStage", "The stage it entered.", always=True)
    by = link("User", "Who moved it; null where the product did.")
    entered_at: dt.datetime = column("When it entered.", filter=True, order=True)
    left_at: dt.datetime | None = column("When it left; null while it is there.")
    duration_seconds: int = computed(
        "How long it was there, or is by now, in seconds.", batch=services.durations
    )


@act_input
class DealMoveInput(MutationInput):
    """Where a deal goes: below the one card, else above the other; without both to the top."""

    id: strawberry.ID = arg("The deal.", of="Deal")
    to_stage_id: strawberry.ID = arg(
        "The stage, of its pipeline or of another one for deals.", of="PipelineStage"
    )
    after_card_id: strawberry.ID | None = arg(
        "The card of that stage it goes below.", of="Deal", default=None
    )
    before_card_id: strawberry.ID | None = arg(
        "The card of that stage it goes above, where the other one has gone.",
        of="Deal",
        default=None,
    )
    expected_version: int = arg(
        "The version you read; the move is refused when it has changed since."
    )
