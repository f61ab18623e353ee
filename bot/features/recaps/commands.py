"""Whether the home hears of each week is for organisers to say."""

from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, command
from bot.core.messages import Message, message
from bot.core.ports import Reply
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.recaps import words


@command("admin recap", help="Let a recap of each week come to the home, or end it.")
async def recap(ask: Ask, off: Annotated[bool, Option("yes to end it", label="No recap")] = False) -> Reply:
    """Switch the weekly recap on or off."""
    return await ask.run(_recap, ask, off)


def _recap(tx: Connection, ask: Ask, off: bool) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    groups.set_number(tx, group.id, "weekly_recap", not off)
    groups.note(tx, group.id, "recap", "off" if off else "on", now=ask.now, actor=str(ask.who))
    return message(words.OFF if off else words.ON)
