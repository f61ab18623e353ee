"""Holding an interview: coming, the clock, the swap, facts, and practising alone."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Annotated, get_args

from sqlalchemy import Connection

from bot.bank.load import Bank
from bot.bank.schema import KitType
from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.messages import Message, message
from bot.core.parsing import echo
from bot.core.ports import Reply
from bot.core.refs import GroupId, MemberId
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.interviews import jobs, rules, store, words
from bot.features.interviews.store import Turn
from bot.features.members import store as members
from bot.features.members.store import Member
from bot.features.preferences import store as preferences
from bot.features.preferences.rules import takes_part_from
from bot.features.preferences.store import Preferences
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import Act, State
from bot.features.sessions.store import Session
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer, forgotten

Type = StrEnum("Type", {kind.replace("-", "_"): kind for kind in get_args(KitType)})  # type: ignore[misc]
NAME = Option("a name, as it stands on the boards", max_length=80)
TOO_EARLY = "This interview begins later. You can start it half an hour before its time, or press Other time."
WITHOUT_KIT = "There is no kit left for this interview. Press Cancel, and I look for somebody else."


# --- coming ---------------------------------------------------------------------------------------------------------


@command("mock start", help="Say that you are here for your interview; it begins once everybody is.")
async def start(ask: Ask) -> Reply:
    """Note that the asker has come, and begin where everybody has."""
    return await ask.run(_come, ask, None)


@action("mock-here")
async def come(ask: Ask, id: int) -> Reply:
    """The same by a button."""
    return await ask.run(_come, ask, id)


def _come(tx: Connection, ask: Ask, id: int | None) -> Message:
    session, member = sessions.here(tx, ask) if id is None else sessions.mine(tx, ask, id)
    if session.state is State.agreed and not _may_begin(session, ask.now):
        raise UserError(TOO_EARLY)
    if session.state is not State.agreed:
        sessions.check(session, Act.start)
    busy = _held_and_free(tx, session.people, member)
    if member.id not in session.here or busy & session.here:
        sessions.note_of(tx, session.id, member.id, here_at=ask.now)
        for one in busy:
            sessions.note_of(tx, session.id, one, here_at=None)  # they came, and began another one meanwhile
        session = sessions.get(tx, session.id)
    if session.here >= set(session.people):
        _begin(tx, session, ask.now)
        return message("**It begins.**")
    waiting = words.waits_for_others(member.name, session)
    rooms.say(tx, session, f"here:{member.id}:{session.starts_at:%Y%m%d%H%M}", waiting, ask.now)
    return message("Noted: you are here. It begins when everybody is.")


def _held_and_free(tx: Connection, people: Collection[MemberId], asker: Member) -> set[MemberId]:
    """Hold people, so that none of them begins two interviews at once; give who is in one; the asker may not be."""
    members.hold(tx, people)
    busy = store.busy(tx, people)
    if asker.id in busy:
        raise UserError(words.BUSY)
    return busy


def _may_begin(session: Session, now: datetime) -> bool:
    return session.starts_at is not None and now >= session.starts_at - rules.EARLY


def _begin(tx: Connection, session: Session, now: datetime) -> None:
    turn = store.next_turn(store.of_session(tx, session.id))
    if turn is None:
        raise UserError(WITHOUT_KIT)
    timers.drop(tx, session.id)
    session = sessions.move(tx, session, Act.start)
    _begin_turn(tx, session, turn, now)


def _begin_turn(tx: Connection, session: Session, turn: Turn, now: datetime) -> None:
    turn = store.start(tx, turn, now)
    names = words.names_of(sessions.participants(tx, session))
    said = words.begins(turn, names, last=_is_last(tx, turn))
    rooms.say(tx, session, f"turn:{turn.number}", said, now)
    _set_cue(tx, turn, now)


def _is_last(tx: Connection, turn: Turn) -> bool:
    return store.next_turn(store.of_session(tx, turn.session)) is None


def _set_cue(tx: Connection, turn: Turn, now: datetime) -> None:
    stage = turn.stage(now)
    timers.drop(tx, turn.session, "forgotten")
    timers.put(tx, turn.session, [forgotten(now + turn.left(now))])
    if not stage.over:
        timers.put(tx, turn.session, [Timer("cue", now + stage.left)])


# --- the clock ------------------------------------------------------------------------------------------------------


@action("mock-pause")
async def pause(ask: Ask, id: int) -> Reply:
    """Stop the clock."""
    return await ask.run(_pause, ask, id)


def _pause(tx: Connection, ask: Ask, id: int) -> None:
    session, member = timers.mine(tx, ask, id)
    sessions.move(tx, session, Act.pause)
    turn = _running(tx, session)
    store.pause(tx, turn, ask.now)
    timers.drop(tx, session.id, "cue", "forgotten")
    timers.put(tx, session.id, [forgotten(ask.now, paused=True)])
    said = words.paused(member.name, turn, turn.stage(ask.now))
    rooms.say(tx, session, f"pause:{turn.number}:{_since(turn, ask.now)}:{ask.id}", said, ask.now)


@action("mock-resume")
async def resume(ask: Ask, id: int) -> Reply:
    """Let the clock go on."""
    return await ask.run(_resume, ask, id)


def _resume(tx: Connection, ask: Ask, id: int) -> None:
    session, _ = timers.mine(tx, ask, id)
    sessions.move(tx, session, Act.resume)
    turn = store.resume(tx, _running(tx, session), ask.now)
    _set_cue(tx, turn, ask.now)
    said = words.resumed(turn, turn.stage(ask.now), last=_is_last(tx, turn))
    rooms.say(tx, session, f"resume:{turn.number}:{ask.id}", said, ask.now)


@action("mock-extend")
async def extend(ask: Ask, id: int) -> Reply:
    """Give the stage that runs a few minutes more."""
    return await ask.run(_extend, ask, id)


def _extend(tx: Connection, ask: Ask, id: int) -> None:
    session, member = timers.mine(tx, ask, id)
    if not session.state.running:
        sessions.check(session, Act.pause)
    turn = _running(tx, session)
    stage = turn.stage(ask.now)
    planned = [phase.minutes for phase in turn.kit.phases]
    late = turn.elapsed(ask.now).total_seconds() / 60 - sum(turn.minutes) if stage.over else 0
    longer = rules.extended(turn.minutes, planned, stage.phase, rules.EXTENDED_BY + max(0, round(late)))
    if longer is None:
        raise UserError(words.as_long_as_may_be(turn, last=_is_last(tx, turn)))
    turn = store.extend(tx, turn, longer)
    if session.state is State.live:
        _set_cue(tx, turn, ask.now)
    said = words.longer(member.name, turn, turn.stage(ask.now))
    rooms.say(tx, session, f"extend:{turn.number}:{ask.id}", said, ask.now)


@action("mock-swap")
async def swap(ask: Ask, id: int, number: int) -> Reply:
    """Go on to the next kit, where the seats change; pressing the same button twice goes on once."""
    return await ask.run(_swap, ask, id, number)


def _swap(tx: Connection, ask: Ask, id: int, number: int) -> None:
    session, _ = timers.mine(tx, ask, id)
    sessions.check(session, Act.swap)
    found = store.of_session(tx, session.id)
    running, after = store.now_running(found), store.next_turn(found)
    if running is None or running.number != number:
        return  # pressed a second time, or on an older message
    if after is None:
        raise UserError(words.NO_SECOND)
    session = sessions.move(tx, session, Act.swap)
    store.end(tx, running, ask.now)
    _begin_turn(tx, session, after, ask.now)


@action("mock-end")
async def end(ask: Ask, id: int) -> Reply:
    """End the interview."""
    return await ask.run(_end, ask, id)


def _end(tx: Connection, ask: Ask, id: int) -> None:
    session, _ = sessions.mine(tx, ask, id)
    jobs.end(tx, session, ask.now)


@action("mock-stay")
async def stay(ask: Ask, id: int) -> Reply:
    """Say that an interview which would be ended by itself is not over yet."""
    return await ask.run(_stay, ask, id)


def _stay(tx: Connection, ask: Ask, id: int) -> Message:
    session, _ = timers.mine(tx, ask, id)
    if not session.state.running:
        sessions.check(session, Act.pause)
    return message(words.STAYS)


def _running(tx: Connection, session: Session) -> Turn:
    running = store.now_running(store.of_session(tx, session.id))
    assert running is not None  # a session that runs has a turn that does
    return running


def _since(turn: Turn, now: datetime) -> int:
    return int(turn.elapsed(now).total_seconds())


# --- what the interviewer has ---------------------------------------------------------------------------------------


@action("kit-brief")
async def brief(ask: Ask, id: int) -> Reply:
    """Show the interviewer the brief; to nobody else, before the interview is over."""
    return await ask.run(_brief, ask, id)


def _brief(tx: Connection, ask: Ask, id: int) -> Message:
    turn, session, member = store.seat(tx, ask, id)
    if member.id != turn.interviewer:
        raise UserError("This brief is for the interviewer alone. You see it after the interview.")
    if turn.briefed_at is None:
        raise UserError("Your brief comes a day before the interview.")
    if not (session.state.ahead or session.state.running):
        raise UserError("This interview is over. The kits are behind the buttons of its last message.")
    return words.brief_of_interviewer(turn, _name(tx, turn.candidate))


@action("kit-fact")
async def fact(ask: Ask, id: int, number: int) -> Reply:
    """Tell the candidate a fact, since it was asked for."""
    return await ask.run(_fact, ask, id, number)


def _fact(tx: Connection, ask: Ask, id: int, number: int) -> Message:
    turn, session, member = store.seat(tx, ask, id)
    if member.id != (turn.candidate if turn.interviewer is None else turn.interviewer):
        raise UserError("Only the interviewer tells facts. Ask for what you need.")
    if not session.state.running or not turn.running:
        raise UserError("Facts are told while the interview runs.")
    facts = turn.kit.facts_on_request
    if not 0 <= number < len(facts):
        raise UserError("There is no such fact in this kit.")
    told = words.fact(facts[number].asked_about, facts[number].fact)
    new = rooms.say(tx, session, f"fact:{turn.number}:{number}", told, ask.now)
    return message(words.FACT_IS_TOLD if new else words.TOLD_ALREADY)


@action("kit-facts")
async def facts(ask: Ask, id: int) -> Reply:
    """Show somebody who practises alone what may be asked for."""
    return await ask.run(_facts, ask, id)


def _facts(tx: Connection, ask: Ask, id: int) -> Message:
    turn, session, _ = store.seat(tx, ask, id)
    if turn.interviewer is not None or not session.state.running or not turn.running:
        raise UserError("Ask your interviewer for what you need.")
    return words.facts_to_ask(turn)


@action("kit-open")
async def open_kit(ask: Ask, id: int) -> Reply:
    """Show everybody of an interview the interviewer's part, now that it is over."""
    return await ask.run(_open_kit, ask, id)


