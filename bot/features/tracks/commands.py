"""Letting a channel have questions of its own, and renaming, ending and beginning such tracks again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.bank.terms import Level
from bot.core.ask import Ask
from bot.core.commands import Option, action, command, form
from bot.core.errors import DeliveryError, FormErrors, UserError
from bot.core.forms import Choice, Form, Line
from bot.core.messages import Message
from bot.core.parsing import echo, plain_line
from bot.core.ports import Missing, Platforms, Reply, Send
from bot.core.refs import TrackId
from bot.features.days import store as days
from bot.features.groups import store as groups
from bot.features.groups import words as group_words
from bot.features.groups.rules import DEFAULT_PLAN
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.homes.store import Home
from bot.features.members import store as members
from bot.features.tracks import store, words
from bot.features.tracks.words import Shown
from bot.storage import outbox

NAME = 40  # characters, as the table has room for
Name = Annotated[str, Option("what the track is called, such as juniors", max_length=NAME)]


def suggest_plans(bank: Bank, typed: str) -> list[str]:
    """The ids of plans that hold what was typed."""
    return [plan for plan in bank.plans if typed.strip().lower() in plan.lower()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track as somebody asks for it."""

    name: str
    plan: str | None
    level: Level | None


@command("admin track", help="See the group's tracks; give this channel questions of its own; rename or end a track.")
async def track(
    ask: Ask,
    bank: Bank,
    platforms: Platforms,
    name: Annotated[str, Option("such as juniors; empty to see all tracks", max_length=NAME)] = "",
    plan: Annotated[str | None, Option("a plan; empty for a year", max_length=60, suggest_from=suggest_plans)] = None,
    level: Annotated[Level | None, Option("which level its questions mostly have; empty for the group's")] = None,
    rename: Annotated[str, Option("another name for the track", max_length=NAME)] = "",
    off: Annotated[bool, Option("yes to end the track of this channel, or the named one", label="End it")] = False,
) -> Reply:
    """Show the tracks, or let one begin, be renamed or end."""
    name, rename = _folded(name), _folded(rename)
    if off:
        return await ask.run(_end_named, ask, name)
    if rename:
        return await ask.run(_rename_named, ask, name, rename)
    if not name:
        return await ask.read(_see, ask)
    if plan is not None and plan not in bank.plans:
        raise UserError(f"Wanted one of the plans {', '.join(bank.plans)}; got “{echo(plan)}”.")
    try:
        missing = await platforms.missing(ask.place)
    except DeliveryError:
        missing = ()  # the platform cannot say now; what it refuses later stands in the log
    return await ask.run(_begin_here, ask, Wanted(name, plan, level), missing)


def _folded(name: str) -> str:
    folded = plain_line(name).lower()
    if len(folded) > NAME:  # some letters are two in lower case
        raise UserError(f"At most {NAME} characters fit here; in lower case these are {len(folded)}.")
    return folded


# --- seeing -------------------------------------------------------------------------------------------------------


def _see(tx: Connection, ask: Ask) -> Message:
    group = _organised(tx, ask)
    free = not ask.direct and homes.home_at(tx, ask.place) is None
    return words.tracks(group, _every(tx, group), free=free)


def _every(tx: Connection, group: Group) -> list[Shown]:
    every = groups.tracks_of(tx, group.id, ended=True)
    return [Shown(track, homes.places_of(tx, track.id), leads=number == 0) for number, track in enumerate(every)]


def _organised(tx: Connection, ask: Ask) -> Group:
    """The group that lives here, or in private the asker's, else the one in this workspace; the asker organises it."""
    home = homes.home_at(tx, ask.place)
    if home is None and not ask.direct:
        return _organised_nearby(tx, ask)
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    return group


