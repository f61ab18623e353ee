"""What every format can say of a question: the middle between theirs and ours.

May touch: the standard library, `bot.core.errors` and the models of the bank.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bank.schema import BaseQuestion, Choice, Code, Numeric, Question, Short
from bot.bank.terms import Kind

# Kinds of question that other formats know; everything else of ours is an essay there
CHOICE, SEVERAL, NUMBER, WORDS, ESSAY = "choice", "several", "number", "words", "essay"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that somebody may give: a text, or a number with the distance that still counts; right or wrong."""

    text: str
    right: bool
    feedback: str = ""
    within: float = 0.0


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A question as other programs know it; `notes` is what an essay's marker reads."""

    sort: str
    name: str
    prompt: str
    replies: tuple[Reply, ...] = ()
    explanation: str = ""
    notes: str = ""
    title: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()


def exchanged(question: Question) -> Exchanged:
    """Our question in the middle form. Hints, follow-ups, rubric weights and patterns have no place in it."""
    sort, replies = _replies(question)
    return Exchanged(
        sort,
        question.id,
        question.prompt,
        replies,
        question.explanation,
        "" if replies else _notes(question),
        question.title,
        question.category,
        (question.category, question.level, *question.topics),
    )


def _replies(question: Question) -> tuple[str, tuple[Reply, ...]]:
    match question:
        case Numeric(answer=answer):
            right = Reply(_number(answer.value), True, within=float(_number(answer.tolerance.around(answer.value))))
            wrong = [Reply(_number(decoy.value), False, decoy.feedback) for decoy in answer.decoys]
            return NUMBER, (right, *wrong)
        case Short(answer=words):
            rejected = [Reply(reject.text, False, reject.feedback) for reject in words.reject]
            # Without a single text, there is nothing that another program could compare with.
            accepted = [Reply(alias, True) for alias in words.aliases]
            return (WORDS, (*accepted, *rejected)) if accepted else (ESSAY, ())
        case _ if isinstance(question, Choice):
            sort = SEVERAL if question.kind is Kind.multi_select else CHOICE
            return sort, tuple(Reply(o.text, o.correct, o.feedback or "") for o in question.options)
    return ESSAY, ()


def _number(value: float) -> str:
    return f"{value:.12g}"


def _notes(question: BaseQuestion) -> str:
    """What the marker of an essay reads: the solution, or the model answer and what it covers."""
    if isinstance(question, Code):
        return f"{question.answer.contract}\n\n```python\n{question.answer.solution.rstrip()}\n```"
    answer = getattr(question, "answer", None)
    points = [f"- {point.text} ({point.weight})" for point in getattr(answer, "key_points", ())]
    return "\n".join([str(getattr(answer, "model_answer", "")), *points]).strip()


def slug(text: str, taken: Sequence[str] = ()) -> str:
    """An id made of a text, and of a number where the text alone is taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    made = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or "imported"
    number = 2
    found = made
    while found in taken:
        found, number = f"{made}-{number}", number + 1
    return found
