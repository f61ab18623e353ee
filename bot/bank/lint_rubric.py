"""Rules 22 to 24 on what people score: rubrics, behavioural prompts and design drills; kits have `lint_kit`.

May touch: the standard library and the models of this room.
"""

import re
from collections.abc import Iterator, Sequence

from bot.bank.answers import Dimension, Fact, KeyPoint, Phase
from bot.bank.lint_text import texts
from bot.bank.problem import Problem
from bot.bank.schema import Behavioural
from bot.bank.shelf import Entry, Steps
from bot.bank.vocabulary import ADJECTIVES
from bot.bank.wording import normalised

_PRIVATE = re.compile(
    r"\bhow old\b|\byour (?:age|family|husband|wife|health|religion|faith|origin)\b"
    r"|\byour (?:nationality|politics)\b|\bpregnan\w+|\bmarried\b|\bmarital\b"
    r"|\bdisabilit\w+|\bethnic\w*|\bsexual\w*|\btrade union\b|\breligio\w+",
    re.I,
)
_NEEDS = {
    "load": re.compile(
        r"load|scale|traffic|volume|users?|requests?|a second|a day|per second|rate|peak|queries|calls", re.I
    ),
    "latency": re.compile(
        r"latency|\bms\b|millisecond|seconds?\b|deadline|within|response time|fresh|minutes|nightly|hours", re.I
    ),
    "data": re.compile(
        r"data|labels?|rows|records|events|logs?|history|examples|documents|photos|images|tickets|reports|pages", re.I
    ),
}


def rubric_is_balanced(entry: Entry, rubric: Sequence[Dimension], *path: str) -> Iterator[Problem]:
    """Rule 22: 3 to 6 dimensions, weights that sum to 100, anchors that differ and describe behaviour."""
    if not 3 <= len(rubric) <= 6:
        yield entry.problem("22", path, f"the rubric has {len(rubric)} dimensions", "write 3 to 6")
    if (total := sum(row.weight for row in rubric)) != 100:
        yield entry.problem("22", path, f"the rubric's weights sum to {total}", "make them sum to 100")
    for number, row in enumerate(rubric):
        where: Steps = (*path, number, "anchors")
        if len({normalised(anchor) for anchor in row.anchors}) < len(row.anchors):
            yield entry.problem("22", where, f"two anchors of “{row.dim}” are the same", "describe four behaviours")
        for score, anchor in enumerate(row.anchors, start=1):
            if set(normalised(anchor).split()) <= ADJECTIVES:
                what = f"anchor {score} of “{row.dim}” is only a judgement: “{anchor}”"
                yield entry.problem("22", where, what, "say what the answer does")


def key_points_are_balanced(entry: Entry, points: Sequence[KeyPoint]) -> Iterator[Problem]:
    """Rule 22: key-point weights sum to 100, the required ones are at most half, by number and by weight."""
    path = ("answer", "key_points")
    if (total := sum(point.weight for point in points)) != 100:
        yield entry.problem("22", path, f"the key points' weights sum to {total}", "make them sum to 100")
    required = [point for point in points if point.required]
    if 2 * len(required) > len(points) or 2 * sum(point.weight for point in required) > 100:
        what = (
            f"{len(required)} of {len(points)} key points are required, with {sum(p.weight for p in required)} of 100"
        )
        yield entry.problem("22", path, what, "require at most half")
    if len({point.id for point in points}) < len(points):
        yield entry.problem("22", path, "two key points share an id", "give each its own")


def behavioural_prompts_are_probed(entry: Entry, question: Behavioural) -> Iterator[Problem]:
    """Rule 23: three probes and a reverse probe."""
    if len(question.answer.probes) < 3:
        what = f"{len(question.answer.probes)} probes"
        yield entry.problem("23", ("answer", "probes"), what, "write three")


def nothing_private_is_asked(entry: Entry) -> Iterator[Problem]:
    """Rule 23: no protected personal matters, except in the list of what not to ask."""
    for path, text in texts(entry):
        if "do_not_ask" not in path and (found := _PRIVATE.search(text)):
            yield entry.problem("23", path, f"`{found[0]}` touches a protected personal matter", "ask about the work")


def phases_fill_the_time(entry: Entry, phases: Sequence[Phase], minutes: int, *path: str) -> Iterator[Problem]:
    """Rule 24: phases sum to `minutes`."""
    if (total := sum(phase.minutes for phase in phases)) != minutes:
        what = f"the phases sum to {total} minutes, the item has {minutes}"
        yield entry.problem("24", path, what, "make them agree")


def design_has_numbers(entry: Entry, given: str, facts: Sequence[Fact], *path: str) -> Iterator[Problem]:
    """Rule 24: load, latency and data come with a number, or the text says to ask."""
    stated = [f"{fact.asked_about} {fact.fact}" for fact in facts] + re.split(r"[.;?]\s", given)
    for name, pattern in _NEEDS.items():
        told = [text for text in stated if pattern.search(text)]
        if not any(re.search(r"\d|\b(?:ask|million|hundred|thousand)\b", text, re.I) for text in told):
            mend = f"give a number for {name}, or write `ask` in the fact"
            yield entry.problem("24", path, f"there is no number for {name}", mend)


def a_fact_contradicts(entry: Entry, facts: Sequence[Fact], *path: str) -> Iterator[Problem]:
    """Rule 24: at least one fact overturns the obvious assumption."""
    if not any(fact.contradicts for fact in facts):
        mend = "set `contradicts: true` on the fact that overturns what one assumes"
        yield entry.problem("24", path, "no fact contradicts the obvious assumption", mend)
