"""App Home: today's question, one's own row of the board, and set-up for organisers."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from bot.core.messages import Button, Buttons, Divider, Heading, Message, Part, message
from bot.core.ports import Answer
from bot.platforms.slack import commands, ids
from bot.platforms.slack.forms import Meant
from bot.platforms.slack.inbound import Origin, invoked
from bot.platforms.slack.people import Profile
from bot.platforms.slack.render import BLOCKS_IN_VIEW, render

Json = dict[str, Any]
Ask = Callable[[Any], Awaitable[Answer]]
BOARD = "board"
MINE = (Button("Settings", "settings"), Button("Catch up", "catchup"), Button("What can I do?", "help"))
ORGANISE = (Button("See what is planned", "admin preview"), Button("Log", "admin log"))
SET_UP = f"Type `{commands.COMMAND} setup` in the channel in which the group is to live; invite me to it first."


async def view(ask: Ask, origin: Origin, profile: Profile, opening: str, at: datetime) -> Json:
    """Make the view: what the commands answer, each under its heading."""
    parts: list[Part] = [Heading("Today's question")]
    parts += await _said(ask, origin, profile, commands.TODAY, opening, at)
    parts += [Divider(), Heading("The board")]
    parts += await _said(ask, origin, profile, BOARD, opening, at)
    parts += [Divider(), Buttons(MINE)]
    if profile.manager:
        parts += [Divider(), Heading("For organisers"), *message(SET_UP).parts, Buttons(ORGANISE)]
    return {"type": "home", "private_metadata": Meant().write(), "blocks": _blocks(parts)}


async def _said(ask: Ask, origin: Origin, profile: Profile, command: str, opening: str, at: datetime) -> Sequence[Part]:
    event = invoked(origin, profile, command, ids.once("home", origin.team, origin.user, opening, command), at)
    answer = await ask(event)
    return answer.reply.parts if isinstance(answer.reply, Message) else ()


def _blocks(parts: Sequence[Part]) -> list[Json]:
    # A view has no ids of ours for its blocks, and takes twice as many as a message.
    blocks: list[Json] = []
    for part in parts:
        blocks += render(Message((part,))).blocks
    return blocks[:BLOCKS_IN_VIEW]
