"""What the bot must be allowed: permissions by name with what stops without each, intents, and the invite link."""

from collections.abc import Iterator
from dataclasses import dataclass

import discord

from bot.core.ports import Missing

SCOPES = ("bot", "applications.commands")


@dataclass(frozen=True, slots=True)
class Needed:
    """A permission as Discord's settings name it, and what stops without it."""

    flag: str
    name: str
    stops: str
    forum: str = ""
    """What it is called on a forum, where it has another name."""


NEEDED = (
    Needed("view_channel", "View Channel", "nothing can be posted or read here"),
    Needed("send_messages", "Send Messages", "questions, reveals and reminders cannot be posted", forum="Create Posts"),
    Needed("create_public_threads", "Create Public Threads", "a question gets no thread to answer in"),
    Needed(
        "create_private_threads", "Create Private Threads", "a mock interview gets no room and goes by private messages"
    ),
    Needed("send_messages_in_threads", "Send Messages in Threads", "reveals and answers cannot be posted in threads"),
    Needed("attach_files", "Attach Files", "pictures of boards and reveals cannot be posted"),
    Needed("add_reactions", "Add Reactions", "an answer written in a thread gets no mark that it counts"),
    Needed(
        "read_message_history",
        "Read Message History",
        "answers written while the bot was away are not found, and none gets a mark",
    ),
    Needed("manage_threads", "Manage Threads", "a thread that was locked is not opened again for the reveal"),
)
EVENTS = Needed("create_events", "Create Events", "mock event makes no event of an interview")
"""Asked for only by whoever wants it: what it makes is seen by the whole server."""
POWERS = discord.Permissions.elevated() | discord.Permissions(
    moderate_members=True,
    manage_nicknames=True,
    mute_members=True,
    deafen_members=True,
    move_members=True,
    mention_everyone=True,
    view_audit_log=True,
)
"""What no role that points bring may let anybody do."""
CONTENT_INTENT = Missing(
    "Message Content intent", "answers written in threads are not read; buttons and forms work all the same"
)
MEMBERS_INTENT = Missing(
    "Server Members intent", "those who leave the server stay on boards until they are looked up, within a day"
)


def permissions(*, with_events: bool = False) -> discord.Permissions:
    """Everything that the bot uses, and nothing else; what only `mock event` uses where that is wanted."""
    wanted = (*NEEDED, EVENTS) if with_events else NEEDED
    return discord.Permissions(**{needed.flag: True for needed in wanted})


def invite(application: int, *, with_events: bool = False) -> str:
    """The link by which somebody who manages a server lets the bot in."""
    return discord.utils.oauth_url(application, permissions=permissions(with_events=with_events), scopes=SCOPES)


def application_of(token: str) -> int:
    """The application that a token belongs to: its first part is the id, in base64."""
    import base64
    import binascii

    first = token.split(".", maxsplit=1)[0]
    try:
        return int(base64.b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, binascii.Error):
        raise ValueError("wanted a bot token of Discord, which has three parts with dots between") from None


def lacking(granted: discord.Permissions, *, forum: bool = False) -> Iterator[Missing]:
    """The permissions that are not granted; in a forum a post is its own thread, and none is private."""
    for needed in NEEDED:
        if forum and needed.flag in {"create_public_threads", "create_private_threads"}:
            continue
        if not getattr(granted, needed.flag):
            yield Missing(needed.forum if forum and needed.forum else needed.name, needed.stops)


def may_give(who: discord.User | discord.Member, role: int) -> bool:
    """Whether somebody may give this role to others by Discord's own rules, and it lets nobody moderate.

    The server's permissions count: those of a channel call by the same bit the right to change that channel's.
    """
    found = who.guild.get_role(role) if isinstance(who, discord.Member) else None
    if found is None or not isinstance(who, discord.Member) or found.is_default() or found.managed:
        return False
    above = who.guild.owner_id == who.id or who.top_role > found
    return above and who.guild_permissions.manage_roles and not found.permissions.value & POWERS.value


def may(flags: discord.ApplicationFlags) -> discord.Intents:
    """The intents to ask for: the few that are used, and of the privileged ones those that the application has."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = flags.gateway_message_content or flags.gateway_message_content_limited
    wanted.members = flags.gateway_guild_members or flags.gateway_guild_members_limited
    return wanted
