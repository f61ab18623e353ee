"""JSON: the questions as they are, with every field.

May touch: the standard library, `bot.core.errors` and the models of the bank.
"""

import json
from collections.abc import Iterable, Mapping

from bot.bank.schema import Question, parse_question
from bot.core.errors import ContentError


def write(questions: Iterable[Question]) -> str:
    """The questions as one JSON object."""
    dumped = [question.model_dump(mode="json", exclude_unset=True) for question in questions]
    return json.dumps({"questions": dumped}, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> list[Question]:
    """The questions of such a file; a ContentError says which of them is at fault, and how."""
    try:
        given = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ContentError(f"This is not JSON: {error}") from error
    items = given.get("questions") if isinstance(given, dict) else None
    if not isinstance(items, list):
        raise ContentError("Wanted an object with a list of `questions`.")
    return [_question(number, item) for number, item in enumerate(items, start=1)]


def _question(number: int, item: object) -> Question:
    if not isinstance(item, Mapping):
        raise ContentError(f"question {number} is no object")
    try:
        return parse_question(item)
    except ContentError as error:
        raise ContentError(f"question {number}: {error}") from error
