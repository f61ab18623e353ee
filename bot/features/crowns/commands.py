"""Which role champions get is for organisers to say."""

from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.parsing import plain_line
from bot.core.ports import Platforms, Reply
from bot.features.crowns import store, words
from bot.features.groups import store as groups
from bot.features.homes import store as homes
from bot.features.members import store as members


@command("admin champions", help="See or set the role that the champions of each season get.")
async def champions(
    ask: Ask,
    platforms: Platforms,
    role: Annotated[str | None, Option("the role to give; empty to see it", role=True, max_length=100)] = None,
) -> Reply:
    """Set the role that whoever wins a season has until the next one is won; show it where none is given."""
    if not platforms.give_roles(ask.place):
        raise UserError("People have no roles here that a bot can give. This works on Discord.")
    if role is None:
        return await ask.read(_see, ask)
    typed = plain_line(role)
    return await ask.run(_champions, ask, "" if typed.lower() == "none" else typed)


@action("no-champions")
async def no_champions(ask: Ask) -> Reply:
    """Give champions no role any more."""
    return await ask.run(_champions, ask, "")


def _see(tx: Connection, ask: Ask) -> Message:
    group = groups.group(tx, homes.with_roles(tx, ask.place).group)
    members.organiser(tx, group.id, ask)
    return words.champions_now(group.champions_in(ask.place))


def _champions(tx: Connection, ask: Ask, role: str) -> Message:
    home = homes.with_roles(tx, ask.place)
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
