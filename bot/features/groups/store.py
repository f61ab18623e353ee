"""Groups, their tracks, their blackouts and their log: tables and SQL."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
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
    bindparam,
    delete,
    select,
    update,
)

from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import GroupId, Place, TrackId
from bot.features.groups.rules import Numbers, moment, next_date
from bot.features.homes import store as homes
from bot.features.homes.store import Home
from bot.features.members import store as members
from bot.features.seasons.rules import QUARTERS, Seasons
from bot.storage.columns import Instant, metadata

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
    Column("level", String(10)),
    Column("ended_at", Instant),
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
_ALL_TRACKS = select(tracks).where(tracks.c.group_id == bindparam("of")).order_by(tracks.c.id)
_TRACKS = _ALL_TRACKS.where(tracks.c.ended_at.is_(None))


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
    seasons: Seasons = QUARTERS
    champions: Mapping[str, str] = field(default_factory=dict)
    """The role that a season's champions have in each workspace; none where there is none."""
    meeting: str | None = None
    """Where its interviews are proposed to be held, such as the link of a voice channel."""

    def today(self, now: datetime) -> date:
        """The date on the group's wall."""
        return now.astimezone(self.zone).date()

    def champions_in(self, place: Place) -> str:
        """The role of champions in a home; empty where there is none."""
        return self.champions.get(_workspace_key(place), "")

    def role_in(self, place: Place) -> str:
        """The role that a question names in a home; empty where it names none."""
        return self.roles.get(_workspace_key(place), "")


@dataclass(frozen=True, slots=True)
class Track:
    """A series of questions of a group; `next_on` is the posting date that comes next, `next_at` its moment.

    `plan_since` is the first date that this plan chose, from which its weeks count; None where nobody noted it. `level`
    is the track's own one; None where it goes with the group's.
    """

    id: TrackId
    group: GroupId
    name: str
    plan: str
    plan_since: date | None
    next_on: date
    next_at: datetime
    level: str | None = None
    ended: bool = False

    def level_in(self, group: Group) -> str:
        """The level that weighs the choice of this track's questions."""
        return self.level or group.level


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the organisers' log; `actor` is the reference of whoever did it, None where it came about by itself."""

    what: str
    detail: str
    at: datetime
    actor: str | None = None


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
        Seasons.from_json(row.settings.get("seasons", [])),
        row.settings.get("champions", {}),
        row.settings.get("meeting"),
    )


def _track(row: Row[Any]) -> Track:
    when = (row.plan_since, row.next_on, row.next_at)
    return Track(TrackId(row.id), GroupId(row.group_id), row.name, row.plan, *when, row.level, row.ended_at is not None)


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


def change_schedule(tx: Connection, of: GroupId, *, zone: ZoneInfo, post_at: time, weekdays: Collection[int]) -> None:
    """Write a group's new wall clock; days that are open keep the reveal they were given."""
    tx.execute(
        update(groups)
        .where(groups.c.id == of)
        .values(zone=zone.key, post_at=f"{post_at:%H:%M}", weekdays="".join(map(str, sorted(weekdays))))
    )


def set_group_level(tx: Connection, of: GroupId, level: str) -> None:
    """Write the level of a group, which its tracks without one of their own go by."""
    tx.execute(update(groups).where(groups.c.id == of).values(level=level))


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
    _set(tx, of.id, {"roles": _with_role(of.roles, place, role)})


def set_champions(tx: Connection, of: Group, place: Place, role: str | None) -> None:
    """Set the role that champions get in the workspace of a place; None gives none."""
    _set(tx, of.id, {"champions": _with_role(of.champions, place, role)})


def _with_role(roles: Mapping[str, str], place: Place, role: str | None) -> dict[str, str]:
    others = {key: value for key, value in roles.items() if key != _workspace_key(place)}
    return {**others, _workspace_key(place): role} if role else others


def set_seasons(tx: Connection, of: GroupId, seasons: Seasons) -> None:
    """Write how long a group's seasons are."""
    _set(tx, of, {"seasons": seasons.to_json()})


def set_meeting(tx: Connection, of: GroupId, link: str | None) -> None:
    """Write where the group's interviews are proposed to be held; None for wherever the host's setting says."""
    _set(tx, of, {"meeting": link})


