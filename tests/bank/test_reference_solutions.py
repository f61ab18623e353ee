"""Every code question is right about itself: its solution passes, its starter and each listed mutant fail."""

import pytest

from bot.bank.schema import Code
from tests.bank.judging import Trial, verdicts
from tests.bank.programs import code_questions

SHARE = 0.25  # of the time limit: more no right solution needs (brief, rule 20), so more no mutant gets
QUESTIONS = code_questions()
MUTANTS = [(id, number) for id, question in QUESTIONS.items() for number in range(len(question.answer.mutants))]


@pytest.fixture(scope="module")
def failures() -> dict[str, list[str]]:
    """What failed, by question and program; one child runs all of them."""
    return verdicts(trial for question in QUESTIONS.values() for trial in trials(question))


def trials(question: Code) -> list[Trial]:
    """The solution against all cases, the starter against all, every mutant against the hidden ones."""
    answer = question.answer
    cases, hidden = (*answer.tests.public, *answer.tests.hidden), answer.tests.hidden
    whole, part = answer.limits.seconds, answer.limits.seconds * SHARE
    solution = Trial(f"{question.id} solution", answer, answer.solution, cases, whole)
    starter = Trial(f"{question.id} starter", answer, answer.starter, cases, part, to_the_end=False)
    mutants = [
        Trial(f"{question.id} mutant {number}", answer, mutant.solution, hidden, part, to_the_end=False)
        for number, mutant in enumerate(answer.mutants)
    ]
    return [solution, starter, *mutants]


@pytest.mark.parametrize("id", QUESTIONS)
def test_the_solution_passes_every_case(id: str, failures: dict[str, list[str]]) -> None:
    assert failures[f"{id} solution"] == []


@pytest.mark.parametrize("id", QUESTIONS)
def test_the_starter_fails(id: str, failures: dict[str, list[str]]) -> None:
    assert failures[f"{id} starter"] != []


@pytest.mark.parametrize(("id", "number"), MUTANTS)
def test_a_hidden_case_catches_the_mutant(id: str, number: int, failures: dict[str, list[str]]) -> None:
    assert failures[f"{id} mutant {number}"] != [], QUESTIONS[id].answer.mutants[number].why
