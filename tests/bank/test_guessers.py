"""Who knows nothing but the habits of authors is right about as often as chance."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.bank.lint_choice import holds
from bot.bank.load import Bank, load_bank
from bot.bank.schema import Choice, MultipleChoice, MultiSelect
from bot.features.days.rules import option_order
from bot.resources import folder

POINTS = 0.10  # how far from chance a guesser may be
FEWEST = 50  # questions below which a share says little
TODAY = date(2026, 11, 23)
SEEDS = [f"group {number}" for number in range(40)]

Liking = Callable[[Choice], list[float]]
"""How much a guesser likes each option of a question, in the order of the file."""


@pytest.fixture(scope="module")
def bank() -> Bank:
    return load_bank([folder("content")], today=TODAY)


def asked(bank: Bank) -> list[Choice]:
    """Every served question with options."""
    found = [question for question in bank.questions.values() if isinstance(question, MultipleChoice | MultiSelect)]
    assert len(found) >= FEWEST
    return found


def hits(question: Choice, likes: list[float]) -> float:
    """The share of right options among as many picks as there are right ones, ties broken at random."""
    left = wanted = len(question.answer.correct)
    found = 0.0
    for liked in sorted(set(likes), reverse=True):
        right = [option.correct for option, one in zip(question.options, likes, strict=True) if one == liked]
        picks = min(left, len(right))
        found += picks * sum(right) / len(right)
        left -= picks
    return found / wanted


def chance(question: Choice) -> float:
    """What a pick without any reason hits."""
    return len(question.answer.correct) / len(question.options)


def above_chance(questions: list[Choice], likes: Liking) -> float:
    """How much oftener than chance a guesser is right."""
    return sum(hits(question, likes(question)) - chance(question) for question in questions) / len(questions)


def length(question: Choice) -> list[float]:
    return [len(option.text) for option in question.options]


def words(question: Choice) -> list[float]:
    return [len(option.text.split()) for option in question.options]


def middling(question: Choice) -> list[float]:
    """Likes the option whose length is nearest to the mean of all."""
    lengths = length(question)
    return [-abs(own - sum(lengths) / len(lengths)) for own in lengths]


def at_place(place: int) -> Liking:
    """Likes the option at a place of the file; from the end where it is negative."""
    return lambda question: [float(number == place % len(question.options)) for number in range(len(question.options))]


def shown_at(place: int, seed: str) -> Liking:
    """Likes the option that a group sees at a place."""

    def likes(question: Choice) -> list[float]:
        on = TODAY + timedelta(days=len(question.id))
        chosen = option_order(question, seed, on)[place % len(question.options)]
        return [float(option.id == chosen) for option in question.options]

    return likes


def test_the_guessers_are_scored_as_they_should(bank: Bank) -> None:
    question = next(one for one in asked(bank) if len(one.answer.correct) == 1 and len(one.options) == 4)
    key = [float(option.correct) for option in question.options]
    assert hits(question, key) == 1
    assert hits(question, [-one for one in key]) == 0
    assert hits(question, [0.0] * 4) == chance(question) == 0.25
    several = next(one for one in asked(bank) if len(one.answer.correct) > 1)
    assert hits(several, [float(option.correct) for option in several.options]) == 1
    assert hits(several, [0.0] * len(several.options)) == pytest.approx(chance(several))


@pytest.mark.parametrize("likes", [length, words, middling], ids=lambda likes: likes.__name__)
def test_the_length_of_an_option_tells_nothing(bank: Bank, likes: Liking) -> None:
    assert abs(above_chance(asked(bank), likes)) < POINTS


def test_a_qualifier_tells_nothing(bank: Bank) -> None:
    listed = bank.taxonomy.qualifiers
    assert {"usually", "often", "may"} <= set(listed)
    assert abs(above_chance(asked(bank), lambda q: [float(holds(listed, o.text)) for o in q.options])) < POINTS


def test_an_absolute_word_tells_nothing(bank: Bank) -> None:
    listed = bank.taxonomy.absolutes
    assert {"always", "never"} <= set(listed)
    assert abs(above_chance(asked(bank), lambda q: [-float(holds(listed, o.text)) for o in q.options])) < POINTS


@pytest.mark.parametrize("pattern", ["number", "echo of the stem"])
def test_a_number_or_a_word_of_the_stem_tells_nothing(bank: Bank, pattern: str) -> None:
    def likes(question: Choice) -> list[float]:
        stem = question.prompt.lower().split()
        marks = {
            "number": [float(any(char.isdigit() for char in option.text)) for option in question.options],
            "echo of the stem": [float(sum(w in stem for w in o.text.lower().split())) for o in question.options],
        }
        return marks[pattern]

    assert abs(above_chance(asked(bank), likes)) < POINTS


@pytest.mark.parametrize("place", [0, 1, 2, 3, -1])
def test_the_place_of_an_option_tells_nothing(bank: Bank, place: int) -> None:
    questions = asked(bank)
    assert abs(above_chance(questions, at_place(place))) < POINTS
    shown = [above_chance(questions, shown_at(place, seed)) for seed in SEEDS]
    assert abs(sum(shown) / len(shown)) < POINTS / 2
