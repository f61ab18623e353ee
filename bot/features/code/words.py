"""Verdicts, in words."""

from collections.abc import Sequence

from bot.bank.answers import CodeAnswer
from bot.bank.schema import Code as CodeQuestion
from bot.core.messages import Button, Buttons, Code, Heading, Message, Part, Text, Verbatim, message, text
from bot.features.code.store import Submission
from bot.features.daily.words import cut
from bot.features.days.store import Day
from bot.judge.task import Fate, Outcome, Refused, Verdict

_BECAME = {
    Fate.wrong: "another result",
    Fate.raised: "an error that is not wanted",
    Fate.changed: "the right result, but it changed its arguments",
    Fate.too_slow: "it took too long",
    Fate.too_large: "it took too much memory, or its result is far too large",
    Fate.ended: "the program ended by itself, or crashed",
    Fate.not_run: "not run, since the cases before it took all the time",
}


def summary(verdict: Verdict) -> str:
    """How it went, in one sentence of our own words."""
    if verdict.refused:
        return _REFUSED[verdict.refused]
    if verdict.right:
        return f"All {len(verdict.outcomes)} tests passed."
    return f"{verdict.passed} of {len(verdict.outcomes)} tests passed."


_REFUSED = {
    Refused.empty: "There is no code in it.",
    Refused.too_long: "It is too long to be run.",
    Refused.syntax: "Python cannot read it.",
    Refused.query: "SQLite does not take the query, so no test was run: the mistake is in its text.",
    Refused.entry: "It does not define what the question asks for.",
    Refused.raised: "It fails as soon as it is loaded.",
    Refused.too_slow: "It takes too long as soon as it is loaded: keep trials of your own out of it.",
    Refused.ended: "It ends as soon as it is loaded.",
    Refused.unjudged: "It could not be judged: the judge itself failed on it. It stays an answer without a verdict.",
}


def became(outcome: Outcome) -> str:
    """What became of a case, with the error's type."""
    return _BECAME[outcome.fate] + (f" ({outcome.error})" if outcome.error else "")


def used(verdict: Verdict) -> str:
    """Time and memory, as far as they are known."""
    if verdict.refused:
        return ""
    memory = f", {verdict.memory_mb:.0f} MB of memory" if verdict.memory_mb else ""
    return f"The slowest test took {time(verdict.seconds)}{memory}."


