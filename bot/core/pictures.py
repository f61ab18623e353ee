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


@dataclass(frozen=True, slots=True)
class Estimate:
    """How well an area is known: the chance to be right, and between which chances it lies with 80 % probability."""

    label: str
    chance: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ProgressCard:
    """A member's posting days and what they know.

    `days` has a letter for each date from `first` (a Monday, as 2026-11-23) on: a(nswered), f(rozen), m(issed),
    e(xcused: missed, and breaks nothing), o(pen), or a dot where nothing was asked.
    """

    title: str
    subtitle: str
    first: str
    days: str
    areas: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class AskedOf:
    """A question of a week: how many answered, how many of them were right (None where nobody graded it)."""

    day: str
    title: str
    answered: int
    right: int | None
    hardest: bool = False
    track: str = ""
    """The track it was asked on, where the group has several."""


@dataclass(frozen=True, slots=True)
class RecapCard:
    """A week of a group: its questions, who leads, who climbed (with `change`), how many mock interviews were held."""

    title: str
    subtitle: str
    asked: tuple[AskedOf, ...]
    leaders: tuple[BoardRow, ...] = ()
    climbers: tuple[BoardRow, ...] = ()
    mocks: int = 0
    silent: tuple[str, ...] = ()
    """The tracks on which nobody answered all week; their questions are not among those asked."""


PictureSpec = BarChart | Histogram | BoardCard | ProgressCard | RecapCard
