"""The script of the tests' bot: its commands, its forms, and a message with every kind of part."""

from datetime import UTC, datetime, timedelta

from bot.core.forms import Choice, Day, Form, Line, Number, Paragraph
from bot.core.messages import (
    Attachment,
    Button,
    Buttons,
    Code,
    Divider,
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
    text,
)
from bot.core.pictures import Bar, BarChart
from bot.core.refs import Person
from bot.platforms.local.formats import Json

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
