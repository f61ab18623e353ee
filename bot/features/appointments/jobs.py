"""What comes by itself around a time: reminders, and what becomes of silence."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.core.commands import due
from bot.features.appointments import rules, store, words
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions import words as sessions_words
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Session, SessionId
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer
from bot.storage.unit_of_work import work_off

BATCH = 50
MINE = ("remind", "nudge", "silence")


@due("appointments")
def appointments_due(tx: Connection, now: datetime) -> datetime | None:
    """Remind of interviews, and ask where no time is agreed."""

    def of_timers(without: Collection[int]) -> Mapping[int, Callable[[], None]]:
        found = timers.due(tx, MINE, now, BATCH, without)
        return {id: partial(_fall_due, tx, id, session, timer, now) for id, session, timer in found}

    return work_off(tx, "appointments", of_timers).again(timers.next_due(tx, MINE), now)


def _fall_due(tx: Connection, id: int, of: SessionId, timer: Timer, now: datetime) -> None:
    timers.done(tx, id)
    session = sessions.hold(tx, of)
    if session is None:
        return
    match timer.what, session.state:
        case "remind", State.agreed:
            _remind(tx, session, timer.number, now)
        case "nudge", State.proposed:
            _nudge(tx, session, now)
        case "silence", State.proposed:
            _lapse(tx, session, now)


def _remind(tx: Connection, session: Session, minutes: int, now: datetime) -> None:
    if session.starts_at is None or not rules.reminder_is_of_use(minutes, session.starts_at, now):
        return
    told = words.reminder(session, sessions.participants(tx, session), minutes)
    rooms.say(tx, session, f"remind:{session.offer}:{minutes}", told, now, vital=False)


def _nudge(tx: Connection, session: Session, now: datetime) -> None:
    stands = store.offered(tx, session)
    told = words.nudge(session, stands, sessions.participants(tx, session))
    rooms.say(tx, session, f"nudge:{session.offer}:{now:%m%d%H%M}", told, now, vital=False)


def _lapse(tx: Connection, session: Session, now: datetime) -> None:
    """Nobody has said anything for two days: whoever had is put first, and the others wait for the next round."""
    spoke = {member for one in store.offered(tx, session) for member in one.yes}
    timers.drop(tx, session.id)
    names = {one.id: one.name for one in sessions.participants(tx, session)}
    session = sessions.move(tx, session, Act.lapse, ended_at=now)
    sessions.who_failed(tx, session, now, let_down=[member for member in session.people if member in spoke])
    silent = [names[member] for member in session.people if member not in spoke]
    rooms.say(tx, session, "lapsed", sessions_words.lapsed(silent, bool(spoke)), now)
