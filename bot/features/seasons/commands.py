"""How long seasons are is for organisers to say."""

from datetime import timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.messages import Message
from bot.core.ports import Reply
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.seasons import store, words
from bot.features.seasons.rules import Length


@command("admin season", help="How long a season of the board is, from the next one on.")
async def season(ask: Ask, length: Annotated[Length, Option("how long a season is")]) -> Reply:
    """Change how long the group's seasons are."""
    return await ask.run(_season, ask, length)


def _season(tx: Connection, ask: Ask, length: Length) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    today = ask.now.astimezone(group.zone).date()
    groups.set_seasons(tx, group.id, group.seasons.changed(length, today))
    group = groups.group(tx, group.id)
    store.cut(tx, group.id, group.seasons)
    groups.note(tx, group.id, "season", length.value, now=ask.now, actor=str(ask.who))
    running = group.seasons.on(today)
    return words.changed(group, running, group.seasons.on(running.last + timedelta(days=1)))
