"""Writing feedback part by part, sending it, rating a kit, and saying thanks."""

from typing import Annotated

from sqlalchemy import Connection

from bot.core.ask import Ask
from bot.core.commands import Option, action, form
from bot.core.errors import FormErrors, UserError
from bot.core.forms import Form
from bot.core.messages import Message, message
from bot.core.ports import Reply
from bot.features.boards import store as boards
from bot.features.feedback import rules, store, words
from bot.features.feedback.rules import Scored, Sort
from bot.features.feedback.store import Sheet
from bot.features.groups import store as groups
from bot.features.interviews import store as interviews
from bot.features.interviews.store import Turn
from bot.features.interviews.words import names_of
from bot.features.rooms import store as rooms
from bot.features.sessions import store as sessions
from bot.features.sessions.rules import State
from bot.features.sessions.store import Session
from bot.features.timers import store as timers
from bot.features.timers.rules import Timer

GIVEN = 5
"""The points of whoever has sent all that was theirs to write."""
Evidence = Annotated[str, Option(paragraph=True, max_length=words.EVIDENCE)]


@action("feedback")
async def feedback(ask: Ask, id: int) -> Reply:
    """Show what the asker has to write about an interview."""
    return await ask.read(_overview, ask, id)


def _overview(tx: Connection, ask: Ask, id: int) -> Message:
    session, member = sessions.mine(tx, ask, id, held=False)
    if session.state not in {State.debrief, State.closed}:
        raise UserError("Feedback comes after the interview.")
    own = [sheet for sheet in store.of_session(tx, session.id) if sheet.author == member.id]
    turns = {int(turn.id): turn for turn in interviews.of_session(tx, session.id)}
    return words.overview(session, own, turns, names_of(sessions.participants(tx, session)))


@action("sheet")
async def sheet(ask: Ask, id: int, step: int) -> Reply:
    """Open one part of a sheet."""
    return await ask.read(_sheet, ask, id, step)


def _sheet(tx: Connection, ask: Ask, id: int, step: int) -> Form:
    found, turn, _, _ = store.mine(tx, ask, id, held=False)
    _check_open(found, turn, step)
    return words.form(found, turn, step)


@form("fill-sheet")
async def fill(
    ask: Ask,
    id: int,
    step: int,
    score_a: int | None = None,
    why_a: Evidence = "",
    score_b: int | None = None,
    why_b: Evidence = "",
    score_c: int | None = None,
    strength: Evidence = "",
    gap: Evidence = "",
) -> Reply:
    """Take one part of a sheet; it is kept as a draft."""
    given = {"a": (score_a, why_a), "b": (score_b, why_b), "c": (score_c, "")}
    return await ask.run(_fill, ask, id, step, given, strength.strip(), gap.strip())


def _fill(
    tx: Connection,
    ask: Ask,
    id: int,
    step: int,
    given: dict[str, tuple[int | None, str]],
    strength: str,
    gap: str,
) -> Message:
    found, turn, session, _ = store.mine(tx, ask, id)
    _check_open(found, turn, step)
    dimensions = rules.steps(found.sort, found.asked(turn))[step]
    errors: dict[str, str] = {}
    scores: dict[str, Scored] = {}
    for letter, one in zip(words.LETTERS, dimensions, strict=False):
        score, why = given[letter]
        if score not in rules.SCORES:
            errors[f"score_{letter}"] = "Wanted a score from 1 to 4."
        elif not why.strip() and found.sort is not Sort.interviewing:
            errors[f"why_{letter}"] = "Wanted what they said or did that shows it."
        else:
            scores[one.name] = Scored(score, why.strip())
    if not dimensions or found.sort is Sort.interviewing:
        errors |= {name: "This one is needed." for name, said in (("strength", strength), ("gap", gap)) if not said}
    if errors:
        raise FormErrors(errors)
    names = names_of(sessions.participants(tx, session))
    return words.kept(store.write(tx, found, scores, strength, gap), turn, names)


def _check_open(found: Sheet, turn: Turn, step: int) -> None:
    if found.sent_at is not None:
        raise UserError(words.OVER)
    if not 0 <= step < len(rules.steps(found.sort, found.asked(turn))):
        raise UserError("There is no such part of this feedback.")


@action("send-sheet")
async def send(ask: Ask, id: int) -> Reply:
    """Send a sheet, which is final from then on."""
    return await ask.run(_send, ask, id)


def _send(tx: Connection, ask: Ask, id: int) -> Message:
    found, turn, session, member = store.mine(tx, ask, id)
    if found.sent_at is not None:
        raise UserError(words.SENT_ALREADY)
    missing = found.missing_step(turn)
    if missing is not None:
        raise UserError(f"Part {missing + 1} is not filled yet.")
    store.set_sent(tx, found, ask.now)
    awaited = store.awaited(tx, session)
    more = any(one.author == member.id for one in awaited)
    if not more and not session.alone:
        _book(tx, ask, session)
    if session.state is State.closed:
        timers.put(tx, session.id, [Timer("late feedback", ask.now, int(found.id))])
    elif not awaited:
        timers.put(tx, session.id, [Timer("feedback", ask.now)])
    return words.sent(waits=bool(awaited) and session.state is State.debrief, more=more, alone=session.alone)


def _book(tx: Connection, ask: Ask, session: Session) -> None:
    _, member = sessions.mine(tx, ask, session.id)
    on = ask.now.astimezone(groups.group(tx, session.group).zone).date()
    boards.book(
        tx,
        group=session.group,
        member=member.id,
        key=f"feedback:{session.id}:{member.id}",
        what="feedback",
        points=GIVEN,
        on=on,
        topics=(),
        now=ask.now,
    )


@action("rate-kit")
async def rate(ask: Ask, id: int, stars: int) -> Reply:
    """Say how good a kit was."""
    return await ask.run(_rate, ask, id, stars)


def _rate(tx: Connection, ask: Ask, id: int, stars: int) -> Message:
    turn, session, member = interviews.seat(tx, ask, id)
    if session.state not in {State.debrief, State.closed} or turn.started_at is None:
        raise UserError("A kit is rated after the interview.")
    if not 1 <= stars <= 5:
        raise UserError("Wanted one to five stars.")
    store.rate(tx, turn, member.id, stars, ask.now)
    return message(words.RATED)


@action("thank")
async def thank(ask: Ask, id: int) -> Reply:
    """Thank whoever wrote about the asker, once."""
    return await ask.run(_thank, ask, id)


def _thank(tx: Connection, ask: Ask, id: int) -> Message:
    found, session, member = store.about_me(tx, ask, id)
    if found.author not in session.people:
        return message(words.AUTHOR_GONE)
    if found.thanked_at is None:
        store.set_thanked(tx, found, ask.now)
        rooms.tell(tx, session, found.author, f"thanks:{found.id}", words.thanks(member.name), ask.now)
    return message(words.THANKED)
