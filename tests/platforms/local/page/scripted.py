"""A study group on a page, with a bot that follows a short script: enough to show every kind of block and form."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import available_timezones

from aiohttp import web
from PIL import Image

from bot.core.clock import SetClock
from bot.core.events import ActionPressed, CommandTyped, Event, FormSubmitted, Posted
from bot.core.forms import Choice, Day, Form, FormProblems, Line, Number, Paragraph
from bot.core.messages import (
    Attachment,
    Button,
    Buttons,
    Code,
    Divider,
    Edit,
    Facts,
    Heading,
    Mention,
    Message,
    Moment,
    Picture,
    Quote,
    Select,
    SelectOption,
    Style,
    Verbatim,
    message,
    text,
)
from bot.core.pictures import Bar, BarChart, PictureSpec
from bot.core.ports import Answer, OpenThread, React, Receipt, Send, Sending
from bot.core.refs import MessageRef, Person, Place
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.formats import Json
from bot.platforms.local.page.server import Move, NextEvent, make_app
from bot.platforms.local.world import World

START = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)
COMMANDS: list[Json] = [
    {"name": "board", "help": "See who leads.", "admin": False, "options": [{"name": "period"}, {"name": "topic"}]},
    {"name": "everything", "help": "Show every kind of block.", "admin": False, "options": []},
    {"name": "help", "help": "What can I do here?", "admin": False, "options": []},
    {"name": "mock join", "help": "Join the next round of mock interviews.", "admin": False, "options": []},
    {"name": "story add", "help": "Write down a story from your work.", "admin": False, "options": []},
    {"name": "setup", "help": "Make this channel the home of a study group.", "admin": True, "options": []},
]
PLANS = (
    ("year", "The year of weekdays"),
    ("five", "Five weeks"),
    ("twelve", "Twelve weeks"),
    ("two", "Two weeks"),
    ("own", "Our own"),
)
DAYS = tuple((day.lower(), day) for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
SETUP = Form(
    "Set up the group",
    "setup",
    (
        Line(
            name="zone",
            label="Time zone",
            hint="A name such as Europe/Berlin.",
            value="Europe/Berlin",
            suggestions=("Europe/Berlin", "Asia/Kolkata"),
        ),
        Line(name="time", label="Posting time", value="09:00", max_length=5),
        Choice(name="days", label="Weekdays", value="mon tue wed thu fri", options=DAYS, many=True),
        Choice(name="plan", label="Plan", value="year", options=PLANS),
    ),
    intro="One question a day, at the same time for everybody.",
)
STORY = Form(
    "Add a story",
    "story",
    (
        Line(name="title", label="Title", required=False),
        Choice(
            name="sort",
            label="What it shows",
            value="conflict",
            options=(("conflict", "Conflict"), ("failure", "Failure")),
        ),
        Number(name="years", label="Years ago", hint="About is good enough.", required=False),
        Day(name="on", label="To be practised by", required=False),
        Paragraph(name="told", label="The story", hint="Situation, task, action, result."),
    ),
)
ANSWER = Form("Your answer", "answer", (Paragraph(name="said", label="Your answer", code=True),), args=("42",))
OPTIONS = (
    "The key grows with the batch",
    "Dot products grow with the dimension",
    "It is cheaper to compute",
    "It makes gradients exact",
)
CHART = Picture(
    BarChart(
        "How the group answered",
        tuple(Bar(letter, count, letter == "B") for letter, count in zip("ABCD", (1, 5, 0, 2), strict=True)),
    ),
    "How the group answered: A 1, B 5 (right), C 0, D 2.",
)
CODE = """def softmax(scores: list[float]) -> list[float]:
    top = max(scores)
    raised = [math.exp(score - top) for score in scores]
    return [one / sum(raised) for one in raised]"""


def everything(who: Person) -> Message:
    """Every kind of part there is."""
    return Message(
        (
            Heading("Every kind of block"),
            text(
                "Hello ",
                Mention(who),
                ", **bold**, *italic*, `code`, ",
                Verbatim("<b>&amp; @everyone"),
                ", next at ",
                Moment(START + timedelta(days=3), "Asia/Kolkata"),
                ".",
            ),
            text("- one\n- two **bold**"),
            Code(CODE, "python"),
            Quote("I would begin with the data.\nThen measure."),
            Facts((("Topic", "Transformers"), ("Level", "mid"), ("Minutes", "5"))),
            CHART,
            Attachment("mock.ics", "BEGIN:VCALENDAR", "text/calendar"),
            Divider(),
            Buttons(
                (
                    Button("Answer", "answer", style=Style.primary),
                    Button("Hint", "hint"),
                    Button("Forget me", "forget", style=Style.danger),
                )
            ),
            Select(
                "choose", tuple(SelectOption(letter, f"Option {letter}") for letter in "abc"), placeholder="Choose one"
            ),
            Select(
                "choose",
                tuple(SelectOption(letter, f"Option {letter}") for letter in "abc"),
                ("many",),
                "Choose up to two",
                1,
                2,
            ),
        )
    )


QUESTION = Message(
    (
        Heading("Why does attention divide by √d?"),
        Facts((("Topic", "Transformers"), ("Level", "mid"), ("Minutes", "5"))),
        text("Scores are divided by `√d` before the softmax. **What goes wrong without it?**"),
        text("\n".join(f"- **{letter}** {option}" for letter, option in zip("ABCD", OPTIONS, strict=True))),
        Buttons(
            (
                *(Button(letter, "answer", (letter,)) for letter in "ABCD"),
                Button("Answer in a form", "answer", style=Style.primary),
                Button("Hint", "hint"),
            )
        ),
    )
)


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
    await platform.start(bot.handle)
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
