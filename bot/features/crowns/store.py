"""The roles of champions that were given, and those that were taken back: table and SQL."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, Table, bindparam, or_, select, update

from bot.core.ports import GiveRole
from bot.core.refs import GroupId, MemberId, Place
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.storage import outbox
from bot.storage.columns import Instant, Wire, metadata

crowns = Table(
    "crowns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    Column("place", Wire, nullable=False),
    Column("call", Wire, nullable=False),
    Column("taken_at", Instant),
    Index("ix_crowns_taken_at_group_id", "taken_at", "group_id"),
)

_WORN = select(crowns).where(crowns.c.taken_at.is_(None)).order_by(crowns.c.id)
_OF_GROUP = _WORN.where(crowns.c.group_id == bindparam("of"))
_LOST = (
    _WORN.join(members.members, members.members.c.id == crowns.c.member_id)
    .where(or_(members.members.c.left_at.is_not(None), members.members.c.seen_by != "public"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=crowns)
)


@dataclass(frozen=True, slots=True)
class Crown:
    """The role of a champion, and the home in whose workspace they have it."""

    member: MemberId
    place: Place
    call: GiveRole


def settle(tx: Connection, group: Group, champions: Collection[MemberId], now: datetime) -> None:
    """Let these members have the role of champions in every workspace that has one, and nobody else."""
    worn = {_same(crown): (id, crown) for id, crown in map(_crown, tx.execute(_OF_GROUP, {"of": group.id}))}
    wanted = {_same(crown): crown for crown in _wanted(tx, group, champions)}
    for id, crown in (one for same, one in worn.items() if same not in wanted):
        _take(tx, id, crown, now)
    for crown in (one for same, one in wanted.items() if same not in worn):
        _give(tx, group.id, crown, now)


def worn_by(tx: Connection, of: GroupId) -> set[MemberId]:
    """Read who has the role of champions somewhere."""
    return {crown.member for _, crown in map(_crown, tx.execute(_OF_GROUP, {"of": of}))}


def take_lost(tx: Connection, now: datetime, most: int) -> None:
    """Take the role from those who have left their group, and from those whom not everybody may see any more."""
    for id, crown in [_crown(row) for row in tx.execute(_LOST, {"most": most})]:
        _take(tx, id, crown, now)


def _wanted(tx: Connection, group: Group, champions: Collection[MemberId]) -> Iterator[Crown]:
    first = {home.place.workspace: home.place for home in reversed(homes.homes_of_group(tx, group.id))}
    for place in first.values():
        if role := group.champions_in(place):
            for member in sorted(champions):
                for person in members.persons(tx, member):
                    if person.platform == place.platform:
                        yield Crown(member, place, GiveRole(person, role))


def _same(crown: Crown) -> tuple[object, ...]:
    # Not by the channel: a home that moves within its workspace takes no crown from anybody.
    return crown.member, crown.place.workspace, crown.call


def _crown(row: Row[Any]) -> tuple[int, Crown]:
    return row.id, Crown(MemberId(row.member_id), row.place, row.call)


def _give(tx: Connection, of: GroupId, crown: Crown, now: datetime) -> None:
    row = {"group_id": of, "member_id": crown.member, "place": crown.place, "call": crown.call}
    id = tx.execute(crowns.insert().values(row).returning(crowns.c.id)).scalar_one()
    _send(tx, f"to:{id}", crown.place, crown.call, now)


def _take(tx: Connection, id: int, crown: Crown, now: datetime) -> None:
    tx.execute(update(crowns).where(crowns.c.id == id).values(taken_at=now))
    _send(tx, f"from:{id}", crown.place, replace(crown.call, take=True), now)


def _send(tx: Connection, way: str, place: Place, call: GiveRole, now: datetime) -> None:
    outbox.enqueue(tx, f"champion:{call.role}:{way}", place, call, now=now)
