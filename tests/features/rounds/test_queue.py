"""The live queue: whoever has time now, and whoever else has it too."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.features.queue import commands as live
from bot.features.queue.store import waiting
from bot.features.sessions.store import sessions
from tests.features.rounds.round import asks, opened, owed, pairs, round_is_open, signs_up
from tests.stage import Stage, rows
from tests.storage.together import together


async def test_the_second_one_who_has_time_is_paired_with_the_first_at_once(group: Stage) -> None:
    said = await group.jonas.types("/mock now")
    assert "You are in the live queue until Mon 23 Nov 09:00." in said
    assert "Somebody has time for a mock interview now, until Mon 23 Nov 09:00." in group.in_channel()
    assert "Jonas" not in group.in_channel()
    group.clock.set(group.clock.now() + timedelta(seconds=5))
    assert "You have a partner: Jonas." in await group.aiko.presses("I have time now")
    assert group.jonas.sees("You have a partner: Aiko.")
    (session,) = await opened(group)
    assert (session.source, session.source_id) == ("now", None)
    assert [set(pair) for pair in await pairs(group)] == [{"Jonas", "Aiko"}]
    assert await group.read(rows, waiting) == 0


async def test_who_asks_again_keeps_waiting_and_the_home_hears_it_once(group: Stage) -> None:
    await group.jonas.types("/mock now")
    group.clock.set(group.clock.now() + timedelta(minutes=50))
    said = await group.jonas.types("/mock now")
    assert "You are in the live queue already, until Mon 23 Nov 09:00." in said
    assert group.in_channel().count("Somebody has time") == 1
    assert "live queue until Mon 23 Nov 09:00" in await group.jonas.types("/mock status")


async def test_two_who_want_what_the_other_does_not_give_both_wait(group: Stage) -> None:
    await signs_up(group.jonas, wanted="sql-data", giving="behavioural")
    await signs_up(group.aiko, wanted="ml-coding", giving="ml-coding")
    await group.jonas.types("/mock now")
    assert "You are in the live queue" in await group.aiko.types("/mock now")
    assert await group.read(rows, waiting) == 2
    assert "You have a partner" in await group.tom.types("/mock now")
    assert await group.read(rows, waiting) == 1


async def test_one_type_can_be_asked_for(group: Stage) -> None:
    await signs_up(group.jonas, giving="behavioural")
    await group.jonas.types("/mock now")
    assert "You are in the live queue" in await group.aiko.types("/mock now kind=sql-data")
    assert "You have a partner: Jonas" in await group.aiko.types("/mock now kind=behavioural")
    (session,) = await opened(group)
    assert "behavioural" in (session.kind, session.second_kind)


async def test_two_of_whom_one_has_blocked_the_other_both_wait(group: Stage) -> None:
    for who in (group.jonas, group.aiko):
        await who.types("/join")
    await group.jonas.types("/mock block Aiko")
    await group.jonas.types("/mock now")
    assert "You are in the live queue" in await group.aiko.types("/mock now")
    assert await group.read(rows, sessions) == 0


async def test_after_two_hours_one_hears_a_kind_word_once(group: Stage) -> None:
    await group.jonas.types("/mock now")
    await group.until(group.clock.now() + timedelta(hours=1, minutes=59))
    assert not group.jonas.sees("Nobody who fits had time")
    await group.until(group.clock.now() + timedelta(minutes=2))
    assert group.jonas.sees("Nobody who fits had time in these two hours. Thank you for being there")
    assert await group.read(rows, waiting) == 0
    assert "You are in the live queue until" in await group.jonas.presses("Wait two hours more")


@pytest.mark.parametrize("act", ["/mock leave", "/leave", "/mock pause 2026-12-24"])
async def test_who_is_gone_is_paired_with_nobody(group: Stage, act: str) -> None:
    await group.jonas.types("/mock now")
    await group.jonas.types(act)
    assert "You are in the live queue" in await group.aiko.types("/mock now")
    await group.until(group.clock.now() + timedelta(hours=2, minutes=1))
    assert not group.jonas.sees("Nobody who fits had time")


async def test_a_partner_found_now_pays_what_somebody_was_owed(group: Stage) -> None:
    await round_is_open(group, "Jonas")
    await group.at("Mon 20:00")
    assert await owed(group, "Jonas") == 1
    await group.jonas.types("/mock now")
    await group.aiko.types("/mock now")
    assert await owed(group, "Jonas") == 0


async def test_two_who_come_in_the_same_moment_see_each_other(group: Stage) -> None:
    for who in (group.jonas, group.aiko):
        await who.types("/join")

    def comes(name: str) -> object:
        ask = asks(group, group.people[name], id=name)
        return lambda tx: live._now(tx, ask, None)

    await together(group.database_url, comes("Jonas"), comes("Aiko"))  # type: ignore[arg-type]
    assert [set(pair) for pair in await pairs(group)] == [{"Jonas", "Aiko"}]
    assert await group.read(rows, waiting) == 0


async def test_three_who_come_in_the_same_moment_make_one_pair(group: Stage) -> None:
    for who in (group.jonas, group.aiko, group.tom):
        await who.types("/join")
    await group.jonas.types("/mock now")

    def comes(tx: Connection, name: str) -> None:
        live._now(tx, asks(group, group.people[name], id=name), None)

    await together(group.database_url, lambda tx: comes(tx, "Aiko"), lambda tx: comes(tx, "Tom"))
    assert len(await pairs(group)) == 1
    assert await group.read(rows, waiting) == 1
