"""Two processes that meet in the middle of the same thing, told as stories of a group."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Select, func, select
from structlog.testing import capture_logs

from bot.bank.terms import QuestionId
from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import GroupId
from bot.features.answers import commands as answering
from bot.features.answers.store import answers
from bot.features.boards.store import ledger
from bot.features.daily import commands as showing
from bot.features.daily import jobs as daily_jobs
from bot.features.daily.jobs import post_due
from bot.features.daily.store import posts
from bot.features.days import commands as planning
from bot.features.days import store as days
from bot.features.days.store import DayId
from bot.features.flags import store as flags
from bot.features.flags.commands import _send_flag
from bot.features.groups import store as groups
from bot.features.members.commands import _join
from bot.features.members.store import identities
from bot.features.reveals import jobs as reveal_jobs
from bot.features.reveals.jobs import reveal_due
from bot.storage import outbox
from tests.actor import Actor
from tests.stage import Stage, rows
from tests.storage.together import together, while_held

Told = Callable[[Connection], Any]


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What is logged, instead of a screen full of tracebacks."""
    with capture_logs() as entries:
        yield entries


def asks(group: Stage, who: Actor, id: str = "e1", **more: Any) -> Ask:
    now = group.clock.now()
    here = {"who": who.person, "name": who.name, "place": group.place, "manager": who.name == "Mira"}
    return Ask(**{"id": id, "now": now, "at": now, "work": group.app.work, **here, **more})


async def both(group: Stage, first: Told, second: Told) -> tuple[Any, Any]:
    return await together(group.database_url, first, second)


async def asked(group: Stage) -> DayId:
    """A question stands; give its day."""
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    (day,) = await group.read(days.open_days)
    return day.id


async def just_before_the_reveal(group: Stage, day: DayId) -> datetime:
    """The moment in which the last answer is given; it is taken in a little later, when the reveal is due."""
    reveal_at = (await group.read(days.get, day)).reveal_at
    assert reveal_at is not None
    group.clock.set(reveal_at)
    return reveal_at - timedelta(milliseconds=5)


def option_of(group: Stage) -> str:
    question: Any = group.bank.questions[QuestionId("reading-a-p-value")]
    return next(str(option.id) for option in question.options if option.correct)


async def test_an_answer_that_meets_the_reveal_counts_wholly_or_not_at_all(group: Stage) -> None:
    day, option = await asked(group), option_of(group)
    at = await just_before_the_reveal(group, day)
    give = partial(_give, asks(group, group.jonas, at=at), day, option)
    await both(group, lambda tx: reveal_due(tx, group.clock.now()), give)
    counted = await group.read(lambda tx: tx.scalar(select(func.count()).where(~answers.c.practice)))
    booked = await group.read(lambda tx: tx.scalar(select(func.count()).where(ledger.c.what == "right")))
    assert counted == booked == 0
    assert await group.read(rows, answers) == 1


async def test_a_reveal_that_meets_an_answer_waits_for_it(group: Stage) -> None:
    day, option = await asked(group), option_of(group)
    at = await just_before_the_reveal(group, day)
    give = partial(_give, asks(group, group.jonas, at=at), day, option)
    await both(group, give, lambda tx: reveal_due(tx, group.clock.now()))
    await group.settles()
    counted = await group.read(lambda tx: tx.scalar(select(func.count()).where(~answers.c.practice)))
    booked = await group.read(lambda tx: tx.scalar(select(func.count()).where(ledger.c.what == "right")))
    assert counted == booked == 1


def _give(ask: Ask, day: int, option: str, tx: Connection) -> Any:
    return answering._give(tx, ask, day, [option])


async def test_somebody_who_joins_twice_at_once_is_one_member(group: Stage) -> None:
    before = await group.read(rows, identities)
    await both(
        group, lambda tx: _join(tx, asks(group, group.tom, "e1")), lambda tx: _join(tx, asks(group, group.tom, "e2"))
    )
    assert await group.read(rows, identities) == before + 1


async def test_of_two_answers_at_once_the_first_counts_where_right_or_wrong_was_told(group: Stage) -> None:
    await group.mira.types("/join")
    await group.jonas.types("/join")
    day, option = await asked(group), option_of(group)
    await group.app.work.run(_told_at_once)
    other = next(o for o in (await group.read(days.get, day)).option_order if o != option)

    def second(tx: Connection) -> str:
        try:
            _give(asks(group, group.jonas, "e2"), day, other, tx)
        except UserError as error:
            return str(error)
        return "took it"

    _, said = await both(group, partial(_give, asks(group, group.jonas), day, option), second)
    assert said.startswith("Your first answer counts")


def _told_at_once(tx: Connection) -> None:
    tx.execute(groups.groups.update().values(settings={"show_right_or_wrong_at_once": True}))


async def test_of_two_flags_at_once_the_second_pulls_the_question(group: Stage) -> None:
    for one in (group.jonas, group.aiko):
        await one.types("/join")
    await group.at("2026-12-01 08:00")
    day = await asked_now(group)
    said = [
        lambda tx, one=one, n=n: _send_flag(tx, asks(group, one, f"e{n}"), group.bank, day, "wrong-key", "It is not.")
        for n, one in enumerate((group.jonas, group.aiko))
    ]
    await both(group, *said)
    asked = (await group.read(days.get, day)).asked
    assert await group.read(flags.pulled, GroupId(1)) == {asked.key}


