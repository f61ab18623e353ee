"""The text files of a message, read where Discord keeps them."""

import logging

import discord

from bot.core.events import File
from bot.core.files import MOST, is_read, text_file

_log = logging.getLogger(__name__)


async def files_of(message: discord.Message) -> tuple[File, ...]:
    """Those files of a message that may be programs; one that cannot be read now is left out."""
    found = []
    for attachment in message.attachments[:MOST]:
        if is_read(attachment.filename, attachment.size):
            try:
                found.append(text_file(attachment.filename, await attachment.read()))
            except discord.HTTPException as error:
                _log.warning("file_not_read status=%s", error.status)
    return tuple(found)
