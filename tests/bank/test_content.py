"""The bank of this repository obeys its own rules and fills a year."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.bank.lint import lint
from bot.bank.load import Bank, load_bank
from bot.bank.plans import Served, choose
from bot.bank.shelf import read_shelf
from bot.bank.terms import Level, QuestionId
from bot.proof import page_complaints

CONTENT = Path(__file__).parents[2] / "content"
TODAY = date(2026, 11, 23)
WEEKDAYS_OF_A_YEAR = 262


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank([CONTENT], today=TODAY)


def test_the_linter_finds_nothing_in_the_content() -> None:
    assert [f"{finding.rule}: {finding}" for finding in lint([CONTENT], today=TODAY)] == []


def test_every_file_of_the_content_loads(bank: Bank) -> None:
    assert [str(problem) for problem in bank.problems] == []


def test_the_pages_are_all_there_and_fit_a_message_whatever_their_status() -> None:
    pages = [page for _, page in read_shelf([CONTENT]).pages()]
    cards = {page.id: len(page.cards) for page in pages if page.shelf == "deck"}
    assert cards == {"ask-your-interviewer": 30, "myths": 15, "red-flags": 20}
    assert sum(page.shelf == "role" for page in pages) == 14
    assert {page.id for page in pages if page.shelf == "framework"} == {"nine-steps", "six-steps", "star"}
    assert [complaint for page in pages for complaint in page_complaints(page)] == []


@pytest.mark.parametrize("plan", ["year", "five-week", "twelve-week", "two-week", "between-jobs"])
@pytest.mark.parametrize("seed", ["first group", "second group", "third group"])
def test_every_plan_asks_what_its_weeks_say(bank: Bank, plan: str, seed: str) -> None:
    chosen = bank.plans[plan]
    log: list[Served] = []
    for on in [TODAY + timedelta(days=7 * week + day) for week in range(len(chosen.weeks)) for day in range(5)]:
        question = choose(bank=bank, plan=chosen, seed=seed, level=Level.mid, on=on, log=log, since=TODAY)
        assert question is not None
        theme = chosen.theme(on, TODAY)
        unused = {one.category for key, one in bank.questions.items() if key not in {day.question for day in log}}
        assert bank.questions[question].category in theme or not unused.intersection(theme)
        log.append(Served(on, question))
    assert len({day.question for day in log}) == len(log)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["first group", "second group", "third group"])
def test_a_year_of_weekdays_repeats_nothing_and_gives_nothing_away(bank: Bank, seed: str) -> None:
    days = [day for day in (TODAY + timedelta(days=n) for n in range(400)) if day.weekday() < 5][:WEEKDAYS_OF_A_YEAR]
    log: list[Served] = []
    for on in days:
        chosen = choose(bank=bank, plan=bank.plans["year"], seed=seed, level=Level.mid, on=on, log=log)
        assert chosen is not None
        log.append(Served(on, chosen))
    served = {entry.question: entry.on for entry in log}
    assert len(served) == len(days) == WEEKDAYS_OF_A_YEAR
    clashes = [
        (key, other)
        for key, on in served.items()
        for other in bank.questions[key].excludes
        if abs((served.get(QuestionId(other), on + timedelta(days=99)) - on).days) <= 14
    ]
    assert clashes == []
