"""Weeks of a group as its own stories tell them: boards, ranks and streaks are what slow counts of the deeds say.

Members answer and change their minds, leave and return, hide, go away; organisers pause, black dates out, move the
group to another zone, change its seasons; the bot itself is away for hours. Nothing writes to the ledger but the bot.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import Connection, select

from bot.bank.load import Bank
from bot.bank.schema import MultipleChoice
from bot.core.refs import GroupId, MemberId
from bot.features.boards import store as boards
from bot.features.boards.rules import Period, Standing, period_key
from bot.features.boards.store import Board
from bot.features.days import store as days
from bot.features.days.store import Day, DayId
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.reconciliation import store as reconciliation
from bot.features.seasons import store as seasons
from bot.features.seasons.rules import Seasons
from bot.features.streaks import store as streaks
from bot.features.streaks.rules import PostingDay, Streak
from bot.platforms.local.botside import pressables
from tests.actor import Actor
from tests.features.streaks.test_rules import slow_streaks
from tests.ground import Ground
from tests.stage import CAST, Stage
from tests.transcript import words

GROUP = GroupId(1)
START = datetime(2026, 12, 7, 6, tzinfo=UTC)
"""A Monday; four weeks later a month, a quarter and a year are over."""
WEEKS = 4
ANSWERS = dict(zip(CAST, (0.45, 0.3, 0.2, 0.12), strict=True))
"""How often each of them answers where they may: twice a day on each of two tracks."""
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo")
Inside = Callable[[date], bool]


@dataclass
class Clerk:
    """Who did what, as a careful clerk notes it who knows nothing of the database."""

    stage: Stage
    rng: random.Random
    homes: tuple[str, str]
    given: dict[tuple[DayId, str], tuple[datetime, bool]] = field(default_factory=dict)
    """When the answer that stands was given, and whether it is right."""
    here: set[str] = field(default_factory=lambda: {"Mira"})
    known: set[str] = field(default_factory=lambda: {"Mira"})
    seen_by: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CAST, "public"))
    away: dict[str, dict[date, bool]] = field(default_factory=lambda: defaultdict(dict))
    """The dates that somebody said to be away on; what was said last counts."""
    gone: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """When somebody left, and came back, and left again."""
    absences: list[tuple[datetime, datetime]] = field(default_factory=list)
    off: set[date] = field(default_factory=set)
    paused: int = 0
    """How many days a pause still lasts."""

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    def by(self, name: str) -> Actor:
        return self.stage.people[name]

    def some_of(self, chance: float) -> bool:
        return self.rng.random() < chance


# --- deeds ----------------------------------------------------------------------------------------------------------


async def answers(clerk: Clerk, name: str, day: Day) -> None:
    """Press one of the first two options of an open question, which whoever had left joins again by."""
    asked = day.asked
    assert isinstance(asked, MultipleChoice)
    letter = clerk.rng.choice("AB")
    home = clerk.homes[day.track - 1]
    world = clerk.stage.world
    post = next(
        entry for entry in reversed(world.messages.values())
        if entry.channel == home and entry.blocks and asked.title in words(entry.blocks) and "Hint" in str(entry.blocks)
    )  # fmt: skip
    buttons = [button for block in post.blocks or () for button in pressables(block)]
    button = next(button for button in buttons if button["label"].startswith(letter))
    await world.press(clerk.by(name).id, post.id, button["id"])
    right = next(option.id for option in asked.options if option.correct)
    clerk.given[day.id, name] = (clerk.now, day.option_order["AB".index(letter)] == right)
    comes(clerk, name)


def comes(clerk: Clerk, name: str) -> None:
    if name in clerk.known - clerk.here:
        clerk.gone[name].append(clerk.now)
    clerk.here.add(name)
    clerk.known.add(name)


async def leaves_or_returns(clerk: Clerk, name: str) -> None:
    if name in clerk.here and name != "Mira":
        await clerk.by(name).types("/leave")
        clerk.here.discard(name)
        clerk.gone[name].append(clerk.now)
    else:
        await clerk.by(name).types("/join")
        comes(clerk, name)


async def hides_or_shows(clerk: Clerk, name: str) -> None:
    if name in clerk.here:
        clerk.seen_by[name] = clerk.rng.choice(("public", "group", "nobody"))
        await clerk.by(name).types(f"/settings seen_by={clerk.seen_by[name]}")


async def goes_away(clerk: Clerk, name: str) -> None:
    """Be away from today on, or back."""
    if name not in clerk.here:
        return
    today = clerk.now.astimezone((await clerk.stage.group()).zone).date()
    until = clerk.rng.choice((None, clerk.now.date() + timedelta(days=clerk.rng.randint(0, 9))))
    await clerk.by(name).types("/settings")
    await clerk.by(name).presses("Reminders and privacy")
    stood = next(one["value"] for one in clerk.by(name).form["fields"] if one["name"] == "away_until")
    assert "Wanted" not in await clerk.by(name).fills(away_until=str(until or ""))
    if str(until or "") == stood:
        return
    for on in [on for on in clerk.away[name] if on >= today]:
        del clerk.away[name][on]
    for number in range((until - today).days + 1 if until else 0):
        clerk.away[name][today + timedelta(days=number)] = True


async def pauses(clerk: Clerk, name: str) -> None:
    if not clerk.paused:
        clerk.paused = clerk.rng.randint(1, 4)
        await clerk.by("Mira").types("/admin pause")


async def blacks_out(clerk: Clerk, name: str) -> None:
    on = clerk.now.date() + timedelta(days=clerk.rng.randint(2, 6))
    await clerk.by("Mira").types(f"/admin blackout {on}")
    clerk.off.add(on)


async def moves(clerk: Clerk, name: str) -> None:
    if not clerk.paused:  # setting up lets a group go on
        await clerk.by("Mira").types("/setup")
        await clerk.by("Mira").fills(zone=clerk.rng.choice(ZONES))


async def changes_seasons(clerk: Clerk, name: str) -> None:
    await clerk.by("Mira").types(f"/admin season {clerk.rng.choice(('month', 'quarter', 'year'))}")


async def bot_is_away(clerk: Clerk, name: str) -> None:
    await clerk.stage.settles()
    since = await clerk.stage.read(lambda tx: tx.scalar(select(streaks.alive.c.at)))
    assert since is not None
    assert clerk.now - since <= timedelta(minutes=5)
    await clerk.stage.stops()
    clerk.stage.clock.set(clerk.now + timedelta(minutes=clerk.rng.choice((9, 40, 90, 8 * 60, 20 * 60))))
    await clerk.stage.starts()
    if clerk.now - since >= timedelta(minutes=15):
        clerk.absences.append((since, clerk.now))


RARE = (leaves_or_returns, leaves_or_returns, hides_or_shows, goes_away, goes_away, pauses, blacks_out, moves,
        changes_seasons, bot_is_away)  # fmt: skip


async def a_day(clerk: Clerk, on: date) -> None:
    for hour in (9, 20):  # of UTC, so that in each zone something is open at either of them
        at = datetime.combine(on, time(hour), UTC)
        if at > clerk.now:
            await clerk.stage.until(at)
        for day in await clerk.stage.read(days.open_days):
            for name in [name for name in CAST if clerk.some_of(ANSWERS[name])]:
                clerk.stage.clock.set(clerk.now + timedelta(seconds=7))
                if day.reveal_at is not None and clerk.now < day.reveal_at:
                    await answers(clerk, name, day)
    if clerk.some_of(0.6):
        await clerk.rng.choice(RARE)(clerk, clerk.rng.choice(CAST))
    if clerk.paused:
        clerk.paused -= 1
        if not clerk.paused:
            await clerk.by("Mira").types("/admin resume")


# --- slow counts ----------------------------------------------------------------------------------------------------


def points_of(clerk: Clerk, asked: list[Day]) -> dict[tuple[DayId, str], int]:
    """What each answer in time is worth by the rules, and of several tracks of a date the best one."""
    worth: dict[tuple[DayId, str], int] = {}
    for day in asked:
        mine = sorted((at, name, right) for (id, name), (at, right) in clerk.given.items() if id == day.id)
        first = next((name for _, name, right in mine if right), "")
        worth |= {(day.id, name): right * (10 + 2 * (name == first)) for _, name, right in mine}
    for name in CAST:
        for on in {day.on for day in asked}:
            of_date = [(worth[day.id, name], -day.id) for day in asked if day.on == on and (day.id, name) in worth]
            for points, id in of_date:
                if (points, id) != max(of_date):
                    worth[DayId(-id), name] = 0
    return worth


def totals(clerk: Clerk, asked: list[Day], inside: Inside, topic: str) -> dict[str, int]:
    """Everybody's points of some dates and a topic, or of all topics."""
    found: Counter[str] = Counter()
    by_id = {day.id: day for day in asked}
    for (id, name), points in points_of(clerk, asked).items():
        day = by_id[id]
        if inside(day.on) and topic in ("", day.asked.category, *day.asked.topics):
            found[name] += points
    return found


