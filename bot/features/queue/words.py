"""What is said about the live queue."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.messages import Button, Buttons, Message, Moment, Style, Verbatim, message, text
from bot.features.groups.store import Group
from bot.features.members.store import Member

NOW = Button("I have time now", "mock now", style=Style.primary)
STOP = Button("Stop waiting", "mock leave")


def paired(other: Member, why: Sequence[str]) -> Message:
    """The word to either of two who have time now."""
    return message(
        text("**You have a partner: ", Verbatim(other.name), ".** Each of you hears from me where to meet."),
        *(f"- {line}" for line in why),
    )


def waits(until: datetime, group: Group, *, again: bool) -> Message:
    """The answer where nobody who fits has time yet."""
    return message(
        text(
            "**You are in the live queue already**, until " if again else "**You are in the live queue** until ",
            Moment(until, group.zone.key),
            ". You hear from me the moment somebody who fits has time too.",
        ),
        Buttons((STOP, Button("My preferences", "mock prefs"))),
    )


def somebody_waits(until: datetime, group: Group) -> Message:
    """The post in the home; it does not say who."""
    return message(
        text("Somebody has time for a mock interview now, until ", Moment(until, group.zone.key), "."),
        Buttons((NOW,)),
    )


def over(group: Group, opens_at: datetime | None) -> Message:
    """The kind word to somebody whose two hours are over."""
    return message(
        "**Nobody who fits had time in these two hours.** Thank you for being there; early evenings are busiest here.",
        *([text("The next round opens ", Moment(opens_at, group.zone.key), ".")] if opens_at else []),
        Buttons((Button("Wait two hours more", "mock now"), Button("Sign me up for the round", "mock join"))),
    )
