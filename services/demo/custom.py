"""The demo workspace's own fields, and what its contacts and deals have in them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.ids import encode, new_id
from core.writes import Transaction
from models import metadata
from models.enums import CoreEntity, CustomFieldType
from services.custom_definitions import OPTION
from services.demo.book import Book

_FIELD = metadata.tables["custom_field"]
_INDUSTRIES = ("Software", "Retail", "Manufacturing", "Logistics")
_COMPETITORS = ("Initrode", "Umbrella", "Hooli")
_SIZES = (20, 75, 240, 1200, 5000)


@dataclass(frozen=True, slots=True)
class Industries:
    """The ids of the industries' options."""

    ids: tuple[str, ...]


async def lay(act: Transaction) -> Industries:
    """Make the fields."""
    options = [{"id": encode(OPTION, new_id()), "name": name} for name in _INDUSTRIES]
    contact, deal, kind = CoreEntity.CONTACT, CoreEntity.DEAL, CustomFieldType
    described = [
        (contact, "industry", "Industry", kind.SELECT, options),
        (contact, "teamSize", "Team size", kind.NUMBER, []),
        (contact, "newsletter", "Newsletter", kind.CHECKBOX, []),
        (deal, "competitor", "Competitor", kind.TEXT, []),
        (deal, "demoOn", "Demo on", kind.DATE, []),
    ]
    rows = [
        {
            "entity": entity,
            "key": key,
            "label": label,
            "type": type_,
            "options": chosen,
            "required": False,
            "is_unique": False,
            "position": position,
        }
        for position, (entity, key, label, type_, chosen) in enumerate(described, start=1)
    ]
    await act.insert_many(_FIELD, rows)
    return Industries(tuple(one["id"] for one in options))


def tell(book: Book, industries: Industries) -> None:
    """Give the records of a book values, the same for the same book."""
    for at, row in enumerate(book.rows["contact"]):
        values: dict[str, Any] = {"industry": industries.ids[at % len(_INDUSTRIES)]}
        values |= {"teamSize": str(_SIZES[at % len(_SIZES)]), "newsletter": at % 3 == 0}
        row["custom"] = values
    for at, row in enumerate(book.rows["deal"]):
        shown = (row["created_at"] + timedelta(days=7)).date().isoformat()
        row["custom"] = {"competitor": _COMPETITORS[at % len(_COMPETITORS)], "demoOn": shown}
