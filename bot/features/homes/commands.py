"""What happens to a group's homes by what others do."""

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import on
from bot.core.events import Removed
from bot.features.groups import store as groups
from bot.features.homes import store, words
from bot.features.members import store as members


@on(Removed)
async def removed(ask: Ask, event: Removed) -> None:
    """Post nothing in a workspace that took the bot out, and delete nothing."""
    await ask.run(_removed, ask)


def _removed(tx: Connection, ask: Ask) -> None:
    for home in store.homes_in(tx, ask.place):
        groups.pause_home(tx, home, ask.now)
        groups.note(tx, home.group, "home paused", f"{home.place.channel}: I was removed from the place", now=ask.now)
        members.tell_organisers(tx, home.group, f"removed:{ask.id}:{home.id}", words.removed(), ask.now)