def ranked(clerk: Clerk, points: dict[str, int], ids: dict[str, MemberId], audience: frozenset[str]) -> list[Standing]:
    """Everybody whom the audience sees and who has points, the best first, equal ones in the order of joining."""
    seen = [name for name in points if name in clerk.here and clerk.seen_by[name] in audience and points[name] > 0]
    return [
        Standing(ids[name], name, points[name], 1 + sum(points[other] > points[name] for other in seen))
        for name in sorted(seen, key=lambda name: (-points[name], ids[name]))
    ]


def within(period: Period, day: date, calendar: Seasons) -> Inside:
    """Tell which dates are in the same period as a day."""
    season = calendar.on(day)
    return {
        Period.day: lambda on: on == day,
        Period.week: lambda on: on.isocalendar()[:2] == day.isocalendar()[:2],
        Period.month: lambda on: (on.year, on.month) == (day.year, day.month),
        Period.season: lambda on: season.first <= on <= season.last,
        Period.all: lambda on: True,
    }[period]


def slow_streak(clerk: Clerk, asked: list[Day], name: str) -> tuple[int, int]:
    """How long a streak is and was at most, from the days as they were and the deeds as they were noted."""
    met = []
    for on in sorted({day.on for day in asked}):
        tracks = [day for day in asked if day.on == on]
        ends = max(day.reveal_at for day in tracks if day.reveal_at is not None)
        # Of a day that ended after an odd number of comings and goings, they were outside at its end.
        outside = sum(moment < ends for moment in clerk.gone[name]) % 2 == 1
        if outside and not any((day.id, name) in clerk.given for day in tracks):
            continue
        met.append(
            PostingDay(
                on,
                answered=any((day.id, name) in clerk.given for day in tracks),
                open=any(day.state == "open" for day in tracks),
                excused=on in clerk.away[name] or any(missed_by_bot(clerk, day) for day in tracks),
            )
        )
    lengths = slow_streaks(met, 2)
    return (lengths[-1], max(lengths)) if lengths else (0, 0)


