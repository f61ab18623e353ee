"""What stands on the test Slack: workspaces, people, channels, messages, and how each is written as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.core.clock import Clock

Json = dict[str, Any]
APP = "A000000001"
PUBLIC, PRIVATE, IM, MPIM = "channel", "group", "im", "mpim"


class ApiError(Exception):
    """Slack refuses: the word that its reference gives."""

    def __init__(self, error: str, *details: str) -> None:
        super().__init__(error)
        self.error = error
        self.details = list(details)


@dataclass(slots=True)
class Team:
    """A workspace with the bot in it, and what the bot's token may do there."""

    id: str
    name: str
    token: str
    bot: str
    bot_id: str
    scopes: set[str]
    installed: bool = True
    rotates: bool = False
    """Whether its tokens expire after twelve hours."""
    refresh: str = ""
    org: str = ""
    """The organisation that it belongs to."""
    org_wide: bool = False
    """Whether it is asked for with the token of its organisation."""


@dataclass(slots=True)
class Org:
    """An organisation of several workspaces, the one token of its bot, and the workspaces in which that counts."""

    id: str
    name: str
    token: str
    bot: str
    bot_id: str
    scopes: set[str]
    installed: bool = False
    rotates: bool = False
    refresh: str = ""
    teams: set[str] = field(default_factory=set)

    def itself(self) -> Team:
        """Who asks with its token for no workspace in particular."""
        return Team(self.id, self.name, self.token, self.bot, self.bot_id, self.scopes, org=self.id, org_wide=True)


@dataclass(slots=True)
class User:
    """Somebody with an account in a workspace."""

    id: str
    team: str
    name: str
    admin: bool = False
    bot: bool = False
    guest: bool = False
    deleted: bool = False
    zone: str = "Europe/Berlin"
    disabled_messages: bool = False

    def to_json(self) -> Json:
        """Write the user as users.info does."""
        profile = {"real_name": self.name, "display_name": self.name, "real_name_normalized": self.name}
        rights = {"is_admin": self.admin, "is_owner": self.admin, "is_primary_owner": False}
        kinds = {"is_restricted": self.guest, "is_ultra_restricted": False, "is_bot": self.bot, "is_app_user": False}
        named = {"id": self.id, "team_id": self.team, "name": self.name.lower(), "real_name": self.name}
        return {**named, "deleted": self.deleted, "tz": self.zone, "profile": profile, **rights, **kinds}


@dataclass(slots=True)
class Channel:
    """A channel or a conversation, and who is in it."""

    id: str
    team: str
    name: str
    kind: str = PUBLIC
    people: set[str] = field(default_factory=set)
    archived: bool = False

    def to_json(self, bot: str) -> Json:
        """Write the channel as conversations.info does."""
        if self.kind == IM:
            other = next((user for user in sorted(self.people) if user != bot), bot)
            return {"id": self.id, "created": 1, "is_im": True, "user": other, "is_archived": False}
        kinds = {"is_channel": self.kind == PUBLIC, "is_group": self.kind == PRIVATE, "is_mpim": self.kind == MPIM}
        inside = {"is_member": bot in self.people, "is_archived": self.archived, "is_private": self.kind != PUBLIC}
        return {"id": self.id, "name": self.name, "created": 1, **kinds, **inside, "is_im": False}


