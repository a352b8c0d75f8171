"""The way from a quote to the money, as the API shows it."""

from datetime import datetime

from models.sale_enums import QuoteToCashStage
from schema.actors import Actor
from schema.declare import derived
from schema.types import Answered, build_type

QuoteToCashStep = build_type(
    "QuoteToCashStep",
    "A step on the way from a quote to the money.",
    {
        "step": Answered(QuoteToCashStage, "What happened."),
        "at": Answered(datetime, "When."),
        "actor": Answered(Actor | None, "Who did it; null when out of your sight."),
        "cause": Answered(str | None, "What brought it about, such as `contract … fully signed`."),
        "quote": Answered(derived("Quote") | None, "The quote it happened to, if it was one."),
        "contract": Answered(derived("Contract") | None, "The contract, if it was one."),
        "invoice": Answered(derived("Invoice") | None, "The invoice, if it was one."),
    },
)
