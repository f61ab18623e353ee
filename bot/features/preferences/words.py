"""What members read about their own preferences, and the form in which they set them."""

from collections.abc import Sequence
from datetime import date

from bot.bank.terms import Level
from bot.core import dates
from bot.core.forms import Choice, Form, Line
from bot.core.limits import OPTION_LABEL
from bot.core.messages import Button, Buttons, Message, Part, Select, SelectOption, Typed, Verbatim, message, text
from bot.features.hours import words as hours
from bot.features.members.store import Member
from bot.features.preferences.rules import COMMON
from bot.features.preferences.store import Preferences
from bot.features.wishes.words import CHOICES, NAMES

USUAL_HOURS = "Mon-Fri 18:00-21:00, Sat Sun 10:00-18:00"
LISTED = 25
YOURSELF = "That is you, and you are never paired with yourself."


def form(then: str, member: Member | None, set_before: Preferences | None) -> Form:
    """The five things that decide who fits; `then` is what follows once they are set."""
    has = set_before or Preferences(member.id if member else 0)  # type: ignore[arg-type]
    return Form(
        "Mock interviews",
        "mock-set",
        (
            Line(
                name="hours",
                label="When could you meet? (your own time zone)",
                hint="such as Tue Thu 18-21, Sat morning",
                value=hours.say(has.hours) or USUAL_HOURS,
                max_length=hours.LONGEST,
            ),
            _types("wanted", "What do you want to practise? (none: any)", has.wanted),
            _types("giving", "What can you give others? (none: any)", has.giving),
            Choice(
                name="level",
                label="Level",
                value=(member.level if member else None) or "",
                required=False,
                options=tuple((item.value, item.value) for item in Level),
            ),
            Line(
                name="language",
                label="Languages",
                hint="such as English, German",
                value=(member.language if member else None) or "",
                required=False,
                max_length=35,
            ),
        ),
        (then,),
    )


def _types(name: str, label: str, chosen: frozenset[str]) -> Choice:
    value = " ".join(kind for kind, _ in CHOICES if kind in chosen)
    return Choice(name=name, label=label, value=value, required=False, options=CHOICES, many=True)


def shown(of: Preferences, member: Member, zone: str, *, blocked: int, saved: bool = False) -> Message:
    """What a member has set; nobody else reads it."""
    rows = (
        ("Hours", f"{hours.say(of.hours)} ({zone})" if of.hours else "none yet"),
        ("Wanted", _named(of.wanted)),
        ("Given", _named(of.giving)),
        ("Level", member.level or "not set"),
        ("Languages", member.language or "not set"),
        ("Rounds", _rounds(of)),
        ("Never paired with", f"{blocked} of the group" if blocked else "nobody named"),
    )
    return message(
        "**Saved: your mock interviews**" if saved else "**Your mock interviews**",
        *(text(f"- {label}: ", Verbatim(value)) for label, value in rows),
        *([text("The zone is the group's; Settings has yours.")] if member.zone is None else []),
        Select(
            "mock-hours",
            tuple(SelectOption(value, label) for value, label, _ in COMMON),
            placeholder="Or choose your hours here",
            at_most=len(COMMON),
        ),
        _ways(of),
    )


def _ways(of: Preferences) -> Part:
    pause = Button("Go on", "mock resume") if of.paused_until else Button("Pause", "mock pause")
    return Buttons(
        (
            Button("Change", "mock-change"),
            pause,
            Button("Block somebody", "mock block"),
            Button("Settings", "settings"),
            Button("How do I stand?", "mock status"),
        )
    )


def _named(kinds: frozenset[str]) -> str:
    return ", ".join(name for kind, name in NAMES.items() if kind in kinds) or "any type"


def _rounds(of: Preferences) -> str:
    every = "in every one" if of.every_round else "in those that you sign up for"
    return every + (f", paused until {of.paused_until}" if of.paused_until else "")


def paused(until: date, *, was_in: bool) -> Message:
    """The answer to pause."""
    return message(
        f"**Paused until {dates.dated(until)}**; what you have set is kept.",
        *(["You are off the round that was open."] if was_in else []),
        Buttons((Button("Go on now", "mock resume"),)),
    )


def resumed(*, was_paused: bool) -> Message:
    """The answer to resume."""
    said = "You are no longer paused." if was_paused else "You are not paused."
    return message(said, Buttons((Button("Sign me up", "mock join"),)))


# --- blocks: read by the one who blocks alone -------------------------------------------------------------------------


def choose_whom(action: str, people: Sequence[Member], *, blocked: bool) -> Message:
    """The list to choose from: whom to block, or whose block to take back."""
    if not people:
        return message("You have blocked nobody." if blocked else "There is nobody here whom you could block.")
    options = tuple(SelectOption(str(one.id), one.name[:OPTION_LABEL]) for one in people[:LISTED])
    command = "mock unblock" if blocked else "mock block"
    return message(
        "Whose block shall be taken back?"
        if blocked
        else "With whom do you never want to be paired? They are not told.",
        Select(action, options, placeholder="Choose a person"),
        *([text("Whoever is not in the list can be named: ", Typed(command, "name"))] if len(people) > LISTED else []),
    )


def has_blocked(other: Member) -> Message:
    """The answer to block."""
    return message(
        text("You will not be paired with ", Verbatim(other.name), ". They are not told, and nobody sees it."),
        "A session that was announced already is called off in its own room.",
        Buttons((Button("Take a block back", "mock unblock"),)),
    )


def has_unblocked(other: Member) -> Message:
    """The answer to unblock."""
    return message(text("You may be paired with ", Verbatim(other.name), " again."))
