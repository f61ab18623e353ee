"""The sentences of streaks."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot.core.messages import Moment, Span, Text
from bot.features.streaks.rules import BADGES, Outlook, Streak

A_WEEK = timedelta(days=7)
RULE = (
    "**How streaks count.** Each posting day on which you answer in time adds one day, right or wrong; where the group "
    "has several tracks, any one of them is enough. A posting day ends with its reveal. {missed} Days without a "
    "question (weekends, holidays, pauses, skipped dates) do not count, nor does a day you miss while you are away by "
    "your settings, or while I was away for an hour or more, or whose question I could post nowhere."
)
MISSED = (
    "Miss one, and a freeze is used by itself if you have one left: {freezes} in each calendar month. A freeze keeps "
    "the streak and adds nothing; a missed day without a freeze ends it."
)
MISSED_WITHOUT_FREEZES = "Miss one, and your streak ends, since this month has no freezes."


def rule(freezes: int) -> str:
    """The rule, such that a member can say before what a day does to their streak; `freezes` are this month's."""
    missed = MISSED.format(freezes={1: "one", 2: "two"}.get(freezes, freezes)) if freezes else MISSED_WITHOUT_FREEZES
    return RULE.format(missed=missed)


def standing(streak: Streak, freezes: int, today: date) -> Iterator[str]:
    """Where a streak stands: days, freezes of this month, badges."""
    if streak.days:
        yield f"Streak: **{days(streak.days)}** (longest {days(streak.longest)})."
    elif streak.longest:
        yield f"No streak now (longest {days(streak.longest)}); answering the next question in time starts one."
    else:
        yield "No streak yet; answering the next question in time starts one, right or wrong."
    yield left(streak, freezes, today)
    if streak.badges:
        yield f"Badges: {', '.join(map(badge, streak.badges))}."
    if streak.next_badge is not None:
        yield f"The next badge comes at {days(streak.next_badge)} in a row."


def left(streak: Streak, freezes: int, today: date) -> str:
    """How many freezes are left this month, and which days have used the others."""
    if not freezes and not streak.used:
        return f"No freezes in {today:%B}: a missed day ends a streak."
    used = ", ".join(f"{on.day} {on:%b}" for on in streak.used)
    return f"Freezes left in {today:%B}: {streak.left} of {freezes}" + (f"; used for {used}." if used else ".")


def of_week(streak: Streak, freezes: int, today: date) -> Iterator[str]:
    """Where a streak stands after a week, and when it ended where it did in that week."""
    if streak.days:
        yield f"Your streak stands at {days(streak.days)}."
    elif streak.ended is not None and today - streak.ended <= A_WEEK:
        why = "since no freeze was left for that day"
        yield f"Your streak of {days(streak.before)} ended on {_named(streak.ended)}, {why}."
    if not streak.days:
        yield "Answering the next question in time starts a streak, right or wrong."
    yield left(streak, freezes, today)


def ahead(now: Streak, coming: Sequence[Outlook], next_at: datetime | None, zone: str) -> Text:
    """When each open day ends and what it will do to the streak; else when the next one comes, None in a pause."""
    if coming:
        return Text(tuple(span for one in coming for span in ("\n", *_outlook(now, one, zone)))[1:])
    if next_at is None:
        return Text(("The group is paused: until it goes on no day counts, and no streak breaks.",))
    return Text(
        ("No question is open: nothing happens to your streak until the next one, ", Moment(next_at, zone), ".")
    )


def _outlook(now: Streak, one: Outlook, zone: str) -> tuple[Span, ...]:
    assert one.day.ends is not None
    until = Moment(one.day.ends, zone)
    if one.day.answered:
        return (f"**{_named(one.day.on)}** is answered and counts; the day ends with its reveal, ", until, ".")
    answer = f"Answer it, and your streak is {days(one.answered.days)}. "
    return (f"**{_named(one.day.on)}** is open until its reveal, ", until, f". {answer}{_if_missed(now, one)}")


def _if_missed(now: Streak, one: Outlook) -> str:
    if one.day.excused:
        return "Miss it, and nothing happens, since you or I were away."
    if not now.days:
        return "Miss it, and nothing is lost."
    if one.missed.days:
        return f"Miss it, and a freeze keeps your streak; {one.missed.left} would be left in {one.day.on:%B}."
    return "Miss it, and your streak ends, since no freeze is left for that day."


def _named(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b}"


def badge(milestone: int) -> str:
    """A badge, by its milestone."""
    return f"{'🥉🥈🥇💎'[BADGES.index(milestone)]} {milestone} days"


def days(number: int) -> str:
    """A number of days."""
    return "1 day" if number == 1 else f"{number} days"
