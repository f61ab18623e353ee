from datetime import date

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
    Picture,
    Quote,
    Select,
    SelectOption,
    Style,
    message,
)
from bot.core.pictures import Bar, BarChart
from bot.core.ports import Answer
from bot.platforms.local.render import render, render_form, render_reply

from .conftest import draw

CHART = Picture(BarChart("Answers", (Bar("A", 3),)), alt="A: 3")
FIELD = {
    "hint": "",
    "value": "",
    "required": True,
    "max_length": 200,
    "code": False,
    "options": [],
    "many": False,
    "suggestions": [],
}


def test_every_part_has_its_block() -> None:
    said = message(
        Heading("**Today**"),
        Quote("@everyone"),
        Code("x", "python"),
        Facts((("Level", "3"),)),
        Divider(),
        Buttons((Button("Go", "answer", ("q1", "a"), Style.primary),)),
        Select("pick", (SelectOption("1", "One"),), ("q1",), "Choose", 1, 1),
    )
    assert render(said, draw).blocks == [
        {"type": "heading", "text": "**Today**"},
        {"type": "quote", "text": "@everyone"},
        {"type": "code", "text": "x", "language": "python"},
        {"type": "facts", "rows": [["Level", "3"]]},
        {"type": "divider"},
        {"type": "buttons", "buttons": [{"label": "Go", "id": "answer:q1:a", "style": "primary"}]},
        {
            "type": "select",
            "id": "pick:q1",
            "placeholder": "Choose",
            "options": [{"value": "1", "label": "One"}],
            "at_least": 1,
            "at_most": 1,
        },
    ]


def test_pictures_are_drawn_and_attachments_carried_as_files() -> None:
    rendered = render(message("See:", CHART, Attachment("cards.csv", "a,ü", "text/csv")), draw)
    assert rendered.blocks[1:] == [
        {"type": "picture", "file": "1", "alt": "A: 3"},
        {"type": "file", "file": "2", "name": "cards.csv", "media_type": "text/csv"},
    ]
    assert rendered.files["1"].data == b"PNG Answers"
    assert rendered.files["2"].data.decode() == "a,ü"


def test_a_forms_limits_and_values_are_passed_through() -> None:
    form = Form(
        "Setup",
        "setup",
        (
            Line(name="zone", label="Zone", value="UTC", max_length=60, suggestions=("Europe/Berlin",)),
            Paragraph(name="why", label="Why", max_length=1200, code=True, required=False, hint="Say it."),
            Number(name="n", label="N"),
            Choice(name="days", label="Days", options=(("mo", "Mon"), ("tu", "Tue")), many=True),
            Day(name="on", label="On", value=date(2026, 11, 23).isoformat()),
        ),
        ("g1",),
        "Hello.",
    )
    rendered = render_form(form)
    assert (rendered["title"], rendered["id"], rendered["intro"]) == ("Setup", "setup:g1", "Hello.")
    assert rendered["fields"] == [
        {**FIELD, "type": "line", "name": "zone", "label": "Zone", "value": "UTC", "max_length": 60}
        | {"suggestions": ["Europe/Berlin"]},
        {**FIELD, "type": "paragraph", "name": "why", "label": "Why", "max_length": 1200, "code": True}
        | {"required": False, "hint": "Say it."},
        {**FIELD, "type": "number", "name": "n", "label": "N"},
        {**FIELD, "type": "choice", "name": "days", "label": "Days", "many": True}
        | {"options": [["mo", "Mon"], ["tu", "Tue"]]},
        {**FIELD, "type": "day", "name": "on", "label": "On", "value": "2026-11-23"},
    ]


def test_every_reply_has_its_type() -> None:
    replies = [None, FormProblems({"zone": "Wanted a zone."}), Edit(message("Done.")), message("Hi.")]
    rendered = [render_reply(Answer(reply, private=False), draw).reply for reply in replies]
    assert rendered == [
        {"type": "none"},
        {"type": "problems", "errors": {"zone": "Wanted a zone."}},
        {"type": "edit", "blocks": [{"type": "paragraph", "runs": [{"text": "Done."}]}]},
        {"type": "message", "private": False, "blocks": [{"type": "paragraph", "runs": [{"text": "Hi."}]}]},
    ]


def test_a_reply_that_is_too_long_has_more() -> None:
    rendered = render_reply(Answer(message(*["word " * 700] * 3, CHART)), draw)
    assert len(rendered.reply["more"]) == 2
    assert rendered.reply["more"][-1][-1]["file"] in rendered.files
