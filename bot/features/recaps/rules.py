"""What a week's story is made of.

May touch: the standard library and the vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from bot.core.pictures import BoardRow

TOLD_FROM = time(8)  # of the group's clock, on the Monday after the week
ENOUGH = 3  # graded answers to a question before it may be called the hardest
CLIMBERS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the week; `right` is None where nobody graded it, `first` who was right first and is named."""

    on: date
    title: str
    answered: int
    right: int | None
    first: str | None
    track: str = ""
    """The name of its track, where the group has several."""


def by_track(asked: Sequence[Asked]) -> list[tuple[str, list[Asked]]]:
    """The questions of each track, in the order in which the tracks were first asked something."""
    tracks = dict.fromkeys(one.track for one in asked)
    return [(track, [one for one in asked if one.track == track]) for track in tracks]


def is_silent(asked: Sequence[Asked]) -> bool:
    """Whether nobody answered any of these questions."""
    return not any(one.answered for one in asked)


def hardest(asked: Sequence[Asked]) -> Asked | None:
    """The question with the smallest share of right answers; of equal ones the one with more answers."""
    graded = [(one.right / one.answered, -one.answered, one) for one in asked if _tells(one) and one.right is not None]
    found = min(graded, key=lambda each: each[:2], default=None)
    return found[2] if found and found[0] < 1 else None


def _tells(one: Asked) -> bool:
    return one.answered >= ENOUGH


def climbers(rows: Sequence[BoardRow]) -> list[BoardRow]:
    """Who climbed most, a few at most."""
    climbed = [row for row in rows if row.change is not None and row.change > 0]
    return sorted(climbed, key=lambda row: (-(row.change or 0), row.rank))[:CLIMBERS]