def time(seconds: float) -> str:
    """A time as people say it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


# --- to the member ------------------------------------------------------------------------------------------------

NEXT_LINE = "\n"
MOST_HIDDEN = 5  # failures of hidden tests that are named


def received(notes: Sequence[str], *, practice: bool) -> Message:
    """The answer to a program: its verdict comes."""
    parts: list[Part | str] = ["**Received.** The verdict comes to you in private, in some seconds."]
    parts += [" ".join(notes)] if notes else []
    counts = "You may send others until the reveal. Your best program counts."
    return message(*parts, "Practice: no points after the reveal." if practice else counts)


def not_taken(day: Day, why: str) -> Message:
    """Why a message was not taken as code."""
    return message(
        text(f"**Not taken as an answer to “{day.asked.title}”:** ", Verbatim(why)),
        Buttons((Button("Answer", "answer", (str(day.id),)),)),
    )


def nothing_open() -> str:
    """There is no code question for what was sent in private."""
    return "Wanted a code question that is open, in a group of yours; there is none now."


def verdict(day: Day, judged: Submission) -> Message:
    """The verdict: how it went, the first public failure with input, wanted and got, why hidden ones failed."""
    found = judged.verdict
    assert found is not None
    buttons = [Button("Send another", "answer", (str(day.id),))]
    if found.right:
        buttons.append(_share("Show it after the reveal", judged, yes=True))
    return message(
        Heading(cut(f"{'✅' if found.right else '❌'} {day.asked.title}", 140)),
        f"**{summary(found)}** {used(found)}".rstrip(),
        *_said(found),
        *_first_failure(day, found),
        *_hidden(found),
        *([found.grows] if found.grows else []),
        *([" ".join(judged.notes)] if judged.notes else []),
        Buttons(tuple(buttons)),
    )


def _said(found: Verdict) -> list[Text]:
    """What Python says of it, which may quote the program and so is read as nothing."""
    return [text(Verbatim(found.said))] if found.said else []


def _first_failure(day: Day, found: Verdict) -> list[Part]:
    failure = found.first_failure(public=True)
    if failure is None:
        return []
    assert isinstance(day.asked, CodeQuestion)
    shape = day.asked.answer.shape
    looked_at = " What counts is the first argument after the call." if shape == "in-place" else ""
    why = f"**The first public test that fails**, {failure.why}: {became(failure)}.{looked_at}"
    differs = [text(Verbatim(failure.differs))] if failure.differs else []
    return [text(why), *differs, Code("\n".join(_rows(failure, "tables" if shape == "sql" else "call")))]


def _rows(failure: Outcome, what_went_in: str = "call") -> list[str]:
    """What went in, what was wanted and what came out; a row that has nothing to say is left out."""
    rows = {
        what_went_in: failure.called,
        "wanted": failure.wanted,
        "got": failure.got,
        "printed": failure.printed.rstrip(),
    }
    return [f"{what:<8} {value.replace(NEXT_LINE, NEXT_LINE + ' ' * 9)}" for what, value in rows.items() if value]


def _hidden(found: Verdict) -> list[str]:
    failed = [one for one in found.outcomes if not one.public and one.fate is not Fate.passed]
    if not failed:
        return []
    lines = "".join(f"- {one.why}: {became(one)}\n" for one in failed[:MOST_HIDDEN])
    more = f"- and {len(failed) - MOST_HIDDEN} more\n" if len(failed) > MOST_HIDDEN else ""
    return [f"**Hidden tests that fail**\n{lines}{more}"]


def shown(judged: Submission, *, yes: bool) -> Message:
    """The answer to the button that shows one's solution, or keeps it."""
    if yes:
        keep = Buttons((_share("Keep it to myself", judged, yes=False),))
        return message("After the reveal, `solutions` shows your program to the group, with your name.", keep)
    return message("Your programs for this question stay with you.")


def _share(label: str, judged: Submission, *, yes: bool) -> Button:
    return Button(label, "share-solution", (str(judged.id), "yes" if yes else "no"))


def solutions(
    day: Day,
    reference: CodeAnswer,
    reference_seconds: float | None,
    shared: Sequence[tuple[str, Submission]],
    own: Submission | None,
) -> Message:
    """The accepted solutions of those who agreed, beside the reference, each with its measured time.

    `own` is an accepted program of whoever asks: one that is shown already, or the newest.
    """
    parts: list[Part | str] = [Heading(cut(f"Solutions: {day.asked.title}", 140))]
    slowest = f", slowest test {time(reference_seconds)}" if reference_seconds is not None else ""
    parts += [f"**The reference**{slowest}", Code(reference.solution, reference.language)]
    for name, one in shared:
        assert one.verdict is not None
        measured = f", slowest test {time(one.verdict.seconds)}"
        parts += [text("**", Verbatim(name), f"**{measured}"), Code(one.program, reference.language)]
    return message(*parts, *([] if shared else ["Nobody has shown a solution yet."]), *_how_to_show(own))


def _how_to_show(own: Submission | None) -> list[Part | str]:
    if own is None:
        return ["Whose program is accepted, also as practice, can show it here by the button under its verdict."]
    if own.shared:
        return ["Yours is among what is shown.", Buttons((_share("Hide mine", own, yes=False),))]
    return ["Your accepted program is not shown.", Buttons((_share("Show mine", own, yes=True),))]


# --- to a terminal ------------------------------------------------------------------------------------------------


def plainly(verdict: Verdict) -> str:
    """A verdict for a terminal."""
    lines = [summary(verdict), verdict.said]
    for one in verdict.outcomes:
        if one.fate is not Fate.passed:
            lines.append(f"- {'public' if one.public else 'hidden'}: {one.why}: {became(one)}")
            if one.public:
                lines += [f"    {line}" for row in _rows(one) for line in row.split(NEXT_LINE)]
                lines += [f"    {one.differs}"] if one.differs else []
    return "\n".join(line for line in [*lines, used(verdict), verdict.grows] if line)
