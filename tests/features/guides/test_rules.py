"""The card that is meant is found, what is misspelt has neighbours, and a quiz asks every card of a page."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bank.pages import Deck, Framework, Guide, Page
from bot.bank.reading import read_document
from bot.core.errors import UserError
from bot.features.guides import rules, words
from bot.proof import page_complaints
from tests.bank.items import DECK, FRAMEWORK, GUIDE

STEPS = Framework.model_validate(read_document(FRAMEWORK.encode()).value)
HALF = Deck.model_validate(read_document(DECK.encode()).value)
REFEREE = Guide.model_validate(read_document(GUIDE.encode()).value)
PAGES: Mapping[str, Page] = {page.id: page for page in (STEPS, HALF, REFEREE)}


def found(typed: str) -> list[tuple[str, str]]:
    return [(hit.page.id, hit.page.cards[hit.number].id) for hit in rules.search(PAGES, typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("three steps", ("three-steps", "goal")),
        ("Three-Steps", ("three-steps", "goal")),
        ("outline", ("three-steps", "goal")),
        ("the doubt", ("three-steps", "doubt")),
        ("overfits", ("half-truths", "bigger-model")),
        ("overfitting", ("half-truths", "bigger-model")),
        ("regularised validation", ("half-truths", "bigger-model")),
        ("referee speaking", ("what-a-referee-does", "speaking")),
    ],
)
def test_the_best_card_comes_first(typed: str, first: tuple[str, str]) -> None:
    assert found(typed)[0] == first


def test_a_title_comes_before_a_word_in_a_text() -> None:
    assert found("answer")[0] == ("three-steps", "answer")
    assert ("three-steps", "goal") in found("answer")


def test_the_name_of_a_page_comes_before_a_card_that_has_it_as_a_keyword() -> None:
    goal = STEPS.cards[0].model_copy(update={"keywords": ("half truths",)})
    rival = STEPS.model_copy(update={"cards": (STEPS.cards[1], goal)})
    hits = rules.search({"rival": rival, "half": HALF}, "half-truths")
    assert [(hit.page.id, hit.number) for hit in hits] == [("half-truths", 0), ("three-steps", 1)]


@pytest.mark.parametrize(
    ("typed", "other", "found_"),
    [("overfits", "overfitting", True), ("regularised", "regularisation", True), ("nothingatall", "nothing", False)],
)
def test_forms_of_a_word_agree_and_longer_words_do_not(typed: str, other: str, found_: bool) -> None:
    page = HALF.model_copy(update={"title": other, "id": "x", "summary": "y", "keywords": ()})
    assert bool([hit for hit in rules.search({"x": page}, typed) if hit.number == 0]) is found_


def test_fewer_than_half_of_the_words_find_nothing() -> None:
    assert found("doubt kangaroo emu") == []


@pytest.mark.parametrize("typed", ["", "   ", "the", "?!", "x" * 80])
def test_what_says_nothing_finds_nothing_or_little(typed: str) -> None:
    assert len(found(typed)) <= rules.MOST_HITS


def test_a_slip_is_told_its_neighbours_each_card_once() -> None:
    near = rules.near(PAGES, "bigger modle")
    assert next((name, hit.number) for name, hit in near.items()) == ("Bigger model", 1)
    assert len({(hit.page.id, hit.number) for hit in near.values()}) == len(near)
    assert rules.near(PAGES, "kangaroo") == {}


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_anything_that_can_be_typed_has_an_answer(typed: str) -> None:
    hits = rules.search(PAGES, typed)
    if hits:
        assert words.card(hits[0].page, hits[0].number, hits[1:]).parts
    assert words.nothing(typed, rules.near(PAGES, typed)).parts


def test_a_quiz_asks_every_card_and_never_the_same_twice_running() -> None:
    assert {rules.drawn(STEPS, f"event {n}") for n in range(60)} == {0, 1, 2}
    assert {rules.drawn(STEPS, f"event {n}", after=1) for n in range(60)} == {0, 2}


def test_the_same_press_asks_the_same() -> None:
    assert len({rules.drawn(STEPS, "one event") for _ in range(5)}) == 1


def test_a_card_that_is_gone_is_told() -> None:
    with pytest.raises(UserError, match="Run guide"):
        rules.number_of(STEPS, "nothing")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_the_longest_page_that_the_schema_takes_fits(page: Page) -> None:
    long = {"title": "T" * 60, "points": ["p" * 240] * 8}
    sides = {"text": "t" * 1_200, "recall": {"ask": "a" * 299 + "?", "answer": "b" * 600}}
    backs = {"front": "f" * 300, "back": "b" * 1_200}
    cards = [
        card.model_dump() | long | (backs if isinstance(page, Deck) else sides) | {"id": f"{'i' * 34}{number:02}"}
        for number, card in enumerate(page.cards)
    ]
    whole = page.model_dump() | {"id": "i" * 36, "title": "T" * 60, "cards": cards}
    assert page_complaints(type(page).model_validate(whole)) == []
