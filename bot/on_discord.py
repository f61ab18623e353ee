"""Discord as a host has set it up: the platform made from the settings, and the limit that all processes share."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.bank.load import Bank
from bot.core.errors import SettingsError
from bot.settings import Settings
from bot.storage.bucket import SharedBucket
from bot.storage.database import Database

if TYPE_CHECKING:
    from bot.platforms.discord.adapter import DiscordPlatform

BUCKET = "discord"


async def open_platform(settings: Settings, stack: AsyncExitStack, bank: Bank | None = None) -> "DiscordPlatform":
    """Log in, without listening yet: `start` does that, and a process that only sends never calls it.

    What must be closed is left with the stack. The bank is what options about topics and questions complete from.
    """
    from bot.app import catalogue
    from bot.pictures.draw import draw
    from bot.platforms.discord.adapter import make

    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN: is not set")
    database = Database(settings.database_url)
    stack.push_async_callback(database.close)
    platform = make(
        settings.discord_token.get_secret_value(),
        catalogue(),
        draw,
        turn=SharedBucket(database, BUCKET).turn,
        shard_count=settings.discord_shards,
        shard_ids=settings.discord_shard_numbers,
        services=(bank,) if bank else (),
    )
    stack.push_async_callback(platform.close)
    await platform.open()
    return platform


def invite(settings: Settings) -> str:
    """The link by which a server lets the bot in, with exactly the scopes and permissions that are used."""
    from bot.platforms.discord import access

    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN: is not set; the link names the application that the token belongs to")
    try:
        application = access.application_of(settings.discord_token.get_secret_value())
    except ValueError as error:
        reason = str(error)
    else:
        return access.invite(application)
    # Raised out here, where it has no context: that would show the token.
    raise SettingsError(f"DISCORD_TOKEN: {reason}")
