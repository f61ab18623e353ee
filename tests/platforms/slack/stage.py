"""The same small stage on the test Slack: the whole bot through slack-bolt, over a socket of loopback."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App, catalogue
from bot.bank.load import Bank
from bot.core.clock import SetClock
from bot.core.ports import Platform
from bot.core.refs import Place
from bot.platforms.slack.access import names
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.calls import OneWorkspace
from bot.platforms.slack.pace import Pace
from bot.platforms.slack.transport import SocketMode
from tests.ground import Ground
from tests.platforms.slack.actor import SlackActor
from tests.platforms.slack.front import Front
from tests.platforms.slack.transcript import SlackTranscript
from tests.platforms.slack.words import words
from tests.scene import Scene
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.server import SlackServer
from tests.servers.slack.state import PUBLIC, Channel, Message, Team
from tests.servers.slack.web_api import APP_TOKEN
from tests.stage import CAST, MONDAY, Draw, stand_in


@dataclass
class SlackStage(Scene):
    """A workspace with a channel and people in it, and the bot; there is no group until somebody runs setup."""

    database_url: str
    bank: Bank
    server: SlackServer
    team: Team
    here: Channel
    clock: SetClock
    zone: ZoneInfo
    draw: Draw = stand_in
    people: dict[str, SlackActor] = field(default_factory=dict)
    app: App = field(init=False)
    platform: SlackPlatform = field(init=False)
    awake: bool = False
    words_are_typed: bool = True
    fields_take_any_word: bool = False
    dates_take_any_word: bool = False
    replies_have_replies: bool = False
    errors: int = 0
    transcript: SlackTranscript = field(init=False)
    pace: Pace | None = None
    ping: float = 10.0
    """Seconds between signs of life; after four without one the client opens another socket, as on a busy machine."""
    front: "Front | None" = None
    """The bot's side of HTTP; None for Socket Mode."""

    def __post_init__(self) -> None:
        self.transcript = SlackTranscript(self)

    @classmethod
    async def open(
        cls,
        folder: Path,
        bank: Bank,
        ground: Ground,
        contract: SlackContract,
        *,
        start: datetime = MONDAY,
        zone: str = "Europe/Berlin",
        kind: str = PUBLIC,
        without: frozenset[str] = frozenset(),
        pace: Pace | None = None,
        ping: float = 10.0,
        over_http: bool = False,
        rotates: bool = False,
    ) -> "SlackStage":
        """Open a stage in an empty folder; `without` are scopes that the token lacks."""
        database_url = ground.copy(folder)
        clock = SetClock(start)
        server = SlackServer(clock, contract)
        await server.start()
        team = server.found_team("Study", set(names()) - without)
        people = {name: server.add_user(team, name, admin=name == "Mira") for name in CAST}
        inside = [team.bot, *(user.id for user in people.values())]
        here = server.add_channel(team, "ml-study", kind, *inside)
        stage = cls(database_url, bank, server, team, here, clock, ZoneInfo(zone), pace=pace, ping=ping)
        team.rotates = rotates
        if over_http:
            stage.front = Front(server, clock, database_url, stand_in)
        for name, user in people.items():
            stage.people[name] = SlackActor(stage, user, name)
        stage.transcript.watch()
        await stage.starts()
        return stage

    async def closes(self) -> None:
        """Stop the bot and the server; whatever broke the contract, or met no route, is told here."""
        if self.awake:
            await self.stops()
        await self.server.stop()
        assert not self.server.violations, "\n".join(self.server.violations)
        assert self.errors == 0, "the bot met a bug; look at what it logged"

    async def starts(self) -> None:
        """Start the bot, and where it hears over HTTP, its web server before."""
        if self.front:
            self.platform = await self.front.listens(self.team)
        await super().starts()

    async def stops(self) -> None:
        """Stop the bot."""
        await super().stops()
        self.errors += self.platform.errors
        if self.front:
            await self.front.is_gone()

    # --- what the scene asks for ------------------------------------------------------------------------------------

    def platforms(self) -> dict[str, Platform]:
        """The platform that a new bot speaks to; the clock stands still, so that no call has to wait for its turn."""
        if self.front:
            return {"slack": self.platform}
        base_url = self.server.base_url
        pace = self.pace or Pace(between_messages=0, tiers=False)
        workspaces = OneWorkspace(self.team.token, pace=pace, base_url=base_url)
        transport = SocketMode(APP_TOKEN, workspaces, base_url=base_url, ping=self.ping)
        self.platform = SlackPlatform(workspaces, transport, catalogue(), self.draw, clock=self.clock)
        return {"slack": self.platform}

    async def heard(self) -> None:
        """Wait until the bot has heard of everything that happened, and has answered it."""
        await self.server.quiet()
        await self.platform.settled()

    def person(self, name: str) -> SlackActor:
        """Somebody of the cast."""
        return self.people[name]

    def comes(self, name: str) -> SlackActor:
        """Let somebody into the workspace and the channel."""
        user = self.server.add_user(self.team, name)
        self.server.user_joins(user, self.here)
        self.people[name] = SlackActor(self, user, name)
        return self.people[name]

    # --- looking --------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The channel as the bot knows it."""
        return Place("slack", self.team.id, self.here.id)

    @property
    def questions(self) -> list[Message]:
        """The questions that stand in the channel, the oldest first."""
        here = self.server.said_in(self.here.id)
        return [message for message in here if message.bot and "Something wrong?" in self.words_of(message)]

    @property
    def thread(self) -> str:
        """The newest thread of the channel, which is its first message."""
        return self.questions[-1].ts

    def words_of(self, message: Message) -> str:
        """What a message says."""
        return words(message.blocks, self.zone) if message.blocks else message.text

    def in_thread(self) -> str:
        """Everything that the bot says in the newest thread."""
        said = self.server.said_in(self.here.id, self.thread)
        return " ".join(self.words_of(message) for message in said if message.bot and message.ts != self.thread)

    def said_since(self, mark: int) -> list[str]:
        """What the bot did since a number of lines."""
        return [str(line) for line in self.transcript.lines[mark:]]
