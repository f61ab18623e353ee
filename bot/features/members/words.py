"""The sentences that members read about themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.core import dates
from bot.core.messages import Button, Buttons, Mention, Message, Verbatim, message, text
from bot.core.refs import Person
from bot.features.groups.store import Group
from bot.features.members.store import COME_BACK, Member

WELCOME = (
    "I keep your answers, the times of them, your points, and what you set under settings; only you see your private "
    "answers. leave ends your membership. Your time zone and your reminders are yours to set."
)
SEEN_BY = (("public", "everybody"), ("group", "only this group"), ("nobody", "nobody"))
"""Who may see a member, as it is typed; what each means is said in `WHO_SEES_ME`."""
WHO_SEES_ME = (
    ("public", "everybody: on each board, also where one is shared"),
    ("group", "only this group: on members' boards, on none that is shared"),
    ("nobody", "nobody: on no board but my own"),
)
SEEN_AS_BEFORE = {
    "public": "Everybody may see you on boards, as before.",
    "group": "Only this group may see you on boards, as before.",
    "nobody": "Nobody sees you on boards but you, as before.",
}


def welcome(group: Group) -> Message:
    """The private welcome: says what is kept."""
    return message(
        text(
            "**Welcome to ",
            Verbatim(group.name),
            ".** A question comes at ",
            f"{group.post_at:%H:%M}",
            " (",
            group.zone.key,
            ").",
        ),
        WELCOME,
        Buttons(
            (
                Button("Settings", "settings"),
                Button("What can I do here?", "help"),
                Button("Today's question", "question"),
            )
        ),
    )


def private_is_closed(who: Person) -> Message:
    """What the room reads where a private message was refused: that there was one, and the way to what it was about."""
    return message(
        text(Mention(who), ", your private messages are closed to me, so something for you could not be delivered."),
        Buttons((Button("Today's question", "question"), Button("My settings", "settings"))),
    )


def joined(group: Group, before: Member | None) -> Message:
    """The answer to join; `before` is how the asker stood in the group."""
    if before is None:
        return message(text("You are in ", Verbatim(group.name), ". I have sent you a private welcome."))
    if before.left_at is not None:
        return message(text("You are back in ", Verbatim(group.name), ", with the points that you left."))
    return message(text("You are in ", Verbatim(group.name), " already."))


def again(before: Member | None, said: Message) -> Message:
    """What is said to somebody, who hears first that they are in the group again where `before` they had left it."""
    if before is None or before.left_at is None:
        return said
    back = text(f"**You are in the group again.** {SEEN_AS_BEFORE[before.seen_by]}")
    return replace(said, parts=(back, *said.parts))


def left(group: Group) -> Message:
    """The answer to leave."""
    return message(
        text(
            "You have left ",
            Verbatim(group.name),
            ". You are off its boards; your points wait for you if you come back. The days until then are none of "
            "yours: they break no streak and use no freeze.",
        ),
        Buttons((COME_BACK,)),
    )


def before_the_reveal(group: Group) -> str:
    """When a reminder of a reveal comes, by the group's number."""
    return f"{dates.lasting(group.numbers.reminded_before_reveal)} before the reveal"


def settings(member: Member, group: Group, today: date) -> Message:
    """What a member has set, and the way to change it; an absence that is over is none."""
    reminders = [
        name
        for name, on in (
            ("when the question is posted", member.remind_posted),
            (before_the_reveal(group), member.remind_reveal),
            ("a note of my week", member.note_at is not None),
        )
        if on
    ]
    lines = (
        ("Time zone", member.zone or f"{group.zone.key} (the group's)"),
        ("Level", member.level or "not set"),
        ("Target role", member.role or "not set"),
        ("Interview date", str(member.interview_on or "not set")),
        ("Language", member.language or "not set"),
        ("Reminders", listed(reminders) or "none"),
        ("Away until", _away(member.away_until, today)),
        ("Seen by", dict(WHO_SEES_ME)[member.seen_by]),
    )
    return message(
        "**Your settings in this group**",
        *(text(f"- {label}: ", Verbatim(value)) for label, value in lines),
        Buttons((Button("About me", "about-me"), Button("Reminders and privacy", "notices"))),
    )


def _away(until: date | None, today: date) -> str:
    return f"{until} (no reminders; your streak is kept)" if until is not None and until >= today else "not away"


def listed(items: Sequence[str]) -> str:
    """Several things in a row: a, b and c."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)
