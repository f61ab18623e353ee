from datetime import timedelta
from random import Random

import pytest

from bot.bank.grade import grade, read_response
from bot.bank.load import Bank
from bot.bank.schema import Question
from bot.core.errors import UserError
from bot.demo.answers import answer
from bot.demo.calendar import postings
from bot.demo.group import START, midnight
from bot.demo.phrases import UNREADABLE
from bot.demo.script import Script
from bot.demo.steps import Choose, Fill, Pick, Reply, Rewrite, Withdraw


def given(step: Pick | Choose | Fill) -> str | list[str]:
    match step:
        case Pick(option=option):
            return [option]
        case Choose(options=options):
            return list(options)
        case Fill(text=text):
            return text


def script(seed: int = 7, members: int = 12, days: int = 28) -> Script:
    start = midnight(START)
    return Script(seed, members, start, start + timedelta(days=days), postings(START, days))


def keyed(bank: Bank) -> list[Question]:
    return [question for question in bank.questions.values() if question.has_key]


@pytest.mark.parametrize("right", [True, False])
def test_what_is_meant_to_be_right_is_right_and_what_is_meant_to_be_wrong_is_wrong(bank: Bank, right: bool) -> None:
    graded = {
        question.id: grade(question, read_response(question, given(answer(question, right, Random(seed))))).right
        for question in keyed(bank)
        for seed in range(8)
    }
    assert set(graded.values()) == {right}
    assert len(graded) == len(keyed(bank))


@pytest.mark.parametrize("typed", UNREADABLE)
def test_what_is_meant_to_be_unreadable_is_refused_by_every_numeric_question(bank: Bank, typed: str) -> None:
    for question in (question for question in keyed(bank) if question.kind == "numeric"):
        with pytest.raises(UserError, match="Wanted"):
            read_response(question, typed)


def test_the_same_seed_makes_the_same_acts_and_another_one_makes_others(bank: Bank) -> None:
    question = next(iter(bank.questions.values()))
    posting = script().postings[3]
    assert script().about(posting, question) == script().about(posting, question)
    assert script().about(posting, question) != script(seed=8).about(posting, question)


def test_members_answer_in_all_ways(bank: Bank) -> None:
    whole = script()
    acts = [
        act
        for posting in whole.postings
        for question in bank.questions.values()
        for act in whole.about(posting, question)
    ]
    reveals = {posting.on: posting.reveals for posting in whole.postings}
    assert {type(act.step) for act in acts} >= {Pick, Choose, Fill, Reply, Rewrite, Withdraw}
    assert {act.step.right for act in acts if isinstance(act.step, Pick | Choose)} == {True, False}
    assert any(act.at > reveals[act.on] for act in acts if act.on and isinstance(act.step, Pick | Fill | Reply))
    assert any(isinstance(act.step, Pick) and act.step.twice for act in acts)
    assert any(isinstance(act.step, Fill) and not act.step.readable for act in acts)


def test_nobody_acts_who_is_not_there(bank: Bank) -> None:
    whole = script()
    question = next(iter(bank.questions.values()))
    acts = [act for posting in whole.postings for act in whole.about(posting, question)]
    assert all(whole.here(act.member, act.at) for act in acts)
    assert not whole.here(11, whole.start)
    assert not whole.here(3, whole.start + timedelta(days=6))
