"""Homes: tables and SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    select,
    update,
)

from bot.core.errors import UserError
from bot.core.refs import GroupId, HomeId, Place, TrackId
from bot.storage.columns import Instant, metadata

homes = Table(
    "homes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("track_id", ForeignKey("tracks.id"), nullable=False, index=True),
    Column("platform", String(20), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("paused_at", Instant),
    UniqueConstraint("platform", "workspace", "channel"),
)
_HOMES_OF = (
    select(homes).where(homes.c.track_id == bindparam("track"), homes.c.paused_at.is_(None)).order_by(homes.c.id)
)
_HOME_AT = select(homes).where(
    homes.c.platform == bindparam("platform"),
    homes.c.workspace == bindparam("workspace"),
    homes.c.channel == bindparam("channel"),
)


@dataclass(frozen=True, slots=True)
class Home:
    """A channel in which a track is posted."""

    id: HomeId
    group: GroupId
    track: TrackId
    place: Place
    refusals: int = 0
    """How many posts in a row the platform refused for good."""
    paused: bool = False


def _home(row: Row[Any]) -> Home:
    place = Place(row.platform, row.workspace, row.channel)
    return Home(
        HomeId(row.id), GroupId(row.group_id), TrackId(row.track_id), place, row.refusals, row.paused_at is not None
    )


def add_home(tx: Connection, of: GroupId, track: TrackId, place: Place) -> HomeId:
    """Write a new home."""
    values = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
    row = homes.insert().values(group_id=of, track_id=track, **values)
    return HomeId(tx.execute(row.returning(homes.c.id)).scalar_one())


def home_at(tx: Connection, place: Place) -> Home | None:
    """Read the home that is this channel, or in whose thread this is."""
    at = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
    row = tx.execute(_HOME_AT, at).first()
    return _home(row) if row else None


def homes_of(tx: Connection, track: TrackId) -> list[Home]:
    """Read the homes in which a track is posted, the oldest first; paused ones are left out."""
    return [_home(row) for row in tx.execute(_HOMES_OF, {"track": track})]


def places_of(tx: Connection, track: TrackId) -> list[Place]:
    """Read the channels of a track, the oldest first; paused ones too."""
    return [_home(row).place for row in tx.execute(select(homes).where(homes.c.track_id == track).order_by(homes.c.id))]


def homes_of_group(tx: Connection, of: GroupId) -> list[Home]:
    """Read all homes of a group, the oldest first; paused ones are left out."""
    mine = select(homes).where(homes.c.group_id == of, homes.c.paused_at.is_(None))
    return [_home(row) for row in tx.execute(mine.order_by(homes.c.id))]


def with_roles(tx: Connection, place: Place) -> Home:
    """The home that a place is, for what belongs to its workspace."""
    if home := home_at(tx, place):
        return home
    raise UserError("A role belongs to a place: run this in the channel in which the questions are posted.")


def homes_on(tx: Connection, of: GroupId, platform: str) -> list[Home]:
    """Read a group's homes on a platform, the oldest first; paused ones are left out."""
    mine = (homes.c.group_id == of, homes.c.platform == platform, homes.c.paused_at.is_(None))
    return [_home(row) for row in tx.execute(select(homes).where(*mine).order_by(homes.c.id))]


def channels_on(tx: Connection, of: GroupId, platform: str) -> set[str]:
    """Read the channels of a group's homes on a platform; those of paused ones too."""
    mine = (homes.c.group_id == of, homes.c.platform == platform)
    return set(tx.execute(select(homes.c.channel).where(*mine)).scalars())


def count_refusal(tx: Connection, of: HomeId) -> int:
    """Count one more post in a row that the platform refused for good; give how many there are."""
    counted = update(homes).where(homes.c.id == of).values(refusals=homes.c.refusals + 1).returning(homes.c.refusals)
    refusals: int = tx.execute(counted).scalar_one()
    return refusals


def forget_refusals(tx: Connection, place: Place) -> None:
    """Note that a post arrived in a home."""
    there = and_(homes.c.platform == place.platform, homes.c.workspace == place.workspace)
    tx.execute(update(homes).where(there, homes.c.channel == place.channel, homes.c.refusals > 0).values(refusals=0))


def pause(tx: Connection, home: Home, now: datetime) -> bool:
    """Post nothing in a home any more; give whether it was the group's last one."""
    # Two homes that pause in two processes at once would each see the other one open.
    tx.execute(select(homes.c.id).where(homes.c.group_id == home.group).order_by(homes.c.id).with_for_update())
    tx.execute(update(homes).where(homes.c.id == home.id).values(paused_at=now))
    left = select(homes.c.id).where(homes.c.group_id == home.group, homes.c.paused_at.is_(None)).limit(1)
    return tx.execute(left).first() is None


def homes_in(tx: Connection, place: Place) -> list[Home]:
    """Read the homes in the workspace of this place that are not paused, the oldest first."""
    there = and_(homes.c.platform == place.platform, homes.c.workspace == place.workspace)
    query = select(homes).where(there, homes.c.paused_at.is_(None)).order_by(homes.c.id)
    return [_home(row) for row in tx.execute(query)]


def open_of(tx: Connection, track: TrackId) -> None:
    """Post in all homes of a track again."""
    tx.execute(update(homes).where(homes.c.track_id == track).values(paused_at=None, refusals=0))


def pause_of(tx: Connection, track: TrackId, now: datetime) -> None:
    """Post nothing in the homes of a track any more."""
    tx.execute(update(homes).where(homes.c.track_id == track, homes.c.paused_at.is_(None)).values(paused_at=now))


def set_track(tx: Connection, home: Home, track: TrackId) -> None:
    """Let a home have the questions of another track from now on."""
    tx.execute(update(homes).where(homes.c.id == home.id).values(track_id=track, paused_at=None, refusals=0))


def lives_beside(tx: Connection, of: GroupId, place: Place) -> bool:
    """Whether a group has a home in another channel of the workspace of this place; a paused one counts too."""
    same = (homes.c.platform == place.platform, homes.c.workspace == place.workspace)
    other = (homes.c.group_id == of, homes.c.channel != place.channel)
    return tx.scalar(select(homes.c.id).where(*other, *same).limit(1)) is not None


def lives_in(tx: Connection, of: GroupId, place: Place) -> bool:
    """Whether a group has a home in the workspace of this place, or in its channel where it names one."""
    same = [homes.c.platform == place.platform, homes.c.workspace == place.workspace]
    if place.channel:
        same.append(homes.c.channel == place.channel)
    return tx.scalar(select(homes.c.id).where(homes.c.group_id == of, *same).limit(1)) is not None
