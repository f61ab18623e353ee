"""The text files of a message, read where Discord keeps them."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import discord

from bot.core.events import File
from bot.core.files import MOST, is_read, text_file

_log = logging.getLogger(__name__)


async def files_of(message: discord.Message) -> tuple[File, ...]:
    """Those files of a message that may be programs; one that cannot be read now is left out."""
    found = [await _file(one.filename, one.size, one.read) for one in message.attachments[:MOST]]
    return tuple(file for file in found if file)


async def files_in(message: Mapping[str, Any], read: Callable[[str], Awaitable[bytes]]) -> tuple[File, ...]:
    """The same of a message of a history; `read` fetches what stands at an address of Discord's."""
    found = [
        await _file(str(one["filename"]), int(one["size"]), partial(read, str(one["url"])))
        for one in list(message.get("attachments") or ())[:MOST]
    ]
    return tuple(file for file in found if file)


async def _file(name: str, size: int, read: Callable[[], Awaitable[bytes]]) -> File | None:
    if not is_read(name, size):
        return None
    try:
        return text_file(name, await read())
    except discord.HTTPException as error:
        _log.warning("file_not_read status=%s", error.status)
        return None
