"""The same event again, at once, later and out of order: one effect."""

import pytest

from bot.core.events import ActionPressed, Deleted, Edited, Posted
from bot.core.refs import MessageRef, Place
from bot.features.answers.store import answers
from tests.actor import Actor
from tests.stage import Stage, rows


@pytest.fixture
async def asked(group: Stage) -> Stage:
    """An open question that is answered in its thread."""
    await group.plans("result-you-had-to-withdraw", "two-detectors-in-a-row")
    await group.at("Mon 09:00")
    return group


def about(actor: Actor, id: str) -> dict[str, object]:
    """What every event about a message in the thread has."""
    stage = actor.stage
    place = Place("local", "local", stage.channel, stage.thread)
    return {"id": id, "who": actor.person, "name": actor.name, "place": place, "at": stage.clock.now(),
            "message": MessageRef(place, "m999")}  # fmt: skip


async def test_a_message_that_is_delivered_again_for_minutes_is_one_answer(asked: Stage) -> None:
    event = Posted(**about(asked.jonas, "ev1"), text="Mine.")  # type: ignore[arg-type]
    for minute in ("09:00", "09:01", "09:05", "09:30"):
        await asked.at(f"Mon {minute}")
        await asked.app.dispatcher.handle(event)
    assert await asked.read(rows, answers) == 1
    assert "Given Mon 23 Nov 09:00" in await asked.jonas.presses("My result")


async def test_an_old_delivery_does_not_undo_a_newer_answer(asked: Stage) -> None:
    first = Posted(**about(asked.jonas, "ev1"), text="The first.")  # type: ignore[arg-type]
    edit = Edited(**about(asked.jonas, "ev2"), text="The second.")  # type: ignore[arg-type]
    for event in (first, edit, first, edit, first):
        await asked.app.dispatcher.handle(event)
    assert "The second." in await asked.jonas.presses("My result")


async def test_an_edit_that_comes_before_its_message_is_the_answer(asked: Stage) -> None:
    await asked.app.dispatcher.handle(Edited(**about(asked.jonas, "ev2"), text="As edited."))  # type: ignore[arg-type]
    await asked.app.dispatcher.handle(Posted(**about(asked.jonas, "ev1"), text="As posted."))  # type: ignore[arg-type]
    assert "As edited." in await asked.jonas.presses("My result")


async def test_a_deletion_that_is_delivered_twice_withdraws_once(asked: Stage) -> None:
    await asked.app.dispatcher.handle(Posted(**about(asked.jonas, "ev1"), text="Mine."))  # type: ignore[arg-type]
    gone = Deleted(**about(asked.jonas, "ev3"))  # type: ignore[arg-type]
    await asked.app.dispatcher.handle(gone)
    await asked.jonas.answers("Anew.")
    await asked.app.dispatcher.handle(gone)
    assert "Anew." in await asked.jonas.presses("My result")


async def test_a_hint_whose_press_is_delivered_twice_costs_once(asked: Stage) -> None:
    await asked.at("Tue 09:00")
    press = ActionPressed(
        id="ev9", who=asked.jonas.person, name="Jonas", place=asked.place, at=asked.clock.now(), action="take-hint",
        args=("2", "0"),
    )  # fmt: skip
    for _ in range(3):
        await asked.app.dispatcher.handle(press)
    await asked.jonas.answers("65")
    await asked.at("Wed 08:00")
    assert "10 points" in await asked.jonas.presses("My result", under="Flagged")
