"""What a late answer is worth."""

from bot.bank.schema import Code, Question
from bot.features.groups.rules import Numbers


def is_blind(question: Question, numbers: Numbers) -> bool:
    """Whether answers stay hidden until the reveal; a group may let code be answered in the thread."""
    return question.blind and not (isinstance(question, Code) and numbers.code_in_thread)


def late_points(right: bool | None, numbers: Numbers) -> int:
    """What an answer after the reveal is worth: half for open kinds (rounded down), nothing where there is a key."""
    return numbers.open_answered // 2 if right is None else 0