def missed_by_bot(clerk: Clerk, day: Day) -> bool:
    """Whether the bot was away for an hour of the time in which a question was open, counted by minutes."""
    assert day.opened_at is not None
    assert day.reveal_at is not None
    minutes = sum(
        (min(until, day.reveal_at) - max(since, day.opened_at)) // timedelta(minutes=1)
        for since, until in clerk.absences
        if min(until, day.reveal_at) > max(since, day.opened_at)
    )
    return minutes >= 60


# --- both beside each other -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What the bot says at a moment: its days, its members, their streaks."""

    asked: list[Day]
    people: dict[str, Member]
    streaks: dict[str, Streak]
    today: date


def told(tx: Connection, now: datetime) -> Told:
    group = groups.group(tx, GROUP)
    ids = tx.execute(select(members.members.c.id, members.members.c.name)).all()
    people = {row.name: members.member(tx, MemberId(row.id)) for row in ids}
    asked = sorted(days.newest(tx, GROUP, 1000), key=lambda day: (day.on, day.id))
    found = {name: streaks.streak_of(tx, group, one, now) for name, one in people.items()}
    return Told(asked, people, found, now.astimezone(group.zone).date())


async def holds(clerk: Clerk) -> None:
    """Boards, ranks, neighbours and streaks are those of the slow counts."""
    said = await clerk.stage.read(told, clerk.now)
    assert said.people.keys() == clerk.known
    assert not [day for day in said.asked if day.on in clerk.off]
    for name, streak in said.streaks.items():
        assert (streak.days, streak.longest) == slow_streak(clerk, said.asked, name), name
    await clerk.stage.read(boards_hold, clerk, said)


