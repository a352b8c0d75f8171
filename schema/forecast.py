"""Forecasts: what deals are expected to bring, by month."""

from schema.declare import derived
from schema.types import Answered, build_type

ForecastMonth = build_type(
    "ForecastMonth",
    "The deals that are expected to close in a month; lost ones are left out.",
    {
        "month": Answered(str, "The month as `2026-04`."),
        "count": Answered(int, "How many deals."),
        "unweighted": Answered(derived("Money"), "Sum of their values."),
        "weighted": Answered(derived("Money"), "Sum of value × probability of each."),
        "unconverted": Answered(
            list[derived("Money")],  # type: ignore[misc]
            "Sums that have no exchange rate and are left out, by currency.",
        ),
    },
)

Forecast = build_type(
    "Forecast",
    "What deals are expected to bring, in the workspace's currency: open ones at today's rates.",
    {
        "months": Answered(
            list[ForecastMonth],  # type: ignore[valid-type]
            "Every month of the days asked for, those without deals as well.",
        ),
    },
)
