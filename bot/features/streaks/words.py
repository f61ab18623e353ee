"""The sentences of streaks."""

from collections.abc import Iterator

from bot.features.streaks.rules import BADGES, Streak

RULE = (
    "**How streaks count.** Each posting day on which you answer in time adds one day, right or wrong; where the group "
    "has several tracks, any one of them is enough. A posting day ends with its reveal. Miss one, and a freeze is used "
    "by itself if you have one left: {freezes} in each calendar month. A freeze keeps the streak and adds nothing; a "
    "missed day without a freeze ends it. Days without a question (weekends, holidays, pauses, skipped dates) do not "
    "count, nor does a day you miss while you are away by your settings, or while I was away for an hour or more."
)


def rule(freezes: int) -> str:
    """The rule, such that a member can say before what a day does to their streak."""
    return RULE.format(freezes={0: "none", 1: "one", 2: "two"}.get(freezes, str(freezes)))


def standing(streak: Streak, freezes: int) -> Iterator[str]:
    """Where a streak stands: days, freezes, badges."""
    if streak.days:
        yield f"Streak: **{days(streak.days)}** (longest {days(streak.longest)})."
    elif streak.longest:
        yield f"No streak now (longest {days(streak.longest)}); answering the next question in time starts one."
    else:
        yield "No streak yet; answering the next question in time starts one, right or wrong."
    used = ", ".join(f"{on.day} {on:%b}" for on in streak.frozen[-freezes:]) if freezes else ""
    yield f"Freezes left this month: {streak.left} of {freezes}" + (f"; the last were used on {used}." if used else ".")
    if streak.badges:
        yield f"Badges: {', '.join(map(badge, streak.badges))}."
    if streak.next_badge is not None:
        yield f"The next badge comes at {days(streak.next_badge)} in a row."


def badge(milestone: int) -> str:
    """A badge, by its milestone."""
    return f"{'🥉🥈🥇💎'[BADGES.index(milestone)]} {milestone} days"


def days(number: int) -> str:
    """A number of days."""
    return "1 day" if number == 1 else f"{number} days"