def boards_hold(tx: Connection, clerk: Clerk, said: Told) -> None:
    assert reconciliation.differences(tx, GROUP) == []
    assert reconciliation.kept(tx, GROUP) == reconciliation.rebuild(tx, GROUP)
    calendar = groups.group(tx, GROUP).seasons
    revealed = [day for day in said.asked if day.state == "revealed"]
    ids = {name: one.id for name, one in said.people.items()}
    for day in {day.on: day for day in revealed[-9:]}.values():
        for period in Period:
            key, inside = period_key(period, day.on, calendar), within(period, day.on, calendar)
            for topic in ("", day.asked.category):
                points = totals(clerk, revealed, inside, topic)
                for audience in (boards.GROUP, boards.ANYBODY):
                    found = boards.top(tx, Board(GROUP, period, key, topic, audience))
                    assert found == ranked(clerk, points, ids, audience), (period, day.on, topic)
    for season in seasons.closed(tx, GROUP, 99):
        points = totals(clerk, revealed, lambda on, season=season: season.first <= on <= season.last, "")  # type: ignore[misc]
        for one in seasons.winners_of(tx, GROUP, [season.key]):
            assert one.points == points[one.name]


def erasing_tom_changes_nobody_else(tx: Connection, before: Told, now: datetime) -> None:
    kept = reconciliation.kept(tx, GROUP)
    tom = before.people["Tom"].id
    boards.forget(tx, tom)
    assert reconciliation.kept(tx, GROUP) == {key: points for key, points in kept.items() if key[-1] != tom}
    assert reconciliation.differences(tx, GROUP) == []
    after = told(tx, now).streaks
    assert all(after[name] == streak for name, streak in before.streaks.items() if name != "Tom")


async def lives(clerk: Clerk) -> None:
    """Set a group with two tracks up, and let its weeks go by."""
    stage = clerk.stage
    await stage.sets_up()
    await Actor(stage, stage.mira.id, "Mira", clerk.homes[1]).types("/admin track seniors")
    for number in range(7 * WEEKS):
        await a_day(clerk, START.date() + timedelta(days=number))
        if number % 14 == 13:
            await holds(clerk)


@pytest.mark.parametrize("seed", [1, 2])
async def test_boards_and_streaks_are_what_slow_counts_say_whatever_becomes_of_a_group(
    tmp_path: Path, bank: Bank, ground: Ground, seed: int
) -> None:
    choices = {key: one for key, one in bank.questions.items() if isinstance(one, MultipleChoice)}
    stage = await Stage.open(tmp_path, replace(bank, questions=MappingProxyType(choices)), ground, start=START)
    clerk = Clerk(stage, random.Random(seed), (stage.channel, str(stage.world.add_channel("seniors")["id"])))
    try:
        await lives(clerk)
        said = await stage.read(told, clerk.now)
        assert len(said.asked) > 20
        assert len({streak.longest for streak in said.streaks.values()}) > 2, "they are all alike: this tells nothing"
        await stage.app.work.run(erasing_tom_changes_nobody_else, said, clerk.now)
    finally:
        await stage.stops()
    assert stage.errors == 0
