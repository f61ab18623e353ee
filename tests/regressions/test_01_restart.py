"""Jobs that a restart or a sleep loses or skips: here they are rows, so they are caught up or left out, and logged."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.bank.load import Bank
from bot.features.answers.store import answers
from bot.features.members.store import members
from tests.ground import Ground
from tests.stage import Stage


async def test_a_bot_that_dies_a_minute_before_the_post_posts_when_it_is_back(group: Stage) -> None:
    await group.at("Mon 08:59")
    await group.away("Mon 09:10")
    assert len(group.questions) == 1
    assert group.jonas.sees("(late: the bot was away)")
    await group.restarts()
    await group.at("Mon 20:00")
    assert len(group.questions) == 1


async def test_a_bot_that_is_away_for_too_long_leaves_the_post_out_and_says_so(group: Stage) -> None:
    await group.at("Mon 08:59")
    await group.away("Mon 15:10")
    assert group.questions == []
    assert (await group.mira.types("/admin log")).count("missed the question of 2026-11-23") == 1
    await group.restarts()
    assert (await group.mira.types("/admin log")).count("missed the question of 2026-11-23") == 1


async def test_a_reveal_and_a_reminder_that_fell_into_the_absence_come_late(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.jonas.types("/settings")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_reveal="yes")
    await group.at("Mon 09:00")
    await group.away("Tue 06:30")
    assert group.jonas.sees("Still open, and not answered by you")
    await group.away("Tue 08:30")
    assert "Reveal:" in group.in_thread()
    assert sum("Reveal:" in line for line in group.said_since(0) if line.startswith("bot (in the thread)")) == 1


@pytest.mark.parametrize("delivered_later", [True, False])
async def test_three_hours_away_change_nothing_of_what_was_answered(
    tmp_path: Path, bank: Bank, ground: Ground, delivered_later: bool
) -> None:
    there = await an_open_question(tmp_path / "there", bank, ground)
    away = await an_open_question(tmp_path / "away", bank, ground)
    await away.stops()
    for stage in (there, away):
        await three_hours(stage)
    if not delivered_later:
        away.world.forget_what_waits()  # as where events that nobody heard are gone
    await away.starts()
    assert await away.read(what_stands) == await there.read(what_stands)
    for stage in (there, away):
        await stage.at("Tue 09:00")
    assert await away.mira.types("/board all") == await there.mira.types("/board all")
    for stage in (there, away):
        await stage.stops()
        assert stage.errors == 0


async def an_open_question(folder: Path, bank: Bank, ground: Ground) -> Stage:
    """A group in which three have answered in the thread by half past nine."""
    folder.mkdir()
    stage = await Stage.open(folder, bank, ground)
    await stage.sets_up()
    await stage.plans("result-you-had-to-withdraw")
    await stage.at("Mon 09:00")
    for actor in (stage.aiko, stage.tom, stage.mira):
        await stage.at(f"Mon 09:{10 + len(actor.name)}")
        await actor.says(f"What {actor.name} thought first.", in_thread=True)
    return stage


async def three_hours(stage: Stage) -> None:
    """A new answer, one that is edited twice, one that is taken back, and one taken back and given anew."""
    acts: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: stage.aiko.edits("What Aiko thought next."),
        lambda: stage.jonas.says("What Jonas thought while nobody listened.", in_thread=True),
        stage.tom.deletes,
        stage.mira.deletes,
        lambda: stage.aiko.edits("What Aiko thought in the end."),
        lambda: stage.mira.says("What Mira thought instead.", in_thread=True),
        lambda: stage.jonas.says("A second remark, which is talk.", in_thread=True),
    )
    for number, act in enumerate(acts):
        stage.clock.set(stage.moment(f"Mon 10:{10 + number}"))
        await act()
    stage.clock.set(stage.moment("Mon 13:00"))
    await stage.settles()


def what_stands(tx: Connection) -> list[tuple[object, ...]]:
    """Whose answers stand, what they say, and when they were given."""
    query = select(members.c.name, answers.c.response, answers.c.given_at, answers.c.practice)
    standing = query.join(members, members.c.id == answers.c.member_id).where(~answers.c.withdrawn)
    return [tuple(row) for row in tx.execute(standing.order_by(members.c.name))]
