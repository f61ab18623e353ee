"""Whatever is booked and whoever leaves or hides: the boards are what a slow count of the bookings says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.core.refs import GroupId, MemberId
from bot.features.boards import jobs, store
from bot.features.boards.rules import Period, Standing, period_key
from bot.features.boards.store import Board
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.reconciliation import store as reconciliation
from bot.features.seasons import store as seasons
from bot.features.seasons.rules import Length
from bot.storage.database import Database

from .conftest import NOW, found, join

DATES = (date(2026, 11, 27), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 4))
TOPICS = ("sql", "trees")
PEOPLE = 5
NOBODY: list[Standing | None] = [None]
people = st.integers(0, PEOPLE - 1)


@dataclass
class World:
    """A group, and what a careful clerk has noted of it."""

    tx: Connection
    group: GroupId
    ids: list[MemberId]
    notes: dict[str, "Book"] = field(default_factory=dict)
    seen_by: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(PEOPLE), "public"))
    gone: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Book:
    """Book points under a key that may stand already."""

    who: int
    key: int
    points: int
    on: date
    topics: tuple[str, ...]

    def play(self, world: World) -> None:
        key = f"{world.group}:{self.key}"
        booked = store.book(
            world.tx, group=world.group, member=world.ids[self.who], key=key, what="right", points=self.points,
            on=self.on, topics=self.topics, now=NOW,
        )  # fmt: skip
        assert booked == (key not in world.notes)
        world.notes.setdefault(key, self)


@dataclass(frozen=True)
class Reverse:
    """Take back what stands under a key, where anything does."""

    key: int

    def play(self, world: World) -> None:
        for stood in [note for key, note in world.notes.items() if key == f"{world.group}:{self.key}"]:
            Book(stood.who, 1000 + self.key, -stood.points, stood.on, stood.topics).play(world)


@dataclass(frozen=True)
class Show:
    """Let others see somebody, or hide them."""

    who: int
    seen_by: str

    def play(self, world: World) -> None:
        members.change(world.tx, world.ids[self.who], seen_by=self.seen_by)
        world.seen_by[self.who] = self.seen_by


@dataclass(frozen=True)
class Leave:
    """Let somebody leave."""

    who: int

    def play(self, world: World) -> None:
        members.change(world.tx, world.ids[self.who], left_at=NOW)
        world.gone.add(self.who)


@dataclass(frozen=True)
class Return:
    """Let somebody come back."""

    who: int

    def play(self, world: World) -> None:
        members.change(world.tx, world.ids[self.who], left_at=None)
        world.gone.discard(self.who)


@dataclass(frozen=True)
class Move:
    """Give the group another zone and seasons of another length: what is booked stays where it is."""

    zone: str
    length: Length

    def play(self, world: World) -> None:
        group = groups.group(world.tx, world.group)
        groups.change_schedule(
            world.tx, group.id, zone=ZoneInfo(self.zone), post_at=group.post_at, weekdays=group.weekdays
        )
        # Only seasons that nothing was booked for change, so that the clerk may count by dates alone.
        groups.set_seasons(world.tx, group.id, group.seasons.changed(self.length, date(2027, 1, 4)))


@dataclass(frozen=True)
class Night:
    """Let a night go by, at the end of which seasons may be over."""

    at: datetime

    def play(self, world: World) -> None:
        for running in seasons.due(world.tx, self.at, jobs.BATCH):
            jobs.look(world.tx, running, self.at)


Step = Book | Reverse | Show | Leave | Return | Move | Night
books = st.builds(
    Book,
    who=people,
    key=st.integers(0, 12),
    points=st.sampled_from([10, 10, 5, 2, -2]),
    on=st.sampled_from(DATES),
    topics=st.lists(st.sampled_from(TOPICS), max_size=2).map(tuple),
)
steps = st.lists(
    st.one_of(
        books,
        books,
        st.builds(Reverse, st.integers(0, 12)),
        st.builds(Show, people, st.sampled_from(["public", "group", "nobody"])),
        st.builds(Leave, people),
        st.builds(Return, people),
        st.builds(Move, st.sampled_from(["Asia/Tokyo", "America/New_York"]), st.sampled_from(Length)),
        st.builds(Night, st.sampled_from([NOW, NOW + timedelta(days=20), NOW + timedelta(days=60)])),
    ),
    min_size=8,
    max_size=30,
)


SAME: dict[Period, Callable[[date], object]] = {
    Period.day: lambda on: on,
    Period.week: lambda on: on.isocalendar()[:2],
    Period.month: lambda on: (on.year, on.month),
    Period.season: lambda on: (on.year, (on.month - 1) // 3),
    Period.all: lambda on: None,
}
"""Two dates of one period have the same value here."""


def slow_points(world: World, who: int, period: Period, on: date, topic: str) -> int:
    """Add up every booking whose date is in the same period."""
    same = [note for note in world.notes.values() if SAME[period](note.on) == SAME[period](on)]
    return sum(note.points for note in same if note.who == who and topic in ("", *note.topics))


def slow_board(world: World, points: dict[int, int], audience: frozenset[str], asker: int | None) -> list[Standing]:
    """Stand everybody whom the audience sees, and the asker, in order, and count who is ahead of each."""
    seen = [who for who in points if who not in world.gone and world.seen_by[who] in audience]
    shown = [who for who in points if (who in seen or who == asker) and points[who] > 0]
    return [
        Standing(world.ids[who], f"member {who}", points[who], 1 + sum(points[other] > points[who] for other in seen))
        for who in sorted(shown, key=lambda who: (-points[who], who))
    ]


def check(
    tx: Connection, played: Sequence[Step], period: Period, on: date, topic: str, audience: frozenset[str]
) -> None:
    group = found(tx).id
    world = World(tx, group, [join(tx, group, f"member {who}") for who in range(PEOPLE)])
    for step in played:
        step.play(world)
    assert reconciliation.kept(tx, group) == reconciliation.rebuild(tx, group)
    assert reconciliation.differences(tx, group) == []
    board = Board(group, period, period_key(period, on), topic, audience)
    points = {who: slow_points(world, who, period, on, topic) for who in range(PEOPLE)}
    assert store.top(tx, board) == slow_board(world, points, audience, None)
    for who in range(PEOPLE):
        check_own(tx, board, world.ids[who], slow_board(world, points, audience, who))
    reconciliation.repair(tx, group)
    assert reconciliation.kept(tx, group) == reconciliation.rebuild(tx, group)


def check_own(tx: Connection, board: Board, member: MemberId, slow: list[Standing]) -> None:
    own = [standing for standing in slow if standing.member == member]
    found = store.read(tx, board, member)
    assert [found.own] == (own or NOBODY)
    assert found.top == store.top(tx, board)
    assert found.around or not own
    assert store.ranks(tx, board, [member]) == {standing.member: standing.rank for standing in own}
    for standing in own:
        at = slow.index(standing)
        assert [found.above] == (slow[:at][-1:] or NOBODY)
        assert [found.below] == (slow[at + 1 :][:1] or NOBODY)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    played=steps,
    period=st.sampled_from(Period),
    on=st.sampled_from(DATES),
    topic=st.sampled_from(["", *TOPICS]),
    audience=st.sampled_from([store.GROUP, store.ANYBODY]),
)
async def test_boards_are_what_a_slow_count_says(
    database: Database, played: list[Step], period: Period, on: date, topic: str, audience: frozenset[str]
) -> None:
    # Every example has a group of its own, so that the database need not be emptied between two of them.
    await database.write(check, played, period, on, topic, audience)
