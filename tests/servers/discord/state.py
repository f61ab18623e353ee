"""What stands on the test Discord: people, servers, channels, threads, messages, and how each is written as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.clock import Clock

Json = dict[str, Any]
EPOCH = 1_420_070_400_000
TEXT, DIRECT, THREAD, PRIVATE_THREAD, FORUM = 0, 1, 11, 12, 15
EXTERNAL = 3
"""An event that is in no channel."""
EPHEMERAL = 1 << 6
V2 = 1 << 15
JOINED = "2026-01-01T00:00:00.000000+00:00"


class ApiError(Exception):
    """Discord refuses: the status and the code that its reference gives."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body = {"code": code, "message": message}


def unknown(what: str) -> ApiError:
    """The answer to an id that is not there."""
    codes = {
        "channel": 10003,
        "guild": 10004,
        "member": 10007,
        "message": 10008,
        "user": 10013,
        "webhook": 10015,
        "event": 10070,
    }
    return ApiError(404, {**codes, "interaction": 10062}[what], f"Unknown {what.capitalize()}")


@dataclass(slots=True)
class User:
    """Somebody with an account; `direct` is the id of the private conversation with the bot."""

    id: str
    name: str
    bot: bool = False
    takes_messages: bool = True
    direct: str = ""

    def to_json(self) -> Json:
        """Write the user as Discord does."""
        shown = {"id": self.id, "username": self.name.lower(), "global_name": None if self.bot else self.name}
        fixed = {"discriminator": "0", "avatar": None, "public_flags": 0, "flags": 0, "primary_guild": None}
        return {**shown, **fixed, **({"bot": True} if self.bot else {})}


def member_json(user: User | None = None, permissions: int | None = None) -> Json:
    """Write a member; inside a message it stands without its user, inside an interaction with its permissions."""
    who = {"user": user.to_json()} if user else {}
    may = {"permissions": str(permissions)} if permissions is not None else {}
    return {**who, **may, "roles": [], "joined_at": JOINED, "deaf": False, "mute": False, "flags": 0}


@dataclass(slots=True)
class Guild:
    """A server: who is in it, who manages it, and what everybody and the bot may do there."""

    id: str
    name: str
    owner: str
    bot_may: int
    people: list[str] = field(default_factory=list)
    managers: set[str] = field(default_factory=set)
    has_bot: bool = True
    events: dict[str, Json] = field(default_factory=dict)
    """The scheduled events, by id."""
    roles: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """The roles beside everybody's and the bot's: their names, and whether anybody may mention them."""
    powers: dict[str, int] = field(default_factory=dict)
    """What those who have a role may do, by its id; nothing where it is not named."""
    given: dict[str, set[str]] = field(default_factory=dict)
    """The roles that somebody was given by the bot, by the person's id."""

    def role_json(self, id: str, name: str, permissions: int, *, mentionable: bool = False) -> Json:
        """Write a role."""
        colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
        fixed = {"position": 0, "color": 0, "colors": colours, "hoist": False, "managed": False}
        fixed["mentionable"] = mentionable
        return {"id": id, "name": name, "permissions": str(permissions), "flags": 0, **fixed}


@dataclass(slots=True)
class Channel:
    """A channel, a forum, a thread or a private conversation; `denied` is what the bot may not do in it."""

    id: str
    kind: int
    name: str
    guild: str | None = None
    parent: str | None = None
    owner: str | None = None
    denied: int = 0
    archived: bool = False
    locked: bool = False
    auto_archive: int = 1440
    made_at: str = JOINED
    inside: set[str] | None = None
    """Who is in a private thread; None where it is not private."""


@dataclass(slots=True)
class Message:
    """A message; `only_for` is set where one person alone sees it."""

    id: str
    channel: str
    author: str
    at: datetime
    content: str = ""
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    edited_at: datetime | None = None
    reply_to: str | None = None
    thread: str | None = None
    nonce: str | None = None
    only_for: str | None = None
    reactions: dict[str, set[str]] = field(default_factory=dict)
    mentions: list[str] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)


