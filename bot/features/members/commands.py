"""Joining, leaving, and one's own settings."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.bank.terms import Level
from bot.core.ask import Ask
from bot.core.commands import Option, action, command, form, on
from bot.core.errors import FormErrors
from bot.core.events import Left
from bot.core.forms import Choice, Day, Form, Line
from bot.core.messages import Message
from bot.core.parsing import suggest_zones
from bot.core.ports import Reply
from bot.features.away import store as away
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store, words
from bot.features.members.rules import next_note
from bot.features.members.store import Member


class SeenBy(StrEnum):
    """Who sees a member on boards."""

    public = "public"
    group = "group"
    nobody = "nobody"


YES_NO = (("yes", "Yes"), ("no", "No"))
LEVELS = tuple((item.value, item.value) for item in Level)


@command("join", help="Join this study group.")
async def join(ask: Ask) -> Reply:
    """Join the group of this place."""
    return await ask.run(_join, ask)


def _join(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    before = store.find(tx, group.id, ask.who)
    store.join(tx, group.id, ask.who, ask.name, now=ask.now)
    return words.joined(group, before)


@command("leave", help="Leave this study group; your points wait for you.")
async def leave(ask: Ask) -> Reply:
    """Leave the group of this place."""
    return await ask.run(_leave, ask)


def _leave(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    member = store.active_member(tx, group.id, ask)
    store.set_left(tx, member.id, ask.now)
    return words.left(group)


@on(Left)
async def left(ask: Ask, event: Left) -> None:
    """Somebody left the workspace or a channel: they are off the boards of groups that live nowhere else."""
    await ask.run(_left, ask)


def _left(tx: Connection, ask: Ask) -> None:
    for group in store.groups_of(tx, ask.who):
        # On some platforms a person is the same in every workspace: only the one that they left counts.
        if not homes.lives_in(tx, group, ask.place) or not (member := store.find(tx, group, ask.who)):
            continue
        if ask.place.channel and homes.lives_beside(tx, group, ask.place):
            store.set_left_a_channel(tx, member.id, ask.now)  # in which of the others they are, the platform is asked
        else:
            store.set_left(tx, member.id, ask.now)


# --- settings -----------------------------------------------------------------------------------------------------


@command("settings", help="See and change your zone, level, target, reminders and who sees you.")
async def settings(
    ask: Ask,
    zone: Annotated[ZoneInfo | None, Option("your time zone, such as Europe/Berlin", suggest=suggest_zones)] = None,
    level: Annotated[Level | None, Option("how far you are")] = None,
    seen_by: Annotated[SeenBy | None, Option("who sees you on boards", choices=words.SEEN_BY)] = None,
) -> Reply:
    """Show the asker's settings, changed where something was given."""
    changes = {"zone": zone.key if zone else None, "level": level, "seen_by": seen_by}
    return await ask.run(_change, ask, {name: value for name, value in changes.items() if value})


@action("about-me")
async def about_me(ask: Ask) -> Reply:
    """Open the form about the asker."""
    return await ask.read(_about_me, ask)


def _about_me(tx: Connection, ask: Ask) -> Form:
    group, member = _me(tx, ask)
    return Form(
        "About me",
        "set-about-me",
        (
            Line(
                name="zone",
                label="Time zone",
                hint="such as Europe/Berlin",
                value=member.zone or ask.zone or group.zone.key,
                required=False,
            ),
            Choice(name="level", label="Level", value=member.level or "", required=False, options=LEVELS),
            Line(name="role", label="Target role", value=member.role or "", required=False, max_length=80),
            Day(
                name="interview_on",
                label="Interview date",
                value=_to_come(member.interview_on, group.today(ask.now)),
                required=False,
            ),
            Line(
                name="language",
                label="Language",
                hint="such as English",
                value=member.language or "",
                required=False,
                max_length=35,
            ),
        ),
    )


def _to_come(on: date | None, today: date) -> str:
    """A date as it stands in a form, which takes none that is over."""
    return str(on) if on is not None and on >= today else ""


@form("set-about-me")
async def set_about_me(
    ask: Ask,
    zone: ZoneInfo | None = None,
    level: Level | None = None,
    role: Annotated[str, Option(max_length=80)] = "",
    interview_on: date | None = None,
    language: Annotated[str, Option(max_length=35)] = "",
) -> Reply:
    """Take the form about the asker; an empty field sets the setting back."""
    if interview_on and not -timedelta(days=1) <= interview_on - ask.now.date() <= timedelta(days=1100):
        raise FormErrors({"interview_on": "Wanted an interview date from today on, at most three years ahead."})
    changes = {
        "zone": zone.key if zone else None,
        "level": level,
        "role": role or None,
        "interview_on": interview_on,
        "language": language or None,
    }
    return await ask.run(_change, ask, changes)


@action("notices")
async def notices(ask: Ask) -> Reply:
    """Open the form about reminders and privacy."""
    return await ask.read(_notices, ask)


def _notices(tx: Connection, ask: Ask) -> Form:
    group, member = _me(tx, ask)
    return Form(
        "Reminders and privacy",
        "set-notices",
        (
            Choice(
                name="remind_posted",
                label="Tell me when the question is posted",
                options=YES_NO,
                value=_word(member.remind_posted),
            ),
            Choice(
                name="remind_reveal",
                label=f"Remind me {words.before_the_reveal(group)}",
                options=YES_NO,
                value=_word(member.remind_reveal),
            ),
            Choice(
                name="weekly_note",
                label="Send me a note of my week",
                options=YES_NO,
                value=_word(member.note_at is not None),
            ),
            Day(
                name="away_until",
                label="Away until (streak kept, no reminders)",
                value=_to_come(member.away_until, group.today(ask.now)),
                required=False,
            ),
            Choice(
                name="seen_by",
                label="Who sees me on boards",
                options=words.WHO_SEES_ME,
                value=member.seen_by,
            ),
        ),
    )


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


@form("set-notices")
async def set_notices(
    ask: Ask,
    remind_posted: bool,
    remind_reveal: bool,
    seen_by: SeenBy,
    weekly_note: bool = False,
    away_until: date | None = None,
) -> Reply:
    """Take the form about reminders and privacy."""
    changes = {
        "remind_posted": remind_posted,
        "remind_reveal": remind_reveal,
        "away_until": away_until,
        "seen_by": seen_by,
    }
    return await ask.run(_change_notices, ask, changes, weekly_note)


def _change_notices(tx: Connection, ask: Ask, changes: dict[str, Any], weekly_note: bool) -> Message:
    group, member = _me(tx, ask)
    until = changes["away_until"]
    if until and not timedelta(0) <= until - group.today(ask.now) <= timedelta(days=400):
        raise FormErrors(
            {"away_until": "Wanted a date from today on, at most a year ahead; empty where you are not away."}
        )
    coming = next_note(ask.now, group.zone)
    return _change(tx, ask, {**changes, "note_at": (member.note_at or coming) if weekly_note else None})


def _change(tx: Connection, ask: Ask, changes: dict[str, Any]) -> Message:
    group, member = _me(tx, ask)
    if changes:
        store.change(tx, member.id, **changes)
    if changes.get("away_until") != member.away_until and "away_until" in changes:
        away.set_away(tx, member.id, group.today(ask.now), changes["away_until"])
    return words.settings(store.member(tx, member.id), group, group.today(ask.now))


def _me(tx: Connection, ask: Ask) -> tuple[Group, Member]:
    group = groups.here(tx, ask)
    return group, store.active_member(tx, group.id, ask)
