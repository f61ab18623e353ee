"""Cancelling a session, saying that somebody did not come, and looking back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, action, command, form
from bot.core.errors import UserError
from bot.core.forms import Form
from bot.core.messages import Message, Part, message
from bot.core.ports import Reply
from bot.core.refs import MemberId
from bot.features.appointments import rules as times
from bot.features.appointments import words as appointments_words
from bot.features.feedback import rules as feedback_rules
from bot.features.feedback import store as feedback
from bot.features.feedback import words as feedback_words
from bot.features.groups import store as groups
from bot.features.interviews import store as interviews
from bot.features.interviews.words import type_of
from bot.features.members import store as members
from bot.features.rooms import store as rooms
from bot.features.sessions import store, words
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Session
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer

SHORT_NOTICE = timedelta(hours=2)
SHOWN = 15


@command("mock history", help="See your mock interviews, and how you have grown in them.")
async def history(ask: Ask) -> Reply:
    """Show the asker's sessions."""
    return await ask.read(_history, ask)


def _history(tx: Connection, ask: Ask) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    lines, zone = [], store.zone_of(tx, member)
    for one in store.sessions_of(tx, member.id, most=SHOWN):
        others = (id for id in store.everybody(tx, one.id) if id != member.id)  # those who are gone were in it too
        names = " and ".join(members.member(tx, id).name for id in others)
        at = (one.starts_at or one.made_at).astimezone(zone)
        lines.append((at, type_of(one.kind), names, one.state))
    grown = feedback_rules.growth(feedback.scores_of(tx, member.id))
    return words.history(lines, [feedback_words.growth(grown)] if grown else [])


# --- cancelling -----------------------------------------------------------------------------------------------------


@command("mock cancel", help="Cancel your mock interview; the others hear of it at once.")
async def cancel(ask: Ask) -> Reply:
    """Open the form in which the asker's interview is cancelled."""
    return await ask.read(_cancel, ask, None)


@action("mock-cancel")
async def cancel_this(ask: Ask, id: int) -> Reply:
    """The same by a button."""
    return await ask.read(_cancel, ask, id)


def _cancel(tx: Connection, ask: Ask, id: int | None) -> Form:
    session, _ = store.here(tx, ask, held=False) if id is None else store.mine(tx, ask, id, held=False)
    store.check(session, Act.cancel)
    return words.cancel_form(session)


@form("cancel-mock")
async def cancelled(
    ask: Ask, id: int, why: Annotated[str, Option(paragraph=True, max_length=words.REASON)] = ""
) -> Reply:
    """Take the form in which an interview is cancelled."""
    return await ask.run(_cancelled, ask, id, why.strip())


def _cancelled(tx: Connection, ask: Ask, id: int, why: str) -> Message:
    session, member = store.mine(tx, ask, id)
    absent = _absent(session, member.id, ask.now)
    came = bool(absent) and member.id not in absent
    people = store.participants(tx, session)
    file: list[Part] = appointments_words.cancelled_file(session, people, ask.now)
    rooms.drop_event(tx, session, ask.now)
    session = store.move(tx, session, Act.cancel, ended_at=ask.now)
    timers.drop(tx, session.id)
    let_down = [one for one in session.people if one not in absent and (came or one != member.id)]
    store.who_failed(tx, session, ask.now, absent=absent, let_down=let_down)
    rooms.say(tx, session, "cancelled", words.cancelled(member.name, why, file), ask.now)
    return words.cancelling(came=came, late=member.id in absent)


def _absent(session: Session, who: MemberId, now: datetime) -> Collection[MemberId]:
    """Who counts as not having come where somebody cancels.

    Up to the start that is whoever cancels at short notice. After it whoever has come is never absent, and those who
    have not are, once they are late; where nobody has come only the one who cancels.
    """
    if session.state is not State.agreed or session.starts_at is None or session.at_once:
        return ()
    if now < session.starts_at or not session.here:
        return (who,) if session.starts_at - now < SHORT_NOTICE else ()
    late = now >= session.starts_at + times.LATE_AFTER
    return [one for one in session.people if one not in session.here and (late or one == who)]


# --- not coming -----------------------------------------------------------------------------------------------------


@command("mock no-show", help="Say that somebody has not come, or does not answer any more; I ask them.")
async def no_show(ask: Ask) -> Reply:
    """Ask whoever has not come."""
    return await ask.run(_no_show, ask)


def _no_show(tx: Connection, ask: Ask) -> Message:
    session, member = store.here(tx, ask)
    timers.answered(tx, session, member, ask)
    timers.acted(tx, session, ask.now)
    if session.state.running and len(session.people) == 3:
        others = [one for one in store.participants(tx, session) if one.id != member.id]
        return words.who_is_silent(session, others)
    store.check(session, Act.miss)
    if session.starts_at is None or ask.now < session.starts_at:
        raise UserError("The agreed time has not come yet.")
    store.note_of(tx, session.id, member.id, here_at=ask.now)
    session = store.get(tx, session.id)
    absent = [one.name for one in store.participants(tx, session) if one.id not in session.here]
    if not absent:
        raise UserError("Everybody is here. Run mock start.")
    timers.drop(tx, session.id, "late")
    rooms.say(tx, session, f"where:{session.starts_at:%Y%m%d%H%M}", words.asked_where(absent, session), ask.now)
    if timers.put_once(tx, session.id, Timer("grace", ask.now + times.GRACE)):
        for one in session.people:
            if one not in session.here:
                asked = words.asked_where([members.member(tx, one).name], session)
                rooms.tell(tx, session, one, f"asked:{session.starts_at:%Y%m%d%H%M}", asked, ask.now)
    return message("I have asked. If nobody comes within ten minutes I call it off, and you come first.")


# --- going silent ---------------------------------------------------------------------------------------------------


@action("mock-silent")
async def silent(ask: Ask, id: int, who: int) -> Reply:
    """Ask one of three who does not answer any more whether they are still there."""
    return await ask.run(_silent, ask, id, MemberId(who))


def _silent(tx: Connection, ask: Ask, id: int, who: MemberId) -> Message:
    session, member = timers.mine(tx, ask, id)
    if not session.state.running:
        store.check(session, Act.pause)
    if len(session.people) != 3 or who not in session.others(member.id):
        raise UserError(words.NOBODY_TO_ASK)
    left = [turn for turn in interviews.of_session(tx, session.id) if turn.ended_at is None]
    if not any(who in (turn.interviewer, turn.candidate) for turn in left):
        raise UserError(words.NOT_NEEDED)
    if timers.put_once(tx, session.id, Timer("silent", ask.now + times.GRACE, who)):
        asked = words.still_there(members.member(tx, who).name, session)
        rooms.say(tx, session, f"silent:{who}:{ask.id}", asked, ask.now)
        rooms.tell(tx, session, who, f"silent asked:{ask.id}", asked, ask.now)
    return message("I have asked. If no answer comes within ten minutes, you two go on without.")


@action("mock-still")
async def still(ask: Ask, id: int) -> Reply:
    """Say that the asker is still there."""
    return await ask.run(_still, ask, id)


def _still(tx: Connection, ask: Ask, id: int) -> Message:
    session, member = store.mine(tx, ask, id)
    if not timers.answered(tx, session, member, ask):
        raise UserError(words.NOT_ASKED)
    return message("Good. The others know.")
