"""Random groups of people who want a partner, and what may not be broken, written a second time and in another way."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from bot.core.refs import MemberId
from bot.features.hours.rules import Window, shared
from bot.features.wishes.rules import LEVELS, TYPES, Problem, Seeker

START = datetime(2026, 11, 30, tzinfo=UTC)
END = START + timedelta(days=7)
ROLES = (None, "ML engineer", "ml  Engineer", "Data scientist")


def random_group(n: int, seed: int, busy: float = 0.6) -> Problem:
    """People with a few evenings, some wishes, blocks, a history and turns that they are owed."""
    random = Random(f"{n} {seed}")
    ids = [MemberId(number * 3 + 1) for number in range(n)]
    seekers = tuple(_seeker(id, random, busy) for id in ids)
    blocked = frozenset((a, b) for a in ids for b in ids if a != b and random.random() < 0.05)
    met = {
        (a, b): START - timedelta(days=random.randint(3, 300))
        for a in ids
        for b in ids
        if a < b and random.random() < 0.3
    }
    return Problem(seekers, 60, START, END, f"seed {seed}", blocked, met)


def _seeker(id: MemberId, random: Random, busy: float) -> Seeker:
    return Seeker(
        id,
        tuple(_evening(day, random) for day in range(7) if random.random() > busy),
        frozenset(random.sample(TYPES, random.choice([0, 1, 3]))),
        frozenset(random.sample(TYPES, random.choice([0, 0, 3, 6]))),
        random.choice([None, *LEVELS]),
        random.choice(ROLES),
        frozenset(random.sample(["english", "german", "hindi"], random.randint(0, 2))),
        random.choice([0, 0, 0, 0, 1, 2]),
    )


def _evening(day: int, random: Random) -> Window:
    begin = START + timedelta(days=day, minutes=random.randrange(0, 22 * 60, 5))
    return begin, begin + timedelta(minutes=random.randrange(20, 240, 5))


def have_time(problem: Problem, *people: Seeker) -> bool:
    """Whether some quarter of an hour leaves all of them a whole session."""
    open: list[Window] = [(problem.start, problem.end)]
    for one in people:
        open = shared(open, one.windows)
    return bool(starts(open, problem.minutes))


def starts(open: Sequence[Window], minutes: int) -> list[datetime]:
    """The quarters of an hour at which something of this length can begin, whole inside one window."""
    length, step = timedelta(minutes=minutes), timedelta(minutes=15)
    found: list[datetime] = []
    for start, end in open:
        at = start - (start - START) % -step  # up to the next quarter
        while at + length <= end:
            found.append(at)
            at += step
    return found


def gives(interviewer: Seeker, candidate: Seeker) -> bool:
    """Whether one gives a type that the other wants."""
    return any(
        (not interviewer.giving or kind in interviewer.giving) and (not candidate.wanted or kind in candidate.wanted)
        for kind in TYPES
    )


def may_meet(problem: Problem, a: Seeker, b: Seeker) -> bool:
    """Whether nothing hard stands between two people."""
    unblocked = not {(a.id, b.id), (b.id, a.id)} & problem.blocked
    return unblocked and gives(a, b) and gives(b, a) and have_time(problem, a, b)
