"""What runs the content's programs would notice a wrong one."""

import pytest

from bot.bank.schema import Code
from bot.judge.values import spread
from tests.bank.items import CODE, question
from tests.bank.judging import Trial, verdicts
from tests.bank.programs import code_questions


def failures_of(program: str, like: Code) -> list[str]:
    """What goes wrong when a program stands in for a question's solution."""
    answer = like.answer
    return verdicts([Trial("it", answer, program, (*answer.tests.public, *answer.tests.hidden), seconds=1)])["it"]


@pytest.fixture
def mean() -> Code:
    found = question(CODE)
    assert isinstance(found, Code)
    return found


def test_a_right_program_has_no_failures(mean: Code) -> None:
    assert failures_of(mean.answer.solution, mean) == []


def test_an_endless_program_takes_too_long(mean: Code) -> None:
    program = "def mean(values):\n    while len(values) == 1:\n        pass\n    return 1.5"
    assert "one value: took too long" in failures_of(program, mean)


def test_what_a_program_prints_changes_nothing(mean: Code) -> None:
    assert failures_of(f"print('[1]')\n{mean.answer.solution}", mean) == []


def test_a_changed_argument_is_a_failure(mean: Code) -> None:
    program = mean.answer.solution.replace("    if any", "    values.sort(reverse=True)\n    if any")
    assert [failure for failure in failures_of(program, mean) if ": changed: " in failure]


def test_a_missing_error_is_a_failure(mean: Code) -> None:
    program = "def mean(values):\n    return sum(values) / len(values) if values else None"
    assert failures_of(program, mean) == ["NaN is refused: wrong: gave nan, wanted raises ValueError"]


def test_a_copied_list_node_is_a_failure() -> None:
    reverse = code_questions()["reverse-a-chain-of-nodes"]
    program = reverse.answer.solution.split("def reverse_list")[0] + (
        "def reverse_list(head):\n    copy = None\n    while head is not None:\n"
        "        copy, head = ListNode(head.val, copy), head.next\n    return copy"
    )
    failed = failures_of(program, reverse)
    assert all("nodes of its own, not those that were given" in failure for failure in failed)
    assert (
        len(failed) == len((*reverse.answer.tests.public, *reverse.answer.tests.hidden)) - 1
    )  # all but the empty list


def test_forms_are_written_out_with_rows_of_their_own() -> None:
    rows = spread({"$repeat": [[{"$concat": [[1], {"$range": [5, 2, -1]}]}], 2]})
    assert rows == [[1, 5, 4, 3], [1, 5, 4, 3]]
    assert rows[0] is not rows[1]
