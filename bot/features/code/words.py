"""Verdicts, in words."""

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
    """How it went, in one sentence."""
    if verdict.refused:
        return refusal(verdict)
    if verdict.right:
        return f"All {len(verdict.outcomes)} tests passed."
    return f"{verdict.passed} of {len(verdict.outcomes)} tests passed."


def refusal(verdict: Verdict) -> str:
    """Why the program could not be called, and what was wanted."""
    match verdict.refused:
        case Refused.empty:
            return "There is no code in it."
        case Refused.too_long:
            return f"It is too long to be run: {verdict.said}."
        case Refused.syntax:
            return f"Python cannot read it: {verdict.said}."
        case Refused.entry:
            defined = f" It defines {verdict.said}." if verdict.said else " It defines nothing that can be called."
            return f"It does not define what the question asks for.{defined}"
        case Refused.raised:
            return f"It fails as soon as it is loaded: {verdict.said}."
        case Refused.too_slow:
            return "It takes too long as soon as it is loaded: keep trials of your own out of it."
        case _:
            return "It ends as soon as it is loaded."


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


def plainly(verdict: Verdict) -> str:
    """A verdict for a terminal."""
    lines = [summary(verdict)]
    for one in verdict.outcomes:
        if one.fate is not Fate.passed:
            lines.append(f"- {'public' if one.public else 'hidden'}: {one.why}: {became(one)}")
            if one.public:
                lines += [
                    f"    called with {one.called}",
                    f"    wanted {one.wanted}",
                    f"    got {one.got or 'nothing'}",
                ]
                lines += [f"    printed {one.printed}"] if one.printed else []
    return "\n".join(line for line in [*lines, used(verdict), verdict.grows] if line)
