"""Questions are frozen, know how they are graded, and survive JSON."""

import json
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.bank.answers import Case
from bot.bank.literals import from_json, to_json
from bot.bank.reading import read_document
from bot.bank.schema import ChoiceQuestion, Code, Open, parse_question
from bot.core.errors import ContentError
from tests.bank import items

QUESTIONS = [
    *(items.MULTIPLE_CHOICE, items.MULTI_SELECT, items.NUMERIC, items.SHORT, items.CODE, items.OPEN),
    *(items.DESIGN_DRILL, items.BEHAVIOURAL),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers() | st.text("abc"), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_survives_json(text: str) -> None:
    question = items.question(text)
    kept = json.dumps(question.model_dump(mode="json"), allow_nan=False)
    again = parse_question(json.loads(kept))
    assert type(again) is type(question)
    assert json.dumps(again.model_dump(mode="json"), allow_nan=False) == kept


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_frozen(text: str) -> None:
    with pytest.raises(ValidationError):
        items.question(text).title = "another"


@pytest.mark.parametrize(
    ("text", "blind", "has_key", "auto_graded"),
    [
        (items.MULTIPLE_CHOICE, True, True, True),
        (items.MULTI_SELECT, True, True, True),
        (items.NUMERIC, True, True, True),
        (items.SHORT, True, True, True),
        (items.CODE, True, False, True),
        (items.OPEN, False, False, False),
        (items.DESIGN_DRILL, False, False, False),
        (items.BEHAVIOURAL, False, False, False),
    ],
)
def test_the_kind_says_how_a_question_is_graded(text: str, blind: bool, has_key: bool, auto_graded: bool) -> None:
    question = items.question(text)
    assert (question.blind, question.has_key, question.auto_graded) == (blind, has_key, auto_graded)


def test_options_are_shuffled_unless_they_are_numbers() -> None:
    words = items.question(items.MULTIPLE_CHOICE)
    assert isinstance(words, ChoiceQuestion)
    mapping = words.model_dump(mode="json")
    for option, text in zip(mapping["answer"]["options"], ["8 GB", "16 GB", "1/2 TB", "≈ 2 TB"], strict=True):
        option["text"] = text
    numbers = parse_question(mapping)
    assert isinstance(numbers, ChoiceQuestion)
    assert (words.shuffled, numbers.shuffled) == (True, False)


def test_every_fault_is_named_at_once() -> None:
    mapping = read_document(items.OPEN.encode()).value | {"minutes": True, "level": "expert", "kin": 1}
    with pytest.raises(ContentError) as refused:
        parse_question(mapping)
    assert {line.partition(":")[0] for line in str(refused.value).splitlines()} == {"`minutes`", "`level`", "`kin`"}


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(ContentError, match="multiple-choice, multi-select"):
        parse_question({"kind": "essay"})


@pytest.mark.parametrize("key", ["Upper", "with space", "trailing\n", "-x", "x-", "a_b", "é", "", "x" * 81, 7])
def test_an_id_is_small_letters_digits_and_single_hyphens(key: object) -> None:
    with pytest.raises(ContentError, match="id"):
        parse_question(read_document(items.OPEN.encode()).value | {"id": key})


def test_anchors_are_read_by_score() -> None:
    question = items.question(items.OPEN)
    assert isinstance(question, Open)
    assert question.answer.rubric[0].anchor(4) == "gives stop rules"


def test_a_day_is_a_day() -> None:
    assert items.question(items.OPEN).reviewed_on == date(2026, 11, 1)


@pytest.mark.parametrize("day", ["2026-13-01", "1.2.2026", 20261101, "soon", True])
def test_what_is_no_day_is_refused(day: object) -> None:
    with pytest.raises(ContentError, match="reviewed_on"):
        parse_question(read_document(items.OPEN.encode()).value | {"reviewed_on": day})


@pytest.mark.parametrize("value", [True, "8.3", "1e-3", math.nan, math.inf, None])
def test_a_key_that_is_no_finite_number_is_refused(value: object) -> None:
    mapping = items.question(items.NUMERIC).model_dump(mode="json")
    mapping["answer"]["value"] = value
    with pytest.raises(ContentError, match=r"answer\.value"):
        parse_question(mapping)


@given(VALUES)
def test_a_test_value_survives_json(value: object) -> None:
    assert from_json(json.loads(json.dumps(to_json(value), allow_nan=False))) == value


def test_values_that_json_lacks_survive_it() -> None:
    kept = json.dumps(to_json([math.inf, -math.inf, {1: math.inf}]), allow_nan=False)
    assert from_json(json.loads(kept)) == [math.inf, -math.inf, {1: math.inf}]


def test_nan_survives_json() -> None:
    assert math.isnan(float(str(from_json(to_json(math.nan)))))


def test_a_case_may_expect_none() -> None:
    assert Case.model_validate({"why": "nothing", "args": [[]], "expected": None}).error is None


def test_a_case_wants_a_value_or_an_error_and_not_both() -> None:
    with pytest.raises(ValidationError, match="neither"):
        Case.model_validate({"why": "nothing", "args": []})
    with pytest.raises(ValidationError, match="both"):
        Case.model_validate({"why": "both", "args": [], "expected": 1, "error": "ValueError"})


def test_the_forms_of_test_values_stay_as_they_are_written() -> None:
    question = items.question(items.CODE)
    assert isinstance(question, Code)
    assert question.answer.tests.hidden[-1].args == ({"$range": [0, 200001, 1]},)
