"""Answering the day's question, in words."""

from bot.bank.grade import Grade, Response
from bot.bank.schema import ChoiceQuestion, Code, Numeric, Short
from bot.core.forms import Form, Line, Paragraph
from bot.core.limits import PARAGRAPH
from bot.core.messages import Button, Buttons, Message, Moment, Part, Text, Verbatim, message, text
from bot.core.messages import Code as CodePart
from bot.features.answers.store import Answer
from bot.features.daily.words import cut
from bot.features.days.rules import letters
from bot.features.days.store import Day
from bot.features.groups.store import Group

RECORDED, UNREADABLE, USE_BUTTON = "✅", "❓", "👉"
LATE = "This was answered after the reveal"


def answer_form(day: Day, before: str) -> Form:
    """The form in which a question without options is answered; what was answered before stands in it."""
    asked, args = day.asked, (str(day.id),)
    match asked:
        case Numeric():
            hint = f"a number, in {asked.answer.unit}" if asked.answer.unit else "a number"
            return Form("Your answer", "give", (Line(name="given", label="Number", hint=hint, value=before),), args)
        case Short():
            return Form(
                "Your answer", "give", (Line(name="given", label="Answer", hint="a word or a few", value=before),), args
            )
        case Code():
            start = before or asked.answer.starter
            label = "SQL" if asked.answer.language == "sql" else "Python"
            code = Paragraph(
                name="given", label=label, hint=asked.answer.signature[:100], value=start[:PARAGRAPH], code=True
            )
            return Form("Your code", "give", (code,), args)
        case _:
            return Form(
                "Your answer", "give", (Paragraph(name="given", label="Answer", value=before[:PARAGRAPH]),), args
            )


def recorded(day: Day, group: Group, response: Response, grade: Grade, *, told: bool) -> Message:
    """The answer to an answer: recorded; right or wrong only where the group tells before the reveal."""
    assert day.reveal_at is not None
    what = given("**Recorded:**", day, response)
    if told and grade.right is not None:
        return message(*what, verdict(grade), "The first answer counts here.")
    return message(*what, text("You may change it until the reveal, ", Moment(day.reveal_at, group.zone.key), "."))


LONGEST_SHOWN = 200  # characters of an answer in words
LINES_SHOWN, CODE_SHOWN = 25, 1_500  # lines and characters of one in code


def given(before: str, day: Day, response: Response) -> list[Part]:
    """What was answered, short, with what stands before it."""
    match day.asked:
        case ChoiceQuestion():
            shown = letters(day.option_order)
            return [text(f"{before} ", ", ".join(sorted(shown[choice] for choice in response.choices)))]
        case Code():
            return [text(before), CodePart(beginning(response.text), day.asked.answer.language)]
    return [text(f"{before} ", Verbatim(cut(" ".join(response.text.split()), LONGEST_SHOWN)))]


def beginning(program: str) -> str:
    """A program, or as many of its first lines as are read at a glance, and how many are left out."""
    lines = program.strip("\n").rstrip().split("\n")
    kept = lines[:LINES_SHOWN]
    while len(kept) > 1 and len("\n".join(kept)) > CODE_SHOWN:
        del kept[-1]
    more = len(lines) - len(kept)
    said = [f"… {more} more {'line' if more == 1 else 'lines'}"] if more else []
    return "\n".join([cut("\n".join(kept), CODE_SHOWN), *said])


def verdict(grade: Grade) -> Text:
    """Right or wrong, with the feedback."""
    word = {True: "**Right.** ", False: "**Not right.** ", None: ""}[grade.right]
    return text(word, grade.feedback)


def practised(day: Day, response: Response, grade: Grade, points: int | None, before: Answer | None) -> Message:
    """The answer to an answer after the reveal; `before` is the one that stood until then.

    `points` are None where another track of its date counts in its place.
    """
    practice = before is None and not points
    return message(
        *given(f"**{LATE}{', so it is practice' if practice else ''}.** You gave:", day, response),
        compared(day, grade),
        f"{_late_worth(points, before)} Your streak stays as it is.",
    )


def _late_worth(points: int | None, before: Answer | None) -> str:
    if before is not None and not before.practice:
        return "Your answer from before the reveal stands, with its points; this one is practice."
    if points:
        return f"{points} {'point' if points == 1 else 'points'}, since it is late."
    if points is None:
        return "No points: of the tracks of a date your best one counts, and that is another one."
    return "No points after the reveal." if before is None else "No points but those of your first late answer."


def compared(day: Day, grade: Grade) -> Text:
    """Right or wrong once the reveal stands in the thread; what nobody grades is to be compared with it."""
    if grade.right is not None:
        return verdict(grade)
    shown = "reference solution" if isinstance(day.asked, Code) else "model answer"
    return text(f"Compare it with the {shown} in the reveal, in this question's thread.")


def result(day: Day, group: Group, answer: Answer | None, *, told: bool, points: int | None) -> Message:
    """My result: what I answered, and what it was worth once that is open."""
    if answer is None:
        return message("You have not answered this one." + (" There is still time." if day.state == "open" else ""))
    lines: list[Part | str] = [
        *given("**Your answer:**", day, answer.response),
        text("Given ", Moment(answer.given_at, group.zone.key)),
    ]
    if told or (isinstance(day.asked, Code) and answer.grade.right is not None):
        # Of code it was told already, in private.
        lines.append(compared(day, answer.grade) if day.state == "revealed" else verdict(answer.grade))
    if points is not None:
        late = " It was given after the reveal." if answer.practice else ""
        lines.append(
            "It was practice: no points on the board." if late and not points else f"**{points} points.**{late}"
        )
    elif not told:
        told_then = "Right or wrong is told" if day.asked.has_key else "A model answer comes"
        lines.append(f"{told_then} at the reveal.")
    return message(*lines)


def hint_offer(day: Day, taken: int, cost: int) -> Message:
    """Says what a hint costs before it is taken."""
    total = len(day.asked.hints)
    shown = [text(f"**Hint {number}.** {words}") for number, words in enumerate(day.asked.hints[:taken], 1)]
    if day.state != "open":
        return message(*shown, "This question is revealed: its explanation stands in the thread.")
    if taken >= total:
        return message(*shown, "There are no more hints.")
    offer = f"Hint {taken + 1} of {total} costs {-cost} points of what you earn here; you never go below nothing."
    return message(*shown, offer, Buttons((Button("Show it", "take-hint", (str(day.id), str(taken))),)))
