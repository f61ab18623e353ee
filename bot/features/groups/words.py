"""The sentences about a group that its organisers and members read."""

from collections.abc import Mapping, Sequence

from bot.core import dates
from bot.core.messages import Button, Buttons, Message, Moment, RoleMention, Span, Style, Typed, Verbatim, message, text
from bot.core.ports import Missing
from bot.features.groups.rules import NUMBERS, limits_of, say_weekdays
from bot.features.groups.store import Group, Line, Track


def tour(group: Group) -> Message:
    """The first message in a new home: what happens here, with the first steps as buttons."""
    return message(
        "**This is now a study group for machine-learning interviews.**",
        text(
            f"- A question comes at **{group.post_at:%H:%M}** ({group.zone.key}), {say_weekdays(group.weekdays)}.\n"
            "- Answer with its buttons or in its thread; you may change your answer until the reveal.\n"
            "- The reveal explains the answer and shows how the group did; points go to the board.\n"
            "- Nobody sees a private answer before the reveal, and *nothing you wrote is ever deleted* by me."
        ),
        Buttons(
            (
                Button("Join", "join", style=Style.primary),
                Button("Today's question", "question"),
                Button("Board", "board"),
                Button("What can I do here?", "help"),
            )
        ),
    )


def set_up(group: Group, track: Track, missing: Sequence[Missing], *, again: bool) -> Message:
    """The answer to the organiser who has set up."""
    return message(
        "**Changed.**" if again else "**The group is set up.**",
        text(
            f"- Time: {group.post_at:%H:%M}, {say_weekdays(group.weekdays)}\n- Zone: {group.zone.key}\n"
            f"- Plan: {track.plan}\n- Level: {track.level_in(group)}\n- First question: {dates.dated(track.next_on)}"
        ),
        *(
            ["The dates that are planned already keep their questions; each can be swapped in the preview."]
            if again
            else []
        ),
        *(["The group is paused: nothing is posted until admin resume."] if group.paused else []),
        *(text(f"- I lack the permission “{item.permission}”: {item.stops}.") for item in missing),
        Buttons((Button("See what is planned", "admin preview"), Button("Try it on me", "admin test"))),
    )


def log(lines: Sequence[Line], group: Group, names: Mapping[str, str]) -> Message:
    """The organisers' log, the newest line first, with who did it by the names of the members."""
    if not lines:
        return message("Nothing has happened yet.")
    said = (
        text("- ", Moment(line.at, group.zone.key), f" **{line.what}**", *_detail(line), *_by(line, names))
        for line in lines
    )
    return message("**The organisers' log**, the newest first", *said)


def _detail(line: Line) -> list[Span]:
    return [" ", Verbatim(line.detail)] if line.detail else []


def _by(line: Line, names: Mapping[str, str]) -> list[Span]:
    if line.actor is None:
        return []
    return [", by ", Verbatim(names[line.actor]) if line.actor in names else "somebody who is no member"]


_NUMBERS = {
    "right": "points for a right answer",
    "first_right": "points more for the first right one",
    "open_answered": "points for an answer to an open question",
    "hint": "points for taking a hint",
    "reveal_before_next": "minutes from a reveal to the next question",
    "reveal_at_most_after": "minutes after which a reveal comes at the latest",
    "caught_up_within": "minutes in which a question that was missed is still posted",
    "reminded_before_reveal": "minutes from the reminder to the reveal",
    "show_right_or_wrong_at_once": "right or wrong is said at once",
    "freezes": "freezes that each month has for a member's streak",
    "code_in_thread": "code is answered in the thread, for all to see",
    "weekly_recap": "the week is told in the home",
}


def number(value: int | bool) -> str:
    """A number or a yes or no, as it is typed."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def numbers(group: Group, *, changed: bool) -> Message:
    """The group's numbers, each under the name by which it is set."""
    lines = (f"- `{name}` {number(getattr(group.numbers, name))}{_meaning(name)}" for name in NUMBERS)
    since = (
        "A question that is open keeps the reveal that it was given. Freezes, once changed, count from the month after "
        "that on: streaks and badges of this month and before stay as they are."
    )
    return message("**Changed.**" if changed else "**The group's numbers**", text("\n".join(lines)), since)


def one_number(group: Group, name: str) -> Message:
    """One number with its meaning and range, for whoever named it without a value."""
    said = f"`{name}` {number(getattr(group.numbers, name))}{_meaning(name)}"
    return message(text(said, ". Run ", Typed(f"admin numbers {name}", "value"), " to change it."))


def _meaning(name: str) -> str:
    if isinstance(NUMBERS[name], bool):
        return f": {_NUMBERS[name]} (yes or no)"
    least, most = limits_of(name)
    return f": {_NUMBERS[name]} ({least} to {most})"


def role(role: str) -> Message:
    """The answer to role."""
    if not role:
        return message("Questions name no role.")
    return message(
        text("Every question now names ", RoleMention(role), ", in this workspace alone."),
        "Its holders are notified only if everybody may mention the role; that is set where the role is.",
    )


def role_now(role: str) -> Message:
    """The role that questions name, and how that is changed."""
    if not role:
        return message("Questions name no role. admin role with one sets it.")
    return message(
        text("Every question names ", RoleMention(role), ", in this workspace alone."),
        "admin role with another one names that instead.",
        Buttons((Button("No role any more", "no-role"),)),
    )


def paused(group: Group, tracks: Sequence[Track]) -> Message:
    """The answer to pause, which is the whole group's wherever it was run."""
    several, names = len(tracks) > 1, Verbatim(", ".join(track.name for track in tracks))
    on: list[Span] = [" on any of its tracks (", names, ")"] if several else []
    return message(
        text(
            "**Paused: ",
            Verbatim(group.name),
            ".** No question is posted",
            *on,
            " until you resume; no streak breaks. An open question is still revealed at its time.",
        ),
        *(["To end one track alone, run admin track off in its channel."] if several else []),
        Buttons((Button("Resume", "admin resume"),)),
    )


def resumed(group: Group, tracks: Sequence[Track]) -> Message:
    """The answer to resume."""
    first = min(tracks, key=lambda track: track.next_at)
    return message(
        text(
            "**Going on: ",
            Verbatim(group.name),
            f".** The next question: {dates.named(first.next_on)}, {group.post_at:%H:%M} ({group.zone.key}).",
        )
    )
