"""How long seasons are is for organisers to say."""

from datetime import timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.forms import Choice, Form
from bot.core.messages import Message, message
from bot.core.ports import Reply
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.members import store as members
from bot.features.seasons import store, words
from bot.features.seasons.rules import Length, Season


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
