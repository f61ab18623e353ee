"""The ledger of points and the scores that are kept with it: tables and SQL.

The ledger is the truth; `scores` holds its sums, so that a board is read from an index however long the ledger is.
"""

import json
from collections import Counter
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
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.refs import GroupId, MemberId
from bot.features.boards.rules import Period, Standing, period_key
from bot.features.groups import store as groups
from bot.features.members.store import members
from bot.features.seasons import store as season_store
from bot.storage.columns import Instant, metadata

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


@dataclass(frozen=True, slots=True)
class Difference:
    """A score that is not what the ledger says."""

    group: GroupId
    of: Key
    score: int
    ledger: int


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
    _add(tx, group, dict.fromkeys(places, points))
    return True


def _add(tx: Connection, group: GroupId, points: Mapping[Key, int]) -> None:
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
            key = f"other-track:{row.newest}"
            book(
                tx,
                group=group,
                member=member,
                key=key,
                what=OTHER_TRACK,
                points=-row.points,
                on=on,
                topics=topics,
                now=now,
                day=row.day_id,
            )


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
    """A board as it was read: who leads, and the asker's row between whoever is next above and next below."""

    top: list[Standing]
    above: Standing | None = None
    own: Standing | None = None
    below: Standing | None = None

    @property
    def around(self) -> list[Standing]:
        """The asker's row and its neighbours."""
        return [standing for standing in (self.above, self.own, self.below) if standing is not None]


def read(tx: Connection, board: Board, asker: MemberId | None = None, most: int = 10) -> Read:
    """Read who leads, and where the asker stands, also where nobody else sees them.

    Leaders and neighbours are members with points who have not left and whom this audience may see; equal points stand
    in the order in which members joined.
    """
    rows = tx.execute(_SEEN[board.seen_by], {**_values(board), "asker": asker, "most": most}).all()
    leaders = sorted((-points, id, name) for part, id, name, points, _ in rows if part == LEADER)
    near = {part: Standing(id, name, points, 1 + ahead) for part, id, name, points, ahead in rows if part != LEADER}
    return Read(_ranked(leaders), near.get(ABOVE), near.get(OWN), near.get(BELOW))


def _ranked(leaders: Sequence[tuple[int, MemberId, str]]) -> list[Standing]:
    """Give the first rows of a board their ranks: who has equal points shares one."""
    ranks: dict[int, int] = {}
    return [
        Standing(id, name, -less, ranks.setdefault(less, place)) for place, (less, id, name) in enumerate(leaders, 1)
    ]


def top(tx: Connection, board: Board, most: int = 10) -> list[Standing]:
    """Read who leads: members with points who have not left, and whom this audience may see."""
    return read(tx, board, most=most).top


def ranks(tx: Connection, board: Board, of: Iterable[MemberId]) -> dict[MemberId, int]:
    """Read the ranks of these members; those without points have none."""
    rows = tx.execute(_RANKS[board.seen_by], {**_values(board), "some": list(of)})
    return {MemberId(row.member_id): 1 + row.ahead for row in rows}


def _values(board: Board) -> dict[str, Any]:
    return {"of": board.group, "period": board.period.value, "key": board.key, "topic": board.topic}


# --- the statements of boards, built once -------------------------------------------------------------------------

LEADER, ABOVE, OWN, BELOW = "leader", "above", "own", "below"


def _on(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.group_id == bindparam("of"),
        table.c.period == bindparam("period"),
        table.c.period_key == bindparam("key"),
        table.c.topic == bindparam("topic"),
    )


def _visible(people: FromClause, seen_by: frozenset[str]) -> ColumnElement[bool]:
    return and_(people.c.left_at.is_(None), or_(*(people.c.seen_by == level for level in sorted(seen_by))))


def _ahead(points: ColumnElement[int], seen_by: frozenset[str]) -> ScalarSelect[int]:
    """How many of those whom the audience sees have more points."""
    other, person = scores.alias("other"), members.alias("person")
    # The group is named twice: PostgreSQL would else read the members of all groups.
    here = (*_on(other), person.c.group_id == bindparam("of"))
    return (
        select(func.count())
        .select_from(other.join(person, person.c.id == other.c.member_id))
        .where(*here, other.c.points > points, _visible(person, seen_by))
        .scalar_subquery()
    )


def _seen(by: frozenset[str]) -> CompoundSelect[Any]:
    # One trip for all, each part the first rows of the index or a count of it: nothing grows with the ledger, and the
    # counts alone with the group.
    points, member, visible = scores.c.points, scores.c.member_id, _visible(members, by)
    # Limits are part of the statement's text: PostgreSQL would else plan for a tenth of the board, at each call anew.
    ahead, most = _ahead(points, by), bindparam("most", type_=Integer, literal_execute=True)
    mine = _rows(OWN, ahead, member == bindparam("asker", type_=Integer)).cte("mine")
    my_points, myself = select(mine.c.points).scalar_subquery(), select(mine.c.member_id).scalar_subquery()
    above = _rows(ABOVE, ahead, visible, points >= my_points, or_(points > my_points, member < myself))
    below = _rows(BELOW, ahead, visible, points <= my_points, or_(points < my_points, member > myself))
    first = (
        _rows(LEADER, literal(0), visible).order_by(points.desc(), member).limit(most),
        above.order_by(points, member.desc()).limit(literal_column("1")),
        below.order_by(points.desc(), member).limit(literal_column("1")),
    )
    leaders, *near = (select(part.subquery()) for part in first)
    return union_all(leaders, select(mine), *near)  # sorted when it is read: a sorted union is slow to make


