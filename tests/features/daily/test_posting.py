"""One post for each home, track and scheduled date: never twice, never lost, caught up while it is young."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.bank.load import Bank
from bot.features.daily.store import posts
from bot.features.days import store as days
from bot.storage import outbox
from tests.ground import Ground
from tests.stage import Stage


def posted_keys(tx: Connection) -> list[str]:
    return list(tx.execute(select(posts.c.key).order_by(posts.c.key)).scalars())


async def dates(group: Stage) -> list[date]:
    """The dates whose question stands in the channel, by its thread's day."""
    return [day.on for day in await group.all_days() if day.opened_at is not None]


# --- never twice --------------------------------------------------------------------------------------------------


async def test_two_beats_at_once_post_once(group: Stage) -> None:
    group.clock.set(group.moment("Mon 09:00"))
    await asyncio.gather(*(group.app.settle() for _ in range(5)))
    assert len(group.questions) == 1
    assert await group.read(posted_keys) == ["1:2026-11-23:home1"]


async def test_two_bots_over_one_database_post_once(group: Stage) -> None:
    other = group.new_app()
    await other.start()
    group.clock.set(group.moment("Mon 09:00"))
    await asyncio.gather(group.app.settle(), other.settle(), group.app.settle(), other.settle())
    assert len(group.questions) == 1
    group.clock.set(group.moment("Tue 09:00"))
    await asyncio.gather(other.settle(), group.app.settle())
    assert len(group.questions) == 2
    assert sum("Reveal:" in line for line in group.said_since(0)) == 1
    await other.stop()


async def test_a_restart_right_after_the_post_posts_nothing_more(group: Stage) -> None:
    await group.at("Mon 09:00")
    await group.restarts()
    await group.at("Mon 12:00")
    assert len(group.questions) == 1


async def test_what_was_decided_but_not_sent_is_sent_by_the_next_process(group: Stage) -> None:
    group.clock.set(group.moment("Mon 09:00"))
    await group.app.tick.run(group.clock.now())
    assert group.questions == []
    await group.restarts()
    assert len(group.questions) == 1
    assert not group.jonas.sees("late: the bot was away")


async def test_a_date_that_was_spent_early_is_not_posted_again(group: Stage) -> None:
    await group.mira.types("/admin next")
    assert await group.read(days.next_question, await group.group()) == group.moment("Tue 09:00")
    await group.at("Mon 12:00")
    assert await dates(group) == [date(2026, 11, 23)]
    assert len(group.questions) == 1


# --- caught up, or left out ---------------------------------------------------------------------------------------


async def test_a_post_that_is_five_minutes_late_says_nothing_of_it(group: Stage) -> None:
    await group.away("Mon 09:04")
    assert len(group.questions) == 1
    assert not group.jonas.sees("late: the bot was away")


async def test_a_post_of_almost_six_hours_ago_is_caught_up_and_says_late(group: Stage) -> None:
    await group.away("Mon 14:59")
    assert len(group.questions) == 1
    assert group.jonas.sees("(late: the bot was away)")
    assert group.jonas.sees("reveal Tue 24 Nov 08:00")


async def test_a_post_of_over_six_hours_ago_is_left_out_with_a_line_in_the_log(group: Stage) -> None:
    await group.away("Mon 15:01")
    assert group.questions == []
    said = await group.mira.types("/admin log")
    assert "missed the question of 2026-11-23 was due more than 6 hours before the bot came back" in said
    await group.at("Tue 09:00")
    assert len(group.questions) == 1


async def test_after_several_days_down_only_the_young_post_is_caught_up(group: Stage) -> None:
    await group.at("Mon 09:00")
    await group.jonas.says("An answer in time, if this question takes one in the thread.", in_thread=True)
    await group.away("Fri 10:00")
    assert await dates(group) == [date(2026, 11, 23), date(2026, 11, 27)]
    states = {str(day.on): day.state for day in await group.all_days()}
    assert states == {
        "2026-11-23": "revealed", "2026-11-24": "missed", "2026-11-25": "missed", "2026-11-26": "missed",
        "2026-11-27": "open",
    }  # fmt: skip
    said = await group.mira.types("/admin log")
    assert [f"the question of 2026-11-2{day}" in said for day in range(3, 8)] == [False, True, True, True, False]


