"""Exchange rates: setting them, and amounts converted by them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import strawberry

from auth.context import Context
from core.ids import encode
from core.money import rounded
from resolvers.executor import reading_of
from resolvers.imports import upload_uuid
from resolvers.mutation import extra, mutation
from resolvers.queries import answers
from schema import rates as given
from schema.rates import ExchangeRate
from services import rates
from services.rates import Home


@mutation(exchange_rate=ExchangeRate)
async def exchange_rate_set(ctx: Context, input: given.ExchangeRateSetInput) -> Any:
    """Say what a currency is worth from a day on; an earlier word on that day is replaced."""
    return await rates.one(ctx, input.currency, input.valid_on, input.rate, units=input.units)


@mutation(exchange_rate_id=extra(strawberry.ID, "The rate that is gone."))
async def exchange_rate_delete(
    ctx: Context, input: given.ExchangeRateDeleteInput
) -> dict[str, Any]:
    """Take a rate back; the one before it holds until the next."""
    await rates.delete(ctx, input.id, input.expected_version)
    return {"exchange_rate_id": encode("rate", input.id)}


@mutation(count=extra(int, "How many rates are new or changed."))
async def exchange_rates_import(
    ctx: Context, input: given.ExchangeRatesImportInput
) -> dict[str, Any]:
    """Set the rates of a CSV file, all of them or none."""
    return {"count": await rates.bring_in(ctx, upload_uuid(input.upload_id))}


@answers("Money", "in_")
async def money_in(money: Any, info: Any, currency: str, at: date | None = None) -> Any:
    """An amount in another currency, by the rates of a day; all of an operation in one look-up."""
    reading = reading_of(info)
    amount, own = _parts(money)
    wanted = rates.currency_of(currency)
    if own == wanted:
        return {"amount": rounded(amount, own), "currency": own}
    day = at or Home.of(reading.actor, reading.now).today

    async def batch(asked: Sequence[rates.Dated]) -> list[Decimal | None]:
        return await rates.rates_of(reading, asked)

    found = await reading.loader("rates", batch).load_many([(own, day), (wanted, day)])
    theirs, ours = found
    if theirs is None or ours is None:
        return None
    return {"amount": rounded(amount * theirs / ours, wanted), "currency": wanted}


def _parts(money: Any) -> tuple[Decimal, str]:
    if isinstance(money, dict):
        return Decimal(money["amount"]), money["currency"]
    return Decimal(money.amount), money.currency
