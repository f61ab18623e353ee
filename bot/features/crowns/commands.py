"""Which role champions get is for organisers to say."""

from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.parsing import plain_line
from bot.core.ports import Platforms, Reply
from bot.features.crowns import store, words
from bot.features.groups import store as groups
from bot.features.homes import store as homes
from bot.features.members import store as members


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
    # Whoever has the former role has the new one instead.
    store.settle(tx, groups.group(tx, group.id), store.worn_by(tx, group.id), ask.now)
    groups.note(tx, group.id, "champions", role or "none", now=ask.now, actor=str(ask.who))
    return words.champions(role)