async def test_downtime_breaks_no_streak(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("A")
    await group.away("Wed 20:00")
    await group.plans("batch-norm-when-serving")
    await group.at("Thu 09:00")
    await group.jonas.presses("A")
    await group.at("Fri 08:00")
    assert "Your streak: 2 days" in await group.jonas.types("/board")


# --- the reveal's moment ------------------------------------------------------------------------------------------


async def test_the_reveal_stays_where_it_was_when_the_schedule_changes(group: Stage) -> None:
    await group.at("Mon 09:00")
    said = await group.sets_up(at="18:00")
    assert "First question: Tuesday 24 November 2026" in said
    await group.at("Mon 19:00")
    assert len(group.questions) == 1
    await group.at("Tue 07:59")
    assert "Reveal:" not in group.in_thread()
    await group.at("Tue 08:00")
    assert "Reveal:" in group.in_thread()
    await group.at("Tue 18:00")
    assert len(group.questions) == 2
    await group.mira.types("/admin skip")
    await group.at("Wed 16:59")
    assert "Reveal:" not in group.in_thread()
    await group.at("Wed 17:00")
    assert "Reveal:" in group.in_thread()


async def test_before_a_weekend_and_a_holiday_the_reveal_comes_after_three_days_at_most(group: Stage) -> None:
    await group.mira.types("/admin blackout 2026-11-30")
    await group.at("Fri 09:00")
    days = await group.all_days()
    assert days[-1].reveal_at == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    assert days[-2].reveal_at == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


async def test_an_earlier_time_takes_effect_the_same_day(group: Stage) -> None:
    assert "First question: Monday 23 November 2026" in await group.sets_up(at="08:00")
    await group.at("Mon 08:00")
    assert len(group.questions) == 1
    await group.at("Mon 10:00")
    assert len(group.questions) == 1


async def test_a_move_to_another_zone_posts_each_date_once(group: Stage) -> None:
    await group.at("Mon 09:00")
    await group.sets_up(zone="Pacific/Auckland")
    await group.at("Tue 12:00")
    await group.sets_up(zone="America/Los_Angeles")
    await group.at("Fri 12:00")
    on = await dates(group)
    assert on == sorted(set(on))
    assert len(group.questions) == len(on)
    assert on[:2] == [date(2026, 11, 23), date(2026, 11, 24)]


# --- clock changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "start", "at", "wanted"),
    [
        ("Europe/Berlin", "2027-03-26", "02:30", ["27 01:30", "28 01:30", "29 00:30"]),
        ("Europe/Berlin", "2026-10-23", "02:30", ["24 00:30", "25 00:30", "26 01:30"]),
        ("Europe/Berlin", "2027-03-26", "09:00", ["27 08:00", "28 07:00", "29 07:00"]),
        ("America/New_York", "2027-03-12", "02:30", ["13 07:30", "14 07:30", "15 06:30"]),
        ("America/New_York", "2026-10-30", "01:30", ["31 05:30", "01 05:30", "02 06:30"]),
        ("America/New_York", "2026-10-30", "09:00", ["31 13:00", "01 14:00", "02 14:00"]),
    ],
)
async def test_the_wall_clock_holds_over_a_clock_change(
    tmp_path: Path, bank: Bank, ground: Ground, zone: str, start: str, at: str, wanted: list[str]
) -> None:
    """A time that does not exist moves later by the gap, one that occurs twice fires once, the first time."""
    noon = datetime.fromisoformat(f"{start}T20:00+00:00")
    stage = await Stage.open(tmp_path, bank, ground, start=noon, zone=zone)
    await stage.sets_up(at=at, weekdays="daily")
    await stage.until(noon + timedelta(days=3))
    stood = [datetime.fromisoformat(entry.at).astimezone(UTC) for entry in stage.questions]
    assert [f"{moment:%d %H:%M}" for moment in stood] == wanted
    await stage.stops()
    assert stage.errors == 0


async def test_nothing_is_left_unsent_after_a_week(group: Stage) -> None:
    await group.at("Sun 12:00")
    counts = await group.read(outbox.counts)
    assert {state: rows for state, rows in counts.items() if rows} == {"sent": counts["sent"]}
    assert len(group.questions) == 5