def _organised_nearby(tx: Connection, ask: Ask) -> Group:
    workspace = replace(ask.place.outside, channel="")
    mine = [id for id in members.groups_of(tx, ask.who) if homes.lives_in(tx, id, workspace)]
    organised = [id for id in mine if (found := members.find(tx, id, ask.who)) and found.organiser]
    if not organised:
        raise UserError("This is for organisers of a group in this workspace. Run setup for a group of its own.")
    if len(organised) > 1:
        raise UserError("You organise several groups here. Ask an organiser of the one that is meant to run it.")
    return groups.group(tx, organised[0])


# --- beginning ----------------------------------------------------------------------------------------------------


@action("new-track")
async def new_track(ask: Ask, bank: Bank) -> Reply:
    """Ask what the track of this channel shall be."""
    levels = tuple((level.value, level.value) for level in Level)
    return Form(
        "A track for this channel",
        "admin track",
        (
            Line(name="name", label="Name of the track", hint="such as juniors", max_length=NAME),
            Choice(
                name="plan",
                label="Plan",
                value=DEFAULT_PLAN,
                options=tuple((plan.id, plan.title) for plan in bank.plans.values()),
            ),
            Choice(name="level", label="Level", hint="empty for the group's", required=False, options=levels),
        ),
    )


def _begin_here(tx: Connection, ask: Ask, wanted: Wanted, missing: Sequence[Missing]) -> Message:
    if ask.direct:
        raise UserError("Run admin track with a name in the channel that shall have these questions.")
    group, home = _organised(tx, ask), homes.home_at(tx, ask.place)
    if home and not groups.hold_track(tx, home.track).ended:
        raise UserError(words.taken(groups.track(tx, home.track)))
    tracks = {track.name: track for track in groups.tracks_of(tx, group.id, ended=True)}
    known = tracks.get(wanted.name)
    begun = known or groups.add_track(tx, group, wanted.name, wanted.plan or DEFAULT_PLAN, ask.now, wanted.level)
    _take_place(tx, ask, group, home, begun)
    if begun.ended:
        begun = _go_on(tx, begun, group, wanted, ask)
    said = f"{begun.name} {begun.plan} {begun.level_in(group)}"
    groups.note(tx, group.id, "track", said, now=ask.now, actor=str(ask.who))
    return words.begun(group, begun, missing, new=known is None, again=known is not None and known.ended)


def _take_place(tx: Connection, ask: Ask, group: Group, home: Home | None, track: Track) -> None:
    if home is None:
        added = homes.add_home(tx, group.id, track.id, ask.place.outside)
        outbox.enqueue(tx, f"tour:{added}", ask.place.outside, Send(group_words.tour(group)), now=ask.now)
    elif home.track != track.id:
        homes.set_track(tx, home, track.id)  # its own track has ended


def _go_on(tx: Connection, track: Track, group: Group, wanted: Wanted, ask: Ask) -> Track:
    store.begin_again(tx, track)
    going = days.go_on(tx, track, group, ask.now)
    if wanted.level:
        store.set_level(tx, track.id, wanted.level)
    if wanted.plan:
        store.set_plan(tx, track.id, wanted.plan, going.next_on)
    return groups.track(tx, track.id)


@action("begin-track")
async def begin_track(ask: Ask, id: int) -> Reply:
    """Let a track that has ended begin again."""
    return await ask.run(_begin_again, ask, id)


def _begin_again(tx: Connection, ask: Ask, id: int) -> Message:
    group, track = _held(tx, ask, TrackId(id))
    if not track.ended:
        raise UserError(f"The track {track.name} goes on already.")
    if not homes.places_of(tx, track.id):
        raise UserError(f"The track {track.name} has no channel. Run admin track {track.name} in one.")
    begun = _go_on(tx, track, group, Wanted(track.name, None, None), ask)
    said = f"{begun.name} {begun.plan} {begun.level_in(group)}"
    groups.note(tx, group.id, "track", said, now=ask.now, actor=str(ask.who))
    return words.begun(group, begun, (), new=False, again=True)


