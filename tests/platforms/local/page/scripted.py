"""A study group on a page, with a bot that follows a short script: enough to show every kind of block and form."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import available_timezones

from aiohttp import web
from PIL import Image

from bot.core.clock import SetClock
from bot.core.events import ActionPressed, CommandTyped, Event, FormSubmitted, Posted
from bot.core.forms import FormProblems
from bot.core.messages import (
    Button,
    Buttons,
    Edit,
    Message,
    Verbatim,
    message,
    text,
)
from bot.core.pictures import PictureSpec
from bot.core.ports import Answer, OpenThread, React, Receipt, Send, Sending
from bot.core.refs import MessageRef, Place
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.page.server import Move, NextEvent, make_app
from bot.platforms.local.world import World
from tests.platforms.local.keeping import keeping
from tests.platforms.local.page.script import ANSWER, COMMANDS, QUESTION, SETUP, START, STORY, everything


@dataclass(slots=True)
class ScriptedBot:
    """Answers as its script says, and posts through the local platform."""

    platform: LocalPlatform
    channel: str
    posted: int = 0

    async def handle(self, event: Event) -> Answer:
        """Follow the script."""
        match event:
            case CommandTyped(text="setup"):
                return Answer(SETUP)
            case CommandTyped(text="story add"):
                return Answer(STORY)
            case CommandTyped(text="everything"):
                return Answer(everything(event.who), private=False)
            case CommandTyped():
                return Answer(message(text("There is no command ", Verbatim(event.text[:40]), ". Try `help`.")))
            case FormSubmitted(action="setup"):
                return await self._set_up(event)
            case FormSubmitted(action="answer" | "story"):
                return _read(event.values["said" if event.action == "answer" else "told"])
            case ActionPressed(action="answer", args=()):
                return Answer(ANSWER)
            case ActionPressed(action="again"):
                return Answer(Edit(message("Second hint: what is the variance of a sum?")))
            case ActionPressed(action="hint"):
                return Answer(
                    Message(
                        (text("Think of the variance of a dot product."), Buttons((Button("Another hint", "again"),)))
                    )
                )
            case ActionPressed():
                return Answer(message(f"Recorded: {event.action} {' '.join((*event.args, *event.chosen))}"))
            case Posted(place=Place(thread=str())):
                await self.deliver(event.place, React(event.message, "✅"))
        return Answer(None)

    async def _set_up(self, event: FormSubmitted) -> Answer:
        if event.values["zone"] not in available_timezones():
            return Answer(FormProblems({"zone": "Wanted a time zone such as Europe/Berlin."}))
        await self.ask_question(event.place)
        return Answer(message("The group is set up. The first question is posted."))

    async def ask_question(self, place: Place) -> Place:
        """Post the question and open its thread."""
        sent = await self.deliver(place, Send(QUESTION))
        opened = await self.deliver(place, OpenThread("Why does attention divide by √d?"), before=sent)
        assert opened.thread is not None
        return opened.thread

    async def deliver(self, to: Place, call: Send | OpenThread | React, before: Receipt | None = None) -> Receipt:
        """Make one native call."""
        self.posted += 1
        return await self.platform.deliver(Sending(f"k{self.posted}", to, call, START, before or Receipt()))


def _read(said: str) -> Answer:
    if len(said) > 3000:
        return Answer(FormProblems({"said": f"At most 3,000 characters fit here; these are {len(said):,}."}))
    return Answer(message("Recorded. You may change it until the reveal."))


@dataclass(slots=True)
class Page:
    """The running page, its world and its bot."""

    url: str
    world: World
    clock: SetClock
    bot: ScriptedBot
    ada: str
    ben: str
    channel: str

    @property
    def place(self) -> Place:
        """The group's home."""
        return Place("local", "local", self.channel)

    def ref(self, message: str, thread: str) -> MessageRef:
        """A message of a thread."""
        return MessageRef(Place("local", "local", self.channel, thread), message)


@asynccontextmanager
async def running_page(port: int = 0) -> AsyncIterator[Page]:
    """Serve a world with two members and a scripted bot on loopback."""
    clock = SetClock(START)
    world = World(clock)
    channel = world.add_channel("ml-study")["id"]
    ada = world.join_person("Ada Okafor", zone="Europe/Berlin", manager=True)["id"]
    ben = world.join_person("Ben Yilmaz", zone="Asia/Kolkata")["id"]
    platform = LocalPlatform(world, draw)
    bot = ScriptedBot(platform, channel)
    await platform.start(bot.handle, keeping(bot.handle))
    app = make_app(world, commands=lambda: COMMANDS, move=_mover(clock), next_event=_next_event(clock), zone=_zone)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield Page(f"http://127.0.0.1:{runner.addresses[0][1]}", world, clock, bot, ada, ben, channel)
    await runner.cleanup()
    await platform.stop()


def _mover(clock: SetClock) -> Move:
    async def move(to: datetime) -> None:
        clock.set(to)

    return move


def _next_event(clock: SetClock) -> NextEvent:
    async def next_event() -> datetime | None:
        return clock.now() + timedelta(hours=2)

    return next_event


async def _zone() -> str:
    return "Europe/Berlin"


def draw(_spec: PictureSpec) -> bytes:
    """Draw a picture of the right size; what it shows is tested where pictures are made."""
    drawn = BytesIO()
    Image.new("RGB", (480, 200), "#cfe3dc").save(drawn, "PNG")
    return drawn.getvalue()
