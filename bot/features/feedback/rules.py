"""Which sheets are written after an interview, in which steps they are asked, and how somebody grows.

May touch: the standard library, the vocabulary and the bank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.bank.schema import Kit
from bot.core.refs import MemberId

BLIND_FOR = timedelta(hours=48)
NUDGE_AFTER = timedelta(hours=24)
A_STEP = 2  # dimensions in one form: each has a score and its evidence, and a form has five fields at most
SCORES = (1, 2, 3, 4)


class Sort(StrEnum):
    """What a sheet is about."""

    rubric = "rubric"  # how somebody did as a candidate, by the rubric of the kit
    interviewing = "interviewing"  # how somebody did as an interviewer
    own = "own"  # how one did oneself, alone


@dataclass(frozen=True, slots=True)
class Asked:
    """A dimension as a sheet asks for it: its name, and what the scores 1 to 4 look like."""

    name: str
    anchors: tuple[str, str, str, str]


INTERVIEWING = (
    Asked(
        "questions",
        (
            "read the kit aloud, or talked more than I did",
            "asked, and did not follow up on what I said",
            "followed up on my answers, and kept to the kit",
            "found by follow-ups what I know and what I do not",
        ),
    ),
    Asked(
        "help when stuck",
        (
            "gave the answer away, or let me sit in silence",
            "helped too early or too late",
            "gave a small nudge after I had tried",
            "gave the least hint that got me going, and said why after",
        ),
    ),
    Asked(
        "time and tone",
        (
            "interrupted or distracted, the end came as a surprise",
            "kept the time by cutting me off",
            "kept the stages, and told me what was left",
            "kept the stages, and I could show my best",
        ),
    ),
)
"""What a candidate says of the interviewer."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A sheet that somebody is to write; one that is not needed holds up nobody."""

    author: MemberId
    about: MemberId
    sort: Sort
    needed: bool = True


def sheets(interviewer: MemberId | None, candidate: MemberId, people: Sequence[MemberId]) -> list[Planned]:
    """The sheets of one turn: the two about each other, and whoever observed about the candidate, who need not."""
    if interviewer is None:
        return [Planned(candidate, candidate, Sort.own)]
    both = [Planned(interviewer, candidate, Sort.rubric), Planned(candidate, interviewer, Sort.interviewing)]
    watched = (one for one in people if one not in (interviewer, candidate))
    return [*both, *(Planned(one, candidate, Sort.rubric, needed=False) for one in watched)]


def asked_in(sort: Sort, kit: Kit) -> tuple[Asked, ...]:
    """What a sheet asks for."""
    if sort is Sort.interviewing:
        return INTERVIEWING
    return tuple(Asked(dimension.dim, dimension.anchors) for dimension in kit.rubric)


def steps(sort: Sort, asked: Sequence[Asked]) -> list[tuple[Asked, ...]]:
    """The dimensions of each form; the last form also asks for a strength and a gap.

    About an interviewer all scores fit in one form, without evidence for each.
    """
    if sort is Sort.interviewing:
        return [tuple(asked)]
    return [*(tuple(asked[n : n + A_STEP]) for n in range(0, len(asked), A_STEP)), ()]


@dataclass(frozen=True, slots=True)
class Scored:
    """A score of 1 to 4 and what it was seen by."""

    score: int
    evidence: str


def missing_step(
    sort: Sort, asked: Sequence[Asked], scores: Mapping[str, Scored], strength: str, gap: str
) -> int | None:
    """The first form that has something left open; None where a sheet is whole."""
    planned = steps(sort, asked)
    for number, dimensions in enumerate(planned):
        if any(one.name not in scores for one in dimensions):
            return number
    return None if strength and gap else len(planned) - 1


def average(kit: Kit, scores: Mapping[str, Scored]) -> float | None:
    """The score of a rubric as a whole, by the weights of its dimensions."""
    weighed = [(one.weight, scores[one.dim].score) for one in kit.rubric if one.dim in scores]
    total = sum(weight for weight, _ in weighed)
    return sum(weight * score for weight, score in weighed) / total if total else None


@dataclass(frozen=True, slots=True)
class Growth:
    """How somebody did in a dimension: at first, lately, and in how many interviews."""

    name: str
    first: float
    latest: float
    times: int


def growth(of_each: Sequence[Mapping[str, int]]) -> list[Growth]:
    """How somebody grew, dimension by dimension; `of_each` are the scores of each interview, the oldest first.

    With four or more the first and the last half are compared, so that one good day is no growth.
    """
    by_name: dict[str, list[int]] = {}
    for scores in of_each:
        for name, score in scores.items():
            by_name.setdefault(name.strip().lower(), []).append(score)
    found = [_growth(name, scores) for name, scores in by_name.items()]
    return sorted(found, key=lambda one: (-one.times, one.name))


def _growth(name: str, scores: Sequence[int]) -> Growth:
    part = max(1, len(scores) // 2) if len(scores) >= 4 else 1
    return Growth(name, sum(scores[:part]) / part, sum(scores[-part:]) / part, len(scores))