def _rows(part: str, ahead: ColumnElement[int], *wanted: ColumnElement[bool]) -> Select[Any]:
    columns = (literal(part).label("part"), scores.c.member_id, members.c.name, scores.c.points, ahead.label("ahead"))
    joined = select(*columns).join(members, members.c.id == scores.c.member_id)
    return joined.where(*_on(scores), scores.c.points > 0, *wanted)


_SOME = scores.c.member_id.in_(bindparam("some", expanding=True))
_AUDIENCES = (ANYBODY, GROUP, EVERYBODY)
_SEEN = {by: _seen(by) for by in _AUDIENCES}
_RANKS = {by: _rows("", _ahead(scores.c.points, by), _SOME) for by in _AUDIENCES}


# --- the scores against the ledger --------------------------------------------------------------------------------


def rebuild(tx: Connection, group: GroupId) -> dict[Key, int]:
    """Compute every score of a group from its ledger alone."""
    return _added_up(tx.execute(_SUMS, {"of": group}))


def kept(tx: Connection, group: GroupId) -> dict[Key, int]:
    """Read every score of a group as it stands."""
    return _as_kept(tx.execute(_KEPT, {"of": group}))


def _added_up(rows: Iterable[Any]) -> dict[Key, int]:
    totals: Counter[Key] = Counter()
    for points, member, named, *keys in rows:
        for topic in (ALL_TOPICS, *json.loads(named)):
            for period, key in (*zip(DATED, keys, strict=True), (Period.all, "")):
                totals[period, key, topic, MemberId(member)] += points
    return dict(totals)


def _as_kept(rows: Iterable[Any]) -> dict[Key, int]:
    return {(Period(period), key, topic, MemberId(member)): points for points, member, topic, period, key, *_ in rows}


def differences(tx: Connection, group: GroupId | None = None) -> list[Difference]:
    """Find the scores of a group, or of all, that are not what the ledger says; a missing one counts as nothing."""
    ids = [group] if group is not None else [GroupId(id) for id in tx.execute(_GROUPS_WITH_POINTS).scalars()]
    return [difference for id in ids for difference in _differences(tx, id)]


def _differences(tx: Connection, group: GroupId) -> list[Difference]:
    # In one statement, so that what another process books meanwhile is seen on both sides or on neither.
    of_scores: list[Any] = []
    of_ledger: list[Any] = []
    for row in tx.execute(_BOTH, {"of": group}):
        (of_ledger if row.season is not None else of_scores).append(row)
    right, found = _added_up(of_ledger), _as_kept(of_scores)
    wrong = sorted(key for key in right.keys() | found.keys() if right.get(key, 0) != found.get(key, 0))
    return [Difference(group, key, found.get(key, 0), right.get(key, 0)) for key in wrong]


def mend(tx: Connection, wrong: Sequence[Difference]) -> None:
    """Add to each of these scores what it lacks, which what is booked meanwhile does not undo."""
    for one in wrong:
        _add(tx, one.group, {one.of: one.ledger - one.score})


def repair(tx: Connection, group: GroupId) -> None:
    """Write the scores of a group anew from its ledger."""
    tx.execute(delete(scores).where(scores.c.group_id == group))
    rows = [_score(group, key, points) for key, points in sorted(rebuild(tx, group).items())]
    if rows:
        tx.execute(scores.insert(), rows)


_BY_TRACK = (
    select(ledger.c.day_id, func.sum(ledger.c.points).label("points"), func.max(ledger.c.id).label("newest"))
    .where(ledger.c.member_id == bindparam("member"), ledger.c.on_date == bindparam("on"), ledger.c.day_id.is_not(None))
    .group_by(ledger.c.day_id)
)
_SUMMED = (ledger.c.member_id, cast(ledger.c.topics, Text), *(ledger.c[period] for period in DATED))
"""What a score is of; PostgreSQL cannot compare JSON, so topics are grouped as text."""
_SUMS = (
    select(cast(func.sum(ledger.c.points), Integer), *_SUMMED)
    .where(ledger.c.group_id == bindparam("of"))
    .group_by(*_SUMMED)
)
_KEPT = select(
    scores.c.points, scores.c.member_id, scores.c.topic, scores.c.period, scores.c.period_key, null(), null()
).where(scores.c.group_id == bindparam("of"))
_BOTH = union_all(_SUMS, _KEPT)
_GROUPS_WITH_POINTS = union(select(ledger.c.group_id), select(scores.c.group_id)).order_by("group_id")
