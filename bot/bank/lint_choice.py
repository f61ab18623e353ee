"""Rules 7 to 13 and 16 of the brief on what is chosen: options, stem and key.

May touch: the standard library and the models of this room.
"""

import re
import statistics
from collections.abc import Callable, Collection, Iterator
from functools import partial

from bot.bank.answers import Option
from bot.bank.numerals import leading_number
from bot.bank.problem import Problem
from bot.bank.schema import Choice, MultiSelect
from bot.bank.shelf import Entry, Steps
from bot.bank.taxonomy import Taxonomy
from bot.bank.vocabulary import STOP_WORDS
from bot.bank.wording import normalised

LONGEST_KEY = 1.3  # brief, rule 9: times the median distractor

_SEVERAL = re.compile(
    r"\b(?:all|every|each|any|two|three|four|several|both|more than one|one or more|which ones)\b", re.I
)
_CATCH_ALL = re.compile(r"\b(?:all|none|both|neither|any) of (?:the )?(?:above|these|others?|options|below)\b", re.I)
_LETTER = re.compile(r"\b(?:[Oo]ptions?|[Aa]nswers?|[Cc]hoices?) \(?[A-Ea-e]\)?(?![\w'’-])")
_LETTERS_ONLY = re.compile(r"(?:both )?[A-E](?:,? (?:and|or|&) [A-E])+(?: (?:is|are) .*)?\.?", re.I)
_DIGIT = re.compile(r"\d")
_UNIT = re.compile(r"%|\bper ?cent\b|\d\s?(?:ns|[mµ]?s|min|h|[kKMGT]i?B)\b", re.I)
_SMALL_NOT = re.compile(r"\b(?:not|except)\b|n['’]t\b")
_WHICH_IS_TRUE = re.compile(
    r"\bwhich\b[^?.]*\b(?:is|are)\s+(?:true|false|correct|incorrect|right|wrong)\b(?:\s+(?:about|of|for|regarding)\b|\s*\?)",
    re.I,
)


