"""The ledger of points and the scores that are kept with it: tables and SQL.

The ledger is the truth; `scores` holds its sums, so that a board is read from an index however long the ledger is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    ScalarSelect,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.refs import GroupId, MemberId
from bot.features.boards.rules import Period, Standing, period_key
from bot.features.groups import store as groups
from bot.features.members.store import members, not_seen_by_all
from bot.features.seasons import store as season_store
from bot.storage.columns import Instant, metadata
from bot.storage.prepared import Prepared

ALL_TOPICS = ""
OTHER_TRACK = "other track"
DATED = tuple(period for period in Period if period is not Period.all)
GROUP = frozenset({"public", "group"})
"""Whom the members of a group may see."""
ANYBODY = frozenset({"public"})
"""Whom everybody may see who reads along in a channel."""
EVERYBODY = GROUP | {"nobody"}
"""All members, for what nobody is shown."""

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("what", String(40), nullable=False),
    Column("points", Integer, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("day_id", Integer, index=True),
    Column("topics", JSON, nullable=False),
    Column("day", String(10), nullable=False),
    Column("week", String(8), nullable=False),
    Column("month", String(7), nullable=False),
    Column("season", String(7), nullable=False),
    Column("at", Instant, nullable=False),
)
scores = Table(
    "scores",
    metadata,
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("period", String(6), primary_key=True),
    Column("period_key", String(10), primary_key=True),
    Column("topic", String(80), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True, index=True),
    Column("points", Integer, nullable=False),
)
Index("ix_scores_periods", scores.c.group_id, scores.c.period, scores.c.topic, scores.c.period_key)
Index(
    "ix_scores_board",
    scores.c.group_id,
    scores.c.period,
    scores.c.period_key,
    scores.c.topic,
    scores.c.points.desc(),
    scores.c.member_id,
)

Key = tuple[Period, str, str, MemberId]
"""What a score is of: a period, its key, a topic, a member."""


@dataclass(frozen=True, slots=True)
class Board:
    """Which board is read, and by whom: members see more than others do."""

    group: GroupId
    period: Period
    key: str
    topic: str = ALL_TOPICS
    seen_by: frozenset[str] = GROUP


# --- booking ------------------------------------------------------------------------------------------------------


def book(
    tx: Connection,
    *,
    group: GroupId,
    member: MemberId,
    key: str,
    what: str,
    points: int,
    on: date,
    topics: Sequence[str],
    now: datetime,
    day: int | None = None,
) -> bool:
    """Book points, which may be negative, for the posting date `on`; a key that stands already books nothing.

    Gives whether it was booked.
    """
    named = sorted(set(topics) - {ALL_TOPICS})
    seasons = groups.group(tx, group).seasons
    keys = {period: period_key(period, on, seasons) for period in Period}
    row = {"group_id": group, "member_id": member, "key": key, "what": what, "points": points, "at": now}
    row |= {"on_date": on, "day_id": day, "topics": named, **{period.value: keys[period] for period in DATED}}
    new = _insert(tx, ledger).values(row).on_conflict_do_nothing(index_elements=["key"]).returning(ledger.c.id)
    if tx.execute(new).first() is None:
        return False
    season_store.begin(tx, group, seasons.on(on), now)
    places = [(period, keys[period], topic, member) for period in Period for topic in (ALL_TOPICS, *named)]
    add(tx, group, dict.fromkeys(places, points))
    return True


def add(tx: Connection, group: GroupId, points: Mapping[Key, int]) -> None:
    """Add to scores, what was never booked too: only whoever mends them does that without a row in the ledger."""
    # In one order always, so that two transactions never wait for each other's rows.
    rows = [_score(group, key, more) for key, more in sorted(points.items())]
    added = _insert(tx, scores).values(rows)
    together = scores.c.points + added.excluded.points
    tx.execute(added.on_conflict_do_update(index_elements=list(scores.primary_key), set_={"points": together}))


def _score(group: GroupId, of: Key, points: int) -> dict[str, Any]:
    period, key, topic, member = of
    where = {"group_id": group, "period": period.value, "period_key": key, "topic": topic, "member_id": member}
    return {**where, "points": points}


def _insert(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


def keep_best_track(tx: Connection, group: GroupId, member: MemberId, on: date, now: datetime) -> None:
    """Where a member answered on several tracks of one date, take back all points but those of the best track."""
    of_days = tx.execute(_BY_TRACK, {"member": member, "on": on}).all()
    best = max(of_days, key=lambda row: (row.points, -row.day_id), default=None)
    for row in of_days:
        if best is not None and row.day_id != best.day_id and row.points > 0:
            topics = tx.scalars(select(ledger.c.topics).where(ledger.c.id == row.newest)).one()
            taken = {"key": f"other-track:{row.newest}", "what": OTHER_TRACK, "points": -row.points}
            book(tx, group=group, member=member, on=on, topics=topics, now=now, day=row.day_id, **taken)


def points_of(tx: Connection, member: MemberId, day: int) -> int:
    """Read what a member has earned with a day's question."""
    mine = (ledger.c.member_id == member, ledger.c.day_id == day)
    return tx.scalar(select(func.sum(ledger.c.points)).where(*mine)) or 0


