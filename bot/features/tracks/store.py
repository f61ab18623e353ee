"""What organisers change about a track: SQL over the tables of groups and homes."""

from datetime import date, datetime

from sqlalchemy import Connection, update

from bot.core.ask import Ask
from bot.core.errors import UserError
from bot.core.refs import TrackId
from bot.features.groups import store as groups
from bot.features.groups.store import Group, Track, tracks
from bot.features.homes import store as homes


def hold_here(tx: Connection, ask: Ask, group: Group) -> Track:
    """Read the track of this channel, held, or in private the group's first; raises `UserError` where it has ended."""
    home = homes.home_at(tx, ask.place)
    track = groups.hold_track(tx, home.track if home else groups.tracks_of(tx, group.id)[0].id)
    if track.ended:
        raise UserError(f"The track {track.name} has ended. Run admin track here to let it begin again.")
    return track


def leads(tx: Connection, track: Track) -> bool:
    """Whether a track is the group's first: its level is the group's, which others without one of their own go by."""
    return groups.tracks_of(tx, track.group)[0].id == track.id


def set_plan(tx: Connection, of: TrackId, plan: str, since: date) -> None:
    """Give a track another plan, whose weeks count from a date."""
    tx.execute(update(tracks).where(tracks.c.id == of).values(plan=plan, plan_since=since))


def set_level(tx: Connection, of: TrackId, level: str) -> None:
    """Give a track a level of its own."""
    tx.execute(update(tracks).where(tracks.c.id == of).values(level=level))


def rename(tx: Connection, of: TrackId, name: str) -> None:
    """Give a track another name, which no other track of its group has."""
    tx.execute(update(tracks).where(tracks.c.id == of).values(name=name))


def end(tx: Connection, track: Track, now: datetime) -> None:
    """Ask nothing on a track any more, and post nothing in its channels; what was asked stays."""
    tx.execute(update(tracks).where(tracks.c.id == track.id).values(ended_at=now))
    homes.pause_of(tx, track.id, now)


def begin_again(tx: Connection, track: Track) -> None:
    """Let a track that has ended go on, in all of its channels; when it does is for `days.go_on` to find."""
    tx.execute(update(tracks).where(tracks.c.id == track.id).values(ended_at=None))
    homes.open_of(tx, track.id)
