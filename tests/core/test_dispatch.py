import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.clock import SetClock
from bot.core.commands import Catalogue, Feature
from bot.core.dispatch import STALE, Dispatcher, _whole
from bot.core.events import ActionPressed, CommandInvoked, CommandTyped, Event, File, FormSubmitted, Left, Posted
from bot.core.forms import Form, FormProblems
from bot.core.messages import Message, Text, Verbatim
from bot.core.ports import Answer
from bot.core.refs import MessageRef, Person, Place
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork
from tests.storage.databases import opened, sqlite_url

from . import acted

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADA = Person("local", "home", "u1")
HERE = Place("local", "home", "c1")
EARLIER = datetime(2026, 11, 23, 8, 59, tzinfo=UTC)
WHO: Any = {"who": ADA, "name": "Ada", "place": HERE, "at": EARLIER, "zone": "Europe/Berlin", "manager": True}
NOTES = "CREATE TABLE notes (who TEXT, what TEXT)"


class Log:
    """Notes what is logged."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def exception(self, event: str, **fields: Any) -> None:
        self.entries.append({"event": event, **fields})

    def warning(self, event: str, **fields: Any) -> None:
        self.entries.append({"event": event, "warning": True, **fields})


class House:
    """A dispatcher over a real database."""

    def __init__(self, database: Database) -> None:
        self.log = Log()
        self.work = DatabaseWork(database, SetClock(NOW))
        catalogue = Catalogue([Feature.of("acted", acted)], services=(acted.Library,))
        self.dispatcher = Dispatcher(
            catalogue, services=(acted.Library(),), work=self.work, clock=SetClock(NOW), log=self.log
        )

    async def __call__(self, event: Event) -> Answer:
        return await self.dispatcher.handle(event)

    async def notes(self) -> list[str]:
        return await self.work.read(lambda tx: list(tx.scalars(text("SELECT what FROM notes"))))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path)) as database:
        await database.write(lambda tx: tx.execute(text(NOTES)))
        yield House(database)


def invoked(command: str, id: str = "e1", **options: str) -> CommandInvoked:
    return CommandInvoked(id=id, command=command, options=options, **WHO)


def pressed(action: str, *args: str, id: str = "e1", chosen: tuple[str, ...] = ()) -> ActionPressed:
    return ActionPressed(id=id, action=action, args=args, chosen=chosen, **WHO)


def submitted(action: str, *args: str, id: str = "e1", **values: str) -> FormSubmitted:
    return FormSubmitted(id=id, action=action, args=args, values=values, **WHO)


def said(answer: Answer) -> str:
    assert isinstance(answer.reply, Message)
    (part,) = answer.reply.parts
    assert isinstance(part, Text)
    (span,) = part.spans
    return span.text if isinstance(span, Verbatim) else str(span)


# --- from event to handler ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        invoked("echo", on="2026-12-01", colour="dark-red"),
        CommandTyped(id="e1", text="echo 2026-12-01 colour=dark-red", **WHO),
        pressed("echo", "2026-12-01", "dark-red"),
        submitted("echo", on="2026-12-01", colour="Dark red"),
        pressed("press-echo", "2026-12-01", "dark-red"),
        submitted("form-echo", "2026-12-01", colour="dark-red"),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_values_are_read_the_same_way_however_they_come(house: House, event: Event) -> None:
    assert said(await house(event)) == "2026-12-01 dark-red"


async def test_options_that_were_left_out_have_their_defaults(house: House) -> None:
    assert said(await house(invoked("echo", on="2026-12-01"))) == "2026-12-01 green"
    assert said(await house(invoked("echo", on="2026-12-01", colour="\u200b "))) == "2026-12-01 green"


async def test_a_handler_is_told_who_where_and_when(house: House) -> None:
    await house(invoked("asked"))
    ask = acted.asked_last[-1]
    assert (ask.id, ask.who, ask.name, ask.place) == ("e1", ADA, "Ada", HERE)
    assert (ask.now, ask.at, ask.zone, ask.manager) == (NOW, EARLIER, "Europe/Berlin", True)


async def test_a_select_gives_what_was_chosen(house: House) -> None:
    assert said(await house(pressed("choose", "7", chosen=("a", "b")))) == "7 a b"


async def test_a_handler_gets_the_services_that_it_names(house: House) -> None:
    assert said(await house(invoked("library"))) == "three books"


@pytest.mark.parametrize(("name", "private"), [("secret", True), ("open", False)])
async def test_a_reply_is_as_private_as_its_command(house: House, name: str, private: bool) -> None:
    assert (await house(invoked(name))).private is private


async def test_listeners_hear_of_what_members_write(house: House) -> None:
    ref = MessageRef(HERE, "m1")
    answer = await house(Posted(id="e1", message=ref, text="hello", **WHO))
    assert said(answer) == "heard hello"
    assert (acted.asked_last[-1].message, acted.asked_last[-1].text) == (ref, "hello")


def test_a_file_has_no_half_characters_either() -> None:
    event = Posted(id="e1", message=MessageRef(HERE, "m1"), text="", files=(File("a\ud800.py", "x\0"),), **WHO)
    assert _whole(event) == replace(event, files=(File("a\ufffd.py", "x\ufffd"),))


async def test_an_event_that_nobody_listens_to_has_no_answer(house: House) -> None:
    assert await house(Left(id="e1", **WHO)) == Answer(None)


# --- what is missing or wrong ---------------------------------------------------------------------------------------


async def test_a_missing_argument_gives_the_form_with_what_was_given(house: House) -> None:
    answer = await house(invoked("echo", colour="dark-red"))
    assert isinstance(answer.reply, Form)
    assert answer.reply.action == "echo"
    assert {field.name: field.value for field in answer.reply.fields} == {"on": "", "colour": "dark-red"}


async def test_a_wrong_argument_is_answered_in_private_with_what_was_wanted(house: House) -> None:
    answer = await house(invoked("open", on="tomorrow"))
    assert answer.private
    assert said(answer).startswith("Wanted a date")


async def test_a_forms_errors_come_field_by_field_and_all_at_once(house: House) -> None:
    answer = await house(submitted("three", count="many", on="", note="kept"))
    assert isinstance(answer.reply, FormProblems)
    assert set(answer.reply.errors) == {"count", "on"}
    assert answer.reply.errors["on"] == "This one is needed."
    assert "whole number" in answer.reply.errors["count"]


async def test_a_forms_optional_field_may_stay_empty(house: House) -> None:
    assert said(await house(submitted("three", count="3", on="2026-12-01", note=""))) == "3 2026-12-01 none"


async def test_arguments_of_a_form_win_over_fields_of_the_same_name(house: House) -> None:
    assert said(await house(submitted("form-echo", "2026-12-01", on="2001-01-01"))) == "2026-12-01 green"


@pytest.mark.parametrize(
    "event",
    [
        pressed("gone"),
        submitted("gone"),
        invoked("gone"),
        pressed("press-echo"),
        pressed("press-echo", "2026-12-01", "green", "more"),
        pressed("choose"),
    ],
    ids=repr,
)
async def test_a_stale_button_says_so(house: House, event: Event) -> None:
    assert said(await house(event)) == STALE


async def test_what_a_handler_refuses_is_one_private_reply_as_it_was_typed(house: House) -> None:
    answer = await house(invoked("refuse", why="**@everyone** <!channel>"))
    assert answer == Answer(Message((Text((Verbatim("No: **@everyone** <!channel>"),)),)), private=True)
    assert house.dispatcher.errors == 0


# --- bugs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", [invoked("bug"), pressed("bug-button"), submitted("bug-form"), CommandTyped(id="e", text="bug", **WHO)],
    ids=lambda event: type(event).__name__,
)  # fmt: skip
async def test_a_bug_is_counted_and_becomes_a_reference_that_stands_in_the_log(house: House, event: Event) -> None:
    answer = await house(event)
    (entry,) = house.log.entries
    assert entry["reference"] in said(answer)
    assert (answer.private, house.dispatcher.errors) == (True, 1)
    assert "ZeroDivisionError" not in said(answer)
    assert "Ada" not in repr(house.log.entries)


async def test_each_bug_has_its_own_reference(house: House) -> None:
    await house(invoked("bug"))
    await house(invoked("bug"))
    first, second = house.log.entries
    assert first["reference"] != second["reference"]


async def test_what_a_handler_wrote_before_its_bug_is_gone_and_it_may_be_tried_again(house: House) -> None:
    await house(invoked("half"))
    assert await house.notes() == []
    await house(invoked("note", what="again"))
    assert await house.notes() == ["again"]


async def test_being_stopped_is_not_taken_for_a_bug(house: House) -> None:
    running = asyncio.create_task(house(invoked("slow")))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert house.dispatcher.errors == 0


# --- twice ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [invoked("note", what="x"), pressed("note-button", "x"), submitted("note", what="x")],
    ids=lambda event: type(event).__name__,
)
async def test_a_second_delivery_has_no_effect_and_no_words(house: House, event: Event) -> None:
    assert said(await house(event)) == "noted x"
    assert await house(event) == Answer(None)
    assert await house.notes() == ["x"]
    assert house.dispatcher.errors == 0


async def test_deliveries_at_once_have_one_effect(house: House) -> None:
    answers = await asyncio.gather(*(house(invoked("note", what="x")) for _ in range(8)))
    assert sorted(answer.reply is None for answer in answers) == [False] + [True] * 7
    assert await house.notes() == ["x"]


async def test_the_same_words_in_another_event_are_another_act(house: House) -> None:
    for id in ("e1", "e2"):
        await house(invoked("note", id=id, what="x"))
    assert await house.notes() == ["x", "x"]
