"""What comes by itself around a time: reminders, and what becomes of silence."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead, due
from bot.core.ports import Loss
from bot.core.refs import Target
from bot.features.appointments import rules, store, words
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions import words as sessions_words
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Session, SessionId
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer

MINE = ("remind", "nudge", "silence")


@due("appointments")
def appointments_due(tx: Connection, now: datetime) -> datetime | None:
    """Remind of interviews, and ask where no time is agreed."""

    def becomes(session: Session, timer: Timer) -> None:
        match timer.what, session.state:
            case "remind", State.agreed:
                _remind(tx, session, timer.number, now)
            case "nudge", State.proposed:
                _nudge(tx, session, now)
            case "silence", State.proposed:
                _lapse(tx, session, now)
            case "nudge", State.agreed if proposed := store.instead(tx, session):
                told = words.nudge_beside(session, proposed, sessions.participants(tx, session))
                rooms.say(tx, session, f"nudge:{session.offer}:{now:%Y%m%d%H%M}", told, now, vital=False)
            case "silence", State.agreed if store.instead(tx, session):
                _let_go(tx, session, now)

    return timers.fall_due(tx, "appointments", MINE, becomes, now)


def _remind(tx: Connection, session: Session, minutes: int, now: datetime) -> None:
    if session.starts_at is None or not rules.reminder_is_of_use(minutes, session.starts_at, now):
        return
    told = words.reminder(session, sessions.participants(tx, session), minutes)
    rooms.say(tx, session, f"remind:{session.offer}:{minutes}", told, now, vital=False)


def _nudge(tx: Connection, session: Session, now: datetime) -> None:
    stands = store.offered(tx, session)
    told = words.nudge(session, stands, sessions.participants(tx, session))
    rooms.say(tx, session, f"nudge:{session.offer}:{now:%Y%m%d%H%M}", told, now, vital=False)


def _lapse(tx: Connection, session: Session, now: datetime) -> None:
    """Nobody has said anything for two days: whoever had is put first, and the others wait for the next round."""
    spoke = {member for one in store.offered(tx, session) for member in one.yes}
    timers.drop(tx, session.id)
    people = sessions.participants(tx, session)
    names = {one.id: one.name for one in people}
    file = words.cancelled_file(session, people, now)  # of a time that was agreed and then given up
    session = sessions.move(tx, session, Act.lapse, ended_at=now)
    sessions.who_failed(tx, session, now, let_down=[member for member in session.people if member in spoke])
    silent = [names[member] for member in session.people if member not in spoke]
    rooms.say(tx, session, "lapsed", sessions_words.lapsed(silent, bool(spoke), file), now)


def _let_go(tx: Connection, session: Session, now: datetime) -> None:
    """Nobody has answered a proposal: it is off, and the time that is agreed stands as it did."""
    session = store.keep_agreed(tx, session)
    timers.drop(tx, session.id, "nudge", "silence")
    rooms.say(tx, session, f"let go:{session.offer}", words.let_go(session, sessions.participants(tx, session)), now)


@dead("events")
def no_event(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """Say to those who meet that no event was made of their interview."""
    match key.split(":"):
        case ["event", id, sequence]:
            session = sessions.find(tx, SessionId(int(id)))
        case _:
            return
    if session is not None and session.state is State.agreed:
        rooms.say(tx, session, f"no event:{sequence}", words.no_event(), now)
