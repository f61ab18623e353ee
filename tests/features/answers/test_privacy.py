"""A group's questions, answers and people are nobody else's, and what is private reaches only whom it is for."""

from collections.abc import AsyncIterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.bank.load import Bank
from bot.core.events import ActionPressed, Event, FormSubmitted, Posted
from bot.core.messages import Message, Text, Verbatim
from bot.core.refs import MessageRef, Place
from bot.features.answers.store import answers
from bot.features.days.store import days
from bot.features.flags.store import flags
from bot.features.members.store import members
from tests.actor import Actor
from tests.ground import Ground
from tests.stage import Stage, rows

REFUSED = "This question is not of a group that you are in."


@pytest.fixture
async def two(tmp_path: Path, bank: Bank, ground: Ground) -> AsyncIterator[Stage]:
    """Two groups in one workspace: the stage's, and Lena's, whose question is open since nine too."""
    stage = await Stage.open(tmp_path, bank, ground)
    await stage.sets_up()
    other = str(stage.world.add_channel("other-group", people=[])["id"])
    lena = stage.comes("Lena", manager=True, channels=[other])
    stage.comes("Otto", channels=[other])
    await lena.types("/setup")
    await lena.fills(zone="Europe/Berlin")
    await stage.plans("reading-a-p-value")
    await stage.at("Mon 09:00")
    yield stage
    await stage.stops()
    assert stage.errors == 0


def at_home(actor: Actor) -> dict[str, object]:
    """Who and where, for an event out of the channel in which somebody is."""
    place = Place("local", "local", actor.channel)
    return {"who": actor.person, "name": actor.name, "place": place, "at": actor.stage.clock.now()}


def forged(actor: Actor, action: str, *args: str, **values: str) -> Event:
    """A press, or a form, that names what it should not."""
    kind = FormSubmitted if values else ActionPressed
    more = {"values": values} if values else {}
    event: Event = kind(id=f"{action}{args}", action=action, args=args, **at_home(actor), **more)  # type: ignore[arg-type]
    return event


FORGERIES: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
    ("pick", ("1", "a"), {}),
    ("answer", ("1",), {}),
    ("give", ("1",), {"given": "65"}),
    ("hint", ("1",), {}),
    ("take-hint", ("1", "0"), {}),
    ("my-result", ("1",), {}),
    ("show-day", ("1",), {}),
    ("flag", ("1",), {}),
    ("send-flag", ("1",), {"what": "typo"}),
]


async def test_a_day_of_another_group_is_refused(two: Stage) -> None:
    before = [await two.read(rows, table) for table in (answers, flags, members)]
    for name, (action, args, values) in product(("Lena", "Otto"), FORGERIES):
        answer = await two.app.dispatcher.handle(forged(two.people[name], action, *args, **values))
        assert isinstance(answer.reply, Message), action
        assert [part.spans for part in answer.reply.parts if isinstance(part, Text)] == [(Verbatim(REFUSED),)]
        assert answer.private
    assert [await two.read(rows, table) for table in (answers, flags, members)] == before


async def test_an_organiser_decides_no_flag_of_another_group(two: Stage) -> None:
    await two.jonas.presses("A", under="Reading")
    await two.jonas.presses("Something wrong?", under="Reading")
    await two.jonas.fills(what="typo")
    for action in ("flag-keep", "flag-out"):
        answer = await two.app.dispatcher.handle(forged(two.people["Lena"], action, "1"))
        assert "This is for the group's organisers." in str(answer.reply)
    assert not two.people["Lena"].sees("was flagged")
    assert "flag" not in (await two.mira.types("/admin log")).replace("flagged", "")


async def test_an_organiser_swaps_no_day_of_another_group(two: Stage) -> None:
    ours = await two.read(planned_of, 1)
    lena = at_home(two.people["Lena"])
    choose = ActionPressed(id="swap", action="swap-day", chosen=("2026-11-25",), **lena)  # type: ignore[arg-type]
    answer = await two.app.dispatcher.handle(choose)
    assert "Wednesday 25 November" in str(answer.reply)
    assert await two.read(planned_of, 1) == ours


def planned_of(tx: Connection, group: int) -> list[tuple[date, str]]:
    """The dates of a group with their questions."""
    rows = tx.execute(select(days.c.on, days.c.question_id).where(days.c.group_id == group).order_by(days.c.on))
    return [(row.on, row.question_id) for row in rows]


async def test_boards_and_reveals_name_nobody_of_another_group(two: Stage) -> None:
    await two.jonas.presses("C", under="Reading")
    await two.at("Tue 09:00")
    otto = two.people["Otto"]
    await otto.types("/join")
    await otto.types("/board all")
    assert not otto.sees("Jonas")
    assert not otto.sees("reading-a-p-value")
    assert "several groups" not in await otto.types("/board", private=True)


async def test_a_press_in_private_works_for_members_only(two: Stage) -> None:
    private = Place("local", "local", f"dm-{two.tom.id}")
    event = ActionPressed(
        id="p", who=two.tom.person, name="Tom", place=private, at=two.clock.now(), action="pick", args=("1", "a")
    )
    answer = await two.app.dispatcher.handle(event)
    assert REFUSED in str(answer.reply)
    assert await two.read(rows, answers) == 0


async def test_what_is_private_is_in_nobody_elses_view(two: Stage) -> None:
    secret = "nobody else may read this"
    await two.plans("phase-before-the-first-token")
    await two.at("Tue 09:00")
    await two.jonas.answers(secret)
    await two.jonas.presses("My result")
    await two.jonas.presses("Hint")
    await two.jonas.presses("Show it")
    await two.jonas.types("/settings")
    await two.jonas.presses("About me")
    await two.jonas.fills(role=secret)
    await two.jonas.presses("Answer")
    await two.at("Wed 12:00")
    for actor in two.people.values():
        found = [text for text in actor.reads() if secret in text or "Hint 1." in text]
        assert bool(found) is (actor is two.jonas), actor.name


async def test_somebody_elses_message_never_becomes_ones_answer(two: Stage) -> None:
    await two.plans("result-you-had-to-withdraw")
    await two.at("Tue 09:00")
    written = await two.aiko.says("Mine.", in_thread=True)
    place = Place("local", "local", two.channel, two.thread)
    reply = await two.tom.counts(written)
    assert "Wanted a message of yours" in reply
    event = Posted(
        id="e1", who=two.tom.person, name="Tom", place=place, at=two.clock.now(), message=MessageRef(place, written),
        text="Stolen.",
    )  # fmt: skip
    await two.app.dispatcher.handle(event)
    assert "Mine." in await two.aiko.presses("My result")
