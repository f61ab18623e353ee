"""How long seasons are is for organisers to say."""

from datetime import timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.errors import UserError
from bot.core.forms import Choice, Form
from bot.core.messages import Message, message
from bot.core.parsing import plain_line
from bot.core.ports import Platforms, Reply
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.seasons import store, words
from bot.features.seasons.rules import Length, Season


@command("admin champions", help="Give the champions of each season a role; no role ends it.")
async def champions(
    ask: Ask,
    platforms: Platforms,
    role: Annotated[str | None, Option("the role to give; empty for none", role=True, max_length=100)] = None,
) -> Reply:
    """Set the role that whoever wins a season has until the next one is won."""
    if not platforms.give_roles(ask.place):
        raise UserError("People have no roles here that a bot can give. This works on Discord.")
    return await ask.run(_champions, ask, plain_line(role or ""))


def _champions(tx: Connection, ask: Ask, role: str) -> Message:
    home = homes.home_at(tx, ask.place)
    if home is None:
        raise UserError("A role belongs to a place: run this in the channel in which the questions are posted.")
    group = groups.group(tx, home.group)
    members.organiser(tx, group.id, ask)
    if role and (not role.isdecimal() or role == ask.place.workspace):
        raise UserError("Wanted a role of this server, picked from the list, and not the one of everybody.")
    if role and role not in ask.may_give:
        raise UserError(
            "Wanted a role that you could give by hand: that takes Manage Roles of your own and a place of yours above "
            "the role. Nor is a role given for points that lets people moderate."
        )
    groups.set_champions(tx, group, home.place, role)
    groups.note(tx, group.id, "champions", role or "none", now=ask.now, actor=str(ask.who))
    return words.champions(role)


@command(
    "admin season", help="See how long a season of the board is and when this one ends; change it from the next one on."
)
async def season(
    ask: Ask, length: Annotated[Length | None, Option("how long a season is; empty to see")] = None
) -> Reply:
    """Show how long the group's seasons are, in the form that changes it; change it where a length was given."""
    if length is None:
        return await ask.read(_form, ask)
    return await ask.run(_season, ask, length)


def _form(tx: Connection, ask: Ask) -> Form:
    group, running, coming = _seasons(tx, ask)
    now = group.seasons.length(coming.first)
    options = tuple((length.value, words.LENGTHS[length]) for length in Length)
    field = Choice(name="length", label="Length of a season", value=now.value, options=options)
    return Form("Seasons", "admin season", (field,), intro=words.lengths(group, running, coming))


def _seasons(tx: Connection, ask: Ask) -> tuple[Group, Season, Season]:
    """The group, its running season and the one that comes next, for an organiser."""
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    running = group.seasons.on(group.today(ask.now))
    return group, running, group.seasons.on(running.last + timedelta(days=1))


def _season(tx: Connection, ask: Ask, length: Length) -> Message:
    group, running, coming = _seasons(tx, ask)
    changed = group.seasons.changed(length, group.today(ask.now))
    if changed == group.seasons:
        return message(f"Nothing changes. {words.lengths(group, running, coming)}")
    groups.set_seasons(tx, group.id, changed)
    group, running, coming = _seasons(tx, ask)
    store.cut(tx, group.id, group.seasons)
    groups.note(tx, group.id, "season", length.value, now=ask.now, actor=str(ask.who))
    return message(f"**Changed.** {words.lengths(group, running, coming)}")
