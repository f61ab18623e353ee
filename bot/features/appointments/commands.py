"""Agreeing on a time: taking an offered one, proposing another, and where to meet."""

from datetime import date, datetime, time
from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, action, command, form
from bot.core.errors import FormErrors, UserError
from bot.core.forms import Form
from bot.core.messages import Message, message
from bot.core.points import Point, reached
from bot.core.ports import MakeEvent, Meetings, Reply
from bot.core.refs import MemberId
from bot.features.appointments import rules, store, words
from bot.features.appointments.store import Offered
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Participant, Session
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer

GONE = "This time is not offered any more. Press one of the newest times."


@action("mock-yes")
async def yes(ask: Ask, meetings: Meetings, id: int, time: int) -> Reply:
    """Say that the asker can at an offered time; once everybody can, it is agreed."""
    return await ask.run(_yes, ask, meetings, id, time)


def _yes(tx: Connection, ask: Ask, meetings: Meetings, id: int, time: int) -> Message:
    session, member = sessions.mine(tx, ask, id)
    people = sessions.participants(tx, session)
    if session.state is State.agreed and time not in {one.id for one in store.instead(tx, session)}:
        asker = next(one for one in people if one.id == member.id)
        raise UserError(words.agreed_before(session, asker, store.find(tx, session, time)))
    sessions.check(session, Act.agree)
    if store.find(tx, session, time) is None:
        raise UserError(GONE)
    store.say_yes(tx, time, member.id)
    chosen = store.find(tx, session, time)
    assert chosen is not None  # it was there a moment ago
    if chosen.at <= ask.now:
        raise UserError("This time is over. Press Other time and propose one.")
    if rules.agreed(chosen.yes, session.people):
        _agree(tx, ask, session, chosen, people, meetings)
        return message("**Agreed.**")
    said = words.took(member.name, chosen, people, session, store.offered(tx, session))
    rooms.say(tx, session, f"yes:{time}:{member.id}", said, ask.now)
    timers.put(tx, session.id, _while_looked_for(session, chosen, ask))
    return message("Noted. I tell you when it is agreed.")


def _while_looked_for(session: Session, proposed: Offered, ask: Ask) -> list[Timer]:
    if session.state is State.agreed:
        return rules.timers_of_countered(proposed.at, ask.now)
    return rules.timers_of_proposed(ask.now)


def _agree(
    tx: Connection, ask: Ask, session: Session, chosen: Offered, people: tuple[Participant, ...], meetings: Meetings
) -> None:
    rooms.drop_event(tx, session, ask.now)  # of the time that was agreed before
    link = session.link or store.meeting_place(tx, session, meetings)
    values = {"starts_at": chosen.at, "sequence": session.sequence + 1 if session.starts_at else 0, "link": link}
    session = sessions.move(tx, session, Act.agree, **values)
    sessions.forget_who_came(tx, session.id)
    timers.drop(tx, session.id)
    timers.put(tx, session.id, rules.timers_of_agreed(chosen.at, ask.now))
    reached(Point.session_agreed)
    rooms.say(tx, session, f"agreed:{session.offer}", words.agreed(session, people, ask.now), ask.now)


# --- another time ---------------------------------------------------------------------------------------------------


@action("mock-other")
async def other(ask: Ask, id: int) -> Reply:
    """Open the form in which another time is proposed."""
    return await ask.read(_other, ask, id)


def _other(tx: Connection, ask: Ask, id: int) -> Form:
    session, member = sessions.mine(tx, ask, id, held=False)
    sessions.check(session, _proposing(session, ask))
    _unanswered(tx, session, member.id)
    person = next(one for one in sessions.participants(tx, session) if one.id == member.id)
    return words.time_form(session, person, ask.now)


def _proposing(session: Session, ask: Ask) -> Act:
    """What a proposal is: beside a time that is agreed and ahead, else instead of whatever was offered before."""
    ahead = session.starts_at is not None and ask.now < session.starts_at
    return Act.counter if session.state is State.agreed and ahead else Act.propose


@form("propose-time")
async def propose(ask: Ask, id: int, on: date, at: time) -> Reply:
    """Take the form in which another time is proposed."""
    return await ask.run(_propose, ask, id, on, at)


def _propose(tx: Connection, ask: Ask, id: int, on: date, at: time) -> Message:
    session, member = sessions.mine(tx, ask, id)
    people = sessions.participants(tx, session)
    zone = next(one.zone for one in people if one.id == member.id)
    act = _proposing(session, ask)
    try:
        wanted = rules.wanted_time(on, at, zone, ask.now)
        _check_new(tx, session, wanted, member.id)
    except UserError as error:
        raise FormErrors({"at": str(error)}) from error
    unanswered = _unanswered(tx, session, member.id)
    past = session.state is State.agreed and act is Act.propose
    session = sessions.move(tx, session, act)
    if act is Act.propose:
        rooms.drop_event(tx, session, ask.now)
        sessions.forget_who_came(tx, session.id)
    (one,) = stands = store.offer(tx, session, [wanted], member.id)
    session = sessions.get(tx, session.id)
    # Where nothing is agreed yet the silence of the others goes on, whatever one of them proposes.
    if act is Act.counter or not unanswered:
        timers.drop(tx, session.id, *(("nudge", "silence") if act is Act.counter else ()))
        timers.put(tx, session.id, _while_looked_for(session, one, ask))
    said = words.countered(member.name, stands, people, session, past=past)
    rooms.say(tx, session, f"offer:{session.offer}", said, ask.now)
    return message(words.PROPOSED_BESIDE if act is Act.counter else words.PROPOSED)


