"""What comes by itself: briefs ahead of an interview, the cues of its stages, and its end where nobody ends it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.core.commands import dead, due
from bot.core.points import Point, reached
from bot.core.ports import Loss
from bot.core.refs import MemberId, Person, Target
from bot.features.boards import store as boards
from bot.features.feedback import store as feedback
from bot.features.groups import store as groups
from bot.features.interviews import rules, store, words
from bot.features.interviews.store import Turn
from bot.features.members import store as members
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Session, SessionId
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer, forgotten_ends

MINE = ("brief", "cue", "forgotten")
HELD = 10
"""The points of an interview that was held, for everybody in it."""


@due("interviews")
def interviews_due(tx: Connection, now: datetime) -> datetime | None:
    """Give the interviewers their briefs, say which stage begins, and end what nobody ends."""

    def becomes(session: Session, timer: Timer) -> None:
        match timer.what, session.state:
            case "brief", State.agreed | State.live | State.paused:
                _brief(tx, session, now)
            case "cue", State.live:
                _cue(tx, session, now)
            case "forgotten", State.live | State.paused if timer.number:
                end(tx, session, now, by_itself=True)
            case "forgotten", State.live | State.paused:
                # Counted from this word and not from when it was due: nobody is ended unwarned after an absence.
                timers.put(tx, session.id, [forgotten_ends(now)])
                rooms.say(tx, session, f"forgotten:{now:%Y%m%d%H%M}", words.ends_soon(session), now)

    return timers.fall_due(tx, "interviews", MINE, becomes, now)


def _brief(tx: Connection, session: Session, now: datetime) -> None:
    names = words.names_of(sessions.participants(tx, session))
    for turn in store.of_session(tx, session.id):
        # While it runs only those that are ahead: one that was planned just now, since one of three has gone.
        if turn.interviewer is not None and turn.started_at is None:
            store.set_briefed(tx, turn, now)
            told = words.brief_of_interviewer(turn, names[turn.candidate])
            rooms.tell(tx, session, turn.interviewer, f"brief:{turn.id}", told, now)


def _cue(tx: Connection, session: Session, now: datetime) -> None:
    found = store.of_session(tx, session.id)
    turn, last = store.now_running(found), store.next_turn(found) is None
    if turn is None:
        return
    # After an absence only the stage that runs is named: the ones that passed are of no use any more.
    stage = turn.stage(now)
    number = "over" if stage.over else stage.phase
    key = f"cue:{turn.number}:{number}:{sum(turn.minutes)}:{int(turn.elapsed(now).total_seconds())}"
    rooms.say(tx, session, key, words.cue(turn, stage, last=last), now, vital=False)
    if not stage.over:
        timers.put(tx, session.id, [Timer("cue", now + stage.left)])
    reached(Point.cue_written)


# --- the end ----------------------------------------------------------------------------------------------------------


def end(tx: Connection, session: Session, now: datetime, *, by_itself: bool = False) -> None:
    """End an interview: what is left is the feedback."""
    session = sessions.move(tx, session, Act.end, ended_at=now)
    timers.drop(tx, session.id)
    if running := store.now_running(store.of_session(tx, session.id)):
        store.end(tx, running, now)
    held = [turn for turn in store.of_session(tx, session.id) if turn.started_at is not None]
    feedback.open_sheets(tx, session, held, now)
    rooms.say(tx, session, "ended", words.ended(held, session, by_itself=by_itself), now)
    if sum((turn.elapsed(now) for turn in held), rules.NOTHING) >= rules.HELD_FROM and not session.alone:
        _book(tx, session, held, now)


def _book(tx: Connection, session: Session, held: Sequence[Turn], now: datetime) -> None:
    on = now.astimezone(groups.group(tx, session.group).zone).date()
    topics = [topic for turn in held for topic in turn.kit.topics]
    for member in sorted(session.people):  # in the order in which reveals book too
        boards.book(
            tx,
            group=session.group,
            member=member,
            key=f"mock:{session.id}:{member}",
            what="mock",
            points=HELD,
            on=on,
            topics=topics,
            now=now,
        )


# --- closed doors -----------------------------------------------------------------------------------------------------


@dead("briefs")
def brief_not_told(tx: Connection, key: str, target: Target, loss: Loss, now: datetime) -> None:
    """An interviewer who takes no private messages finds the brief behind a button in the room."""
    match key.split(":"):
        case ["mock", of, "brief", turn_id, _, to] if isinstance(target, Person) and loss.definite:
            session, turn = sessions.get(tx, SessionId(int(of))), store.find(tx, store.TurnId(int(turn_id)))
        case _:
            return
    if turn is None or session.room_state != "open":
        return
    name = members.member(tx, MemberId(int(to.removeprefix("to")))).name
    rooms.say(tx, session, f"closed:{turn.id}", words.brief_is_there(session, turn, name), now)
