"""The reveal, in words."""

from collections.abc import Sequence

from bot.bank.answers import Tolerance
from bot.bank.schema import Behavioural, Code, DesignDrill, MultipleChoice, MultiSelect, Numeric, Open, Question, Short
from bot.core.messages import (
    Button,
    Buttons,
    Divider,
    Heading,
    Message,
    Part,
    Picture,
    Verbatim,
    message,
    text,
)
from bot.core.messages import (
    Code as CodePart,
)
from bot.core.pictures import PictureSpec
from bot.features.answers.store import Answer
from bot.features.daily.words import cut
from bot.features.days.rules import letters
from bot.features.days.store import Day
from bot.pictures.describe import describe


def reveal(day: Day, answers: Sequence[Answer], picture: PictureSpec | None, first: str | None) -> Message:
    """The reveal: key, explanation, common mistakes, how the group answered, who was right first, follow-ups."""
    asked = day.asked
    return message(
        Heading(cut(f"Reveal: {asked.title}", 140)),
        *_key(asked, day),
        asked.explanation,
        *_mistakes(asked),
        Divider(),
        *_group_result(asked, answers, picture, first),
        *_follow_ups(asked),
        Buttons(
            (
                Button("My result", "my-result", (str(day.id),)),
                Button("Board", "board"),
                Button("Something wrong?", "flag", (str(day.id),)),
            )
        ),
    )


def _key(asked: Question, day: Day) -> list[Part | str]:
    match asked:
        case MultipleChoice() | MultiSelect():
            return _right_options(asked, day)
        case Numeric():
            answer = asked.answer
            decoys = "".join(f"- {_figure(decoy.value)}: {decoy.feedback}\n" for decoy in answer.decoys)
            value = f"{_figure(answer.value)} {answer.unit or ''}".strip()
            return [
                f"**Answer: {value}** (within {_near(answer.tolerance)})",
                *(["**Numbers that come out of a slip**\n" + decoys] if decoys else []),
            ]
        case Short():
            also = asked.answer.aliases[1:5]
            return [text(f"**Answer: {asked.answer.aliases[0]}**", f" (also: {', '.join(also)})" if also else "")]
        case Code():
            return [
                "**A reference solution**",
                CodePart(asked.answer.solution, asked.answer.language),
                f"**Contract:** {asked.answer.contract}",
            ]
        case Open() | DesignDrill() | Behavioural():
            points = "".join(
                f"- {point.text}{' (needed)' if point.required else ''}\n" for point in asked.answer.key_points
            )
            model = ["**A model answer**", asked.answer.model_answer, "**What a good answer covers**\n" + points]
            return [*_asked_on(asked), *model]


def _asked_on(asked: Question) -> list[str]:
    """What an interviewer would have told and asked on the way: the model answer takes it up."""
    match asked:
        case DesignDrill(answer=answer):
            told = "".join(f"- {fact.asked_about}: {fact.fact}\n" for fact in answer.facts)
            return ["**Told when asked for**\n" + told, f"**Then it breaks:** {answer.failure_injection}"]
        case Behavioural(answer=answer):
            return ["**Asked on**\n" + "".join(f"- {ask}\n" for ask in (*answer.probes, answer.reverse_probe))]
    return []


def _figure(value: float) -> str:
    """A number as people write it: 39,500; 0.0323; 2.5e+12 only where it is that large."""
    if value == int(value) and abs(value) < 1e12:
        return f"{int(value):,}"
    return f"{value:,.10g}"


def _near(tolerance: Tolerance) -> str:
    parts = [_figure(tolerance.abs)] if tolerance.abs else []
    return " or ".join([*parts, *([f"{_figure(tolerance.rel * 100)}%"] if tolerance.rel else [])])


def _right_options(asked: MultipleChoice | MultiSelect, day: Day) -> list[Part | str]:
    by_id = {option.id: option for option in asked.options}
    shown = letters(day.option_order)
    right = [id for id in day.option_order if by_id[id].correct]
    wrong = [id for id in day.option_order if not by_id[id].correct]
    keys = "".join(f"**Answer: {shown[id]}** {by_id[id].text}\n" for id in right)
    why = "".join(f"- **{shown[id]}** {by_id[id].feedback}\n" for id in wrong if by_id[id].feedback)
    return [keys, *(["**Why not the others**\n" + why] if why else [])]


def _mistakes(asked: Question) -> list[str]:
    lines = "".join(f"- *{mistake.belief}.* {mistake.why_wrong}\n" for mistake in asked.mistakes)
    return ["**Common mistakes**\n" + lines] if lines else []


def _group_result(
    asked: Question, answers: Sequence[Answer], picture: PictureSpec | None, first: str | None
) -> list[Part]:
    if not answers:
        return [text("Nobody has answered this one. It can still be answered as practice.")]
    right = sum(answer.grade.right is True for answer in answers)
    known = asked.has_key or any(answer.grade.right is not None for answer in answers)
    count = f"**{len(answers)} answered**" + (f", **{right} right**." if known else ".")
    lines: list[Part] = [text(count)]
    if first is not None:
        lines.append(text("First right: ", Verbatim(first), "."))
    if picture is not None:
        lines.append(Picture(picture, describe(picture)))
    return lines


def _follow_ups(asked: Question) -> list[str]:
    lines = "".join(f"- {follow_up.ask}\n" for follow_up in asked.follow_ups)
    return ["**To go on with**\n" + lines] if lines else []