def _check_new(tx: Connection, session: Session, wanted: datetime, by: MemberId) -> None:
    """Raise `UserError` where this time is agreed or proposed already: nothing changes by saying it again."""
    if session.state is State.agreed and wanted == session.starts_at:
        raise UserError(words.AGREED_ALREADY)
    for one in store.instead(tx, session) if session.state is State.agreed else store.offered(tx, session):
        if one.at == wanted:
            raise UserError(words.proposed_already(one.number, mine=one.by == by))


def _unanswered(tx: Connection, session: Session, by: MemberId) -> int:
    """How many proposals of theirs nobody has answered yet; raise `UserError` where one more would only press."""
    unanswered = store.in_a_row(tx, session, by)
    if unanswered >= rules.PROPOSED_IN_A_ROW:
        raise UserError(words.ENOUGH_BESIDE if store.instead(tx, session) else words.ENOUGH_PROPOSED)
    return unanswered


@action("mock-keep")
async def keep(ask: Ask, id: int, time: int) -> Reply:
    """Keep the agreed time: decline what somebody proposes instead, or take one's own proposal back."""
    return await ask.run(_keep, ask, id, time)


def _keep(tx: Connection, ask: Ask, id: int, time: int) -> Message:
    session, member = sessions.mine(tx, ask, id)
    proposed = next((one for one in store.instead(tx, session) if one.id == time), None)
    if proposed is None:
        sessions.check(session, Act.counter)
        raise UserError(GONE)
    session = store.keep_agreed(tx, session)
    timers.drop(tx, session.id, "nudge", "silence")
    said = words.kept(member.name, session, sessions.participants(tx, session), own=proposed.by == member.id)
    rooms.say(tx, session, f"kept:{session.offer}", said, ask.now)
    return message("**The agreed time stands.** The others know.")


# --- where ----------------------------------------------------------------------------------------------------------


@action("mock-link")
async def link(ask: Ask, id: int) -> Reply:
    """Open the form in which a meeting link is set."""
    return await ask.read(_link, ask, id)


def _link(tx: Connection, ask: Ask, id: int) -> Form:
    session, _ = sessions.mine(tx, ask, id, held=False)
    _check_ahead(session)
    return words.link_form(session)


@form("set-link")
async def set_link(ask: Ask, id: int, link: Annotated[str, Option(max_length=words.LINK)] = "") -> Reply:
    """Take the form in which a meeting link is set."""
    return await ask.run(_set_link, ask, id, link)


def _set_link(tx: Connection, ask: Ask, id: int, typed: str) -> Message:
    session, member = timers.mine(tx, ask, id)
    _check_ahead(session)
    try:
        link = words.read_link(typed)
    except UserError as error:
        raise FormErrors({"link": str(error)}) from error
    session = sessions.note(tx, session, link=link)
    rooms.say(tx, session, f"link:{ask.id}", words.link_set(member.name, session), ask.now)
    return message("Noted.")


@command("admin meeting", help="See and set where interviews are proposed to be held, such as a voice channel.")
async def meeting(
    ask: Ask,
    link: Annotated[str, Option("the link of a voice channel or a meeting; none ends it", max_length=words.LINK)] = "",
) -> Reply:
    """Show the group's meeting place, changed where one was given."""
    return await ask.run(_meeting, ask, link.strip())


def _meeting(tx: Connection, ask: Ask, typed: str) -> Message:
    group = groups.here(tx, ask)
    members.organiser(tx, group.id, ask)
    if typed:
        groups.set_meeting(tx, group.id, None if typed.lower() == words.NONE else words.read_link(typed))
        group = groups.group(tx, group.id)
        groups.note(tx, group.id, "meeting", group.meeting or words.NONE, now=ask.now, actor=str(ask.who))
    return words.meeting_place(group.meeting)


@command("mock event", help="Put your agreed interview into the events of your Discord server, without names.")
async def event(ask: Ask) -> Reply:
    """Ask for an event of the asker's interview."""
    return await ask.run(_event, ask)


def _event(tx: Connection, ask: Ask) -> Message:
    session, _ = sessions.here(tx, ask)
    if session.state is not State.agreed or session.starts_at is None or session.starts_at <= ask.now:
        raise UserError(words.NO_TIME_YET)
    ends_at = session.starts_at + rules.length(len(session.people), loop=session.loop)
    where = words.event_place(session)
    made = MakeEvent(f"Mock interview {session.id}", words.EVENT_ABOUT, where, session.starts_at, ends_at)
    if not rooms.make_event(tx, session, ask.who.platform, made, ask.now):
        raise UserError(words.EVENT_STANDS)
    return message(words.EVENT_ASKED)


def _check_ahead(session: Session) -> None:
    if not session.state.ahead and not session.state.running:
        sessions.check(session, Act.propose)
