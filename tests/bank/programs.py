"""The questions of this repository, drafts included, and their reference solutions to be called by tests."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bot.bank.reading import read_document
from bot.bank.schema import Code, Question, parse_question
from tests.bank.judging import namespace

CONTENT = Path(__file__).parents[2] / "content" / "questions"


@cache
def question(id: str) -> Question:
    """The question with this id, live or not."""
    [path] = CONTENT.glob(f"*/{id}.yaml")
    return parse_question(read_document(path.read_bytes()).value)


@cache
def code_questions() -> dict[str, Code]:
    """Every code question by its id."""
    found = map(question, sorted(path.stem for path in CONTENT.glob("*/*.yaml")))
    return {one.id: one for one in found if isinstance(one, Code)}


@cache
def solution(id: str) -> Callable[..., Any]:
    """The function that the question's reference solution defines."""
    answer = code_questions()[id].answer
    found: Callable[..., Any] = namespace(answer.solution)[answer.entry_point]
    return found
