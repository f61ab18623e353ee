"""Signing up for a round, leaving it, and what organisers do about rounds."""

import asyncio
from dataclasses import replace
from datetime import time
from typing import Annotated

from sqlalchemy import Connection

from bot.bank.terms import Level
from bot.core.ask import Ask
from bot.core.commands import Option, command, form
from bot.core.errors import UserError
from bot.core.forms import Form
from bot.core.messages import Message
from bot.core.ports import Reply
from bot.features.appointments import store as appointments
from bot.features.appointments import words as appointment_words
from bot.features.groups import store as groups
from bot.features.groups.rules import DAYS, read_weekdays
from bot.features.groups.store import Group
from bot.features.hours import words as hours
from bot.features.hours.rules import Hours
from bot.features.matching.rules import solve
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.preferences import rules as wishing
from bot.features.preferences import store as preferences
from bot.features.preferences import words as preference_words
from bot.features.preferences.store import Preferences
from bot.features.queue import store as queue
from bot.features.rounds import jobs, store, words
from bot.features.rounds.rules import WEEK, Schedule, State
from bot.features.rounds.store import Round
from bot.features.sessions import store as sessions
from bot.features.wishes.rules import Problem
from bot.features.wishes.words import CHOICES

THEN = ("prefs", "join", "every", "now")
SHORTEST_SESSION, LONGEST_SESSION = 30, 180  # minutes


def read_types(typed: str) -> frozenset[str]:
    """Read interview types that were chosen, by their ids."""
    known = {kind for kind, _ in CHOICES}
    if unknown := [word for word in typed.replace(",", " ").split() if word not in known]:
        raise UserError(f"Wanted types out of {', '.join(sorted(known))}; got “{unknown[0][:40]}”.")
    return frozenset(typed.replace(",", " ").split())


Types = Annotated[frozenset[str], Option(parse=read_types, max_length=300)]


# --- signing up -----------------------------------------------------------------------------------------------------


@command("mock join", help="Sign up for the next round of mock interviews.")
async def join(ask: Ask, every: Annotated[bool, Option("in every round from now on")] = False) -> Reply:
    """Sign the asker up; who has set nothing yet is asked first."""
    asked = await ask.read(_asked_first, ask, "every" if every else "join")
    return asked or await ask.run(_join, ask, every=every)


def _asked_first(tx: Connection, ask: Ask, then: str) -> Form | None:
    group = groups.here(tx, ask)
    member = members.find(tx, group.id, ask.who)
    has = preferences.find(tx, member.id) if member else None
    return None if has and has.hours else preference_words.form(then, member, has)


def _join(tx: Connection, ask: Ask, *, every: bool) -> Message:
    group = groups.here(tx, ask)
    member, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    if every:
        preferences.save(tx, member.id, now=ask.now, every_round=True)
    return _sign_up(tx, ask, group, member)


def _sign_up(tx: Connection, ask: Ask, group: Group, member: Member) -> Message:
    has = preferences.find(tx, member.id) or Preferences(member.id)
    round = store.hold_current(tx, group.id)
    if round is None or round.state is not State.open or round.closes_at <= ask.now:
        return words.no_round(group, store.next_opening(tx, group.id), every=has.every_round)
    if has.paused_until:
        preferences.save(tx, member.id, now=ask.now, paused_until=None)  # who signs up is back
    new = store.sign_up(tx, round.id, [member.id], ask.now) > 0
    store.note_change(tx, group.id)
    zone = wishing.zone_of(member, group.zone)
    long_enough = any(end - start >= round.minutes for start, end in has.hours)
    said = hours.say(has.hours)
    return words.joined(round, group, hours=said, long_enough=long_enough, zone=zone, new=new, every=has.every_round)


@form("mock-set")
async def set_preferences(
    ask: Ask,
    then: Annotated[str, Option(choices=tuple((word, word) for word in THEN))],
    hours: Annotated[Hours, Option(parse=hours.read, max_length=hours.LONGEST)],
    wanted: Types = frozenset(),
    giving: Types = frozenset(),
    level: Level | None = None,
    language: Annotated[str, Option(max_length=35)] = "",
) -> Reply:
    """Take the form about mock interviews; where it was asked before signing up, sign up as well."""
    values: dict[str, object] = {"hours": hours, "wanted": wanted, "giving": giving}
    return await ask.run(_set, ask, then, values, level, language)


def _set(tx: Connection, ask: Ask, then: str, values: dict[str, object], level: Level | None, language: str) -> Message:
    group = groups.here(tx, ask)
    member, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    members.change(tx, member.id, level=level, language=language or None)
    member = members.keep_zone(tx, members.member(tx, member.id), ask)
    if then == "every":
        values = {**values, "every_round": True}
    preferences.save(tx, member.id, now=ask.now, **values)
    store.note_change(tx, group.id)
    if then in {"join", "every"}:
        return _sign_up(tx, ask, group, member)
    has = preferences.find(tx, member.id) or Preferences(member.id)
    blocked = len(preferences.blocked_by(tx, member.id))
    zone = wishing.zone_of(member, group.zone)
    return preference_words.shown(has, member, zone, blocked=blocked, saved=True)


@command("mock leave", help="Take your name off the open round and off the live queue.")
async def leave(ask: Ask) -> Reply:
    """Take the asker's name off."""
    return await ask.run(_leave, ask)


