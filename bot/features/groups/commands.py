"""Setting a group up, pausing it, letting it go on."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.bank.terms import Level
from bot.core.ask import Ask
from bot.core.commands import Option, action, command, form
from bot.core.errors import DeliveryError, FormErrors, UserError
from bot.core.forms import Choice, Form, Line
from bot.core.messages import Message
from bot.core.parsing import echo, plain_line, suggest_zones
from bot.core.ports import Missing, Platforms, Reply, Send
from bot.core.refs import GroupId
from bot.features.days import store as days
from bot.features.groups import rules, store, words
from bot.features.groups.store import Group, Track
from bot.features.homes import store as homes
from bot.features.members import store as members
from bot.features.rounds import store as rounds
from bot.features.rounds.rules import Schedule
from bot.features.tracks import store as tracks
from bot.storage import outbox

MAIN = "main"
EVERYBODY = frozenset({"everyone", "here", "channel"})


NUMBERS = tuple((name, name.replace("_", " ")) for name in rules.NUMBERS)
Weekdays = Annotated[frozenset[int], Option("such as Mon-Fri or Mon Wed Fri", parse=rules.read_weekdays)]


@command("setup", help="Make this channel the home of a study group, or change its schedule.")
async def setup(ask: Ask, bank: Bank) -> Reply:
    """Open the form that sets up, filled with what works."""
    return await ask.read(_form, ask, bank)


def _form(tx: Connection, ask: Ask, bank: Bank) -> Form:
    home = homes.home_at(tx, ask.place)
    group = store.group(tx, home.group) if home else None
    track = store.track(tx, home.track) if home else None
    _may_set_up(tx, ask, group)
    side = group is not None and track is not None and not tracks.leads(tx, track)
    return Form(
        "Set up the study group",
        "set-up",
        (
            Line(
                name="zone",
                label="Time zone of the group",
                hint="a city's zone, such as Europe/Berlin",
                value=group.zone.key if group else ask.zone or "",
                suggestions=tuple(suggest_zones("")),
            ),
            Line(
                name="at",
                label="Time of the question",
                hint="such as 09:00",
                value=f"{group.post_at:%H:%M}" if group else "09:00",
            ),
            Line(
                name="weekdays",
                label="Days of the question",
                hint="such as Mon-Fri",
                value=rules.say_weekdays(group.weekdays if group else rules.WEEKDAYS),
            ),
            Choice(
                name="plan",
                label="Plan",
                value=track.plan if track else rules.DEFAULT_PLAN,
                options=tuple((plan.id, plan.title) for plan in bank.plans.values()),
            ),
            Choice(
                name="level",
                label="Level of this track" if side else "Level of the group",
                value=track.level_in(group) if group and track else Level.mid,
                options=tuple((level.value, level.value) for level in Level),
            ),
        ),
    )


@form("set-up")
async def set_up(
    ask: Ask,
    bank: Bank,
    platforms: Platforms,
    zone: ZoneInfo,
    at: time,
    weekdays: Weekdays,
    plan: str,
    level: Level,
) -> Reply:
    """Take the form that sets up."""
    if plan not in bank.plans:
        raise FormErrors({"plan": f"Wanted one of the plans {', '.join(bank.plans)}; got “{echo(plan)}”."})
    try:
        missing = await platforms.missing(ask.place)
    except DeliveryError:
        missing = ()  # the platform cannot say now; what it refuses later stands in the log
    return await ask.run(_set_up, ask, zone, at, weekdays, plan, level, missing)


def _set_up(
    tx: Connection,
    ask: Ask,
    zone: ZoneInfo,
    at: time,
    weekdays: frozenset[int],
    plan: str,
    level: Level,
    missing: Sequence[Missing],
) -> Message:
    home = homes.home_at(tx, ask.place)
    _may_set_up(tx, ask, store.group(tx, home.group) if home else None)
    if home:
        track = store.track(tx, home.track)
        _take_level(tx, track, level)
        store.change_schedule(tx, home.group, zone=zone, post_at=at, weekdays=weekdays)
        _take_plan(tx, track, plan)
        if track.ended:
            tracks.begin_again(tx, track)
        elif home.paused:
            _open_again(tx, home.group)
        group = store.group(tx, home.group)
        rounds.set_schedule(tx, group, rounds.schedule(tx, group.id), ask.now)  # it may be another zone now
        track = next(one for one in _tracks_go_on(tx, group, ask) if one.id == home.track)
    else:
        group, track = _found(tx, ask, zone, at, weekdays, plan, level)
    store.note(
        tx,
        group.id,
        "setup",
        f"{at:%H:%M} {zone.key} {rules.say_weekdays(weekdays)} {plan}",
        now=ask.now,
        actor=str(ask.who),
    )
    return words.set_up(group, track, missing, again=home is not None)


def _found(
    tx: Connection, ask: Ask, zone: ZoneInfo, at: time, weekdays: frozenset[int], plan: str, level: Level
) -> tuple[Group, Track]:
    place = ask.place.outside
    group = store.found_group(
        tx, name="the study group", zone=zone, post_at=at, weekdays=weekdays, level=level, now=ask.now
    )
    track = store.add_track(tx, group, MAIN, plan, ask.now)
    home = homes.add_home(tx, group.id, track.id, place)
    rounds.set_schedule(tx, group, Schedule(), ask.now)
    organiser, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    members.change(tx, organiser.id, organiser=True)
    outbox.enqueue(tx, f"tour:{home}", place, Send(words.tour(group)), now=ask.now)
    return group, track


def _take_level(tx: Connection, track: Track, level: Level) -> None:
    if tracks.leads(tx, track):
        store.set_group_level(tx, track.group, level)
    elif level != track.level_in(store.group(tx, track.group)):
        tracks.set_level(tx, track.id, level)


def _take_plan(tx: Connection, track: Track, plan: str) -> None:
    if plan == track.plan:
        return  # its weeks go on
    planned = days.planned(tx, track.id)
    # What is planned already stays; the new plan begins behind it, and so does its first week.
    since = max(day.on for day in planned) + timedelta(days=1) if planned else track.next_on
    tracks.set_plan(tx, track.id, plan, since)


def _may_set_up(tx: Connection, ask: Ask, group: Group | None) -> None:
    if ask.direct:
        raise UserError("Run setup in the channel that shall be the home of the group.")
    if ask.manager:
        return
    if group:
        members.organiser(tx, group.id, ask)
    else:
        raise UserError("Setting up is for those who may manage this place. Ask one of them to run setup.")


@command("admin pause", help="Post no questions in any of the group's channels until you resume; no streak breaks.")
async def pause(ask: Ask) -> Reply:
    """Pause the group."""
    return await ask.run(_pause, ask)


def _pause(tx: Connection, ask: Ask) -> Message:
    group = store.here(tx, ask)
    members.organiser(tx, group.id, ask)
    store.set_state(tx, group.id, "paused")
    store.note(tx, group.id, "pause", "", now=ask.now, actor=str(ask.who))
    return words.paused(group, store.tracks_of(tx, group.id))


@command("admin resume", help="Post questions again, from the next posting time on.")
async def resume(ask: Ask) -> Reply:
    """Let the group go on."""
    return await ask.run(_resume, ask)


def _resume(tx: Connection, ask: Ask) -> Message:
    group = store.here(tx, ask)
    members.organiser(tx, group.id, ask)
    _open_again(tx, group.id)
    store.note(tx, group.id, "resume", "", now=ask.now, actor=str(ask.who))
    return words.resumed(group, _tracks_go_on(tx, group, ask))


@command("admin role", help="See or set the role that every question names, so that its holders are notified.")
async def role(
    ask: Ask, role: Annotated[str | None, Option("the role to name; empty to see it", role=True, max_length=100)] = None
) -> Reply:
    """Set the role that the questions of this channel's workspace name; show it where none is given."""
    if role is None:
        return await ask.read(_see_role, ask)
    name = plain_line(role).removeprefix("@")
    return await ask.run(_role, ask, "" if name.lower() == "none" else name)  # as is typed where no list is shown


