"""Which kit is used, who sits where, and how far a stage has come.

May touch: the standard library, the vocabulary and the bank.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.bank.schema import Kit, KitType
from bot.bank.terms import Level
from bot.core.refs import MemberId

NEAREST: Mapping[str, tuple[str, ...]] = {
    "algorithm-coding": ("ml-coding", "sql-data"),
    "ml-coding": ("algorithm-coding", "ml-debugging"),
    "ml-knowledge": ("ml-debugging", "ml-coding"),
    "ml-system-design": ("genai-system-design", "system-design"),
    "genai-system-design": ("ml-system-design", "system-design"),
    "system-design": ("ml-system-design", "genai-system-design"),
    "past-project": ("behavioural",),
    "behavioural": ("past-project", "negotiation"),
    "sql-data": ("algorithm-coding", "ml-coding"),
    "ml-debugging": ("ml-coding", "ml-knowledge"),
    "negotiation": ("behavioural",),
}
"""Which interview types are nearest to one, the nearest first; chosen by what a candidate practises."""
LOOP: tuple[KitType, ...] = ("algorithm-coding", "ml-system-design", "behavioural")
EXTENDED_BY = 5  # minutes
MOST_EXTENDED = 30  # minutes in all of a stage
HELD_FROM = timedelta(minutes=15)  # an interview that ran for less was none
NOTHING = timedelta(0)
EARLY = timedelta(minutes=30)  # how long before its time an interview may begin
DAY = timedelta(days=1)
LOOPS_A_DAY = 3  # that one may ask others for: each opens a room and is told to everybody in it
LEVELS = tuple(level.value for level in Level)


# --- kits -----------------------------------------------------------------------------------------------------------


class Fit(StrEnum):
    """How good a kit is for the two; everything but the first is said before."""

    fresh = "fresh"  # neither has seen it
    known = "known"  # the interviewer knows it, the candidate does not
    near = "near"  # of the nearest type, and the candidate does not know it
    again = "again"  # the candidate has seen it before


@dataclass(frozen=True, slots=True)
class Chosen:
    """A kit, and how good it is."""

    kit: Kit
    fit: Fit


def choose(
    kits: Iterable[Kit],
    kind: str,
    *,
    candidate_saw: Collection[str],
    interviewer_saw: Collection[str] = (),
    without: Collection[str] = (),
    level: str | None,
    seed: str,
) -> Chosen | None:
    """The kit of a turn: unseen by both, else by the candidate, else of the nearest type, else one seen before.

    `without` are the kits of this and other sessions that are ahead, which are never used: somebody who sits here
    knows their interviewer's part, or is asked them elsewhere. None where there is no kit of this type, nor of one
    near it.
    """
    by_type: dict[str, list[Kit]] = {}
    for kit in kits:
        if kit.id not in without:
            by_type.setdefault(kit.type, []).append(kit)
    own = by_type.get(kind, [])
    near = [kit for type in NEAREST.get(kind, ()) for kit in _best(by_type.get(type, []), level, seed)]
    new = [kit for kit in _best(own, level, seed) if kit.id not in candidate_saw]
    steps = (
        (Fit.fresh, [kit for kit in new if kit.id not in interviewer_saw]),
        (Fit.known, new),
        (Fit.near, [kit for kit in near if kit.id not in candidate_saw and kit.id not in interviewer_saw]),
        (Fit.near, [kit for kit in near if kit.id not in candidate_saw]),
        (Fit.again, _best(own, level, seed)),
    )
    return next((Chosen(found[0], fit) for fit, found in steps if found), None)


def _best(kits: Iterable[Kit], level: str | None, seed: str) -> list[Kit]:
    """The nearest to this level first; those that are as near in an order that the seed decides."""
    return sorted(kits, key=lambda kit: (_apart(kit.level.value, level), _drawn(kit.id, seed)))


def _apart(level: str, wanted: str | None) -> int:
    return abs(LEVELS.index(level) - LEVELS.index(wanted)) if wanted in LEVELS else 0


def _drawn(id: str, seed: str) -> str:
    return hashlib.sha256(f"{seed}/{id}".encode()).hexdigest()


# --- seats ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seats:
    """Who interviews whom in a turn; nobody interviews where somebody practises alone."""

    interviewer: MemberId | None
    candidate: MemberId


def seats(people: Sequence[MemberId]) -> list[Seats]:
    """The turns of two or three: everybody is a candidate once, and the first one interviews first."""
    return [Seats(one, people[(place + 1) % len(people)]) for place, one in enumerate(people)]


def loop(people: Sequence[MemberId]) -> list[tuple[KitType, Seats]]:
    """The turns of a whole loop: the first one is always the candidate, the others interview by turns."""
    candidate, *partners = people
    return [(kind, Seats(partners[place % len(partners)], candidate)) for place, kind in enumerate(LOOP)]


# --- stages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a turn stands: the phase, from 0, and what is left of it; past the last one nothing is left."""

    phase: int
    left: timedelta
    over: bool = False


def stage(minutes: Sequence[int], elapsed: timedelta) -> Stage:
    """Where a turn stands after this much time; a phase ends at the moment at which the next one begins."""
    ends = timedelta(0)
    for phase, length in enumerate(minutes):
        ends += timedelta(minutes=length)
        if elapsed < ends:
            return Stage(phase, ends - elapsed)
    return Stage(len(minutes) - 1, timedelta(0), over=True)


def elapsed(banked: int, running_since: datetime | None, now: datetime) -> timedelta:
    """How long a turn has run: the seconds before its last pause, and those since."""
    since = now - running_since if running_since else timedelta(0)
    return timedelta(seconds=banked) + max(since, timedelta(0))


def extended(minutes: Sequence[int], planned: Sequence[int], phase: int, by: int) -> list[int] | None:
    """The phases with a longer one among them; None where it is as long as it may become."""
    longer = minutes[phase] + by
    if longer - planned[phase] > MOST_EXTENDED:
        return None
    return [longer if place == phase else length for place, length in enumerate(minutes)]
