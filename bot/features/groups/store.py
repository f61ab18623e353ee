"""Groups, their homes, their tracks, their blackouts and their log: tables and SQL."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, NewType
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    select,
    update,
)

from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import GroupId, HomeId, Place
from bot.features.groups.rules import Numbers, moment, next_date
from bot.features.members import store as members
from bot.storage.columns import Instant, metadata

TrackId = NewType("TrackId", int)

groups = Table(
    "groups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("post_at", String(5), nullable=False),
    Column("weekdays", String(7), nullable=False),
    Column("level", String(10), nullable=False),
    Column("seed", String(32), nullable=False),
    Column("state", String(10), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
)
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
tracks = Table(
    "tracks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("name", String(40), nullable=False),
    Column("plan", String(60), nullable=False),
    Column("plan_since", Date),
    Column("next_on", Date, nullable=False),
    Column("next_at", Instant, nullable=False, index=True),
    UniqueConstraint("group_id", "name"),
)
blackouts = Table(
    "blackouts",
    metadata,
    Column("group_id", ForeignKey("groups.id"), primary_key=True),
    Column("on", Date, primary_key=True),
)
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("group_id", ForeignKey("groups.id"), nullable=False, index=True),
    Column("actor", String(200)),
    Column("what", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

_CHANGE_TRACK = update(tracks).where(tracks.c.id == bindparam("of_track"))
_BLACKOUTS = select(blackouts.c.on).where(blackouts.c.group_id == bindparam("of"))
_GROUP = select(groups).where(groups.c.id == bindparam("id"))
_HOMES_OF = (
    select(homes).where(homes.c.track_id == bindparam("track"), homes.c.paused_at.is_(None)).order_by(homes.c.id)
)
_HOME_AT = select(homes).where(
    homes.c.platform == bindparam("platform"),
    homes.c.workspace == bindparam("workspace"),
    homes.c.channel == bindparam("channel"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """A study group, as it stands."""

    id: GroupId
    name: str
    zone: ZoneInfo
    post_at: time
    weekdays: frozenset[int]
    level: str
    seed: str
    paused: bool
    numbers: Numbers
    roles: Mapping[str, str] = field(default_factory=dict)
    """The role that a question names in each workspace, by `_workspace_key`; off where there is none."""

    def role_in(self, place: Place) -> str:
        """The role that a question names in a home; empty where it names none."""
        return self.roles.get(_workspace_key(place), "")


@dataclass(frozen=True, slots=True)
class Track:
    """A series of questions of a group; `next_on` is the posting date that comes next, `next_at` its moment.

    `plan_since` is the first date that this plan chose, from which its weeks count; None where nobody noted it.
    """

    id: TrackId
    group: GroupId
    name: str
    plan: str
    plan_since: date | None
    next_on: date
    next_at: datetime


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the organisers' log."""

    what: str
    detail: str
    at: datetime


def _workspace_key(place: Place) -> str:
    return f"{place.platform}/{place.workspace}"


def _group(row: Row[Any]) -> Group:
    return Group(
        GroupId(row.id),
        row.name,
        ZoneInfo(row.zone),
        time.fromisoformat(row.post_at),
        frozenset(map(int, row.weekdays)),
        row.level,
        row.seed,
        row.state == "paused",
        Numbers.of(row.settings),
        row.settings.get("roles", {}),
    )


def _track(row: Row[Any]) -> Track:
    return Track(TrackId(row.id), GroupId(row.group_id), row.name, row.plan, row.plan_since, row.next_on, row.next_at)


def _home(row: Row[Any]) -> Home:
    place = Place(row.platform, row.workspace, row.channel)
    return Home(
        HomeId(row.id), GroupId(row.group_id), TrackId(row.track_id), place, row.refusals, row.paused_at is not None
    )


# --- groups -------------------------------------------------------------------------------------------------------


def found_group(
    tx: Connection, *, name: str, zone: ZoneInfo, post_at: time, weekdays: Collection[int], level: str, now: datetime
) -> Group:
    """Write a new group; its seed decides every choice of questions from now on."""
    id = tx.execute(
        groups.insert()
        .values(
            name=name,
            zone=zone.key,
            post_at=f"{post_at:%H:%M}",
            weekdays="".join(map(str, sorted(weekdays))),
            level=level,
            seed=secrets.token_hex(8),
            state="active",
            settings={},
            created_at=now,
        )
        .returning(groups.c.id)
    ).scalar_one()
    return group(tx, GroupId(id))


