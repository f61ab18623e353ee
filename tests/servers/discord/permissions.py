"""What the bot may do where, as Discord counts it, in bits."""

from enum import IntFlag

from tests.servers.discord.state import DIRECT, THREAD, ApiError, Channel, Guild, Standing


class May(IntFlag):
    """The permissions that the test Discord knows, by the names in Discord's reference."""

    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44


def granted(world: Standing, channel: Channel) -> May:
    """What the bot may do in a channel; a thread takes it from the channel in which it was opened."""
    if channel.kind == DIRECT:
        return May.VIEW_CHANNEL | May.SEND_MESSAGES | May.ATTACH_FILES | May.READ_MESSAGE_HISTORY | May.ADD_REACTIONS
    home = world.channel(channel.parent or "") if channel.kind == THREAD else channel
    guild: Guild = world.guilds[home.guild or ""]
    return May(guild.bot_may & ~home.denied) if guild.has_bot else May(0)


def need(world: Standing, channel: Channel, wanted: May) -> None:
    """Refuse where the bot may not do this."""
    may = granted(world, channel)
    if May.VIEW_CHANNEL not in may:
        raise ApiError(403, 50001, "Missing Access")
    if wanted not in may:
        raise ApiError(403, 50013, "Missing Permissions")