@action("no-role")
async def no_role(ask: Ask) -> Reply:
    """Name no role any more."""
    return await ask.run(_role, ask, "")


def _see_role(tx: Connection, ask: Ask) -> Message:
    group = store.group(tx, homes.with_roles(tx, ask.place).group)
    members.organiser(tx, group.id, ask)
    return words.role_now(group.role_in(ask.place))


def _role(tx: Connection, ask: Ask, role: str) -> Message:
    home = homes.with_roles(tx, ask.place)
    group = store.group(tx, home.group)
    members.organiser(tx, group.id, ask)
    # The role of everybody has the workspace's own id, or a word that some platforms read as everybody.
    if role == ask.place.workspace or role.lower() in EVERYBODY:
        raise UserError("Wanted a role that people have chosen; this one would notify everybody.")
    store.set_role(tx, group, home.place, role)
    store.note(tx, group.id, "role", role or "none", now=ask.now, actor=str(ask.who))
    return words.role(role)


@command("admin numbers", help="See and set the group's points and times, and where code is answered.")
async def numbers(
    ask: Ask,
    number: Annotated[str, Option("which one; none shows all", choices=NUMBERS)] = "",
    value: Annotated[str, Option("a whole number, or yes or no; empty to see it", max_length=10)] = "",
) -> Reply:
    """Show the group's numbers; change one where it was named."""
    if not number or not value:
        return await ask.read(_see_numbers, ask, number)
    return await ask.run(_set_number, ask, number, rules.read_number(number, value))


def _see_numbers(tx: Connection, ask: Ask, number: str) -> Message:
    group = store.here(tx, ask)
    members.organiser(tx, group.id, ask)
    return words.one_number(group, number) if number else words.numbers(group, changed=False)


def _set_number(tx: Connection, ask: Ask, number: str, value: int | bool) -> Message:
    group = store.here(tx, ask)
    members.organiser(tx, group.id, ask)
    group = store.set_number(tx, group.id, number, value)
    store.note(tx, group.id, "numbers", f"{number} {words.number(value)}", now=ask.now, actor=str(ask.who))
    return words.numbers(group, changed=True)


@command("admin log", help="What organisers did, what was missed, and what could not be sent.")
async def log(ask: Ask) -> Reply:
    """Show the organisers' log."""
    return await ask.run(_log, ask)


def _log(tx: Connection, ask: Ask) -> Message:
    group = store.here(tx, ask)
    members.organiser(tx, group.id, ask)
    names = {str(member.person): member.name for member in members.active(tx, group.id)}
    return words.log(store.log_of(tx, group.id), group, names)


def _open_again(tx: Connection, of: GroupId) -> None:
    store.set_state(tx, of, "active")
    for track in store.tracks_of(tx, of):
        homes.open_of(tx, track.id)


def _tracks_go_on(tx: Connection, group: Group, ask: Ask) -> list[Track]:
    return [days.go_on(tx, track, group, ask.now) for track in store.tracks_of(tx, group.id)]
