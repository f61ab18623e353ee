"""What a picture shows, as plain data; the room `bot.pictures` draws it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how many chose it, and whether it is the right one."""

    label: str
    count: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """How a group answered: a bar for each option or group of answers."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Numeric answers beside the right value, which is drawn as a line."""

    title: str
    values: tuple[float, ...]
    right: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One row of a board; `change` is how many ranks were climbed since the last period, None where unknown."""

    rank: int
    name: str
    points: int
    change: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A leaderboard as a card."""

    title: str
    subtitle: str
    rows: tuple[BoardRow, ...]


PictureSpec = BarChart | Histogram | BoardCard
