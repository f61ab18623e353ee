"""Answers of every kind are read, refused with what was wanted, and graded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.grade import Grade, Response, grade, read_response
from bot.bank.schema import Question, parse_question
from bot.core.errors import UserError
from tests.bank import items

CHOICE = items.question(items.MULTIPLE_CHOICE)
SELECT = items.question(items.MULTI_SELECT)
NUMERIC = items.question(items.NUMERIC)
SHORT = items.question(items.SHORT)
CODE = items.question(items.CODE)
OPEN = items.question(items.OPEN)


def numeric(value: float, *, unit: str | None = None, reach: float = 0.01, **answer: object) -> Question:
    """A numeric question with this key."""
    block = {"value": value, "unit": unit, "tolerance": {"abs": reach}, **answer}
    return parse_question(NUMERIC.model_dump(mode="json") | {"answer": block})


def short(**answer: object) -> Question:
    """A short question with these accepted and rejected texts."""
    return parse_question(SHORT.model_dump(mode="json") | {"answer": answer})


def graded(question: Question, given: str | list[str]) -> Grade:
    """The grade of what was typed or chosen."""
    return grade(question, read_response(question, given))


def test_the_right_option_is_right_and_says_why() -> None:
    assert graded(CHOICE, ["a"]) == Grade(True, "Variance is d.", 1.0)


def test_a_wrong_option_gives_its_feedback() -> None:
    assert graded(CHOICE, ["b"]) == Grade(False, "It stays 0.", 0.0)


def test_all_right_options_and_no_other_are_right() -> None:
    assert graded(SELECT, ["b", "a"]) == Grade(True, "More numbers. More products.", 1.0)


@pytest.mark.parametrize(
    ("chosen", "feedback", "share"),
    [
        (["a"], "1 of 2 right, 0 wrong.", 0.5),
        (["a", "b", "c"], "2 of 2 right, 1 wrong. The text is the same.", 0.5),
        (["c", "d"], "0 of 2 right, 2 wrong. The text is the same. It is fixed beforehand.", 0.0),
    ],
)
def test_some_right_options_are_wrong_but_counted(chosen: list[str], feedback: str, share: float) -> None:
    assert graded(SELECT, chosen) == Grade(False, feedback, share)


@pytest.mark.parametrize(
    ("question", "given", "wanted"),
    [
        (CHOICE, ["z"], "Wanted options of this question; got “z”"),
        (CHOICE, [], "Wanted at least one option; got none"),
        (CHOICE, ["a", "b"], "Wanted one option; got 2"),
        (CHOICE, "a", "typed letters are not read"),
        (SELECT, "a b", "typed letters are not read"),
        (SHORT, ["a"], "Wanted a typed answer"),
        (SHORT, "", "Wanted an answer; got an empty text"),
        (SHORT, " \u200b\u202e ", "Wanted an answer; got an empty text"),
        (SHORT, "x" * 301, "Wanted at most 300 characters; got 301"),
        (OPEN, "x" * 4_001, "Wanted at most 4,000 characters; got 4,001"),
        (CODE, "x" * 20_001, "Wanted at most 20,000 characters; got 20,001"),
        (NUMERIC, "a lot", "Wanted one number such as 8.3, 8.3 % or 1/12; got “a lot”"),
        (NUMERIC, "5 or 6", "got “5 or 6”"),
        (NUMERIC, "<@all> **" + "no" * 40, "got “all nonononononono"),
        (numeric(12), "ln(4096)", "Wanted one number such as 8.3, 8.3 % or 1/12; got “ln 4096”"),
        (numeric(6.5, unit="hours"), "6h30", "Wanted one number such as 8.3, 1/12 or 8.3 hours; got “6h30”"),
        (numeric(12, unit="GiB"), "much", "Wanted one number such as 8.3, 1/12 or 8.3 GiB; got “much”"),
    ],
)
def test_what_cannot_be_read_is_told_what_was_wanted(question: Question, given: str | list[str], wanted: str) -> None:
    with pytest.raises(UserError) as refused:
        read_response(question, given)
    assert wanted in str(refused.value)
    assert len(str(refused.value)) < 160


@pytest.mark.parametrize(
    "text", ["8.3", "8.3%", "8,3 %", "8.29 percent", "٨٫٣", "≈ 8.3", "8.4", "8.2", "0.083", "1/12", "100/12 %"]
)
def test_a_percentage_is_right_in_many_forms(text: str) -> None:
    assert graded(NUMERIC, text).right is True


@pytest.mark.parametrize("text", ["0.083%", "0.083 percent", "8.5", "830", "-8.3", "0.00083", "8.3e1", "1.083"])
def test_another_number_is_wrong_for_a_percentage(text: str) -> None:
    assert graded(NUMERIC, text).right is False


def test_a_fraction_that_counts_as_a_percentage_is_noted() -> None:
    assert graded(NUMERIC, "0.083").feedback == "Read as 8.3 %: a `%` makes it clear."


@pytest.mark.parametrize(
    ("text", "feedback"),
    [("90", "That is the share of fraud that is flagged."), ("0.947", "This ignores how rare fraud is.")],
)
def test_a_decoy_gives_its_feedback(text: str, feedback: str) -> None:
    assert graded(NUMERIC, text) == Grade(False, feedback, 0.0)


@pytest.mark.parametrize(
    ("value", "unit", "text", "right"),
    [
        *(
            (1234, None, "1,234", True),
            (1.234, None, "1,234", True),
            (5, None, "1,234", False),
            (1234, None, "1.234", False),
        ),
        *((0.083, None, "8.3%", True), (0.083, "probability", "8.3 %", True), (0.083, None, "8.3", False)),
        *(
            (12, "GiB", "12", True),
            (12, "GiB", "12 GiB", True),
            (12, "GiB", "12 GB", True),
            (12, "GiB", "12288 MiB", True),
        ),
        *(
            (12, "GiB", "12 MiB", False),
            (12, "GB", "12 GiB", False),
            (1.5, "s", "1500 ms", True),
            (90, "minutes", "1.5 h", True),
        ),
        *(
            (1.5, "s", "1.5 ms", False),
            (12, "tokens", "12 tokens", True),
            (12_000, "tokens", "12k", True),
            (12, "M", "12M", True),
        ),
        *(
            (0.5, "percent", "0.5", True),
            (50, "percent", "0.5", True),
            (50, "% of rows", "½", True),
            (2, "percent", "0.02", True),
        ),
        *((150, "percent", "1.5", False), (-3, None, "−3", True), (0, None, "0", True), (0, None, "0.02", False)),
        *((0.3, None, "0.29", True), (0.3, None, "0.31", True), (0.3, None, "0.3101", False)),
    ],
)
def test_units_and_separators_are_read_with_the_key_in_mind(
    value: float, unit: str | None, text: str, right: bool
) -> None:
    assert graded(numeric(value, unit=unit), text).right is right


def test_a_number_without_its_text_is_graded_too() -> None:
    assert grade(NUMERIC, Response(number=8.3)).right is True


def test_another_accepted_form_is_right() -> None:
    question = numeric(1, accept=[2.5, "unity"])
    assert [graded(question, text).right for text in ("2.5", "3", "Unity")] == [True, False, True]


def test_the_number_is_kept_in_the_unit_of_the_question() -> None:
    texts = ("8.3", "0.083", "8.3 %", "50")
    assert [read_response(NUMERIC, text).number for text in texts] == pytest.approx([8.3, 8.3, 8.3, 50.0])


LEAKAGE = {
    "accept": [
        "data leakage",
        "leakage",
        "target leak",
        {"regex": "(train|training) (on|with) (the )?test (data|set)"},
    ],
    "reject": [
        {"text": "overfitting", "feedback": "It would show in validation too."},
        {"text": "data linkage", "feedback": "That joins records."},
    ],
}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "data leakage",
            "Data Leakage!",
            "the data leakage",
            "dataleakage",
            "data leekage",
            "data-leakage",
            "LEAKAGE",
        ),
        *(
            "I think it is data leakage",
            "probably leakage from the future",
            "training on the test data",
            "Train with test set",
        ),
    ],
)
def test_a_short_answer_is_accepted(text: str) -> None:
    assert graded(short(**LEAKAGE), text).right is True


@pytest.mark.parametrize(
    "text",
    [
        *("overfitting", "data linkage", "not leakage", "it isn't leakage", "never leakage", "no leakage at all"),
        *("leakage or overfitting", "overfitting, a kind of leakage", "drainage", "leak", "data", "test data", "test"),
        *("training on the test data is what we never do", "leakage " * 13, "yes", "🙂", "?"),
    ],
)
def test_a_short_answer_is_not_accepted(text: str) -> None:
    assert graded(short(**LEAKAGE), text).right is False


@pytest.mark.parametrize("text", ["overfitting", "Overfitting!", "it is overfitting"])
def test_a_rejected_text_gives_its_feedback(text: str) -> None:
    assert graded(short(**LEAKAGE), text).feedback == "It would show in validation too."


@pytest.mark.parametrize("text", ["overfiting", "over fitting"])
def test_a_misspelt_rejected_text_gives_its_feedback_too(text: str) -> None:
    assert graded(short(**LEAKAGE), text).feedback == "It would show in validation too."


@pytest.mark.parametrize("text", ["leakage, drift, noise", "drift/noise/leakage", "noise\ndrift\nleakage"])
def test_three_guesses_are_no_answer(text: str) -> None:
    assert graded(short(**LEAKAGE), text) == Grade(False, "Wanted one answer; got several.", 0.0)


def test_a_slip_is_told_as_what_it_was_read() -> None:
    assert graded(short(**LEAKAGE), "data leekage").feedback == "Read as “data leakage”."


def test_a_slip_that_is_nearer_to_a_rejected_text_is_none() -> None:
    question = short(accept=["affect size"], reject=[{"text": "effect size", "feedback": "With e."}])
    assert [graded(question, text).right for text in ("affect size", "effect size", "efect size")] == [
        True,
        False,
        False,
    ]


def test_a_word_within_a_word_is_not_the_word() -> None:
    assert [graded(short(accept=["air"]), text).right for text in ("air", "chair", "the air", "hair")] == [
        *(True, False, True, False)
    ]


def test_everything_that_must_be_named_is_needed() -> None:
    question = short(
        accept=["precision and recall", {"regex": "precision.*recall"}], must_mention=["recall", "precision"]
    )
    assert graded(question, "precision, then recall").right is True
    partly = short(accept=["precision"], must_mention=["precision", "recall"])
    assert graded(partly, "precision") == Grade(
        False, "Close, but not everything that must be named is there (1 missing).", 0.0
    )


@pytest.mark.parametrize("question", [CODE, OPEN])
def test_people_or_tests_decide_where_there_is_no_key(question: Question) -> None:
    assert graded(question, "some text").right is None


def test_a_response_survives_json() -> None:
    for response in (Response(choices=("a", "b")), Response(text="é\n"), Response(text="8.3", number=8.3), Response()):
        assert Response.from_json(json.loads(json.dumps(response.to_json()))) == response


@given(st.text(min_size=1, max_size=300))
def test_no_text_breaks_the_grader_of_short_answers(text: str) -> None:
    assert grade(SHORT, Response(text=text)).right in (True, False)