def several_keys_are_announced(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 7: a multi-select says in its stem that several are wanted."""
    if isinstance(question, MultiSelect) and not _SEVERAL.search(question.prompt):
        yield entry.problem(
            "7", ("prompt",), "the stem does not say that several are right", "add `Select all that apply.`"
        )


def options_are_three_to_five(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 7: 3 to 5 options."""
    if not 3 <= len(question.options) <= 5:
        what = f"{len(question.options)} options"
        yield entry.problem("7", ("answer", "options"), what, "write 3 to 5, best 4")


def options_are_distinct(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 7: no two options are the same after normalisation."""
    seen: dict[str, str] = {}
    for number, option in enumerate(question.options):
        other = seen.setdefault(normalised(option.text), option.id)
        if other != option.id:
            yield entry.problem(
                "7", _option(number, "text"), f"options {other} and {option.id} say the same", "change one"
            )


def order_does_not_matter(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 8: options are shuffled, so none points to another by place or letter; numbers ascend."""
    for number, option in enumerate(question.options):
        if any(sign(option.text) for sign in (_CATCH_ALL.search, _LETTER.search, _LETTERS_ONLY.fullmatch)):
            mend = "name what is meant; options are shuffled"
            yield entry.problem("8", _option(number, "text"), f"option {option.id} refers to other options", mend)
    said: dict[Steps, str] = {("explanation",): question.explanation}
    said |= {("hints", number): hint for number, hint in enumerate(question.hints)}
    said |= {_option(number, "feedback"): option.feedback or "" for number, option in enumerate(question.options)}
    for path, text in said.items():
        if found := _LETTER.search(text):
            yield entry.problem("8", path, f"`{found[0]}` refers to an option by letter", "name what is meant")
    numbers = [leading_number(option.text) for option in question.options]
    values = [value for value in numbers if value is not None]
    if len(values) == len(numbers) and values != sorted(values) and not question.shuffled:
        yield entry.problem("8", ("answer", "options"), "numeric options do not ascend", "sort them, smallest first")


def key_is_not_the_longest(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 9: the key is not longer than 1.3 times the median distractor."""
    keys, others = _parted(question)
    if not others:
        return
    longest = statistics.median(len(option.text) for option in keys)
    median = statistics.median(len(option.text) for option in others)
    if longest > LONGEST_KEY * median:
        what = f"the key has {longest:g} characters, the median distractor {median:g}"
        yield entry.problem("9", _of(question, keys[0]), what, "shorten the key or lengthen the distractors")


def key_has_no_mark_of_its_own(entry: Entry, question: Choice, taxonomy: Taxonomy) -> Iterator[Problem]:
    """Rule 9: the key is not the only option with a qualifier, a number or a unit."""
    marks: dict[str, Callable[[str], object]] = {
        "qualifier": partial(holds, taxonomy.qualifiers),
        "number": _DIGIT.search,
        "unit": _UNIT.search,
    }
    for name, has in marks.items():
        if _only_in_the_keys(question, has):
            keys, _ = _parted(question)
            mend = f"give a distractor a {name} too, or drop it from the key"
            yield entry.problem("9", _of(question, keys[0]), f"only the key has a {name}", mend)


def stem_does_not_echo_in_the_key(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 9: no word of the stem occurs in the key alone."""
    stem = {word for word in normalised(question.prompt).split() if len(word) > 1} - STOP_WORDS
    keys, _ = _parted(question)
    for word in sorted(stem):
        if _only_in_the_keys(question, partial(_says, word)):
            mend = "use it in a distractor too, or say it otherwise in the key"
            yield entry.problem("9", _of(question, keys[0]), f"`{word}` of the stem occurs in the key alone", mend)


def distractors_have_feedback_and_a_misconception(
    entry: Entry, question: Choice, taxonomy: Taxonomy
) -> Iterator[Problem]:
    """Rules 10 and 3: every distractor has feedback and a misconception of the taxonomy."""
    for number, option in enumerate(question.options):
        if not option.correct and not option.feedback:
            yield entry.problem("10", _option(number), f"option {option.id} has no feedback", "say why it is wrong")
        if not option.correct and not option.misconception:
            mend = "name the wrong belief behind it, from taxonomy.yaml"
            yield entry.problem("10", _option(number), f"option {option.id} has no misconception", mend)
        if option.misconception and option.misconception not in taxonomy.misconceptions:
            what = f"`{option.misconception}` is not in taxonomy.yaml"
            yield entry.problem("3", _option(number, "misconception"), what, "add it to `misconceptions` there")


def absolute_words_are_not_telling(entry: Entry, question: Choice, taxonomy: Taxonomy) -> Iterator[Problem]:
    """Rule 11: absolute words, such as always and never, do not stand in distractors alone."""
    keys, others = _parted(question)
    loud = [option for option in others if holds(taxonomy.absolutes, option.text)]
    if loud and not any(holds(taxonomy.absolutes, option.text) for option in keys):
        what = f"an absolute word stands in distractors alone: {loud[0].text[:40]!r}"
        yield entry.problem("11", _of(question, loud[0]), what, "drop it, or use one in the key")


def stem_is_a_positive_question(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 12: a question that can be answered with the options covered, without a small `not`."""
    if "?" not in question.prompt:
        yield entry.problem("12", ("prompt",), "the stem asks no question", "end it with a question mark")
        return
    asked = re.findall(r"[^.?!:]*\?", question.prompt)[-1]
    if found := _SMALL_NOT.search(asked):
        yield entry.problem("12", ("prompt",), f"the question has a small `{found[0]}`", "ask positively, or write NOT")
    if _WHICH_IS_TRUE.search(question.prompt):
        what = "the stem asks which one is true, which cannot be answered with the options covered"
        yield entry.problem("12", ("prompt",), what, "ask for one thing: which cause, which effect, what happens when")


def options_are_parallel(entry: Entry, question: Choice) -> Iterator[Problem]:
    """Rule 13: either all options end in a full stop or none does."""
    ends = [option.text.rstrip().endswith(".") for option in question.options]
    if any(ends) and not all(ends):
        number = ends.index(True)
        yield entry.problem(
            "13", _option(number, "text"), "some options end in a full stop", "end all or none with one"
        )


def holds(words: Collection[str], text: str) -> bool:
    """Whether one of the words stands in the text."""
    return not set(words).isdisjoint(normalised(text).split())


def _parted(question: Choice) -> tuple[list[Option], list[Option]]:
    keys = [option for option in question.options if option.correct]
    return keys, [option for option in question.options if not option.correct]


def _only_in_the_keys(question: Choice, has: Callable[[str], object]) -> bool:
    keys, others = _parted(question)
    return all(has(option.text) for option in keys) and not any(has(option.text) for option in others) and bool(others)


def _says(word: str, text: str) -> bool:
    return word in normalised(text).split()


def _option(number: int, *rest: str) -> Steps:
    return ("answer", "options", number, *rest)


def _of(question: Choice, option: Option) -> Steps:
    return _option(question.options.index(option), "text")