# --- renaming and ending ------------------------------------------------------------------------------------------


def _held(tx: Connection, ask: Ask, id: TrackId) -> tuple[Group, Track]:
    """The group and one of its tracks, held, for an organiser."""
    group, _ = _known(tx, ask, id)
    return group, groups.hold_track(tx, id)


def _known(tx: Connection, ask: Ask, id: TrackId) -> tuple[Group, Track]:
    group = _organised(tx, ask)
    track = next((one for one in groups.tracks_of(tx, group.id, ended=True) if one.id == id), None)
    if track is None:
        raise UserError("This track is not of the group that you organise here. Run admin track to see its tracks.")
    return group, track


def _named(tx: Connection, ask: Ask, name: str) -> TrackId:
    """The track of this name, or of this channel where none is named."""
    group, home = _organised(tx, ask), homes.home_at(tx, ask.place)
    if not name and home:
        return home.track
    by_name = {track.name: track.id for track in groups.tracks_of(tx, group.id, ended=True)}
    if name not in by_name:
        raise UserError(f"Wanted one of the tracks {', '.join(by_name)}; got “{echo(name)}”.")
    return by_name[name]


@action("rename-track")
async def ask_for_name(ask: Ask, id: int) -> Reply:
    """Ask for another name of a track."""
    return await ask.read(_name_form, ask, id)


def _name_form(tx: Connection, ask: Ask, id: int) -> Form:
    _, track = _known(tx, ask, TrackId(id))
    field = Line(name="name", label="Name of the track", hint="such as juniors", value=track.name, max_length=NAME)
    return Form("Rename the track", "track-name", (field,), args=(str(id),))


@form("track-name")
async def rename_track(ask: Ask, id: int, name: Name) -> Reply:
    """Take another name of a track."""
    try:
        return await ask.run(_rename, ask, TrackId(id), _folded(name))
    except UserError as error:
        raise FormErrors({"name": str(error)}) from error


def _rename_named(tx: Connection, ask: Ask, name: str, to: str) -> Message:
    return _rename(tx, ask, _named(tx, ask, name), to)


def _rename(tx: Connection, ask: Ask, id: TrackId, to: str) -> Message:
    group, track = _held(tx, ask, id)
    if not to:
        raise UserError("Wanted a name for the track, such as juniors.")
    if to in {other.name for other in groups.tracks_of(tx, group.id, ended=True) if other.id != id}:
        raise UserError(f"The group has a track called {to} already.")
    if to != track.name:
        store.rename(tx, id, to)
        groups.note(tx, group.id, "track", f"{track.name} is now {to}", now=ask.now, actor=str(ask.who))
    return words.renamed(track.name, to)


@action("end-track")
async def end_track(ask: Ask, id: int) -> Reply:
    """End a track."""
    return await ask.run(_end, ask, TrackId(id))


def _end_named(tx: Connection, ask: Ask, name: str) -> Message:
    return _end(tx, ask, _named(tx, ask, name))


def _end(tx: Connection, ask: Ask, id: TrackId) -> Message:
    group, track = _held(tx, ask, id)
    if track.ended:
        raise UserError(f"The track {track.name} has ended already.")
    if store.leads(tx, track):
        raise UserError(words.FIRST.format(track.name))
    shown = Shown(track, homes.places_of(tx, track.id), leads=False)
    store.end(tx, track, ask.now)
    days.drop_planned(tx, track.id)
    groups.note(tx, group.id, "track", f"{track.name} ended", now=ask.now, actor=str(ask.who))
    rests = not homes.homes_of_group(tx, group.id)
    if rests:  # its other channels refused their posts; a question that nobody can see would break streaks
        groups.set_state(tx, group.id, "paused")
    still_open = days.newest(tx, group.id, 1, states=("open",), track=track.id)
    return words.ended(group, shown, still_open[0].reveal_at if still_open else None, rests=rests)
