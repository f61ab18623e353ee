"""Opens rounds, closes them, pairs everybody and announces the pairs."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.core.commands import due, slow
from bot.core.errors import DatabaseAway
from bot.core.points import Point, reached
from bot.core.ports import Change, Send, UnitOfWork
from bot.core.refs import MemberId
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.homes import store as homes
from bot.features.homes.store import Home
from bot.features.matching.rules import Bye, Outcome, solve
from bot.features.members import store as members
from bot.features.preferences import rules as wishing
from bot.features.preferences import store as preferences
from bot.features.preferences.store import Preferences
from bot.features.rooms.rules import of_use
from bot.features.rounds import rules, store, words
from bot.features.rounds.rules import State
from bot.features.rounds.store import Coming, Round, RoundId
from bot.features.sessions import store as sessions
from bot.features.wishes.rules import Problem, Reason
from bot.features.wishes.words import why
from bot.storage import outbox
from bot.storage.unit_of_work import AFTER_A_BUG, work_off

log = structlog.get_logger()
BATCH = 50
PAIRED_AT_ONCE = 10
FEWEST = 2  # members; a round for one alone asks nobody
BY_THE_CLOCK = (State.open, State.preview, State.announced)


@due("rounds-open")
def open_due(tx: Connection, now: datetime) -> datetime | None:
    """Every group whose moment has come gets a round to sign up for."""

    def coming(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {one.group: partial(_open, tx, one, now) for one in store.due_schedules(tx, now, BATCH, without)}

    return work_off(tx, "round-open", coming).again(store.next_opening(tx), now)


def _open(tx: Connection, coming: Coming, now: datetime) -> None:
    group = groups.group(tx, coming.group)
    schedule = store.schedule(tx, group.id)
    if coming.on is None:
        store.set_next(tx, group, schedule, now)
        return
    closes_at = rules.closing(coming.on, schedule, group.zone)
    store.set_next(tx, group, schedule, max(now, closes_at))
    if closes_at - now < rules.STILL_OPENS or len(members.active(tx, group.id)) < FEWEST:
        return  # too late for this one, or nobody to practise with; the next one comes
    if round := store.open_round(tx, group, schedule, coming.on):
        regulars = preferences.regulars(tx, group.id, coming.on + timedelta(days=1))
        store.sign_up(tx, round.id, regulars, now)
        for home in homes_of(tx, group):
            call = Send(words.opened(round, group, len(regulars)))
            outbox.enqueue(tx, _post(round, home), home.place, call, now=now)


def homes_of(tx: Connection, group: Group) -> list[Home]:
    """Read every home of a group in which something may be posted."""
    return [home for track in groups.tracks_of(tx, group.id) for home in homes.homes_of(tx, track.id)]


def _post(round: Round, home: Home) -> str:
    return f"round:{round.id}:home{home.id}"


def show(tx: Connection, round: Round, now: datetime) -> None:
    """Make the posts of a round say how it stands."""
    group = groups.group(tx, round.group)
    message = words.opened(round, group, len(store.signed_up(tx, round.id)))
    for home in homes_of(tx, group):
        if outbox.state_of(tx, _post(round, home)) is not None:
            key = f"round-show:{round.id}:home{home.id}"
            outbox.change(tx, key, home.place, Change(message), now=now, after=_post(round, home))


@due("rounds-go-on")
def go_on(tx: Connection, now: datetime) -> datetime | None:
    """Rounds close at their time, are announced though nobody approved them, and end with their week."""

    def of_rounds(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        due_now = store.due_rounds(tx, now, BY_THE_CLOCK, BATCH, without)
        return {round.id: partial(_go_on, tx, round, now) for round in due_now}

    return work_off(tx, "round", of_rounds).again(store.next_due(tx, BY_THE_CLOCK), now)


def _go_on(tx: Connection, round: Round, now: datetime) -> None:
    match round.state:
        case State.open if store.signed_up(tx, round.id):
            show(tx, store.move(tx, round, State.closed, next_at=now), now)
            reached(Point.round_closed)
        case State.open:
            cancel(tx, round, now)
        case State.preview:
            groups.note(tx, round.group, "round", "announced without approval, after a day", now=now)
            announce(tx, round, now)
        case State.announced:
            store.move(tx, round, State.done, next_at=None)


def cancel(tx: Connection, round: Round, now: datetime) -> None:
    """Call a round off; whoever signed up is told, and its posts say so."""
    group = groups.group(tx, round.group)
    _ask_no_more(tx, round, now)
    for id in store.signed_up(tx, round.id):
        told = words.cancelled(group)
        outbox.enqueue(tx, f"round-off:{round.id}:to{id}", members.member(tx, id).person, Send(told), now=now)
    show(tx, store.move(tx, round, State.cancelled, next_at=None), now)


# --- pairing --------------------------------------------------------------------------------------------------------


@slow("rounds-pair")
async def pair_due(work: UnitOfWork, now: datetime) -> datetime | None:
    """Everybody who signed up for a closed round is paired, off the event loop and outside of any transaction."""
    closed, next_due = await work.read(_closed, now)
    for round in closed:
        try:
            problem = await work.read(problem_of, round.id, now)
            outcome = await asyncio.to_thread(solve, problem)
            reached(Point.round_paired)
            await work.run(_take, round, problem, outcome, now)
        except DatabaseAway:
            raise  # for anybody
        except Exception:
            # A bug about one group must not hold the others' rounds.
            log.exception("part_failed", part="round-pair", key=str(round.id))
            await work.run(store.again_at, round.id, now + AFTER_A_BUG)
    return await work.read(store.next_due, [State.closed]) if closed else next_due


def _closed(tx: Connection, now: datetime) -> tuple[list[Round], datetime | None]:
    return store.to_pair(tx, now, PAIRED_AT_ONCE), store.next_due(tx, [State.closed])


def problem_of(tx: Connection, id: RoundId, now: datetime) -> Problem:
    """Read everything that decides who is paired in a round, as it stands; those who wait are not among them."""
    round = store.get(tx, id)
    group = groups.group(tx, round.group)
    signed_up = store.signed_up(tx, id)
    start, end = rules.week_left(round.starts_at, round.ends_at, now)
    set_by = preferences.of(tx, signed_up)
    owed = preferences.owed(tx, group.id, signed_up, round.closes_at - rules.WEEK)
    waiting = preferences.who_waits(tx, group.id, signed_up, round.closes_at)
    here = {member.id: member for member in members.active(tx, group.id)}
    seekers = tuple(
        wishing.seeker(here[id], set_by.get(id) or Preferences(id), group.zone, start, end, owed.get(id, 0))
        for id in signed_up
        if id not in waiting
    )
    met = {(a, b): at for a, b, at in sorted(sessions.met(tx, group.id), key=lambda one: one[2])}
    return Problem(seekers, round.minutes, start, end, round.lot, preferences.blocked_pairs(tx, group.id), met)


def _take(tx: Connection, before: Round, problem: Problem, outcome: Outcome, now: datetime) -> None:
    round = store.hold(tx, before.id)
    if round != before or problem_of(tx, round.id, now) != problem:
        return  # somebody left, or another process was first: it is still due, or not any more
    waiting = preferences.who_waits(tx, round.group, store.signed_up(tx, round.id), round.closes_at)
    byes = outcome.byes + tuple(Bye(member, Reason.waits) for member in sorted(waiting))
    values = {"outcome": rules.kept(Outcome(outcome.pairings, byes, outcome.weight)), "attempt": round.attempt + 1}
    if not round.approve or not (outcome.pairings or byes):
        announce(tx, store.keep(tx, round, **values), now)
    else:
        shown = store.move(tx, round, State.preview, next_at=now + rules.APPROVED_WITHIN, **values)
        told = words.to_organisers(shown, names_of(tx, shown))
        members.tell_organisers(tx, round.group, f"round-preview:{round.id}:{shown.attempt}", told, now)
    reached(Point.tick_written)


def names_of(tx: Connection, round: Round) -> dict[MemberId, members.Member]:
    """Read everybody who stands in the outcome of a round."""
    outcome = round.outcome
    everybody = [id for pairing in outcome.pairings for id in pairing.people] + [bye.member for bye in outcome.byes]
    return {id: members.member(tx, id) for id in everybody}


# --- announcing -----------------------------------------------------------------------------------------------------


def announce(tx: Connection, round: Round, now: datetime) -> Round:
    """Tell everybody whom they are paired with, or why with nobody; where that holds no more, pair once more."""
    if not still_holds(tx, round):
        return pair_again(tx, round, now)
    outcome = round.outcome
    _ask_no_more(tx, round, now)
    if not outcome.pairings and not outcome.byes:
        return store.move(tx, round, State.cancelled, next_at=None)
    _, ends_at = rules.week_left(round.starts_at, round.ends_at, now)
    round = store.move(tx, round, State.announced, next_at=ends_at, ends_at=ends_at)
    _settle(tx, round, now)
    _tell(tx, round, now)
    reached(Point.round_announced)
    return round


def _settle(tx: Connection, round: Round, now: datetime) -> None:
    outcome = round.outcome
    for pairing in outcome.pairings:
        sessions.open_session(
            tx, group=round.group, kind=pairing.kind, people=pairing.people, why=why(pairing, now),
            second_kind=pairing.second_kind, source="round", source_id=round.id, at=now,
        )  # fmt: skip
    preferences.served(tx, [member for pairing in outcome.pairings for member in pairing.people])
    preferences.owe(tx, [bye.member for bye in outcome.byes if bye.reason is not Reason.waits])
    preferences.have_waited(tx, [bye.member for bye in outcome.byes if bye.reason is Reason.waits], now)


def _tell(tx: Connection, round: Round, now: datetime) -> None:
    outcome, people = round.outcome, names_of(tx, round)
    group = groups.group(tx, round.group)
    for bye in outcome.byes:
        told = words.left_out(bye.reason, group, any_pair=bool(outcome.pairings))
        outbox.enqueue(tx, f"bye:{round.id}:to{bye.member}", people[bye.member].person, Send(told), now=now)
    # Paused ones too: people who are only there are people of this group.
    places = [place for track in groups.tracks_of(tx, group.id) for place in homes.places_of(tx, track.id)]
    for home in homes_of(tx, group) if outcome.pairings else ():
        on = {place.workspace for place in places if place.platform == home.place.platform}
        said = words.announced(round, group, outcome, people, home.place, alone=len(on) == 1)
        outbox.enqueue(tx, f"pairs:{round.id}:home{home.id}", home.place, Send(said), now=now)
    show(tx, round, now)


def still_holds(tx: Connection, round: Round) -> bool:
    """Whether everybody of the outcome is still signed up, and nobody of a pairing has blocked another one since."""
    outcome = round.outcome
    there = set(store.signed_up(tx, round.id))
    everybody = {id for pairing in outcome.pairings for id in pairing.people} | {bye.member for bye in outcome.byes}
    blocked = preferences.blocked_pairs(tx, round.group)
    at_odds = any(two <= set(pairing.people) for pairing in outcome.pairings for two in map(set, blocked))
    return everybody <= there and not at_odds


def pair_again(tx: Connection, round: Round, now: datetime) -> Round:
    """Forget the outcome of a round, and have it paired once more at once."""
    if round.state is State.closed:
        store.again_at(tx, round.id, now)
        return store.keep(tx, round, outcome=None)
    _ask_no_more(tx, round, now)
    return store.move(tx, round, State.closed, next_at=now, outcome=None)


def _ask_no_more(tx: Connection, round: Round, now: datetime) -> None:
    """Take the buttons off what organisers were asked: those pairs wait for nobody's word any more."""
    asked = [one.person for one in members.organisers(tx, round.group)]
    for key, target, stands in outbox.said(tx, f"round-preview:{round.id}:", asked):
        told = of_use(stands, lambda button: False)
        if told != stands:
            outbox.change(tx, f"tidy:{key}", target, Change(told), now=now, after=key)


@due("rounds-show")
def show_changed(tx: Connection, now: datetime) -> datetime | None:
    """After somebody came, left, paused or blocked: posts say how it stands, and pairs that hold no more are undone."""

    def of_rounds(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {round.id: partial(_look_again, tx, round, now) for round in store.changed(tx, BATCH, without)}

    batch = work_off(tx, "round-show", of_rounds)
    return batch.again(now, now) if store.changed(tx, 1) else None


def _look_again(tx: Connection, round: Round, now: datetime) -> None:
    round = store.keep(tx, round, changed=False)
    if round.state is State.preview and not still_holds(tx, round):
        round = pair_again(tx, round, now)
    show(tx, round, now)
