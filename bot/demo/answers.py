"""Answers that are meant to be right, or meant to be wrong, from the key of a question."""

from random import Random

from bot.bank.answers import NumericAnswer
from bot.bank.schema import Code, MultipleChoice, MultiSelect, Numeric, Question, Short
from bot.core.limits import PARAGRAPH
from bot.demo.phrases import WRONG_WORDS, essay
from bot.demo.steps import Choose, Fill, Pick


def answer(question: Question, right: bool, rng: Random, *, twice: bool = False) -> Pick | Choose | Fill:
    """How a member answers by button, select or form."""
    match question:
        case MultipleChoice():
            fitting = [option.id for option in question.options if option.correct == right]
            return Pick(rng.choice(fitting), right, twice)
        case MultiSelect():
            return Choose(_options(question, right, rng), right)
        case Numeric():
            return Fill(_number(question.answer.value) if right else _wrong(question.answer, rng), right)
        case Short():
            return Fill(question.answer.aliases[0] if right else rng.choice(WRONG_WORDS), right)
        case Code():
            short = len(question.answer.solution) <= PARAGRAPH
            return Fill(question.answer.solution if right and short else question.answer.starter, None)
    return Fill(essay(rng, question.title), None)


def _options(question: MultiSelect, right: bool, rng: Random) -> tuple[str, ...]:
    correct = {option.id for option in question.options if option.correct}
    if right:
        return tuple(sorted(correct))
    # Any other set is wrong: one option more, or one fewer.
    return tuple(sorted(correct ^ {rng.choice([option.id for option in question.options])}))


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _wrong(answer: NumericAnswer, rng: Random) -> str:
    decoys = [decoy.value for decoy in answer.decoys]
    return _number(rng.choice([*decoys, answer.value * 3 + 7]))
