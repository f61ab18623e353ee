"""Which answers count, and what they are worth, worked out from what members did and from the rules of the product.

The rules are features.md, sections 3.2, 3.3 and 6.0, written down here a second time on purpose: the oracle must not
ask the bot what is right. Code counts as an open answer as long as no judge runs it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.demo.calendar import Posting
from bot.demo.steps import Choose, Deed, Fill, Hints, Pick, Reply, Rewrite, Right, Withdraw

RIGHT, FIRST_RIGHT, OPEN, HINT, LATE_OPEN = 10, 2, 5, 2, 2


@dataclass(frozen=True, slots=True)
class Stands:
    """An answer that stands at this moment; `message` is where it stands in a thread."""

    right: Right
    at: datetime
    message: str = ""


@dataclass(slots=True)
class Standing:
    """A question at its reveal: who answered, who took hints, who came too late."""

    answers: dict[int, Stands] = field(default_factory=dict)
    hints: Counter[int] = field(default_factory=Counter)
    late: dict[int, Right] = field(default_factory=dict)

    @property
    def keyed(self) -> bool:
        """Whether anybody's answer was right or wrong."""
        return any(answer.right is not None for answer in self.answers.values())

    @property
    def right(self) -> int:
        """How many are right."""
        return sum(answer.right is True for answer in self.answers.values())

    def points(self) -> Counter[int]:
        """What everybody earned with this question."""
        earned: Counter[int] = Counter()
        rightly = sorted((answer.at, member) for member, answer in self.answers.items() if answer.right)
        for member, answer in self.answers.items():
            worth = OPEN if answer.right is None else RIGHT if answer.right else 0
            worth += FIRST_RIGHT if rightly and rightly[0][1] == member else 0
            earned[member] = max(0, worth - HINT * self.hints[member])
        for member, right in self.late.items():
            earned[member] += LATE_OPEN if right is None else 0
        return earned


def standings(deeds: Sequence[Deed], postings: Sequence[Posting]) -> dict[date, Standing]:
    """How every question stands, after all that was done."""
    reveals = {posting.on: posting.reveals for posting in postings}
    found: dict[date, Standing] = defaultdict(Standing)
    for deed in deeds:
        if deed.on in reveals and deed.taken:
            _count(found[deed.on], deed, in_time=deed.at < reveals[deed.on])
    return found


def _count(standing: Standing, deed: Deed, *, in_time: bool) -> None:
    if not in_time:
        _count_late(standing, deed)
        return
    mine = standing.answers.get(deed.member)
    match deed.step:
        case Pick(right=right) | Choose(right=right) | Fill(right=right):
            standing.answers[deed.member] = Stands(right, deed.at)
        case Reply(answer=True) if mine is None:
            standing.answers[deed.member] = Stands(None, deed.at, deed.message)
        case Rewrite() if mine and mine.message == deed.message:
            standing.answers[deed.member] = Stands(None, deed.at, deed.message)
        case Withdraw() if mine and mine.message == deed.message:
            del standing.answers[deed.member]
        case Hints(wanted=wanted):
            standing.hints[deed.member] = max(standing.hints[deed.member], wanted)


def _count_late(standing: Standing, deed: Deed) -> None:
    if deed.member in standing.answers:
        return
    match deed.step:
        case Pick(right=right) | Choose(right=right) | Fill(right=right):
            standing.late.setdefault(deed.member, right)
        case Reply(answer=True):
            standing.late.setdefault(deed.member, None)