async def asked_now(group: Stage) -> DayId:
    await group.at("2026-12-01 09:00")
    return (await group.read(days.open_days))[-1].id


async def test_a_date_that_is_skipped_while_it_is_posted_stays_open(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    group.clock.set(group.moment("Mon 09:00"))
    track = await group.track()
    today = track.next_on

    def skip(tx: Connection) -> Any:
        try:
            return planning._skip(tx, asks(group, group.mira), group.bank, today)
        except UserError:
            return None

    await both(group, lambda tx: post_due(tx, group.clock.now(), group.bank), skip)
    day = await group.read(days.day_on, track.id, today)
    assert day is not None
    assert day.state == "open"


async def test_two_organisers_who_post_the_next_question_at_once_post_one_each(group: Stage) -> None:
    await group.plans("reading-a-p-value")

    def post(id: str) -> Told:
        return lambda tx: showing._post_next(tx, asks(group, group.mira, id), group.bank)

    await both(group, post("e1"), post("e2"))
    assert await group.read(rows, posts) == 2


async def test_two_dates_that_get_the_same_question_at_once_do_not_both_keep_it(group: Stage) -> None:
    await group.mira.types("/admin preview")
    track = await group.track()
    planned = await group.read(days.planned, track.id)
    wanted = next(str(key) for key in group.bank.questions if key not in {day.question_id for day in planned})

    def swap(id: str, day: days.Day) -> Told:
        return lambda tx: planning._swap(tx, asks(group, group.mira, id), group.bank, day.on, wanted)

    await both(group, swap("e1", planned[0]), swap("e2", planned[1]))
    after = [day.question_id for day in await group.read(days.planned, track.id)]
    assert after.count(QuestionId(wanted)) == 1


async def test_a_preview_does_not_make_the_question_late(group: Stage) -> None:
    """Both write the dates to come; the tick would try again half a minute later."""
    group.clock.set(group.moment("Mon 09:00"))
    ask = asks(group, group.mira)
    await both(
        group, lambda tx: planning._preview(tx, ask, group.bank), lambda tx: post_due(tx, group.clock.now(), group.bank)
    )
    await group.settles()
    assert await group.read(rows, posts) == 1


OPEN_DAYS = select(days.days.c.id).where(days.days.c.state == "open")
TRACKS = select(groups.tracks.c.id)


@pytest.mark.parametrize("held", [OPEN_DAYS, TRACKS], ids=["days", "tracks"])
async def test_what_another_process_holds_does_not_stop_the_clock(group: Stage, held: Select[Any]) -> None:
    await asked(group)
    group.clock.set(group.moment("Tue 09:00"))
    if group.app.database.sqlite:
        return  # a file has one process

    def hold(tx: Connection) -> None:
        tx.execute(held.with_for_update())

    async def meanwhile() -> None:
        async with asyncio.timeout(5):
            await group.app.tick.run(group.clock.now())

    await while_held(group.database_url, hold, meanwhile)
    await group.settles()
    assert await group.read(rows, posts) == 2


async def test_a_bot_that_was_away_for_months_still_reveals(group: Stage) -> None:
    """What was sent more than a month ago is forgotten, and the thread with it."""
    await asked(group)
    await group.jonas.presses("B")
    thread = group.thread
    await group.stops()
    group.clock.set(group.clock.now() + timedelta(days=40))
    await group.starts()
    said = [group.words_of(e) for e in group.world.messages.values() if e.thread == thread and e.blocks]
    assert len(said) > 0
    assert (await group.read(outbox.counts))["pending"] == 0
    (question, *_) = group.questions
    assert "1 answered" in group.words_of(question)


async def test_a_day_that_cannot_be_revealed_holds_no_other(group: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reveal_jobs, "BATCH", 1)
    broken = await asked(group)
    await group.app.work.run(_break, broken)
    for moment in ("Tue 09:00", "Wed 08:30"):
        group.clock.set(group.moment(moment))
        await group.settles()
    states = await group.read(lambda tx: list(tx.execute(select(days.days.c.state).order_by(days.days.c.on)).scalars()))
    assert states[:2] == ["open", "revealed"]


def _break(tx: Connection, day: DayId) -> None:
    tx.execute(days.days.update().where(days.days.c.id == day).values(asked='{"of": "another version"}'))


async def test_a_group_that_cannot_be_posted_holds_no_other(group: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_jobs, "BATCH", 1)
    await group.app.work.run(_found_broken_group, group.clock.now())
    group.clock.set(group.moment("Mon 09:00"))
    await group.settles()
    assert len(group.questions) == 1


def _found_broken_group(tx: Connection, now: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    broken = groups.found_group(tx, name="b", zone=zone, post_at=time(8), weekdays=range(5), level="mid", now=now)
    groups.add_track(tx, broken, "main", "ml-interviews", now)
    tx.execute(groups.groups.update().where(groups.groups.c.id == broken.id).values(zone="Of/Another version"))