@dataclass(slots=True)
class Message:
    """A message; `only_for` is set where one person alone sees it, `answers` where it came by a response_url."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: str | None = None
    subtype: str | None = None
    only_for: str | None = None
    answers: bool = False
    bot: bool = False
    reactions: dict[str, set[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    brought: list[Json] = field(default_factory=list)
    """The files that a person sent with it."""


@dataclass(slots=True)
class Upload:
    """A file: its place was given out, its bytes came, it was completed, it was shared."""

    id: str
    name: str
    length: int
    data: bytes | None = None
    complete: bool = False


@dataclass(slots=True)
class View:
    """A modal or a home that somebody sees."""

    id: str
    team: str
    user: str
    body: Json
    hash: str

    def to_json(self) -> Json:
        """Write the view as payloads carry it."""
        fixed = {"team_id": self.team, "app_id": APP, "hash": self.hash, "previous_view_id": None, "bot_id": "B1"}
        usual = {"callback_id": "", "private_metadata": "", "clear_on_close": False, "notify_on_close": False}
        return {**usual, **self.body, **fixed, "id": self.id, "root_view_id": self.id, "state": {"values": {}}}


class Standing:
    """Everything that stands, by id; timestamps are moments of the clock that is handed in, and grow."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._count = 0
        self._last = 0
        self.teams: dict[str, Team] = {}
        self.orgs: dict[str, Org] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.files: dict[str, Upload] = {}
        self.brought: dict[str, tuple[str, bytes]] = {}
        """What people sent as files: the workspace and the bytes, by id."""
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def id(self, letter: str) -> str:
        """Make the next id of a kind."""
        self._count += 1
        return f"{letter}{self._count:09d}"

    def ts(self) -> str:
        """Make the next timestamp."""
        wanted = int(self.clock.now().timestamp() * 1_000_000)
        self._last = max(wanted, self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def found_team(self, name: str, scopes: set[str]) -> Team:
        """Let there be a workspace with the bot in it."""
        id = self.id("T")
        bot = User(self.id("U"), id, "Batchmates", bot=True)
        self.users[bot.id] = bot
        self.teams[id] = Team(id, name, f"xoxb-test-{id}", bot.id, self.id("B"), scopes)
        return self.teams[id]

    def found_org(self, name: str, scopes: set[str]) -> Org:
        """Let there be an organisation, which has not installed the bot yet."""
        id = self.id("E")
        bot = User(self.id("W"), id, "Batchmates", bot=True)
        self.users[bot.id] = bot
        self.orgs[id] = Org(id, name, f"xoxb-test-{id}", bot.id, self.id("B"), scopes)
        return self.orgs[id]

    def team_in(self, org: Org, name: str) -> Team:
        """Let there be a workspace of an organisation; the bot is in it once the organisation gives it access."""
        id = self.id("T")
        # No token of its own: it installs nothing.
        self.teams[id] = Team(id, name, "", org.bot, org.bot_id, org.scopes, installed=False, org=org.id)
        return self.teams[id]

    def org_of(self, team: Team) -> Org | None:
        """The organisation through whose installation the bot is in a workspace."""
        org = self.orgs.get(team.org)
        return org if org and not team.installed and team.id in org.teams else None

    def add_user(self, team: Team, name: str, *, admin: bool = False, guest: bool = False) -> User:
        """Let an account come into being."""
        user = User(self.id("U"), team.id, name, admin=admin, guest=guest)
        self.users[user.id] = user
        return user

    def add_channel(self, team: Team, name: str, kind: str = PUBLIC, *people: str) -> Channel:
        """Let there be a channel."""
        letter = {IM: "D", PUBLIC: "C", PRIVATE: "C", MPIM: "C"}[kind]
        channel = Channel(self.id(letter), team.id, name, kind, set(people))
        self.channels[channel.id] = channel
        return channel

    def conversation(self, team: Team, people: list[str]) -> Channel:
        """The conversation of the bot with these people, made where there is none."""
        inside = {team.bot, *people}
        kind = IM if len(people) == 1 else MPIM
        for channel in self.channels.values():
            if channel.kind == kind and channel.people == inside:
                return channel
        return self.add_channel(team, "-".join(sorted(self.users[id].name for id in people)), kind, *inside)

    def put(self, message: Message) -> Message:
        """Let a message stand."""
        for number, block in enumerate(message.blocks):
            block.setdefault("block_id", f"b{number}")
        self.messages[(message.channel, message.ts)] = message
        return message

    def said_in(self, channel: str, thread: str | None = None) -> Iterator[Message]:
        """What stands in a channel for all to see, or in a thread with its first message, the oldest first."""
        for message in sorted(self.messages.values(), key=lambda one: one.ts):
            if message.channel != channel or message.only_for:
                continue
            top = message.thread_ts in (None, message.ts) or message.subtype == "thread_broadcast"
            if (thread is None and top) or (thread in (message.ts, message.thread_ts) and thread is not None):
                yield message

    def message_json(self, message: Message, *, metadata: bool = False) -> Json:
        """Write a message as histories and events do."""
        team = self.teams[self.channels[message.channel].team]
        bot = {"bot_id": team.bot_id, "app_id": APP} if message.bot else {}
        more: Json = {
            "thread_ts": message.thread_ts,
            "subtype": message.subtype,
            "edited": {"user": message.user, "ts": message.edited} if message.edited else None,
            "metadata": message.metadata if metadata else None,
            "files": message.brought,
            "reactions": [
                {"name": name, "users": sorted(who), "count": len(who)} for name, who in message.reactions.items()
            ]
            or None,
        }
        base = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": team.id}
        return {**base, "blocks": message.blocks, **bot, **{key: value for key, value in more.items() if value}}