class Standing:
    """Everything that stands, by id; ids are snowflakes of the clock that is handed in."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._last = 0
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Message] = {}
        self.commands: list[Json] = []
        self.files: dict[str, bytes] = {}
        self.bot = self.add_user("Batchmates", bot=True)

    def snowflake(self) -> str:
        """Make the next id; ids grow, also while the clock stands still."""
        wanted = (int(self.clock.now().timestamp() * 1000) - EPOCH) << 22
        self._last = max(wanted, self._last + 1)
        return str(self._last)

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Let an account come into being."""
        user = User(self.snowflake(), name, bot)
        self.users[user.id] = user
        if not bot:
            user.direct = self.add_channel(Channel(self.snowflake(), DIRECT, name)).id
        return user

    def add_channel(self, channel: Channel) -> Channel:
        """Put a channel where it belongs."""
        self.channels[channel.id] = channel
        return channel

    def channel(self, id: str) -> Channel:
        """Find a channel or a thread."""
        if id not in self.channels:
            raise unknown("channel")
        return self.channels[id]

    def message(self, channel: str, id: str) -> Message:
        """Find a message that stands for several to see."""
        found = self.messages.get(id)
        if found is None or found.channel != channel or found.only_for:
            raise unknown("message")
        return found

    def threads(self, guild: str) -> Iterator[Channel]:
        """The threads of a server that are not archived."""
        return (c for c in self.channels.values() if c.guild == guild and c.kind == THREAD and not c.archived)

    def history(self, channel: str) -> list[Message]:
        """What stands in a channel, the newest first."""
        said = (m for m in self.messages.values() if m.channel == channel and not m.only_for)
        return sorted(said, key=lambda message: int(message.id), reverse=True)

    # --- as JSON --------------------------------------------------------------------------------------------------

    def channel_json(self, channel: Channel) -> Json:
        """Write a channel of any kind."""
        if channel.kind == DIRECT:
            people = [user.to_json() for user in self.users.values() if user.direct == channel.id]
            return {"id": channel.id, "type": DIRECT, "recipients": people, "last_message_id": None, "flags": 0}
        base = {"id": channel.id, "type": channel.kind, "guild_id": channel.guild, "name": channel.name, "flags": 0}
        last = next((message.id for message in self.history(channel.id)), None)
        if channel.inside is not None:
            base["type"] = PRIVATE_THREAD
        if channel.kind == THREAD:
            counted = {"message_count": 0, "member_count": 1, "total_message_sent": 0, "rate_limit_per_user": 0}
            owned = {"parent_id": channel.parent, "owner_id": channel.owner, "last_message_id": last}
            return {**base, **counted, **owned, "thread_metadata": _metadata(channel)}
        deny = {"id": self.bot.id, "type": 1, "allow": "0", "deny": str(channel.denied)}
        placed = {"parent_id": None, "position": 0, "permission_overwrites": [deny] if channel.denied else []}
        spoken = {"last_message_id": last, "nsfw": False, "topic": None, "rate_limit_per_user": 0}
        forum: Json = {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        layout = {**forum, "default_forum_layout": 0, "default_thread_rate_limit_per_user": 0}
        return {**base, **placed, **spoken, **(layout if channel.kind == FORUM else {})}

    def message_json(self, message: Message, *, hide: bool = False) -> Json:
        """Write a message; `hide` leaves out what a bot without the Message Content intent does not get."""
        author = self.users[message.author]
        reply = {"message_reference": {"type": 0, "channel_id": message.channel, "message_id": message.reply_to}}
        fixed = {
            "tts": False,
            "mention_everyone": False,
            "mention_roles": message.mention_roles,
            "embeds": [],
            "pinned": False,
        }
        content = "" if hide and not author.bot else message.content
        return {
            "id": message.id,
            "channel_id": message.channel,
            "author": author.to_json(),
            "content": content,
            "timestamp": _stamp(message.at),
            "edited_timestamp": _stamp(message.edited_at) if message.edited_at else None,
            "mentions": [self.users[id].to_json() for id in message.mentions],
            "attachments": message.attachments,
            "components": message.components,
            "flags": message.flags,
            "type": 19 if message.reply_to else 0,
            **fixed,
            **(reply if message.reply_to else {}),
            **({"nonce": message.nonce} if message.nonce else {}),
        }


def _metadata(channel: Channel) -> Json:
    state = {"archived": channel.archived, "locked": channel.locked, "auto_archive_duration": channel.auto_archive}
    if channel.inside is not None:
        state["invitable"] = False
    return {**state, "archive_timestamp": channel.made_at, "create_timestamp": channel.made_at}


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
