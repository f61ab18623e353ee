"""The program in a message is found and mended, and everybody's turn comes."""

import time

import pytest

from bot.core.errors import UserError
from bot.core.events import File
from bot.features.answers.words import CODE_SHOWN, LINES_SHOWN, beginning
from bot.features.code.rules import Program, Waiting, next_of, program_in
from bot.judge.judging import LONGEST_PROGRAM
from tests.bank.programs import code_questions

ANSWER = code_questions()["most-frequent-values"].answer
CODE = "def f(x):\n    return x"


def text_of(message: str) -> str:
    return program_in(message, ANSWER).text.strip()


@pytest.mark.parametrize(
    "message",
    [
        f"```python\n{CODE}\n```",
        f"```py\n{CODE}\n```",
        f"```\n{CODE}\n```",
        f"Here it is:\n```Python\n{CODE}\n```\nIt is O(n).",
        f"```{CODE}```",
        f"````python\n{CODE}\n````",
        f"```python\r\n{CODE}\r\n```".replace("\n    ", "\r\n    "),
        f"```python\n{CODE}",
        f"```text\nit prints this\n```\n```python\n{CODE}\n```",
    ],
)
def test_the_code_block_of_a_message_is_its_program(message: str) -> None:
    assert text_of(message) == CODE


def test_several_blocks_are_one_program_and_it_is_said() -> None:
    found = program_in("```python\nimport math\n```\nand\n```\ndef f(x):\n    return math.pi\n```", ANSWER)
    assert "import math" in found.text
    assert "return math.pi" in found.text
    assert found.notes == ("Your 2 code blocks were put together, in their order.",)


@pytest.mark.parametrize("message", ["I would sort it.", "`one` word", "```\n\n```"])
def test_a_message_without_code_is_told_what_was_wanted(message: str) -> None:
    with pytest.raises(UserError, match="three backticks"):
        program_in(message, ANSWER)


def test_a_block_in_another_language_is_told_which_one_was_wanted() -> None:
    with pytest.raises(UserError, match="Wanted a code block in Python; got rust"):
        program_in("```rust\nfn f() {}\n```", ANSWER)


def test_the_form_takes_bare_code() -> None:
    assert program_in(CODE, ANSWER, bare=True) == Program(CODE)


def test_a_file_comes_first() -> None:
    found = program_in("```\nx\n```", ANSWER, files=[File("a.py", CODE), File("b.py", "y")])
    assert found.text == CODE
    assert "a.py" in found.notes[0]


@pytest.mark.parametrize(
    ("pasted", "mended"),
    [
        ("print(“hello”)", 'print("hello")'),
        ("print(‘hello’)", "print('hello')"),
        ("x = “it’s”", 'x = "it’s"'),
        ("x = 'a “quoted” word'", "x = 'a “quoted” word'"),
        ("# it’s a remark\nx = “y”", '# it’s a remark\nx = "y"'),
        ('"""“as is”"""\nx = 1', '"""“as is”"""\nx = 1'),
        ("def f(x):\n\u00a0\u00a0\u00a0\u00a0return\u00a0x", "def f(x):\n    return x"),
        ("x = 'a\u00a0b'", "x = 'a\u00a0b'"),
        ("x =\u200b 1\ufeff", "x = 1"),
        ("x = “never closed\ny = 1", 'x = "never closed\ny = 1'),
        ("print('hello’,\u00a0“you”)", "print('hello', \"you\")"),
        ("x = 'never closed “so”\ny = “z”", 'x = \'never closed “so”\ny = "z"'),
    ],
)
def test_what_chat_programs_put_in_place_is_put_back(pasted: str, mended: str) -> None:
    found = program_in(pasted, ANSWER, bare=True)
    assert found.text == mended
    assert bool(found.notes) is (pasted != mended)


def test_plain_code_is_left_as_it_is() -> None:
    for question in code_questions().values():
        for program in (question.answer.solution, *(mutant.solution for mutant in question.answer.mutants)):
            assert program_in(program, question.answer, bare=True) == Program(program)


@pytest.mark.parametrize("part", ["\\'", '\\"', "\\'’", "'“", "“‘", "'''\\\"", "'a\n"])
def test_quotes_that_are_never_closed_are_read_in_a_moment(part: str) -> None:
    pasted = f"'\"{part * ((LONGEST_PROGRAM - 2) // len(part))}"
    began = time.process_time()
    program_in(pasted, ANSWER, bare=True)
    assert time.process_time() - began < 0.5  # it took seconds, in which nobody was answered


def test_a_program_that_is_too_long_is_not_even_looked_through() -> None:
    with pytest.raises(UserError, match="at most 20,000 characters; got 20,001"):
        program_in("x" * 20_001, ANSWER, bare=True)


# --- whose turn it is ---------------------------------------------------------------------------------------------


def order(waiting: list[Waiting], served: list[Waiting]) -> list[int]:
    """In which order they are judged, one after another."""
    left, done, ids = list(waiting), list(served), []
    while (one := next_of(left, done)) is not None:
        left.remove(one)
        done.append(one)
        ids.append(one.id)
    return ids


def test_a_member_who_sends_much_does_not_hold_up_the_others() -> None:
    many = [Waiting(id, 1, 7) for id in range(10)]
    assert order([*many, Waiting(10, 1, 8), Waiting(11, 1, 9)], [])[:3] == [0, 10, 11]


def test_a_group_that_sends_much_does_not_hold_up_the_others() -> None:
    many = [Waiting(id, 1, 100 + id) for id in range(10)]
    assert order([*many, Waiting(10, 2, 8), Waiting(11, 2, 9)], [])[:4] == [0, 10, 1, 11]


def test_a_reference_solution_waits_for_everybody() -> None:
    assert order([Waiting(1, 1, None), Waiting(2, 2, 5), Waiting(3, 1, 6)], []) == [2, 3, 1]


def test_who_waits_alike_comes_in_order() -> None:
    assert order([Waiting(3, 1, 1), Waiting(1, 2, 2), Waiting(2, 3, 3)], []) == [1, 2, 3]


# --- what is shown of a program -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        ("def f():\n    return 1\n", "def f():\n    return 1"),
        ("\n".join("x" * 26), "\n".join("x" * LINES_SHOWN) + "\n… 1 more line"),
        ("y" * 1_000 + "\n" + "z" * 1_000 + "\n1", "y" * 1_000 + "\n… 2 more lines"),
        ("y" * 2_000, "y" * (CODE_SHOWN - 1) + "…"),
    ],
)
def test_of_a_long_program_the_first_lines_are_shown(program: str, shown: str) -> None:
    assert beginning(program) == shown