def forget(tx: Connection, member: MemberId) -> None:
    """Erase every point of a member; nobody else's change."""
    season_store.forget(tx, member)
    tx.execute(delete(scores).where(scores.c.member_id == member))
    tx.execute(delete(ledger).where(ledger.c.member_id == member))


# --- boards -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """A board as it was read: who leads, and the asker's row between whoever is next above and next below.

    `tied` says whether more members share the last place of those who lead.
    """

    top: list[Standing]
    above: Standing | None = None
    own: Standing | None = None
    below: Standing | None = None
    tied: bool = False

    @property
    def around(self) -> list[Standing]:
        """The asker's row and its neighbours."""
        return [standing for standing in (self.above, self.own, self.below) if standing is not None]


def read(tx: Connection, board: Board, asker: MemberId | None = None) -> Read:
    """Read who leads, and where the asker stands, also where nobody else sees them.

    Leaders and neighbours are members with points who have not left and whom this audience may see; equal points stand
    in the order in which members joined.
    """
    rows = SEEN[board.seen_by].rows(tx, {**_values(board), "asker": asker})
    leaders = sorted((-points, id, name) for part, id, name, points, _ in rows if part == LEADER)
    mine = sum(ahead for part, *_, ahead in rows if part == OWN)
    near = {
        part: Standing(id, name, points, 1 + (ahead if part == OWN else mine + ahead))
        for part, id, name, points, ahead in rows
        if part != LEADER
    }
    tied = len(leaders) > TOP and leaders[TOP][0] == leaders[TOP - 1][0]
    return Read(_ranked(leaders[:TOP]), near.get(ABOVE), near.get(OWN), near.get(BELOW), tied)


def _ranked(leaders: Sequence[tuple[int, MemberId, str]]) -> list[Standing]:
    """Give the first rows of a board their ranks: who has equal points shares one."""
    rank: dict[int, int] = {}
    return [Standing(id, name, -less, rank.setdefault(less, at)) for at, (less, id, name) in enumerate(leaders, 1)]


def periods_around(tx: Connection, board: Board) -> tuple[str | None, str | None]:
    """Read the nearest periods before, and after, a board's in which somebody whom the audience sees has points."""
    before, after = _BEFORE_AND_AFTER[board.seen_by]
    return tx.scalar(before, _values(board)), tx.scalar(after, _values(board))


def top(tx: Connection, board: Board) -> list[Standing]:
    """Read who leads: members with points who have not left, and whom this audience may see."""
    return read(tx, board).top


def has_rows(tx: Connection, board: Board) -> bool:
    """Whether anybody whom this audience may see has points on a board."""
    return tx.execute(_FIRST[board.seen_by], _values(board)).first() is not None


def ranks(tx: Connection, board: Board, of: Iterable[MemberId]) -> dict[MemberId, int]:
    """Read the ranks of these members; those without points have none."""
    rows = tx.execute(_RANKS[board.seen_by], {**_values(board), "some": list(of)})
    return {MemberId(row.member_id): 1 + row.ahead for row in rows}


def everybody_on(tx: Connection, board: Board) -> list[tuple[MemberId, int, bool]]:
    """Read member and points of all on a board, leavers too, the best first, and whether everybody may see them."""
    query = select(scores.c.member_id, scores.c.points, and_(_visible(members, ANYBODY)))
    query = query.join(members, members.c.id == scores.c.member_id).where(*_on(scores), scores.c.points > 0)
    rows = tx.execute(query.order_by(scores.c.points.desc(), scores.c.member_id), _values(board))
    return [(MemberId(member), points, bool(seen)) for member, points, seen in rows]


def _values(board: Board) -> dict[str, Any]:
    return {"of": board.group, "period": board.period.value, "key": board.key, "topic": board.topic}


# --- the statements of boards, built once -------------------------------------------------------------------------

TOP = 10  # rows at the top
LEADER, ABOVE, OWN, BELOW = "leader", "above", "own", "below"


def _on(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.group_id == bindparam("of"),
        table.c.period == bindparam("period"),
        table.c.topic == bindparam("topic"),
        table.c.period_key == bindparam("key"),
    )


def _visible(people: FromClause, seen_by: frozenset[str]) -> ColumnElement[bool]:
    return and_(people.c.left_at.is_(None), people.c.seen_by.in_([_fixed(level) for level in sorted(seen_by)]))


def _hidden(people: FromClause, seen_by: frozenset[str]) -> ColumnElement[bool]:
    # The first half is the index's own condition: SQLite knows it by its words alone.
    levels = [_fixed(level) for level in sorted(EVERYBODY - seen_by)]
    return and_(not_seen_by_all(people), or_(people.c.left_at.is_not(None), people.c.seen_by.in_(levels)))


