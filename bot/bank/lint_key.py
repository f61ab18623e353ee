"""Rules on typed answers: 16 (numbers) and what short answers accept and reject.

May touch: the standard library and the models of this room.
"""

import re
from collections.abc import Iterator

from bot.bank import arithmetic, wording
from bot.bank.answers import Pattern
from bot.bank.grade import Response, grade
from bot.bank.problem import Problem
from bot.bank.schema import Numeric, Short
from bot.bank.shelf import Entry, Steps

_COUNT = {"no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DECIMALS = re.compile(r"\b(no|zero|one|two|three|four|five|six|\d) (?:decimal|digits? after)", re.I)
_WHOLE = re.compile(
    r"\b(?:whole|nearest (?:whole|integer|unit))(?: number| percent)?\b|\binteger\b|\bto the nearest\b", re.I
)
_NEAREST = re.compile(
    r"\bnearest (ten|hundred|thousand|million)\b|\b(?:to|in) (?:full |whole )?(tens|hundreds|thousands)\b", re.I
)
_UNITS = {"ten": 10.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6}


def tolerance_is_wider_than_the_rounding(entry: Entry, question: Numeric) -> Iterator[Problem]:
    """Rule 16: whoever rounds as asked is right, that is, the tolerance exceeds half of the last place asked for."""
    place = _last_place(question.prompt)
    reach = question.answer.tolerance.around(question.answer.value)
    if place is not None and reach <= place / 2:
        what = f"the tolerance {reach:g} is not wider than rounding to {place:g}, which may move by {place / 2:g}"
        yield entry.problem("16", ("answer", "tolerance"), what, f"write `tolerance: {{abs: {place:g}}}`")


def _last_place(prompt: str) -> float | None:
    if found := _DECIMALS.search(prompt):
        return float(10.0 ** -_COUNT.get(found[1].lower(), 0)) if not found[1].isdigit() else 10.0 ** -int(found[1])
    if found := _NEAREST.search(prompt):
        return _UNITS[(found[1] or found[2]).lower().removesuffix("s")]
    return 1.0 if _WHOLE.search(prompt) else None


def check_gives_the_value(entry: Entry, question: Numeric) -> Iterator[Problem]:
    """Rule 16: the derivation, written as a `check` expression, comes to the value."""
    answer = question.answer
    if answer.check is None:
        mend = 'write the derivation as numbers, such as check: "100*0.9/(0.9+0.1)"'
        yield entry.problem("16", ("answer",), "`check` is missing", mend)
        return
    try:
        found = arithmetic.evaluate(answer.check)
    except ValueError as error:
        yield entry.problem("16", ("answer", "check"), str(error), "write numbers, + - * / **, sqrt, log, log2, exp")
        return
    if abs(found - answer.value) > answer.tolerance.around(answer.value):
        what = f"`check` comes to {found:.6g}, the value is {answer.value:g}"
        yield entry.problem("16", ("answer", "check"), what, "mend the one that is wrong")


def decoys_are_wrong(entry: Entry, question: Numeric) -> Iterator[Problem]:
    """Rule 16: every decoy lies outside the tolerance of the key, as the grader sees it."""
    for number, decoy in enumerate(question.answer.decoys):
        path = ("answer", "decoys", number, "value")
        if grade(question, Response(text=repr(decoy.value))).right:
            what = f"the decoy {decoy.value:g} counts as right"
            yield entry.problem("16", path, what, "remove it, or narrow the tolerance")


def rejects_are_wrong(entry: Entry, question: Short) -> Iterator[Problem]:
    """Row 12 of the regressions: what is rejected does not count as right, what is accepted does."""
    for number, entry_text in enumerate(question.answer.reject):
        if grade(question, Response(text=entry_text.text)).right:
            what = f"the rejected “{entry_text.text}” counts as right"
            yield entry.problem(
                "1", ("answer", "reject", number), what, "remove it from `accept`, or narrow the pattern"
            )
    for number, alias in enumerate(question.answer.accept):
        if not isinstance(alias, Pattern) and not grade(question, Response(text=alias)).right:
            what = f"the accepted “{alias}” counts as wrong"
            yield entry.problem(
                "1", ("answer", "accept", number), what, "remove it from `reject`, or mend `must_mention`"
            )


def accepted_texts_are_distinct(entry: Entry, question: Short) -> Iterator[Problem]:
    """Rule 1: no accepted text is a repetition of another one in normalised form, or nothing at all."""
    seen: set[str] = set()
    for number, alias in enumerate(question.answer.accept):
        text = wording.normalised(alias) if isinstance(alias, str) else f"pattern {alias.regex}"
        if not text:
            yield entry.problem("1", ("answer", "accept", number), "nothing is left of it but signs", "write a word")
        elif text in seen:
            what = f"“{text}” is accepted already: case, accents, articles and punctuation do not count"
            yield entry.warning("1", ("answer", "accept", number), what, "remove it")
        seen.add(text)


def hints_keep_the_number(entry: Entry, question: Numeric) -> Iterator[Problem]:
    """Section 2.2: neither the title nor a hint gives the value itself."""
    for path, text in _beforehand(question):
        if question.answer.value in _numbers(text):
            yield entry.problem("2.2", path, f"it gives the answer, {question.answer.value:g}", "stop one step earlier")


def hints_keep_the_word(entry: Entry, question: Short) -> Iterator[Problem]:
    """Section 2.2: neither the title nor a hint gives an accepted text."""
    aliases = [wording.normalised(alias) for alias in question.answer.aliases]
    for path, text in _beforehand(question):
        words = wording.normalised(text).split()
        given = [
            alias for alias in aliases if not alias.isdigit() and wording.contains(words, alias.split()) is not None
        ]
        if given:
            yield entry.problem("2.2", path, f"it gives the answer, “{given[0]}”", "describe it without naming it")


def _beforehand(question: Numeric | Short) -> Iterator[tuple[Steps, str]]:
    yield ("title",), question.title
    for number, hint in enumerate(question.hints):
        yield ("hints", number), hint


def _numbers(text: str) -> list[float]:
    """Every number written in plain digits."""
    found = re.findall(r"(?<![\w.,])-?\d[\d,]*(?:\.\d+)?(?![\w^])", text)
    return [float(number.replace(",", "")) for number in found]
