"""Code in private, by file or block, and the solutions of others after the reveal."""

from typing import Annotated

from sqlalchemy import Connection

from bot.bank.schema import Code
from bot.core.ask import Ask
from bot.core.commands import Option, action, command, on
from bot.core.errors import UserError
from bot.core.events import Posted
from bot.core.messages import Message, message
from bot.core.ports import Judging, Reply, Send
from bot.features.code import store, words
from bot.features.code.rules import holds_code, program_in
from bot.features.daily import store as posts
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.members import store as members
from bot.storage import outbox

MOST_SHOWN = 5  # solutions in one message
LOOKED_BACK = 60  # days among which the last code question is looked for


@on(Posted, direct=True)
async def posted(ask: Ask, event: Posted, judging: Judging) -> Reply:
    """Somebody sent code in private: it is for the newest open code question of their groups."""
    if judging.runs and holds_code(event.text, event.files, event.unread):
        await ask.run(_posted, ask, event)
    return None


def _posted(tx: Connection, ask: Ask, event: Posted) -> None:
    said = _take(tx, ask, event)
    outbox.enqueue(tx, f"received:{event.id}", ask.who, Send(said), now=ask.now)


def _take(tx: Connection, ask: Ask, event: Posted) -> Message:
    day = _open_day(tx, ask)
    if day is None:
        return message(words.nothing_open())
    assert isinstance(day.asked, Code)
    try:
        program = program_in(event.text, day.asked.answer, files=event.files, unread=event.unread)
        member, _ = members.join(tx, day.group, ask.who, ask.name, now=ask.now)
        practice = day.reveal_at is None or event.at >= day.reveal_at
        store.take(tx, day, member.id, program, at=event.at, practice=practice)
        posts.set_changed(tx, day.id)
    except UserError as error:
        return words.not_taken(day, str(error))
    return words.received(program.notes, practice=practice)


def _open_day(tx: Connection, ask: Ask) -> Day | None:
    found = [day for of in members.groups_of(tx, ask.who) for day in days.newest(tx, of, LOOKED_BACK, states=("open",))]
    newest = max((day for day in found if isinstance(day.asked, Code)), key=lambda day: (day.on, day.id), default=None)
    return days.find(tx, newest.id, held=True) if newest else None


@action("share-solution")
async def share_solution(ask: Ask, id: int, yes: str) -> Reply:
    """Show one's accepted program to the group after the reveal, or keep it."""
    return await ask.run(_share_solution, ask, id, yes == "yes")


def _share_solution(tx: Connection, ask: Ask, id: int, yes: bool) -> Message:
    found = store.find(tx, id)
    member = members.find(tx, found.group, ask.who) if found else None
    if found is None or member is None or found.member != member.id:
        raise UserError("Wanted a program of your own.")
    if yes and found.state == "withdrawn":
        raise UserError("You have deleted the message with this program, which took it back. Wanted another one.")
    for one in [found] if yes else store.of_member(tx, found.day, member.id):
        store.set_shared(tx, one.id, yes)
    return words.shown(found, yes=yes)


@command("solutions", help="See accepted solutions of a code question that is revealed, beside the reference.")
async def solutions(
    ask: Ask, question: Annotated[str, Option("the question's id; the last one by default", max_length=80)] = ""
) -> Reply:
    """Show the solutions of those who agreed."""
    return await ask.read(_solutions, ask, question.strip())


def _solutions(tx: Connection, ask: Ask, question: str) -> Message:
    group = groups.here(tx, ask)
    asker = members.active_member(tx, group.id, ask)
    revealed = days.newest(tx, group.id, LOOKED_BACK, states=("revealed",))
    day = next((day for day in revealed if _is_it(day, question)), None)
    if day is None:
        which = f" called “{question}”" if question else ""
        raise UserError(f"Wanted a revealed code question of this group; there is none{which}.")
    assert isinstance(day.asked, Code)
    reference = store.reference(tx, day.id)
    shared = [(_name(tx, one), one) for one in store.shared_solutions(tx, day.id, MOST_SHOWN)]
    seconds = reference.verdict.seconds if reference and reference.verdict else None
    accepted = [one for one in store.of_member(tx, day.id, asker.id) if one.verdict and one.verdict.right]
    own = next((one for one in accepted if one.shared), accepted[-1] if accepted else None)
    return words.solutions(day, day.asked.answer, seconds, shared, own)


def _is_it(day: Day, question: str) -> bool:
    return isinstance(day.asked, Code) and question in {"", day.question_id}


def _name(tx: Connection, one: store.Submission) -> str:
    assert one.member is not None
    member = members.member(tx, one.member)
    return "a member" if member.seen_by == "nobody" or member.left_at is not None else member.name