# Short names: psycopg keeps a text that has up to 4,096 characters, and reads a longer one anew each time.
_SCORE, _MEMBER = scores.alias("s"), members.alias("m")
_OTHER, _PERSON = scores.alias("o"), members.alias("p")


def _fixed(value: str | int) -> ColumnElement[Any]:
    # Part of the statement's text: PostgreSQL would plan for a tenth of the board where it does not know a limit, and
    # seventeen parameters more made a board a quarter slower to read.
    return literal_column(repr(value), literal(value).type)


def _how_many(by: frozenset[str], *wanted: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many others there are whom the audience sees, and who are wanted."""
    return _others(_visible(_PERSON, by), *wanted)


def _how_many_of_many(by: frozenset[str], *wanted: ColumnElement[bool]) -> ColumnElement[int]:
    """The same where they are a good part of the board: few are hidden, so that these are looked at, not all others."""
    everybody = select(func.count()).select_from(_OTHER).where(*_on(_OTHER), *wanted).scalar_subquery()
    return everybody - _others(_hidden(_PERSON, by), *wanted)


def _others(whom: ColumnElement[bool], *wanted: ColumnElement[bool]) -> ScalarSelect[int]:
    # The group is named twice: PostgreSQL would else read the members of all groups.
    here = (*_on(_OTHER), _PERSON.c.group_id == bindparam("of"), whom)
    others = select(func.count()).select_from(_OTHER.join(_PERSON, _PERSON.c.id == _OTHER.c.member_id))
    return others.where(*here, *wanted).scalar_subquery()


def _seen(by: frozenset[str]) -> CompoundSelect[Any]:
    # One trip for all, each part the first rows of the index or a count of it: nothing grows with the ledger, and with
    # the group one count alone. The ranks of neighbours are counted from the asker's, by those who share its points.
    points, member, visible = _SCORE.c.points, _SCORE.c.member_id, _visible(_MEMBER, by)
    ahead = _how_many_of_many(by, _OTHER.c.points > points)
    mine = _rows(OWN, ahead, member == bindparam("asker", type_=Integer)).cte("mine")
    my_points, myself = select(mine.c.points).scalar_subquery(), select(mine.c.member_id).scalar_subquery()
    with_above = _how_many(by, _OTHER.c.points == points, _OTHER.c.points > my_points)
    with_me = _how_many(by, _OTHER.c.points == my_points, _OTHER.c.points > points)
    above = _rows(ABOVE, -with_above, visible, points >= my_points, or_(points > my_points, member < myself))
    below = _rows(BELOW, with_me, visible, points <= my_points, or_(points < my_points, member > myself))
    first = (
        _rows(LEADER, _fixed(0), visible).order_by(points.desc(), member).limit(_fixed(TOP + 1)),
        above.order_by(points, member.desc()).limit(_fixed(1)),
        below.order_by(points.desc(), member).limit(_fixed(1)),
    )
    leaders, *near = (select(part.subquery()) for part in first)
    return union_all(leaders, select(mine), *near)  # sorted when it is read: a sorted union is slow to make


def _rows(part: str, ahead: ColumnElement[int], *wanted: ColumnElement[bool]) -> Select[Any]:
    columns = (_fixed(part).label("part"), _SCORE.c.member_id, _MEMBER.c.name, _SCORE.c.points, ahead.label("ahead"))
    joined = select(*columns).join(_MEMBER, _MEMBER.c.id == _SCORE.c.member_id)
    return joined.where(*_on(_SCORE), _SCORE.c.points > _fixed(0), *wanted)


def _before_and_after(by: frozenset[str]) -> tuple[Select[Any], Select[Any]]:
    key = scores.c.period_key
    here = (*_on(scores)[:3], members.c.group_id == bindparam("of"), scores.c.points > _fixed(0), _visible(members, by))
    found = select(key).join(members, members.c.id == scores.c.member_id).where(*here).limit(_fixed(1))
    before, after = found.where(key < bindparam("key")), found.where(key > bindparam("key"))
    return before.order_by(key.desc()), after.order_by(key)


_BEFORE_AND_AFTER = {by: _before_and_after(by) for by in (ANYBODY, GROUP, EVERYBODY)}
_SOME = _SCORE.c.member_id.in_(bindparam("some", expanding=True))
SEEN = {by: Prepared(_seen(by)) for by in (ANYBODY, GROUP, EVERYBODY)}
_RANKS = {by: _rows("", _how_many(by, _OTHER.c.points > _SCORE.c.points), _SOME) for by in SEEN}
_FIRST = {by: _rows(LEADER, _fixed(0), _visible(_MEMBER, by)).limit(_fixed(1)) for by in SEEN}


_BY_TRACK = (
    select(ledger.c.day_id, func.sum(ledger.c.points).label("points"), func.max(ledger.c.id).label("newest"))
    .where(ledger.c.member_id == bindparam("member"), ledger.c.on_date == bindparam("on"), ledger.c.day_id.is_not(None))
    .group_by(ledger.c.day_id)
)
