"""Which question a plan serves on a date: a pure choice, the same for the same group, date, log and bank.

May touch: the standard library and the models of this room.
"""

import hashlib
import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from bot.bank.load import Bank
from bot.bank.schema import Question
from bot.bank.taxonomy import Plan
from bot.bank.terms import Level, QuestionId

HORIZON = 14  # days; the brief: nothing that gives away a question of the last 14 days
SAME_LEVEL, NEXT_LEVEL, OTHER_LEVEL = 4, 2, 1  # ours: half of a mixed bank's picks fit the group's level
_LADDER = tuple(Level)


class Served(NamedTuple):
    """A question that a group had, or is planned to have, on a date."""

    on: date
    question: QuestionId


def choose(
    *,
    bank: Bank,
    plan: Plan,
    seed: str,
    level: Level,
    on: date,
    log: Sequence[Served],
    since: date | None = None,
    horizon: int = HORIZON,
) -> QuestionId | None:
    """The question for the date, or None where the bank is used up and the plan does not repeat.

    `since` is the day on which the group took the plan; its weeks count from there.

    In this order: only what was used least; nothing that was served, or excludes or is excluded by what was served,
    within the horizon, unless nothing else is left; the date's first category that has any; private ones; then a
    draw that weighs the level.
    """
    near = {served.question for served in log if abs((served.on - on).days) <= horizon}
    spoiled = near.union(*(bank.clashes[key] for key in near if key in bank.clashes))
    theme = plan.theme(on, since)
    themed = _fresh(bank, theme, log, spoiled) or _themed(_apart(_least_used(bank, plan, log), spoiled), theme)
    private = [question for question in themed if question.key in bank.private_ids] if bank.private_ids else []
    chance = hashlib.sha256(f"{seed}\n{on.isoformat()}\n".encode())
    drawn = _drawn(private or themed, chance, level)
    return drawn.key if drawn else None


def _fresh(bank: Bank, theme: Iterable[str], log: Iterable[Served], spoiled: Collection[QuestionId]) -> list[Question]:
    """The short way, which nearly every date goes: what the first category has that was never asked and fits."""
    out = {entry.question for entry in log}
    out.update(spoiled)
    for category in theme:
        if fitting := [question for key, question in bank.by_category.get(category, ()) if key not in out]:
            return fitting
    return []


def _apart(unused: list[Question], spoiled: Collection[QuestionId]) -> list[Question]:
    return [question for question in unused if question.key not in spoiled] or unused


def left(bank: Bank, log: Iterable[Served]) -> int:
    """How many questions are still unused in the present pass through the bank; 0 when a pass has just ended."""
    counts = _counts(bank, log).values()
    least = min(counts, default=0)
    # One that an organiser asked twice begins no new pass.
    return 0 if least and least == max(counts) else sum(count == least for count in counts)


def _counts(bank: Bank, log: Iterable[Served]) -> dict[QuestionId, int]:
    counts = dict.fromkeys(bank.questions, 0)
    for entry in log:
        if entry.question in counts:
            counts[entry.question] += 1
    return counts


def _least_used(bank: Bank, plan: Plan, log: Iterable[Served]) -> list[Question]:
    counts = _counts(bank, log)
    least = min(counts.values(), default=0)
    if least and not plan.repeat:
        return []
    return [bank.questions[key] for key, count in counts.items() if count == least]


def _themed(candidates: Sequence[Question], theme: Iterable[str]) -> Sequence[Question]:
    for category in theme:
        if fitting := [question for question in candidates if question.category == category]:
            return fitting
    return candidates


def _drawn(candidates: Iterable[Question], chance: "hashlib._Hash", level: Level) -> Question | None:
    """A weighted draw without replacement (Efraimidis and Spirakis): the greatest u ** (1 / weight) wins.

    The logarithm is compared, in the same order; u depends on nothing but the seed and the date, which `chance` has
    taken in, and the id, so items that come or go do not disturb the order of the others.
    """
    drawn, highest = None, -math.inf
    weights = {other: _weight(other, level) for other in Level}
    for question in candidates:
        mixed = chance.copy()
        mixed.update(question.id.encode())
        u = (int.from_bytes(mixed.digest()[:8], "big") + 1) / (2**64 + 1)
        if (score := math.log(u) / weights[question.level]) > highest:
            drawn, highest = question, score
    return drawn


def _weight(one: Level, other: Level) -> int:
    steps = abs(_LADDER.index(one) - _LADDER.index(other))
    return (SAME_LEVEL, NEXT_LEVEL, OTHER_LEVEL)[min(steps, 2)]
