"""Opening what was written once everybody's is in, or after two days; reminding of drafts before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import due
from bot.core.points import Point, reached
from bot.core.refs import MemberId
from bot.features.feedback import rules, store, words
from bot.features.feedback.store import Sheet
from bot.features.interviews import store as interviews
from bot.features.interviews.store import Turn
from bot.features.interviews.words import names_of
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Session
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer

MINE = ("feedback", "feedback nudge", "late feedback")


@due("feedback")
def feedback_due(tx: Connection, now: datetime) -> datetime | None:
    """Open what is due to be opened, and remind of what is still a draft."""

    def becomes(session: Session, timer: Timer) -> None:
        match timer.what, session.state:
            case "feedback", State.debrief:
                _open(tx, session, now)
            case "feedback nudge", State.debrief:
                _nudge(tx, session, now)
            case "late feedback", State.closed:
                _late(tx, session, timer.number, now)

    return timers.fall_due(tx, "feedback", MINE, becomes, now)


def _open(tx: Connection, session: Session, now: datetime) -> None:
    timers.drop(tx, session.id)
    session = sessions.move(tx, session, Act.close)
    reached(Point.feedback_opened)
    sent = [sheet for sheet in store.of_session(tx, session.id) if sheet.sent_at is not None]
    for member in session.people:
        _tell(tx, session, member, [sheet for sheet in sent if sheet.about == member], now)


def _tell(tx: Connection, session: Session, member: MemberId, about: Sequence[Sheet], now: datetime) -> None:
    turns = {turn.id: turn for turn in interviews.of_session(tx, session.id)}
    own: list[tuple[Sheet, Turn]] = [(sheet, turns[sheet.turn]) for sheet in about]
    growth = rules.growth(store.scores_of(tx, member))
    if session.alone:
        told = words.report(own, growth) if own else None
    else:
        names = names_of(sessions.participants(tx, session))
        told = words.opened(own, names, growth=growth, late=False, loop=session.loop)
    if told is not None:
        rooms.tell(tx, session, member, "feedback", told, now)


def _nudge(tx: Connection, session: Session, now: datetime) -> None:
    for member in sorted({sheet.author for sheet in store.awaited(tx, session)}):
        rooms.tell(tx, session, member, "feedback nudge", words.nudge(session), now, vital=False)


def _late(tx: Connection, session: Session, id: int, now: datetime) -> None:
    sheet = store.find(tx, id)
    if sheet is None or sheet.about not in session.people:
        return
    turn = interviews.find(tx, sheet.turn)
    assert turn is not None  # a sheet is of a turn
    names = names_of(sessions.participants(tx, session))
    growth = rules.growth(store.scores_of(tx, sheet.about))
    own = [(sheet, turn)]
    told = words.report(own, growth) if session.alone else words.opened(own, names, growth=growth, late=True)
    rooms.tell(tx, session, sheet.about, f"late feedback {sheet.id}", told, now)