def change_schedule(
    tx: Connection, of: GroupId, *, zone: ZoneInfo, post_at: time, weekdays: Collection[int], level: str
) -> None:
    """Write a group's new wall clock; days that are open keep the reveal they were given."""
    tx.execute(
        update(groups)
        .where(groups.c.id == of)
        .values(zone=zone.key, post_at=f"{post_at:%H:%M}", weekdays="".join(map(str, sorted(weekdays))), level=level)
    )


def group(tx: Connection, id: GroupId) -> Group:
    """Read a group."""
    return _group(tx.execute(_GROUP, {"id": id}).one())


def not_noted(tx: Connection, what: str, detail: str, most: int) -> list[GroupId]:
    """Read the active groups in whose log this line does not stand."""
    noted = select(audit.c.id).where(audit.c.group_id == groups.c.id, audit.c.what == what, audit.c.detail == detail)
    query = select(groups.c.id).where(groups.c.state == "active", ~noted.exists()).order_by(groups.c.id).limit(most)
    return [GroupId(id) for id in tx.execute(query).scalars()]


def set_state(tx: Connection, of: GroupId, state: str) -> None:
    """Pause a group, or make it active again."""
    tx.execute(update(groups).where(groups.c.id == of).values(state=state))


def set_role(tx: Connection, of: Group, place: Place, role: str | None) -> None:
    """Set the role that questions name in the workspace of a place; None names none."""
    roles = {key: value for key, value in of.roles.items() if key != _workspace_key(place)}
    if role:
        roles[_workspace_key(place)] = role
    settings: dict[str, Any] = tx.execute(select(groups.c.settings).where(groups.c.id == of.id)).scalar_one()
    tx.execute(update(groups).where(groups.c.id == of.id).values(settings={**settings, "roles": roles}))


def set_seed(tx: Connection, of: GroupId, seed: str) -> None:
    """Set the seed of a group: for simulations that shall be the same each time."""
    tx.execute(update(groups).where(groups.c.id == of).values(seed=seed))


# --- homes and tracks ---------------------------------------------------------------------------------------------


def add_track(tx: Connection, of: Group, name: str, plan: str, now: datetime) -> Track:
    """Write a new track; its first question is due at the group's next posting time."""
    on = next_date(now, of.post_at, of.zone, of.weekdays)
    id = tx.execute(
        tracks.insert()
        .values(
            group_id=of.id, name=name, plan=plan, plan_since=on, next_on=on, next_at=moment(on, of.post_at, of.zone)
        )
        .returning(tracks.c.id)
    ).scalar_one()
    return track(tx, TrackId(id))


def track(tx: Connection, id: TrackId) -> Track:
    """Read a track."""
    return _track(tx.execute(select(tracks).where(tracks.c.id == id)).one())


def tracks_of(tx: Connection, of: GroupId) -> list[Track]:
    """Read a group's tracks, the oldest first."""
    return [_track(row) for row in tx.execute(select(tracks).where(tracks.c.group_id == of).order_by(tracks.c.id))]


def set_plan(tx: Connection, of: TrackId, plan: str, since: date) -> None:
    """Give a track another plan, whose weeks count from a date."""
    tx.execute(update(tracks).where(tracks.c.id == of).values(plan=plan, plan_since=since))


def due_tracks(tx: Connection, now: datetime, most: int) -> list[Track]:
    """Tracks of active groups whose posting time has come; each is held until the transaction ends."""
    query = (
        select(tracks)
        .join(groups, groups.c.id == tracks.c.group_id)
        .where(tracks.c.next_at <= now, groups.c.state == "active")
        .order_by(tracks.c.next_at, tracks.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=tracks)
    )
    return [_track(row) for row in tx.execute(query)]


def next_due(tx: Connection) -> datetime | None:
    """When the next track of an active group is due."""
    query = select(tracks.c.next_at).join(groups, groups.c.id == tracks.c.group_id).where(groups.c.state == "active")
    return tx.scalar(query.order_by(tracks.c.next_at).limit(1))


