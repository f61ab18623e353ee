"""What becomes of a session by itself: its room, its first words, those who do not come and those who are gone."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.core.commands import dead, due, receipt
from bot.core.messages import Part
from bot.core.ports import Loss, Meetings, Receipt
from bot.core.refs import MemberId, Person, Target
from bot.features.appointments import rules as times
from bot.features.appointments import store as appointments
from bot.features.appointments import words as appointments_words
from bot.features.feedback import store as feedback
from bot.features.interviews import store as interviews
from bot.features.interviews import words as interviews_words
from bot.features.members import store as members
from bot.features.rooms import store as rooms
from bot.features.sessions import store, words
from bot.features.sessions.rules import Act, Offers, State, works
from bot.features.sessions.store import Session, SessionId
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer, forgotten
from bot.storage.unit_of_work import apart, work_off

BATCH = 20
MINE = ("late", "grace", "stale", "silent", "moved")


# --- the room -------------------------------------------------------------------------------------------------------


@receipt("room")
def room_opened(tx: Connection, key: str, receipt: Receipt) -> None:
    """Note which room a session has."""
    if receipt.thread:
        store.set_room(tx, SessionId(int(key.removeprefix("room:"))), receipt.thread)


@receipt("letout")
def let_out(tx: Connection, key: str, receipt: Receipt) -> None:
    """Note which room is theirs who stay, where another one was opened for them."""
    _, id, _ = key.split(":")
    session = store.find(tx, SessionId(int(id)))
    if session is None or session.room_state != "open" or receipt.thread in (None, session.room):
        return
    assert receipt.thread is not None  # it was compared
    store.set_room(tx, session.id, receipt.thread)
    timers.put(tx, session.id, [Timer("moved", session.made_at)])  # due at once: the first words there


@dead("rooms")
def room_refused(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """Where no room opens, somebody cannot be let in or out, or it is gone, everything goes by private messages."""
    match key.split(":"):
        case ["room", id] | ["letin" | "letout", id, _]:
            session = store.find(tx, SessionId(int(id)))
        case ["mock", id, *_] if loss.definite and not isinstance(target, Person):
            session = store.find(tx, SessionId(int(id)))
        case _:
            return
    if session is None or session.room_state == "direct":
        return
    store.close_room(tx, session.id)
    if session.state.open and store.is_greeted(tx, session.id):
        rooms.say(tx, store.get(tx, session.id), "room closed", words.room_is_closed(), now)


@dead("closed doors")
def not_told(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """Whoever has no room and takes no private messages is named in the channel, and the others hear of it."""
    match key.split(":"):
        case ["mock", id, *_, to] if isinstance(target, Person) and loss.definite:
            session, who = store.find(tx, SessionId(int(id))), MemberId(int(to.removeprefix("to")))
        case _:
            return
    if session is None or session.room_state != "direct" or session.alone:
        return
    member = members.member(tx, who)
    for other in session.others(who):
        rooms.tell(tx, session, other, f"closed {who}", words.cannot_be_told(member.name), now)
    rooms.name_in_the_channel(tx, member, now)


# --- the first words ------------------------------------------------------------------------------------------------


@due("sessions")
def greet_due(tx: Connection, now: datetime, bank: Bank, meetings: Meetings) -> datetime | None:
    """Say the first words of the sessions whose room stands: who, what about, and when."""

    def of_sessions(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        waiting = store.not_greeted(tx, BATCH, without)
        return {id: partial(_greet, tx, id, bank, meetings, now) for id in waiting}

    more = store.not_greeted(tx, 1, ())
    return work_off(tx, "sessions", of_sessions).again(now if more else None, now)


def _greet(tx: Connection, id: SessionId, bank: Bank, meetings: Meetings, now: datetime) -> None:
    session = store.note(tx, store.get(tx, id), greeted=1)
    if session.alone or not session.state.ahead:
        return
    people = store.participants(tx, session)
    turns = interviews.plan(tx, session, bank)
    ahead = list(interviews_words.turns_ahead(turns, interviews_words.names_of(people)))
    ahead = [interviews_words.length_of(turns), *ahead] if ahead else [words.no_kit()]
    if session.state is State.agreed:
        session = store.note(tx, session, link=appointments.meeting_place(tx, session, meetings))
        rest: list[Part] = [*appointments_words.link_line(session), *words.at_once(session)]
        timers.put(tx, id, [Timer("brief", now), Timer("late", now + times.LATE_AFTER)])
    else:
        shared = appointments.shared_time(tx, session, now)
        taken = appointments.taken_of(tx, session.people, id)
        found = times.offered_times(shared, times.length(len(session.people), loop=session.loop), now, taken=taken)
        offered = appointments.offer(tx, session, found, None)
        rest = [*appointments_words.when(offered), *appointments_words.times(session, offered, people)]
        timers.put(tx, id, times.timers_of_proposed(now))
    rooms.say(tx, session, "hello", words.greeting(people, ahead, session, rest), now)


# --- old buttons ----------------------------------------------------------------------------------------------------


@due("session-buttons")
def tidy_changed(tx: Connection, now: datetime) -> datetime | None:
    """After a session has moved on, what was said of it before offers only what still does something."""

    def of_sessions(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {id: partial(_tidy, tx, id, now) for id in store.changed(tx, BATCH, without)}

    batch = work_off(tx, "session-buttons", of_sessions)
    return batch.again(now, now) if store.changed(tx, 1) else None


def _tidy(tx: Connection, id: SessionId, now: datetime) -> None:
    session = store.note(tx, store.get(tx, id), changed=False)
    can_be_taken = appointments.instead if session.state is State.agreed else appointments.offered
    turns = interviews.of_session(tx, id)
    running = interviews.now_running(turns)
    offers = Offers(
        session.state,
        times=frozenset(one.id for one in can_be_taken(tx, session)),
        turn=running.number if running else None,
        over=frozenset(turn.id for turn in turns if turn.ended_at is not None),
    )
    rooms.tidy(tx, session, store.everybody(tx, id), partial(works, now=offers), now)


# --- those who do not come ------------------------------------------------------------------------------------------


@due("missed")
def missed_due(tx: Connection, now: datetime, bank: Bank) -> datetime | None:
    """Ask for whoever has not come, and call off what nobody comes to."""

    def becomes(session: Session, timer: Timer) -> None:
        match timer.what, session.state:
            case "late", State.agreed if not session.here and appointments.instead(tx, session):
                _look_further(tx, session, now)
            case "late", State.agreed:
                _ask_where(tx, session, now)
            case "grace", State.agreed:
                _call_off(tx, session, bank, now)
            case "stale", State.agreed if session.here:  # one has come since, and waits
                _ask_where(tx, session, now)
            case "stale", State.agreed:
                _lapse(tx, session, now)
            case "moved", state if state.open:
                rooms.say(tx, session, "moved", words.moved(store.participants(tx, session)), now)
            case "silent", State.live | State.paused if timer.number in session.people:
                _without(tx, session, [MemberId(timer.number)], bank, now)

    return timers.fall_due(tx, "missed", MINE, becomes, now)


def _ask_where(tx: Connection, session: Session, now: datetime) -> None:
    absent = [one for one in store.participants(tx, session) if one.id not in session.here]
    if session.here:
        asked, what = words.asked_where([one.name for one in absent], session), "where"
        timers.put(tx, session.id, [Timer("grace", now + times.GRACE)])
        for one in absent:
            rooms.tell(tx, session, one.id, f"asked:{session.starts_at:%Y%m%d%H%M}", asked, now, vital=False)
    else:
        asked, what = words.nobody_came(session), "late"
        after = times.STALE_AT_ONCE if session.at_once else times.STALE_AFTER
        timers.put(tx, session.id, [Timer("stale", now + after)])
    rooms.say(tx, session, f"{what}:{session.starts_at:%Y%m%d%H%M}", asked, now, vital=False)


def _look_further(tx: Connection, session: Session, now: datetime) -> None:
    """The agreed time has passed, nobody has come, and another one is proposed: that is what stands now."""
    proposed = appointments.instead(tx, session)
    timers.drop(tx, session.id, "remind", "brief")
    session = store.move(tx, session, Act.propose)
    rooms.drop_event(tx, session, now)
    told = appointments_words.passed(session, proposed, store.participants(tx, session))
    rooms.say(tx, session, f"passed:{session.starts_at:%Y%m%d%H%M}", told, now)


def _call_off(tx: Connection, session: Session, bank: Bank, now: datetime) -> None:
    people = store.participants(tx, session)
    absent = [one for one in people if one.id not in session.here]
    two_go_on = len(people) == 3 and _two_can_go_on(tx, session, [one.id for one in absent])
    let_down = () if two_go_on else session.here
    store.who_failed(tx, session, now, absent=[one.id for one in absent], let_down=let_down)
    if two_go_on:
        timers.put(tx, session.id, [Timer("stale", now + times.STALE_AFTER)])
        _go_on_as_two(tx, session, [one.id for one in absent], bank, now)
        return
    file = appointments_words.cancelled_file(session, people, now)
    timers.drop(tx, session.id)
    rooms.drop_event(tx, session, now)
    session = store.move(tx, session, Act.miss, ended_at=now)
    rooms.say(tx, session, "missed", words.missed([one.name for one in absent], file), now)


def _lapse(tx: Connection, session: Session, now: datetime) -> None:
    timers.drop(tx, session.id)
    rooms.drop_event(tx, session, now)
    file = appointments_words.cancelled_file(session, store.participants(tx, session), now)
    session = store.move(tx, session, Act.lapse, ended_at=now)
    rooms.say(tx, session, "lapsed", words.nobody_started(session, file), now)


# --- those who are gone ---------------------------------------------------------------------------------------------


@due("gone")
def gone_due(tx: Connection, now: datetime, bank: Bank) -> datetime | None:
    """Tell those who are left of whoever is in the group no more."""

    def of_sessions(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        return {id: partial(_without_leavers, tx, id, bank, now) for id in appointments.left_behind(tx, BATCH, without)}

    work_off(tx, "gone", of_sessions)
    for id, who in appointments.at_odds(tx, BATCH):
        apart(tx, "at odds", id, partial(_without_blocker, tx, id, who, bank, now))
    return None


def _without_blocker(tx: Connection, id: SessionId, who: MemberId, bank: Bank, now: datetime) -> None:
    """Whoever blocks somebody they are to meet is out of the session; the other hears no more than of one who left."""
    session = store.hold(tx, id)
    if session is not None and session.state.open and who in session.people:
        _without(tx, session, [who], bank, now)


def _without_leavers(tx: Connection, id: SessionId, bank: Bank, now: datetime) -> None:
    session = store.hold(tx, id)
    if session is not None and session.state.open:
        leavers = [one for one in session.people if members.member(tx, one).left_at is not None]
        _without(tx, session, leavers, bank, now)


def _without(tx: Connection, session: Session, leavers: list[MemberId], bank: Bank, now: datetime) -> None:
    people = store.participants(tx, session)
    names = [one.name for one in people if one.id in leavers]
    file = appointments_words.cancelled_file(session, people, now)
    if _two_can_go_on(tx, session, leavers) and (session.state.ahead or session.state.running):
        _go_on_as_two(tx, session, leavers, bank, now)
        return
    session = _put_out(tx, session, leavers, now)
    if session.state is State.debrief:
        if not feedback.awaited(tx, session):
            timers.put(tx, session.id, [Timer("feedback", now)])  # nobody is left to wait for
        return
    timers.drop(tx, session.id)
    rooms.drop_event(tx, session, now)
    session = store.move(tx, session, Act.break_off, ended_at=now)
    store.who_failed(tx, session, now, let_down=session.people)
    rooms.say(tx, session, "gone", words.gone(names, file), now)


def _two_can_go_on(tx: Connection, session: Session, leavers: Collection[MemberId]) -> bool:
    """Whether there is something for two of three to go on with: a loop is nothing without its candidate."""
    candidate, *_ = store.everybody(tx, session.id)
    return len(set(session.people) - set(leavers)) == 2 and not (session.loop and candidate in leavers)


def _put_out(tx: Connection, session: Session, leavers: list[MemberId], now: datetime) -> Session:
    for one in leavers:
        store.note_of(tx, session.id, one, gone_at=now)
    session = store.get(tx, session.id)
    rooms.let_out(tx, session, store.everybody(tx, session.id), leavers, now)
    return session


def _go_on_as_two(tx: Connection, session: Session, leavers: list[MemberId], bank: Bank, now: datetime) -> None:
    names = [members.member(tx, one).name for one in leavers]
    session = _put_out(tx, session, leavers, now)
    for one in leavers:
        timers.drop(tx, session.id, "silent", number=one)
    interviews.without_the_gone(tx, session)
    interviews.fill_seats(tx, session, bank)
    if session.state is not State.proposed and session.starts_at is not None:
        timers.put(tx, session.id, [Timer("brief", max(now, session.starts_at - times.BRIEFED_BEFORE))])
    turns = interviews.of_session(tx, session.id)
    empty = interviews.empty_seat(turns, session.people)
    if empty is not None and session.state is State.live:
        session = store.move(tx, session, Act.pause)
        interviews.pause(tx, empty, now)
        timers.drop(tx, session.id, "cue", "forgotten")
        timers.put(tx, session.id, [forgotten(now, paused=True)])
    ahead = [turn for turn in turns if turn.started_at is None]
    lines = list(interviews_words.turns_ahead(ahead, interviews_words.names_of(store.participants(tx, session))))
    told = words.two_are_left(names, session, lines, stands=None if empty is None else empty.number)
    rooms.say(tx, session, f"two left:{len(leavers)}", told, now)
