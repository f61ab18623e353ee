"""What is planned, in words for organisers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.bank.load import Bank
from bot.bank.problem import Problem
from bot.core import dates
from bot.core.messages import (
    Button,
    Buttons,
    ChannelLink,
    Message,
    Part,
    Select,
    SelectOption,
    Span,
    Text,
    Verbatim,
    message,
    text,
)
from bot.core.refs import Place
from bot.features.days.store import Day
from bot.features.groups.store import Group, Track

SHOWN = 5  # broken files that a message names
HOW_TO_SWAP = "Choose a date to give it another question, or run admin swap with a date and the id of a question."


@dataclass(frozen=True, slots=True)
class Shown:
    """A track as it is named to organisers, with the channels in which it is posted."""

    name: str
    places: Sequence[Place]


def preview(
    planned: Sequence[Day], blackouts: Sequence[date], group: Group, track: Track, bank: Bank, *, named: bool
) -> Message:
    """The dates to come with their questions, and what the plan proposes; `named` where the track is to be named."""
    lines: list[Part] = [_line(day, bank) for day in planned]
    if not planned:
        return message("Nothing is planned: the bank is used up, and this plan does not begin anew.")
    of = f" of the track {track.name}" if named else ""
    head = f"**The next {len(planned)} questions{of}**, at {group.post_at:%H:%M} ({group.zone.key})"
    if group.paused:
        head += ". The group is paused: nothing is posted until admin resume"
    off = [text(f"Blackout: {', '.join(map(dates.day, blackouts))}")] if blackouts else []
    options = tuple(SelectOption(str(day.on), f"{dates.day(day.on)}: {_title(day, bank)}"[:75]) for day in planned)
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
    return text(f"- **{dates.day(day.on)}** {_title(day, bank)}{about}")


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
        f"**{dates.named(day.on)}** now has: {_title(day, bank)} `{day.question_id}`.",
        Buttons((Button("See what is planned", "admin preview"),)),
    )


def skipped(on: date, tracks: Sequence[Shown], asking: Sequence[str]) -> Message:
    """The answer to skip: of which tracks, where they are named, and which ones have a question on that date."""
    if not tracks:
        return message(f"**{dates.named(on)} is skipped.** Nothing is posted on that date, and no streak breaks.")
    where = (f"**{dates.named(on)} is skipped** on ", *_tracks(tracks), ": nothing is posted there on that date")
    if not asking:
        return message(text(*where, ", and no streak breaks."))
    return message(
        text(*where, "."),
        text(
            "It still has a question on ",
            Verbatim(" and ".join(asking)),
            ", so it stays a posting day: streaks run on by that, and whoever answers none that day misses it.",
        ),
    )


def unskipped(on: date, tracks: Sequence[Shown]) -> Message:
    """The answer to a skip that was taken back."""
    if not tracks:
        return blackout(on, on, off=True)
    return message(text(f"**{dates.named(on)}** is an ordinary date again on ", *_tracks(tracks), "."))


def noted(what: str, tracks: Sequence[Shown]) -> str:
    """A line of the log that names the tracks that it is about, where they have names."""
    return " ".join([what, ", ".join(track.name for track in tracks)]).strip()


def _tracks(tracks: Sequence[Shown]) -> list[Span]:
    spans: list[Span] = []
    for number, track in enumerate(tracks):
        spans += [" and " if number else "", Verbatim(track.name)]
        for count, place in enumerate(track.places):
            spans += [", " if count else " (", ChannelLink(place)]
        spans.append(")" if track.places else "")
    return spans


def blackout(first: date, last: date, *, off: bool) -> Message:
    """The answer to blackout."""
    said = dates.dated(first) if first == last else f"{dates.dated(first)} to {dates.dated(last)}"
    if off:
        return message(
            f"**{said}**: an ordinary date again." if first == last else f"**{said}**: ordinary dates again."
        )
    return message(f"**{said}: nothing is posted**, and no streak breaks.")
