"""Exchange rates, as the API shows them."""

from datetime import date
from decimal import Decimal

import strawberry

from auth.roles import Category
from models import rates as rows
from models.registry import Scope
from schema.declare import Node, column, entity
from schema.inputs import MutationInput, act_input, arg
from schema.scalars import CurrencyCode


@entity(
    rows.ExchangeRate,
    prefix="rate",
    plural="exchangeRates",
    category=Category.DEALS,
    scope=Scope.WORKSPACE,
)
class ExchangeRate(Node):
    """What one unit of a currency is worth in the workspace's, from a day until the next rate's."""

    currency: CurrencyCode = column("The currency.", filter="currency_key", order="currency_key")
    base: CurrencyCode = column("The workspace's currency, which it is told in.")
    valid_on: date = column("The first day it holds.", filter=True, order=True)
    rate: Decimal = column("How much of `base` one unit of `currency` is worth.")


@act_input
class ExchangeRateSetInput(MutationInput):
    """What a currency is worth from a day on."""

    currency: CurrencyCode = arg("The currency.", max_length=None)
    rate: Decimal = arg("How much of the workspace's currency so many `units` of it are worth.")
    units: int = arg("For how many units the rate is told, such as 1000.", default=1)
    valid_on: date | None = arg("The first day it holds; today when left out.", default=None)


@act_input
class ExchangeRateDeleteInput(MutationInput):
    """Which rate to take back."""

    id: strawberry.ID = arg("The rate.", of="ExchangeRate")
    expected_version: int | None = arg(
        "The version you read; refused when it has changed since.", default=None
    )


@act_input
class ExchangeRatesImportInput(MutationInput):
    """The file of rates to set."""

    upload_id: strawberry.ID = arg(
        "A CSV file, received in full, with the columns currency, validOn and rate."
    )
