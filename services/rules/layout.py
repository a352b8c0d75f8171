"""The grid of a dashboard: twelve columns, widgets that do not lie on each other."""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = 12
MOST_ROWS = 200
MOST_HEIGHT = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a widget lies, in columns and rows from the top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def fits(self) -> bool:
        """Whether it lies on the grid."""
        across = self.x >= 0 and self.width >= 1 and self.x + self.width <= COLUMNS
        return across and 0 <= self.y <= MOST_ROWS and 1 <= self.height <= MOST_HEIGHT

    def meets(self, other: "Place") -> bool:
        """Whether two places share a cell."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height


def clash(places: Sequence[Place]) -> tuple[int, int] | None:
    """The first two places, by their numbers, that lie on each other."""
    for at, place in enumerate(places):
        for other in range(at):
            if place.meets(places[other]):
                return other, at
    return None


def below(places: Sequence[Place], width: int, height: int) -> Place:
    """A free place under everything there is."""
    return Place(0, max((one.y + one.height for one in places), default=0), width, height)