def set_number(tx: Connection, of: GroupId, number: str, value: int | bool) -> Group:
    """Set one of the group's `Numbers`."""
    _set(tx, of, {number: value})
    return group(tx, of)


def _set(tx: Connection, of: GroupId, given: Mapping[str, Any]) -> None:
    settings: dict[str, Any] = tx.execute(
        select(groups.c.settings).where(groups.c.id == of).with_for_update()
    ).scalar_one()
    tx.execute(update(groups).where(groups.c.id == of).values(settings={**settings, **given}))


def set_seed(tx: Connection, of: GroupId, seed: str) -> None:
    """Set the seed of a group: for simulations that shall be the same each time."""
    tx.execute(update(groups).where(groups.c.id == of).values(seed=seed))


# --- tracks ---------------------------------------------------------------------------------------------


def add_track(tx: Connection, of: Group, name: str, plan: str, now: datetime, level: str | None = None) -> Track:
    """Write a new track; its first question is due at the group's next posting time."""
    on = next_date(now, of.post_at, of.zone, of.weekdays)
    id = tx.execute(
        tracks.insert()
        .values(
            group_id=of.id,
            name=name,
            plan=plan,
            plan_since=on,
            next_on=on,
            next_at=moment(on, of.post_at, of.zone),
            level=level,
        )
        .returning(tracks.c.id)
    ).scalar_one()
    return track(tx, TrackId(id))


def track(tx: Connection, id: TrackId) -> Track:
    """Read a track."""
    return _track(tx.execute(select(tracks).where(tracks.c.id == id)).one())


def tracks_of(tx: Connection, of: GroupId, *, ended: bool = False) -> list[Track]:
    """Read a group's tracks, the oldest first; the first one never ends, others that have are read where asked for."""
    return [_track(row) for row in tx.execute(_ALL_TRACKS if ended else _TRACKS, {"of": of})]


def names_of_tracks(tx: Connection, of: GroupId, *, ended: bool = False) -> dict[TrackId, str]:
    """Read what a group's tracks are called, where it has several; nobody needs to tell a single one apart."""
    named = {track.id: track.name for track in tracks_of(tx, of, ended=ended)}
    return named if len(named) > 1 else {}


def hold_track(tx: Connection, id: TrackId) -> Track:
    """Read a track whose dates are to be changed: until the transaction ends nobody else posts or changes them."""
    return _track(tx.execute(select(tracks).where(tracks.c.id == id).with_for_update()).one())


def due_tracks(tx: Connection, now: datetime, most: int, without: Collection[int] = ()) -> list[Track]:
    """Tracks of active groups whose posting time has come; each is held until the transaction ends."""
    query = (
        select(tracks)
        .join(groups, groups.c.id == tracks.c.group_id)
        .where(tracks.c.next_at <= now, groups.c.state == "active", tracks.c.ended_at.is_(None))
        .where(tracks.c.id.not_in(without))
        .order_by(tracks.c.next_at, tracks.c.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=tracks)
    )
    return [_track(row) for row in tx.execute(query)]


def next_due(tx: Connection) -> datetime | None:
    """When the next track of an active group is due."""
    query = select(tracks.c.next_at).join(groups, groups.c.id == tracks.c.group_id)
    query = query.where(groups.c.state == "active", tracks.c.ended_at.is_(None))
    return tx.scalar(query.order_by(tracks.c.next_at).limit(1))


def set_next(tx: Connection, track: Track, of: Group, after: datetime) -> Track:
    """Move a track to its first posting date whose moment is later than `after`."""
    on = next_date(after, of.post_at, of.zone, of.weekdays)
    at = moment(on, of.post_at, of.zone)
    tx.execute(_CHANGE_TRACK, {"of_track": track.id, "next_on": on, "next_at": at})
    return replace(track, next_on=on, next_at=at)


def pause_home(tx: Connection, home: Home, now: datetime) -> None:
    """Post nothing in a home any more; where it was the group's last one, the group is paused with it."""
    if homes.pause(tx, home, now):
        set_state(tx, home.group, "paused")


def here(tx: Connection, ask: Ask) -> Group:
    """The group whose home this is; in a private conversation, the asker's only group."""
    if home := homes.home_at(tx, ask.place):
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
    return [Line(row.what, row.detail, row.at, row.actor) for row in rows]
