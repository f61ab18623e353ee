"""What the answers to a revealed question are worth, and how they look when put together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bank.schema import ChoiceQuestion, Numeric, Question
from bot.core.pictures import Bar, BarChart, Histogram, PictureSpec
from bot.core.refs import MemberId
from bot.features.answers.store import Answer
from bot.features.days.rules import letters
from bot.features.groups.rules import Numbers


@dataclass(frozen=True, slots=True)
class Award:
    """Points for one thing that one member did; `what` is right, first, part, open or hints."""

    member: MemberId
    what: str
    points: int


def awards(
    answers: Sequence[Answer], hints: dict[MemberId, int], numbers: Numbers, *, in_part: bool = False
) -> list[Award]:
    """The points of a revealed question; answers come in the order in which they were given.

    Where `in_part`, an answer that is right in part earns its part of the points. Hints cost what they cost, but nobody
    goes below nothing for a question.
    """
    first = next((answer.member for answer in answers if answer.grade.right), None)
    given: list[Award] = []
    for answer in answers:
        earned = _earned(answer, answer.member == first, numbers, in_part)
        cost = max(numbers.hint * hints.get(answer.member, 0), -sum(award.points for award in earned))
        given += earned
        if cost:
            given.append(Award(answer.member, "hints", cost))
    return given


def _earned(answer: Answer, first: bool, numbers: Numbers, in_part: bool) -> list[Award]:
    match answer.grade.right:
        case None:
            return [Award(answer.member, "open", numbers.open_answered)]
        case True if first:
            return [Award(answer.member, "right", numbers.right), Award(answer.member, "first", numbers.first_right)]
        case True:
            return [Award(answer.member, "right", numbers.right)]
        case False if in_part and (points := int(numbers.right * answer.grade.share)):
            return [Award(answer.member, "part", points)]
    return []


def how_answered(question: Question, order: Sequence[str], answers: Sequence[Answer]) -> PictureSpec | None:
    """The picture of a group's answers; none where nobody answered or where answers are free text."""
    if not answers:
        return None
    if isinstance(question, ChoiceQuestion):
        return _bars(question, order, answers)
    if isinstance(question, Numeric):
        values = tuple(a.response.number for a in answers if a.response.number is not None)
        return Histogram("How we answered", values, question.answer.value, question.answer.unit or "")
    if question.has_key or any(answer.grade.right is not None for answer in answers):
        right = sum(answer.grade.right is True for answer in answers)
        bars = (Bar("Right", right, right=True), Bar("Not right", len(answers) - right))
        return BarChart("How we answered", bars)
    return None


def _bars(question: ChoiceQuestion, order: Sequence[str], answers: Sequence[Answer]) -> BarChart:
    counts = Counter(choice for answer in answers for choice in answer.response.choices)
    by_id = {option.id: option for option in question.options}
    shown = letters(order)
    bars = (Bar(f"{shown[id]}  {by_id[id].text}", counts[id], right=by_id[id].correct) for id in order)
    return BarChart("How we answered", tuple(bars))
