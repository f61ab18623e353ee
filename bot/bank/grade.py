"""Reads a member's answer and says whether it is right; pure, the same for the same question and text.

May touch: the standard library, `bot.core.errors` and the models of this room.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.bank import grade_numeric, wording
from bot.bank.answers import Pattern, ShortAnswer
from bot.bank.numerals import visible
from bot.bank.schema import Choice, Code, MultipleChoice, MultiSelect, Numeric, Question, Short
from bot.core.errors import UserError

LONGEST_TEXT = 4_000  # characters, what Discord's forms carry
LONGEST_CODE = 20_000  # characters, a file
LONGEST_SHORT = 300  # characters; a word or a phrase was asked for


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it was read: options, a text, or a text with the number in it."""

    choices: tuple[str, ...] = ()
    text: str = ""
    number: float | None = None

    def to_json(self) -> dict[str, object]:
        """A mapping that JSON keeps whole."""
        return {"choices": list(self.choices), "text": self.text, "number": self.number}

    @classmethod
    def from_json(cls, mapping: Mapping[str, object]) -> "Response":
        """The response that `to_json` was called on."""
        choices, number = mapping.get("choices"), mapping.get("number")
        return cls(
            choices=tuple(str(choice) for choice in choices) if isinstance(choices, list | tuple) else (),
            text=str(mapping.get("text", "")),
            number=float(number) if isinstance(number, int | float) else None,
        )


@dataclass(frozen=True, slots=True)
class Grade:
    """Right, wrong, or None where people or the judge decide; `share` is the part that was right, 0 to 1."""

    right: bool | None
    feedback: str
    share: float


def read_response(question: Question, given: str | Sequence[str]) -> Response:
    """The answer as the question's kind wants it, or a UserError that says what was wanted.

    Options come as a sequence of ids. Options are shown in changing order, so a typed letter is never read as one.
    """
    if isinstance(question, Choice):
        return Response(choices=_chosen(question, given))
    text = _typed(question, given)
    if isinstance(question, Numeric):
        return Response(text=text, number=grade_numeric.read(question.answer, text))
    return Response(text=text)


def grade(question: Question, response: Response) -> Grade:
    """The verdict with its feedback."""
    match question:
        case MultipleChoice() | MultiSelect():
            return _grade_choices(question, frozenset(response.choices))
        case Numeric():
            verdict = grade_numeric.judge(question.answer, response.text or repr(response.number))
            return Grade(verdict.right, verdict.feedback, float(verdict.right))
        case Short():
            right, feedback = _grade_short(question.answer, response.text)
            return Grade(right, feedback, float(right))
        case Code():
            return Grade(None, "Compare it with the reference solution at the reveal.", 0.0)
    return Grade(None, "Compare it with the model answer at the reveal.", 0.0)


def _chosen(question: Choice, given: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise UserError(
            "Wanted a choice of the options: press *Answer*; typed letters are not read, the order changes."
        )
    known = [option.id for option in question.options]
    if unknown := [choice for choice in given if choice not in known]:
        raise UserError(
            f"Wanted options of this question; got {wording.shortened(unknown[0])}, which it does not have."
        )
    if not given:
        raise UserError("Wanted at least one option; got none.")
    if isinstance(question, MultipleChoice) and len(set(given)) > 1:
        raise UserError(f"Wanted one option; got {len(set(given))}.")
    return tuple(choice for choice in known if choice in given)


def _typed(question: Question, given: str | Sequence[str]) -> str:
    if not isinstance(given, str):
        raise UserError("Wanted a typed answer; got a choice of options.")
    most = LONGEST_CODE if isinstance(question, Code) else LONGEST_TEXT
    if isinstance(question, Short | Numeric):
        most = LONGEST_SHORT
    if len(given) > most:
        raise UserError(f"Wanted at most {most:,} characters; got {len(given):,}.")
    if not visible(given).strip():
        raise UserError("Wanted an answer; got an empty text.")
    return given


def _grade_choices(question: Choice, chosen: frozenset[str]) -> Grade:
    correct = question.answer.correct
    hits, misses = len(chosen & correct), len(chosen - correct)
    remarks = [option.feedback for option in question.options if option.id in chosen and option.feedback]
    wrong = [option.feedback for option in question.options if option.id in chosen - correct and option.feedback]
    if chosen == correct:
        return Grade(True, " ".join(remarks), 1.0)
    if isinstance(question, MultipleChoice):
        return Grade(False, " ".join(wrong), 0.0)
    count = f"{hits} of {len(correct)} right, {misses} wrong."
    return Grade(False, " ".join([count, *wrong]), max(0.0, (hits - misses) / len(correct)))


# A key is the same for every answer, and normalising all of one took longer than everything else that an answer takes.
_of_key = lru_cache(maxsize=20_000)(wording.normalised)


def _grade_short(answer: ShortAnswer, text: str) -> tuple[bool, str]:
    """Accepted or not: the key and the rejected texts first, then patterns, slips and whole sentences."""
    given = wording.normalised(text)
    rejects = {_of_key(entry.text): entry.feedback for entry in answer.reject}
    aliases = [_of_key(alias) for alias in answer.aliases]
    guesses = not answer.must_mention and _is_a_list(text)
    note = _accepted(answer, given, aliases, list(rejects), whole=guesses)
    if note is None:
        otherwise = "Wanted one answer; got several." if guesses else ""
        return False, next((feedback for entry, feedback in rejects.items() if _means(given, entry)), otherwise)
    missing = [entry for entry in answer.must_mention if not _mentions(given, entry)]
    if missing:
        return False, f"Close, but not everything that must be named is there ({len(missing)} missing)."
    return True, note


def _accepted(answer: ShortAnswer, given: str, aliases: list[str], rejects: list[str], *, whole: bool) -> str | None:
    """A note for an accepted text, empty where there is nothing to say; None for any other.

    If `whole`, the text must be an accepted one by itself and not only state it in a sentence.
    """
    if given in aliases:
        return ""
    if given in rejects or not given:
        return None
    patterns = [entry for entry in answer.accept if isinstance(entry, Pattern)]
    if any(pattern.matches(given) for pattern in patterns):
        return ""
    slips = [(found, alias) for alias in aliases if (found := wording.near(given, alias)) is not None]
    if slips and min(slips)[0] < min((wording.distance(given, reject) for reject in rejects), default=99):
        return f"Read as “{min(slips)[1]}”."
    return "" if not whole and any(wording.states(given, alias, rejects) for alias in aliases) else None


def _is_a_list(text: str) -> bool:
    """Whether the text names three things or more: that is guessing, of which one guess may be right."""
    return sum(bool(part.strip()) for part in re.split(r"[,;/|\n]", text)) >= 3


def _means(given: str, reject: str) -> bool:
    return wording.contains(given.split(), reject.split()) is not None or wording.near(given, reject) is not None


def _mentions(given: str, entry: str) -> bool:
    return wording.contains(given.split(), wording.normalised(entry).split()) is not None
