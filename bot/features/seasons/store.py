"""The seasons of a group and who won them: tables and SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.refs import GroupId, MemberId
from bot.features.members.store import members
from bot.features.seasons.rules import Season, Seasons
from bot.storage.columns import Instant, metadata

seasons = Table(
    "seasons",
    metadata,
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("key", String(7), primary_key=True),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("look_at", Instant),
    Column("closed_at", Instant),
    Index("ix_seasons_look_at", "look_at"),
)
winners = Table(
    "winners",
    metadata,
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("key", String(7), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True, index=True),
    Column("rank", Integer, nullable=False),
    Column("points", Integer, nullable=False),
)

_BEGIN = {
    dialect: insert(seasons).on_conflict_do_nothing(index_elements=["group_id", "key"])
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_DUE = (
    select(seasons)
    .where(seasons.c.look_at <= bindparam("now"))
    .order_by(seasons.c.look_at, seasons.c.group_id, seasons.c.key)
    .limit(bindparam("most"))
)

WINNERS = 3  # ranks that are told, with everybody who shares them


@dataclass(frozen=True, slots=True)
class Running:
    """A season of a group in which points were booked and whose winners are not known yet."""

    group: GroupId
    season: Season


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody who stood at the top when a season was closed, as others see them now."""

    key: str
    name: str
    rank: int
    points: int
    seen_by: str
    member: MemberId


def begin(tx: Connection, of: GroupId, season: Season, now: datetime) -> None:
    """Note that there are points in a season, unless that is known; its boards are looked at first soon."""
    row = {"group_id": of, "key": season.key, "first_on": season.first, "last_on": season.last, "look_at": now}
    tx.execute(_BEGIN[tx.dialect.name], row)


def due(tx: Connection, now: datetime, most: int) -> list[Running]:
    """Read the seasons whose boards are to be looked at."""
    return [_running(row) for row in tx.execute(_DUE, {"now": now, "most": most})]


def hold(tx: Connection, of: Running, now: datetime) -> bool:
    """Hold a season that is to be looked at until the transaction ends; False where another process has or had it."""
    mine = (seasons.c.group_id == of.group, seasons.c.key == of.season.key, seasons.c.look_at <= now)
    return tx.execute(select(seasons.c.key).where(*mine).with_for_update(skip_locked=True)).first() is not None


def _running(row: Row[Any]) -> Running:
    return Running(GroupId(row.group_id), Season(row.key, row.first_on, row.last_on))


def look_again(tx: Connection, of: Running, at: datetime) -> None:
    """Note when a season's boards are looked at next."""
    tx.execute(_one(of.group, of.season.key).values(look_at=at))


def close(tx: Connection, of: Running, won: Sequence[tuple[MemberId, int, int]], now: datetime) -> None:
    """Write who won a season, as member, rank and points; what is booked for it later changes that no more."""
    tx.execute(_one(of.group, of.season.key).values(look_at=None, closed_at=now))
    names = ("member_id", "rank", "points")
    rows = [{"group_id": of.group, "key": of.season.key, **dict(zip(names, one, strict=True))} for one in won]
    if rows:
        tx.execute(winners.insert(), rows)


def cut(tx: Connection, of: GroupId, by: Seasons) -> None:
    """Write where the seasons that are not closed end, now that the group has other ones."""
    for row in tx.execute(select(seasons).where(seasons.c.group_id == of, seasons.c.closed_at.is_(None))).all():
        tx.execute(_one(of, row.key).values(last_on=by.on(row.first_on).last))


def _one(of: GroupId, key: str) -> Any:
    return update(seasons).where(seasons.c.group_id == of, seasons.c.key == key)


def closed(tx: Connection, of: GroupId, most: int) -> list[Season]:
    """Read the seasons that are over, the newest first."""
    over = select(seasons).where(seasons.c.group_id == of, seasons.c.closed_at.is_not(None))
    rows = tx.execute(over.order_by(seasons.c.last_on.desc()).limit(most))
    return [Season(row.key, row.first_on, row.last_on) for row in rows]


def around(tx: Connection, of: GroupId, season: Season) -> tuple[date | None, date | None]:
    """Read on which dates the season before, and the one after, begin in which there are points."""
    begins, mine = seasons.c.first_on, seasons.c.group_id == of
    before = select(begins).where(mine, begins < season.first).order_by(begins.desc()).limit(1)
    after = select(begins).where(mine, begins > season.first).order_by(begins).limit(1)
    return tx.scalar(before), tx.scalar(after)


def winners_of(tx: Connection, of: GroupId, keys: Sequence[str]) -> list[Winner]:
    """Read who won these seasons, the best first; those who have left are left out until they return."""
    query = (
        select(winners, members.c.name, members.c.seen_by)
        .join(members, members.c.id == winners.c.member_id)
        .where(winners.c.group_id == of, winners.c.key.in_(keys), members.c.left_at.is_(None))
        .order_by(winners.c.key.desc(), winners.c.rank, winners.c.member_id)
    )
    return [
        Winner(row.key, row.name, row.rank, row.points, row.seen_by, MemberId(row.member_id))
        for row in tx.execute(query)
    ]


def as_seen(won: Sequence[Winner], seen_by: frozenset[str], asker: MemberId | None = None) -> list[Winner]:
    """Rank the winners whom an audience sees among themselves, so that nobody stands behind somebody unseen.

    A hidden asker sees the own row too, and nobody's rank changes by it.
    """
    told = []
    for one in won:
        ahead = [other for other in won if other.key == one.key and other.points > one.points]
        rank = 1 + sum(other.seen_by in seen_by for other in ahead)
        if rank <= WINNERS and (one.seen_by in seen_by or one.member == asker):
            told.append(replace(one, rank=rank))
    return told


def forget(tx: Connection, member: MemberId) -> None:
    """Erase what a member won."""
    tx.execute(delete(winners).where(winners.c.member_id == member))
