"""What demo records are made of and belong to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.enums import CaseStatusCategory, LeadStatus, StageCategory
from services.rules.sla import Policy


@dataclass(frozen=True, slots=True)
class Person:
    """A user who owns records."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a pipeline that deals can stand in."""

    id: str
    pipeline_id: str
    name: str
    probability: int
    category: StageCategory


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of a pipeline: those of open deals in order, and its two ends."""

    open: Sequence[Stage]
    won: Stage
    lost: Stage


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the case board."""

    id: str
    name: str
    category: CaseStatusCategory


@dataclass(frozen=True, slots=True)
class Desk:
    """The support of a workspace: its board, its clocks and the team whose queue cases wait in."""

    columns: Sequence[Column]
    policies: Mapping[str, Policy]
    team_id: str | None


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalogue at its price."""

    id: str
    sku: str
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """So many of a product, with a percentage off."""

    product: Product
    quantity: int = 1
    discount_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What records of a workspace are made of and belong to."""

    seed: str
    now: datetime
    zone: ZoneInfo
    currency: str
    owners: Sequence[Person]
    pipelines: Sequence[Pipeline]
    leads: Mapping[LeadStatus, Stage]
    """The first stage of each status."""
    projects: Sequence[Stage]
    desk: Desk
    products: Sequence[Product]
    new_id: Callable[[], str]

    def day(self, ago: int) -> date:
        """The workspace's date so many days ago; negative ones are to come."""
        return _day(self.now, self.zone, ago)

    def moment(self, ago: int) -> datetime:
        """A time of that day, and not one to come."""
        return _moment(self.now, self.zone, ago)


@lru_cache(maxsize=4096)
def _day(now: datetime, zone: ZoneInfo, ago: int) -> date:
    return now.astimezone(zone).date() - timedelta(days=ago)


@lru_cache(maxsize=4096)
def _moment(now: datetime, zone: ZoneInfo, ago: int) -> datetime:
    noon = datetime.combine(_day(now, zone, ago), time(12), tzinfo=zone)
    return min(noon.astimezone(UTC), now)