def set_next(tx: Connection, track: Track, of: Group, after: datetime) -> Track:
    """Move a track to its first posting date whose moment is later than `after`."""
    on = next_date(after, of.post_at, of.zone, of.weekdays)
    at = moment(on, of.post_at, of.zone)
    tx.execute(_CHANGE_TRACK, {"of_track": track.id, "next_on": on, "next_at": at})
    return replace(track, next_on=on, next_at=at)


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


def homes_on(tx: Connection, of: GroupId, platform: str) -> list[Home]:
    """Read a group's homes on a platform, the oldest first; paused ones are left out."""
    mine = (homes.c.group_id == of, homes.c.platform == platform, homes.c.paused_at.is_(None))
    return [_home(row) for row in tx.execute(select(homes).where(*mine).order_by(homes.c.id))]


def count_refusal(tx: Connection, of: HomeId) -> int:
    """Count one more post in a row that the platform refused for good; give how many there are."""
    counted = update(homes).where(homes.c.id == of).values(refusals=homes.c.refusals + 1).returning(homes.c.refusals)
    refusals: int = tx.execute(counted).scalar_one()
    return refusals


def forget_refusals(tx: Connection, place: Place) -> None:
    """Note that a post arrived in a home."""
    there = and_(homes.c.platform == place.platform, homes.c.workspace == place.workspace)
    tx.execute(update(homes).where(there, homes.c.channel == place.channel, homes.c.refusals > 0).values(refusals=0))


def pause_home(tx: Connection, home: Home, now: datetime) -> None:
    """Post nothing in a home any more; where it was the group's last one, the group is paused with it."""
    tx.execute(update(homes).where(homes.c.id == home.id).values(paused_at=now))
    left = select(homes.c.id).where(homes.c.group_id == home.group, homes.c.paused_at.is_(None)).limit(1)
    if tx.execute(left).first() is None:
        set_state(tx, home.group, "paused")


def homes_in(tx: Connection, place: Place) -> list[Home]:
    """Read the homes in the workspace of this place that are not paused, the oldest first."""
    there = and_(homes.c.platform == place.platform, homes.c.workspace == place.workspace)
    query = select(homes).where(there, homes.c.paused_at.is_(None)).order_by(homes.c.id)
    return [_home(row) for row in tx.execute(query)]


def open_homes(tx: Connection, of: GroupId) -> None:
    """Post in all homes of a group again."""
    tx.execute(update(homes).where(homes.c.group_id == of).values(paused_at=None, refusals=0))


def lives_in(tx: Connection, of: GroupId, place: Place) -> bool:
    """Whether a group has a home in the workspace of this place."""
    same = (homes.c.platform == place.platform, homes.c.workspace == place.workspace)
    return tx.scalar(select(homes.c.id).where(homes.c.group_id == of, *same).limit(1)) is not None


def here(tx: Connection, ask: Ask) -> Group:
    """The group whose home this is; in a private conversation, the asker's only group."""
    if home := home_at(tx, ask.place):
        return group(tx, home.group)
    mine = members.groups_of(tx, ask.who)
    if len(mine) == 1:
        return group(tx, mine[0])
    if mine:
        raise UserError("You are in several groups. Run this in the channel of the one you mean.")
    raise UserError("There is no study group here yet. Somebody who may manage this place can run setup.")


# --- blackouts and the log ----------------------------------------------------------------------------------------


def blackout_dates(tx: Connection, of: GroupId) -> set[date]:
    """Read the dates on which nothing is posted."""
    return set(tx.execute(_BLACKOUTS, {"of": of}).scalars())


def set_blackout(tx: Connection, of: GroupId, on: date, blacked_out: bool) -> None:
    """Make a date a blackout, or make it an ordinary one again."""
    tx.execute(delete(blackouts).where(blackouts.c.group_id == of, blackouts.c.on == on))
    if blacked_out:
        tx.execute(blackouts.insert().values(group_id=of, on=on))


def note(tx: Connection, of: GroupId, what: str, detail: str, *, now: datetime, actor: str | None = None) -> None:
    """Write a line of the organisers' log."""
    tx.execute(audit.insert().values(group_id=of, actor=actor, what=what, detail=detail, at=now))


def log_of(tx: Connection, of: GroupId, most: int = 20) -> list[Line]:
    """Read the organisers' log, newest first."""
    rows = tx.execute(select(audit).where(audit.c.group_id == of).order_by(audit.c.id.desc()).limit(most))
    return [Line(row.what, row.detail, row.at) for row in rows]
