"""The sentences about a group's tracks that its organisers read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core import dates
from bot.core.messages import Button, Buttons, ChannelLink, Message, Moment, Span, Style, Text, Verbatim, message, text
from bot.core.ports import Missing
from bot.core.refs import Place
from bot.features.groups.rules import say_weekdays
from bot.features.groups.store import Group, Track

FIRST = (
    "{} is the group's first track, whose level and home others go by, so it cannot end. admin pause lets the whole "
    "group rest."
)
HOW = (
    "In a channel without questions *admin track* with a name gives it a track, a new one or one that is there. "
    "*setup* in a track's channel changes its plan and level; time and weekdays are those of the group."
)
MOST = 10  # tracks with buttons of their own: 25 buttons are a message's most


@dataclass(frozen=True, slots=True)
class Shown:
    """A track with its channels; `leads` where it is the group's first, which never ends."""

    track: Track
    places: Sequence[Place]
    leads: bool


def tracks(group: Group, every: Sequence[Shown], *, free: bool) -> Message:
    """Every track, and what may be done; `free` where this channel has no questions yet."""
    buttons = [button for one in every[:MOST] for button in _buttons(one)]
    if free:
        buttons.insert(0, Button("A track for this channel", "new-track", style=Style.primary))
    return message(
        text(
            "**The tracks of ",
            Verbatim(group.name),
            f"**, asked at {group.post_at:%H:%M} ({group.zone.key}), {say_weekdays(group.weekdays)}",
            ". The group is paused" if group.paused else "",
        ),
        *(_line(one, group) for one in every),
        HOW,
        Buttons(tuple(buttons)),
    )


def _line(one: Shown, group: Group) -> Text:
    track = one.track
    head = ("- **", Verbatim(track.name), "**", *_places(one))
    if track.ended:
        return text(*head, ": ended. Its days stay in boards and history.")
    coming = "" if group.paused else f", next question {dates.day(track.next_on)}"
    first = " (the first track; it cannot end)" if one.leads else ""
    return text(*head, f": plan {track.plan}, level {track.level_in(group)}{coming}{first}")


def _places(one: Shown) -> list[Span]:
    spans: list[Span] = []
    for number, place in enumerate(one.places):
        spans += [", " if number else " in ", ChannelLink(place)]
    return spans


def _buttons(one: Shown) -> list[Button]:
    id, name = (str(one.track.id),), one.track.name
    if one.track.ended:
        return [Button(f"Begin {name} again", "begin-track", id)] if one.places else []
    rename = Button(f"Rename {name}", "rename-track", id)
    return [rename] if one.leads else [rename, Button(f"End {name}", "end-track", id, Style.danger)]


def taken(track: Track) -> str:
    """What is said where a channel that has a track shall have another one."""
    return (
        f"This channel has its questions already, those of the track {track.name}. Run admin track here without a name "
        "to see what may be done with it, or with a name in another channel."
    )


def begun(group: Group, track: Track, missing: Sequence[Missing], *, new: bool, again: bool) -> Message:
    """The answer to a track that has begun, has begun again, or has one more channel."""
    head: tuple[Span, ...] = ("**This channel** is one more home of the track ", Verbatim(track.name), " of ")
    if new:
        head = ("**This channel** has a track of its own, ", Verbatim(track.name), ", of ")
    if again:
        head = ("**The track ", Verbatim(track.name), " begins again** in its channels, of ")
    return message(
        text(*head, Verbatim(group.name), "."),
        f"- Plan: {track.plan}\n- Level: {track.level_in(group)}\n"
        f"- First question: {dates.dated(track.next_on)}, {group.post_at:%H:%M}\n"
        "- Members, board and mock interviews are those of the group; who answers on several tracks of a date has the "
        "points of the best one, and any one of them keeps the streak.",
        *(["The group is paused: nothing is posted until admin resume."] if group.paused else []),
        *(text(f"- I lack the permission “{item.permission}”: {item.stops}.") for item in missing),
        Buttons((Button("See what is planned", "admin preview"), Button("All tracks", "admin track"))),
    )


def renamed(before: str, now: str) -> Message:
    """The answer to another name of a track."""
    return message(text("The track ", Verbatim(before), " is now called **", Verbatim(now), "**."))


def ended(group: Group, one: Shown, reveal_at: datetime | None, *, rests: bool) -> Message:
    """The answer to the end of a track."""
    reveal: tuple[Span, ...] = ()
    if reveal_at is not None:
        reveal = (" Its question that is open is still revealed, ", Moment(reveal_at, group.zone.key), ".")
    head = ("**The track ", Verbatim(one.track.name), " has ended.** Nothing more is posted", *_places(one), ".")
    return message(
        text(*head, *reveal),
        "Its days, answers and points stay in boards and history, and it can begin again. Streaks run on by the other "
        "tracks.",
        *(["None of the group's other channels takes my posts, so the group is paused with it."] if rests else []),
        Buttons((Button("Begin it again", "begin-track", (str(one.track.id),)), Button("All tracks", "admin track"))),
    )
