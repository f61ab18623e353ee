"""What happens to a group's homes by what others do."""

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import on
from bot.core.events import Closed, Removed, Renamed, Reopened
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


@on(Closed)
async def closed(ask: Ask, event: Closed) -> None:
    """Post nothing in a channel that was archived, deleted or left, and delete nothing."""
    await ask.run(_closed, ask, event)


def _closed(tx: Connection, ask: Ask, event: Closed) -> None:
    home = store.home_at(tx, ask.place)
    if home is None or home.paused:
        return
    groups.pause_home(tx, home, ask.now)
    groups.note(tx, home.group, "home paused", f"{home.place.channel}: {words.CLOSED[event.why]}", now=ask.now)
    members.tell_organisers(tx, home.group, f"closed:{ask.id}:{home.id}", words.closed(event.why), ask.now)


@on(Reopened)
async def reopened(ask: Ask, event: Reopened) -> None:
    """Ask the organisers whether a home goes on whose channel is open again: it may be open for a moment only."""
    await ask.run(_reopened, ask)


def _reopened(tx: Connection, ask: Ask) -> None:
    home = store.home_at(tx, ask.place)
    if home is not None and home.paused and not groups.track(tx, home.track).ended:
        members.tell_organisers(tx, home.group, f"reopened:{ask.id}:{home.id}", words.reopened(), ask.now)


@on(Renamed)
async def renamed(ask: Ask, event: Renamed) -> None:
    """Note the new name: a home is known by its id, and so it stands in the organisers' log."""
    await ask.run(_renamed, ask, event.title)


def _renamed(tx: Connection, ask: Ask, title: str) -> None:
    if home := store.home_at(tx, ask.place):
        groups.note(tx, home.group, "home renamed", f"{home.place.channel}: {title}", now=ask.now)