def _open_kit(tx: Connection, ask: Ask, id: int) -> Message:
    turn, session, _ = store.seat(tx, ask, id)
    if session.state not in {State.debrief, State.closed} or turn.started_at is None:
        raise UserError("The interviewer's part can be read after the interview.")
    return words.brief_of_interviewer(turn, _name(tx, turn.candidate), ahead=False)


def _name(tx: Connection, member: MemberId) -> str:
    return members.member(tx, member).name


# --- alone ----------------------------------------------------------------------------------------------------------


@command("mock solo", help="Practise alone against the clock, with a kit that you have not seen.")
async def solo(ask: Ask, bank: Bank, kind: Type) -> Reply:
    """Begin a simulation of one kit."""
    return await ask.run(_alone, ask, bank, "solo", [str(kind)])


@command("mock loop", help="Practise a whole loop, coding, design and behavioural in a row, alone or with partners.")
async def loop(ask: Ask, bank: Bank, partner: Annotated[str, NAME] = "", another: Annotated[str, NAME] = "") -> Reply:
    """Begin a simulation of several kits, or ask for interviewers of all of them."""
    if names := [name for name in (partner, another) if name]:
        return await ask.run(_with_partners, ask, names)
    return await ask.run(_alone, ask, bank, "loop", list(rules.LOOP))


