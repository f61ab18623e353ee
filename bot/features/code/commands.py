"""Code in private, by file or block, and the solutions of others after the reveal."""

from typing import Annotated

from sqlalchemy import Connection

from bot.bank.schema import Code
from bot.core.ask import Ask
from bot.core.commands import Option, action, command
from bot.core.errors import UserError
from bot.core.messages import Message
from bot.core.ports import Reply
from bot.features.code import store, words
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.members import store as members

MOST_SHOWN = 5  # solutions in one message
LOOKED_BACK = 60  # days among which the last code question is looked for


@action("share-solution")
async def share_solution(ask: Ask, id: int, yes: str) -> Reply:
    """Show one's accepted program to the group after the reveal, or keep it."""
    return await ask.run(_share_solution, ask, id, yes == "yes")


def _share_solution(tx: Connection, ask: Ask, id: int, yes: bool) -> Message:
    found = store.find(tx, id)
    member = members.find(tx, found.group, ask.who) if found else None
    if found is None or member is None or found.member != member.id:
        raise UserError("Wanted a program of your own.")
    store.set_shared(tx, id, yes)
    return words.shown(found, yes=yes)


@command("solutions", help="See accepted solutions of a code question that is revealed, beside the reference.")
async def solutions(
    ask: Ask, question: Annotated[str, Option("the question's id; the last one by default", max_length=80)] = ""
) -> Reply:
    """Show the solutions of those who agreed."""
    return await ask.read(_solutions, ask, question.strip())


def _solutions(tx: Connection, ask: Ask, question: str) -> Message:
    group = groups.here(tx, ask)
    members.active_member(tx, group.id, ask)
    revealed = days.newest(tx, group.id, LOOKED_BACK, states=("revealed",))
    day = next((day for day in revealed if _is_it(day, question)), None)
    if day is None:
        which = f" called “{question}”" if question else ""
        raise UserError(f"Wanted a revealed code question of this group; there is none{which}.")
    assert isinstance(day.asked, Code)
    own = store.reference(tx, day.id)
    shared = [(_name(tx, one), one) for one in store.shared_solutions(tx, day.id, MOST_SHOWN)]
    seconds = own.verdict.seconds if own and own.verdict else None
    return words.solutions(day, day.asked.answer.solution, seconds, shared)


def _is_it(day: Day, question: str) -> bool:
    return isinstance(day.asked, Code) and question in {"", day.question_id}


def _name(tx: Connection, one: store.Submission) -> str:
    assert one.member is not None
    member = members.member(tx, one.member)
    return "a member" if member.seen_by == "nobody" or member.left_at is not None else member.name
