"""The text files of a message, which lie at addresses of Discord's."""

from collections.abc import Mapping
from typing import Any

import discord

from bot.core.events import Attached
from bot.core.files import MOST, is_read


def attached_to(message: discord.Message) -> tuple[Attached, ...]:
    """Those files of a message that may be programs, and where they lie."""
    given = [Attached(one.filename, one.size, one.url) for one in message.attachments[:MOST]]
    return tuple(one for one in given if is_read(one.name, one.size))


def attached_in(message: Mapping[str, Any]) -> tuple[Attached, ...]:
    """The same of a message of a history."""
    given = list(message.get("attachments") or ())[:MOST]
    named = [Attached(str(one["filename"]), int(one["size"]), str(one["url"])) for one in given]
    return tuple(one for one in named if is_read(one.name, one.size))