def _with_partners(tx: Connection, ask: Ask, names: list[str]) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    people = [member, *(_partner(tx, group, member, name) for name in names)]
    ids = list(dict.fromkeys(one.id for one in people))
    under_way = (one for one in sessions.sessions_of(tx, member.id, open_only=True) if one.state is not State.debrief)
    if any(one.loop and one.people[0] == member.id for one in under_way):
        raise UserError("A loop of yours is under way. Run mock status to see it, or mock cancel.")
    if store.loops_asked_for(tx, member.id, ask.now - rules.DAY) >= rules.LOOPS_A_DAY:
        raise UserError(words.ENOUGH_LOOPS)
    if not _may_be_asked(tx, group, people, ask.now):
        raise UserError(words.NOT_NOW)
    sessions.open_session(
        tx, group=group.id, kind="loop", people=ids, why=(), second_kind=None, source="partners", source_id=None,
        at=ask.now,
    )  # fmt: skip
    return message("**Asked.** I open a room for you, where a time is found; there everybody may also say no.")


def _partner(tx: Connection, group: Group, member: Member, name: str) -> Member:
    blocked = preferences.blocked_by(tx, member.id)
    known = preferences.known_to(tx, group.id, member.id, without=blocked)
    if not members.called(name, known):
        if members.called(name, [member]):
            raise UserError(words.YOURSELF)
        if members.called(name, [members.member(tx, one) for one in blocked]):
            raise UserError(f"You have blocked “{echo(name)}”. Run mock unblock first, if you want to meet them.")
    same = members.named(name, known)
    if len(same) > 1:
        raise UserError(f"More than one of this group is called “{echo(name)}”, so I cannot tell whom you mean.")
    return same[0]


def _may_be_asked(tx: Connection, group: Group, people: list[Member], now: datetime) -> bool:
    """Whether nobody is paused or away, and nobody has blocked another one; which of these it is nobody hears."""
    ids, today = {one.id for one in people}, now.astimezone(group.zone).date()
    set_by = preferences.of(tx, ids)
    since = (takes_part_from(set_by.get(one.id) or Preferences(one.id), one) for one in people)
    blocked = any(ids >= set(pair) for pair in preferences.blocked_pairs(tx, group.id))
    return not blocked and not any(on and on > today for on in since)


def _alone(tx: Connection, ask: Ask, bank: Bank, source: str, kinds: list[str]) -> Message:
    group = groups.here(tx, ask)
    member = members.active_member(tx, group.id, ask)
    _held_and_free(tx, [member.id], member)
    session = sessions.get(tx, sessions.open_alone(tx, GroupId(group.id), member.id, kinds[0], source, ask.now))
    planned = store.plan(tx, session, bank, kinds)
    if not planned:
        raise UserError("There is no kit of this type in the bank. Run mock solo with another one.")
    _begin(tx, session, ask.now)
    return words.started_alone(planned)
