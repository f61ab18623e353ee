"""The same small stage on the test Discord: the whole bot through discord.py, over a socket of loopback."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App, catalogue
from bot.bank.load import Bank
from bot.core.clock import SetClock
from bot.core.ports import Platform
from bot.core.refs import Place
from bot.platforms.discord.access import permissions
from bot.platforms.discord.adapter import DiscordPlatform
from tests.ground import Ground
from tests.platforms.discord.actor import DiscordActor
from tests.platforms.discord.transcript import DiscordTranscript
from tests.platforms.discord.words import words
from tests.scene import Scene
from tests.servers.discord.contract import Contract
from tests.servers.discord.permissions import May
from tests.servers.discord.server import TOKEN, DiscordServer
from tests.servers.discord.state import FORUM, TEXT, THREAD, Channel, Guild, Message
from tests.stage import CAST, MONDAY, Draw, stand_in


@dataclass
class DiscordStage(Scene):
    """A server with a channel and people in it, and the bot; there is no group until somebody runs setup."""

    database_url: str
    bank: Bank
    server: DiscordServer
    guild: Guild
    here: Channel
    lobby: Channel
    clock: SetClock
    zone: ZoneInfo
    draw: Draw = stand_in
    people: dict[str, DiscordActor] = field(default_factory=dict)
    app: App = field(init=False)
    platform: DiscordPlatform = field(init=False)
    awake: bool = False
    words_are_typed: bool = False
    fields_take_any_word: bool = False
    dates_take_any_word: bool = True
    replies_have_replies: bool = True
    errors: int = 0
    doors: ExitStack = field(default_factory=ExitStack)
    transcript: DiscordTranscript = field(init=False)

    def __post_init__(self) -> None:
        self.transcript = DiscordTranscript(self)

    @classmethod
    async def open(
        cls,
        folder: Path,
        bank: Bank,
        ground: Ground,
        contract: Contract,
        *,
        start: datetime = MONDAY,
        zone: str = "Europe/Berlin",
        forum: bool = False,
        flags: int | None = None,
        shards: int = 1,
    ) -> "DiscordStage":
        """Open a stage in an empty folder; `forum` lets the group live in a forum; `flags` are the application's."""
        database_url = ground.copy(folder)
        clock = SetClock(start)
        server = DiscordServer(clock, contract, shards=shards)
        server.flags = server.flags if flags is None else flags
        await server.start()
        people = {name: server.add_user(name) for name in CAST}
        guild = server.found_guild("Study", people["Mira"], May(permissions().value))
        here = server.make_channel(guild, "ml-study", FORUM if forum else TEXT)
        lobby = server.make_channel(guild, "lobby")
        stage = cls(database_url, bank, server, guild, here, lobby, clock, ZoneInfo(zone))
        for name, user in people.items():
            server.user_joins(user, guild)
            stage.people[name] = DiscordActor(stage, user, name)
        stage.transcript.watch()
        stage.doors.enter_context(server.in_place_of_discord())
        await stage.starts()
        return stage

    async def closes(self) -> None:
        """Stop the bot and the server; whatever broke the contract, or met no route, is told here."""
        if self.awake:
            await self.stops()
        await self.server.stop()
        self.doors.close()
        assert not self.server.violations, "\n".join(self.server.violations)
        assert self.errors == 0, "the bot met a bug; look at what it logged"

    # --- what the scene asks for ------------------------------------------------------------------------------------

    def platforms(self) -> dict[str, Platform]:
        """The platform that a new bot speaks to."""
        self.platform = DiscordPlatform(
            TOKEN,
            catalogue(),
            self.draw,
            clock=self.clock,
            guild_ready_timeout=0.05,
            services=(self.bank,),
        )
        return {"discord": self.platform}

    async def heard(self) -> None:
        """Wait until the bot has heard of everything that happened, and has answered it."""
        await self.server.quiet()
        await self.platform.settled()

    def person(self, name: str) -> DiscordActor:
        """Somebody of the cast."""
        return self.people[name]

    def comes(self, name: str) -> DiscordActor:
        """Let somebody into the server."""
        user = self.server.add_user(name)
        self.server.user_joins(user, self.guild)
        self.people[name] = DiscordActor(self, user, name)
        return self.people[name]

    # --- looking --------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The channel as the bot knows it."""
        return Place("discord", self.guild.id, self.here.id)

    @property
    def threads(self) -> list[Channel]:
        """The threads of the channel's questions, the oldest first; in a forum the tour is a post as well."""
        below = (c for c in self.server.channels.values() if c.kind == THREAD and c.parent == self.here.id)
        return [c for c in below if "Something wrong?" in str(self.server.messages[c.id].components)]

    @property
    def desk(self) -> Channel:
        """Where commands are run: in the channel, and where that is a forum, in its newest post."""
        if self.here.kind == TEXT:
            return self.here
        posts = [c for c in self.server.channels.values() if c.kind == THREAD and c.parent == self.here.id]
        return posts[-1] if posts else self.lobby

    @property
    def thread(self) -> Channel:
        """The newest thread of the channel."""
        return self.threads[-1]

    @property
    def questions(self) -> list[Message]:
        """The questions that stand in the channel, the oldest first."""
        return [self.server.messages[thread.id] for thread in self.threads]

    def words_of(self, message: Message) -> str:
        """What a message says."""
        return words(message.components, self.zone) if message.components else message.content

    def in_thread(self) -> str:
        """Everything that the bot says in the newest thread."""
        return " ".join(self._said_in(self.thread))

    def in_channel(self) -> str:
        """Everything that the bot says in the channel for all to see."""
        return " ".join(self._said_in(self.here))

    def said_since(self, mark: int) -> list[str]:
        """What the bot did since a number of lines."""
        return [str(line) for line in self.transcript.lines[mark:]]

    def reactions(self, message: str) -> set[str]:
        """The reactions of the bot on a message."""
        return set(self.server.messages[message].reactions)

    def _said_in(self, channel: Channel) -> list[str]:
        said = [m for m in self.server.messages.values() if m.channel == channel.id and not m.only_for]
        return [self.words_of(message) for message in said if message.author == self.server.bot.id]
