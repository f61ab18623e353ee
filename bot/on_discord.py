"""Discord as a host has set it up: the platform made from the settings, and the limit that all processes share."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.bank.load import Bank
from bot.core.errors import PlatformAway, SettingsError
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
    import aiohttp
    import discord

    from bot.app import catalogue
    from bot.pictures.cache import pictures
    from bot.platforms.discord.adapter import DiscordPlatform

    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN: is not set")
    if settings.discord_shard_numbers and settings.discord_shards is None:
        raise SettingsError("BATCHMATES_DISCORD_SHARDS: is missing; the shards of one process are some of how many?")
    database = Database(settings.database_url)
    stack.push_async_callback(database.close)
    platform = DiscordPlatform(
        settings.discord_token.get_secret_value(),
        catalogue(),
        pictures().draw,
        turn=SharedBucket(database, BUCKET).turn,
        shard_count=settings.discord_shards,
        shard_ids=settings.discord_shard_numbers,
        services=(bank,) if bank else (),
    )
    stack.push_async_callback(platform.close)
    try:
        await platform.open()
    except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        kind = f"it answers {error.status}" if isinstance(error, discord.HTTPException) else type(error).__name__
        raise PlatformAway(f"Discord cannot be reached: {kind}") from error
    return platform


async def look(settings: Settings) -> list[tuple[bool, str, str]]:
    """What Discord says of the token: whether it is well, what was found, and the mend."""
    import aiohttp
    import discord

    from bot.platforms.discord import access

    assert settings.discord_token is not None
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        await client.login(settings.discord_token.get_secret_value())
    except discord.LoginFailure:
        return [(False, "Discord does not accept DISCORD_TOKEN", "reset the token under Bot, and set the new one")]
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        return [(False, f"Discord cannot be asked: {type(error).__name__}", "see whether this machine reaches Discord")]
    finally:
        await client.close()
    intents = access.may(client.application_flags)
    mend = "switch it on under Bot, Privileged Gateway Intents, where you want it"
    held = ((intents.message_content, access.CONTENT_INTENT), (intents.members, access.MEMBERS_INTENT))
    lacks = [(False, f"without the {one.permission}: {one.stops}", mend) for there, one in held if not there]
    events = f"{access.EVENTS.name} is optional: batchmates discord invite --with-events asks for it, for mock event"
    return [(True, f"Discord knows {client.user} ({client.application_id})", ""), *lacks, (True, events, "")]


def invite(settings: Settings, *, with_events: bool = False) -> str:
    """The link by which a server lets the bot in, with exactly the scopes and permissions that are used."""
    from bot.platforms.discord import access

    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN: is not set; the link names the application that the token belongs to")
    try:
        application = access.application_of(settings.discord_token.get_secret_value())
    except ValueError as error:
        reason = str(error)
    else:
        return access.invite(application, with_events=with_events)
    # Raised out here, where it has no context: that would show the token.
    raise SettingsError(f"DISCORD_TOKEN: {reason}")
