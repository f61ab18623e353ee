"""Hours, types, blocks, turns and missed sessions reach nobody but whom they are of; no group reaches into another."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.bank.load import Bank
from bot.core.events import ActionPressed, Event, FormSubmitted
from bot.core.messages import Message
from bot.core.refs import Place
from bot.features.members.store import members
from bot.features.preferences.store import blocks, preferences
from tests.actor import Actor
from tests.features.rounds.round import CLOSES, OPENS, did_not_come, round_is_open, signs_up
from tests.ground import Ground
from tests.stage import Stage, rows

ABOUT_ONESELF, ABOUT_OTHERS = ("/mock status", "/mock prefs"), ("/mock block", "/mock unblock")
MARKS = {"Jonas": ("05:05-09:05", "Klingon"), "Aiko": ("05:10-09:10", "Sindarin"), "Mira": ("05:15-09:15", "Quenya")}


async def everybody_signs_up(group: Stage) -> None:
    for name, (hours, language) in MARKS.items():
        await signs_up(group.people[name], f"daily {hours}", language=language, wanted="negotiation")


async def test_what_one_has_set_is_read_by_nobody_else_at_any_state_of_a_round(group: Stage) -> None:
    await group.mira.types("/admin rounds approve=yes")
    await round_is_open(group)
    await everybody_signs_up(group)
    await group.aiko.types("/mock block Jonas")
    await group.aiko.types("/mock now")
    for moment in (None, CLOSES, "Tue 20:00", OPENS):
        if moment:
            await group.at(moment)
        for name in ("Tom", *MARKS):
            for command in (*ABOUT_ONESELF, *(ABOUT_OTHERS if name in ("Tom", "Jonas") else ())):
                await group.people[name].types(command)
        await group.mira.types("/admin round-preview")
        await group.mira.types("/admin log")
    for name in ("Tom", *MARKS):
        await group.people[name].types("/board all")
        await group.people[name].types("/help")
        read = " ".join(group.people[name].reads())
        for other, marks in MARKS.items():
            if other != name:
                assert not [mark for mark in marks if mark in read], f"{name} reads what {other} has set"
    assert not any("Never paired with: 1" in said for said in group.jonas.reads())
    assert not any(
        "will not be paired" in said for name in ("Jonas", "Mira", "Tom") for said in group.people[name].reads()
    )


async def test_what_was_missed_is_told_to_nobody_else(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    for who in (group.jonas, group.aiko):
        await who.types("/mock join every=yes")
    for _ in range(2):
        await group.at(CLOSES)
        await did_not_come(group, "Jonas")
        await group.at(OPENS)
    await group.at(CLOSES)
    assert group.jonas.sees("you missed more than one session lately")
    await group.mira.types("/admin round-preview")
    await group.mira.types("/admin log")
    for name in ("Mira", "Aiko", "Tom"):
        assert not group.people[name].sees("missed more than one")
        assert not group.people[name].sees("wait for one round")


@pytest.fixture
async def two(tmp_path: Path, bank: Bank, ground: Ground) -> AsyncIterator[Stage]:
    """Two groups in one workspace: the stage's, and Lena's and Otto's."""
    stage = await Stage.open(tmp_path, bank, ground)
    await stage.sets_up()
    other = str(stage.world.add_channel("other-group", people=[])["id"])
    lena = stage.comes("Lena", manager=True, channels=[other])
    stage.comes("Otto", channels=[other])
    await lena.types("/setup")
    await lena.fills(zone="Europe/Berlin")
    await stage.people["Otto"].types("/join")
    yield stage
    await stage.stops()
    assert stage.errors == 0


def forged(actor: Actor, kind: type, action: str, **more: object) -> Event:
    place = Place("local", "local", actor.channel)
    common = {"who": actor.person, "name": actor.name, "place": place, "at": actor.stage.clock.now()}
    event: Event = kind(id=f"{action}{more}", action=action, **common, **more)
    return event


async def test_nobody_blocks_or_lists_people_of_another_group(two: Stage) -> None:
    await two.jonas.types("/join")
    otto = await two.read(lambda tx: tx.scalar(select(members.c.id).where(members.c.name == "Otto")))
    for action in ("mock-block-chosen", "mock-unblock-chosen"):
        answer = await two.app.dispatcher.handle(forged(two.jonas, ActionPressed, action, chosen=(str(otto),)))
        assert isinstance(answer.reply, Message)
        assert "Wanted one person of the list" in str(answer.reply)
    assert "Otto" not in await two.jonas.types("/mock block")
    assert "Wanted somebody of this group by name" in await two.jonas.types("/mock block Otto")
    assert await two.read(rows, blocks) == 0


async def test_a_forged_form_or_choice_is_refused_and_changes_nothing(two: Stage) -> None:
    await two.jonas.types("/join")
    values = {"hours": "daily 9-17"}
    for args, more in ((("anything",), {}), (("prefs",), {"wanted": "juggling"}), (("prefs",), {"hours": "x" * 400})):
        await two.app.dispatcher.handle(
            forged(two.jonas, FormSubmitted, "mock-set", args=args, values={**values, **more})
        )
    await two.app.dispatcher.handle(forged(two.jonas, ActionPressed, "mock-hours", chosen=("never",)))
    assert await two.read(rows, preferences) == 0


async def test_rounds_of_two_groups_pair_nobody_across(two: Stage) -> None:
    await two.jonas.types("/join")
    await two.at("Thu 18:00")
    for name in ("Jonas", "Aiko", "Lena", "Otto"):
        await signs_up(two.people[name])
    await two.at("Sun 18:00")
    assert two.jonas.sees("Mock interviews: the pairs until")
    assert not two.jonas.sees(two.people["Otto"].id)
    assert not two.people["Otto"].sees(two.jonas.id)
    await two.jonas.types("/mock now")
    assert "You are in the live queue" in await two.people["Otto"].types("/mock now")
    await two.until(two.clock.now() + timedelta(seconds=5))
