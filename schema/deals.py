"""Pipelines, stages and deals, as the API shows them."""

import datetime as dt

from auth.roles import Category
from models import deals as rows
from models.enums import PipelineKind, ProbabilitySource, StageCategory
from models.registry import Scope, Write
from schema.declare import Node, column, entity, link, many, money


@entity(
    rows.Pipeline,
    prefix="pip",
    plural="pipelines",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
)
class Pipeline(Node):
    """An ordered sequence of stages."""

    name: str = column("Name of the pipeline.", filter="name_key", order="name_key")
    kind: PipelineKind = column("What moves through it.")
    position: int = column("Its place among the pipelines.", order=True)
    stages = many("PipelineStage", "Its stages, in order.", by="pipeline_id", order="position")
    deals = many("Deal", "The deals in it.", by="pipeline_id")
    projects = many("Project", "The projects in it.", by="pipeline_id")


@entity(
    rows.PipelineStage,
    prefix="stg",
    plural="pipelineStages",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
)
class PipelineStage(Node):
    """One step of a pipeline."""

    name: str = column("Name of the stage.", filter="name_key", order="name_key")
    position: int = column("Its place in the pipeline.", order=True)
    probability: int = column("Default chance, in percent, of winning a deal that enters it.")
    color: str = column("Colour it is shown in, `#rrggbb`.")
    category: StageCategory = column("Whether deals in it are open, won or lost.")
    pipeline = link("Pipeline", "The pipeline it is a step of.", always=True)
    deals = many("Deal", "The deals in it.", by="stage_id")
    projects = many("Project", "The projects in it.", by="stage_id")


@entity(rows.Deal, prefix="deal", plural="deals", category=Category.DEALS)
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
    closed_at: dt.datetime | None = column("When it was won or lost.", filter=True)
    contact = link("Contact", "Whom it is sold to.", write=Write.ALWAYS)
    company = link("Company", "The company it is sold to.", write=Write.ALWAYS, group=True)
    owner = link("User", "Who sells it.", write=Write.ALWAYS, group=True)
    quotes = many("Quote", "Quotes made for it.", by="deal_id")
    contracts = many("Contract", "Contracts that came of it.", by="deal_id")
    invoices = many("Invoice", "Invoices that came of it.", by="deal_id")
    leads = many("Lead", "The lead that became it, if one did.", by="converted_deal_id")
    cases = many("Case", "The case it was converted from.", by="deal_id")
    projects = many("Project", "Projects that came of it.", by="deal_id")
    tasks = many("Task", "Tasks about it.", by="deal_id")
