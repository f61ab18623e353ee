"""What is planned, in words for organisers."""

from collections.abc import Sequence
from datetime import date

from bot.bank.load import Bank
from bot.bank.problem import Problem
from bot.core.messages import Button, Buttons, Message, Part, Select, SelectOption, Text, Verbatim, message, text
from bot.features.days.store import Day
from bot.features.groups.store import Group, Track

SHOWN = 5  # broken files that a message names
HOW_TO_SWAP = "Choose a date to give it another question, or run admin swap with a date and the id of a question."


def preview(planned: Sequence[Day], blackouts: Sequence[date], group: Group, track: Track, bank: Bank) -> Message:
    """The dates to come with their questions, and what the plan proposes for their weeks."""
    lines: list[Part] = [_line(day, bank) for day in planned]
    if not planned:
        return message("Nothing is planned: the bank is used up, and this plan does not begin anew.")
    head = f"**The next {len(planned)} questions**, at {group.post_at:%H:%M} ({group.zone.key})"
    if group.paused:
        head += ". The group is paused: nothing is posted until admin resume"
    off = [text(f"Blackout: {', '.join(str(on) for on in blackouts)}")] if blackouts else []
    options = tuple(SelectOption(str(day.on), f"{day.on:%a %d %b}: {_title(day, bank)}"[:75]) for day in planned)
    what = text(f"Plan: {track.plan}. Level: {track.level_in(group)}.")
    weeks = _weeks(planned, track, bank)
    return message(
        head,
        *lines,
        *off,
        what,
        *weeks,
        Select("swap-day", options, placeholder="Give a date another question"),
        HOW_TO_SWAP,
    )


def _weeks(planned: Sequence[Day], track: Track, bank: Bank) -> list[Part]:
    plan = bank.plans.get(track.plan)
    numbers = {plan.week(day.on, track.plan_since) for day in planned} if plan else set()
    if plan is None or numbers <= {None}:
        return []
    shown = [(number, plan.weeks[number]) for number in sorted(number for number in numbers if number is not None)]
    lines = [f"- Week {number + 1} of {len(plan.weeks)}: {week.title}. {week.beside or ''}" for number, week in shown]
    return [text(f"**{plan.title}**, beside the questions:\n" + "\n".join(lines))]


def _line(day: Day, bank: Bank) -> Text:
    question = bank.questions.get(day.question_id)
    about = f" ({question.category}, {question.kind}, {question.level}) `{question.id}`" if question else ""
    return text(f"- **{day.on:%a %d %b}** {_title(day, bank)}{about}")


def _title(day: Day, bank: Bank) -> str:
    question = bank.questions.get(day.question_id)
    return question.title if question else "(this one left the bank; another is chosen when it is posted)"


def broken_content(problems: Sequence[Problem]) -> Message:
    """The note to organisers that some files of the bank cannot be read."""
    shown = [text("- ", Verbatim(str(problem))) for problem in problems[:SHOWN]]
    more = [f"And {len(problems) - SHOWN} more."] if len(problems) > SHOWN else []
    return message(
        "**Some content files are broken, so their questions are left out.** Everything else is asked as planned; "
        "whoever runs the bot can mend them.",
        *shown,
        *more,
    )


def swapped(day: Day, bank: Bank) -> Message:
    """The answer to swap."""
    return message(
        f"**{day.on:%A %d %B}** now has: {_title(day, bank)} `{day.question_id}`.",
        Buttons((Button("See what is planned", "admin preview"),)),
    )


def skipped(on: date) -> Message:
    """The answer to skip."""
    return message(f"**{on:%A %d %B} is skipped.** Nothing is posted on that date, and no streak breaks.")


def blackout(first: date, last: date, *, off: bool) -> Message:
    """The answer to blackout."""
    dates = f"{first}" if first == last else f"{first} to {last}"
    if off:
        return message(
            f"**{dates}**: an ordinary date again." if first == last else f"**{dates}**: ordinary dates again."
        )
    return message(f"**{dates}: nothing is posted**, and no streak breaks.")
