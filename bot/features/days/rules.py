"""Which question comes on which date, in which order its options stand, and when it is revealed."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from bot.bank.load import Bank
from bot.bank.plans import Served, choose
from bot.bank.schema import ChoiceQuestion, Question
from bot.bank.terms import Level, QuestionId
from bot.features.groups.rules import DEFAULT_PLAN, Numbers

LETTERS = "ABCDEFGHIJ"
SHORTEST_OPEN = timedelta(hours=1)  # a question that is caught up just before the next one stays open at least so long


def plan(
    bank: Bank,
    dates: Sequence[date],
    *,
    plan: str,
    seed: str,
    level: Level,
    log: Sequence[Served],
    without: Collection[str],
    since: date | None = None,
) -> dict[date, QuestionId]:
    """Choose a question for each of these dates, none of `without`; dates for which there is none are left out."""
    some = _without(bank, without)
    chosen: dict[date, QuestionId] = {}
    for on in dates:
        so_far = [*log, *(Served(on=day, question=question) for day, question in chosen.items())]
        wanted = bank.plans.get(plan) or bank.plans.get(DEFAULT_PLAN) or next(iter(bank.plans.values()))
        question = choose(bank=some, plan=wanted, seed=seed, level=level, on=on, log=so_far, since=since)
        if question is not None:
            chosen[on] = question
    return chosen


def _without(bank: Bank, ids: Collection[str]) -> Bank:
    if not ids:
        return bank
    kept: Mapping[QuestionId, Question] = {id: item for id, item in bank.questions.items() if id not in ids}
    return replace(bank, questions=MappingProxyType(dict(kept)))


def option_order(question: Question, seed: str, on: date) -> tuple[str, ...]:
    """The ids of a question's options in the order in which this group sees them; numbers stay ascending."""
    if not isinstance(question, ChoiceQuestion):
        return ()
    ids = [option.id for option in question.options]
    if not question.shuffled:
        return tuple(ids)
    return tuple(sorted(ids, key=lambda id: hashlib.sha256(f"{seed} {on} {question.id} {id}".encode()).digest()))


def reveal_moment(opened: datetime, next_post: datetime, numbers: Numbers) -> datetime:
    """When a question is revealed: before the next one is posted, and not later than a limit after its own post."""
    before_next = next_post - timedelta(minutes=numbers.reveal_before_next)
    at_most = opened + timedelta(minutes=numbers.reveal_at_most_after)
    return max(min(before_next, at_most), opened + SHORTEST_OPEN)


def letters(order: Sequence[str]) -> dict[str, str]:
    """The letter that each option is shown with, by its id."""
    return dict(zip(order, LETTERS, strict=False))