def _leave(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    round = store.hold_current(tx, group.id)
    was_in = bool(round and store.take_back(tx, round.id, member.id))
    has = preferences.find(tx, member.id)
    if has and has.every_round:
        preferences.save(tx, member.id, now=ask.now, every_round=False)
    store.note_change(tx, group.id)
    was_waiting = queue.leave(tx, member.id)
    return words.left(was_in=was_in, was_waiting=was_waiting, was_regular=bool(has and has.every_round))


@command("mock status", help="How you stand: the round, the live queue, what comes next.")
async def status(ask: Ask) -> Reply:
    """Show the asker how they stand."""
    return await ask.read(_status, ask)


def _status(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    round = store.newest(tx, group.id)
    has = preferences.find(tx, member.id) or Preferences(member.id)
    waiting = queue.find(tx, member.id, ask.now)
    ahead = sessions.sessions_of(tx, member.id, open_only=True)
    said = words.status(
        group,
        round,
        member=member.id,
        signed_up=store.signed_up(tx, round.id) if round else [],
        every=has.every_round,
        meets=any(round and one.source == "round" and one.made_at >= round.closes_at for one in ahead),
        paused_until=wishing.paused_until(has, ask.now.astimezone(group.zone).date()),
        opens_at=store.next_opening(tx, group.id),
        owed=bool(preferences.owed(tx, group.id, [member.id], ask.now - WEEK)),
        waiting_until=waiting.until if waiting else None,
    )
    stand = [(one, sessions.participants(tx, one), appointments.offered(tx, one)) for one in ahead]
    return Message((*said.parts, *(part for one in stand for part in appointment_words.standing(*one, member.id))))


# --- organisers -----------------------------------------------------------------------------------------------------


@command("admin round-preview", help="See who would be paired, or the pairs that wait for your word.")
async def preview(ask: Ask) -> Reply:
    """Show organisers the pairs."""
    round, problem = await ask.run(_to_preview, ask)
    if round.state is not State.preview:
        outcome = await asyncio.to_thread(solve, problem)
        round = replace(round, outcome=outcome)
    return await ask.read(_previewed, round)


def _to_preview(tx: Connection, ask: Ask) -> tuple[Round, Problem]:
    round = _current(tx, ask)
    return round, jobs.problem_of(tx, round.id, ask.now)


def _previewed(tx: Connection, round: Round) -> Message:
    return words.preview(round, jobs.names_of(tx, round), provisional=round.state is not State.preview)


def _current(tx: Connection, ask: Ask) -> Round:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    round = store.hold_current(tx, group.id)
    if round is None:
        raise UserError("There is no round now whose pairs could be seen or changed.")
    return round


@command("admin round-approve", help="Announce the pairs that wait for your word.")
async def approve(ask: Ask) -> Reply:
    """Announce the pairs."""
    return await ask.run(_approve, ask)


def _approve(tx: Connection, ask: Ask) -> Message:
    round = _in_preview(tx, ask)
    store.note_for_organisers(tx, round.group, "announced the pairs", ask)
    return words.approved(jobs.announce(tx, round, ask.now))


@command("admin round-rerun", help="Pair everybody once more, with another lot.")
async def rerun(ask: Ask) -> Reply:
    """Have everybody paired once more."""
    return await ask.run(_rerun, ask)


def _rerun(tx: Connection, ask: Ask) -> Message:
    round = _in_preview(tx, ask)
    store.note_for_organisers(tx, round.group, "had everybody paired once more", ask)
    jobs.pair_again(tx, round, ask.now)
    return words.rerun()


def _in_preview(tx: Connection, ask: Ask) -> Round:
    round = _current(tx, ask)
    if round.state is not State.preview:
        raise UserError("No pairs wait for your word; they do after the closing time, where they are to be approved.")
    return round


WEEKDAY = Option("the day on which it closes, such as Sun", parse=read_weekdays)


@command("admin rounds", help="See and set when rounds of mock interviews close, and whether you approve the pairs.")
async def rounds(
    ask: Ask,
    weekday: Annotated[frozenset[int] | None, WEEKDAY] = None,
    closes: Annotated[time | None, Option("the time at which it closes, such as 18:00")] = None,
    approve: Annotated[bool | None, Option("whether you see the pairs first")] = None,
    minutes: Annotated[int | None, Option("how long a session is")] = None,
    on: Annotated[bool | None, Option("whether there are rounds at all")] = None,
) -> Reply:
    """Show the schedule of rounds, changed where something was given."""
    if weekday is not None and len(weekday) != 1:
        raise UserError(f"Wanted one day of the week out of {', '.join(DAYS)}.")
    if minutes is not None and not SHORTEST_SESSION <= minutes <= LONGEST_SESSION:
        raise UserError(f"Wanted a session of {SHORTEST_SESSION} to {LONGEST_SESSION} minutes; got {minutes}.")
    given = {"weekday": min(weekday or {0}) if weekday else None, "closes": closes, "approve": approve}
    given |= {"minutes": minutes, "on": on}
    return await ask.run(_rounds, ask, {name: value for name, value in given.items() if value is not None})


def _rounds(tx: Connection, ask: Ask, given: dict[str, object]) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    schedule = store.schedule(tx, group.id)
    if given:
        schedule = replace(schedule, **given)  # type: ignore[arg-type]
        _set_schedule(tx, ask, group, schedule)
    round = store.newest(tx, group.id)
    is_open = round if round and round.state is State.open else None
    return words.schedule(group, schedule, is_open, store.next_opening(tx, group.id))


def _set_schedule(tx: Connection, ask: Ask, group: Group, schedule: Schedule) -> None:
    round = store.hold_current(tx, group.id)
    if round and round.state is State.open and schedule.on:
        store.follow(tx, round, group, schedule, ask.now)
    store.set_schedule(tx, group, schedule, ask.now)
    said = f"{DAYS[schedule.weekday]} {schedule.closes:%H:%M}, {schedule.minutes} minutes" if schedule.on else "off"
    store.note_for_organisers(tx, group.id, f"rounds: {said}, approve: {schedule.approve}", ask)
    if round and not schedule.on:
        jobs.cancel(tx, round, ask.now)
