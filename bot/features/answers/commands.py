"""Answering the day's question, by button, by form, or in the thread."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from sqlalchemy import Connection

from bot.bank.grade import Grade, Response, grade, read_response
from bot.bank.schema import Code, Question
from bot.core.ask import Ask
from bot.core.commands import Option, action, form, on
from bot.core.errors import FormErrors, UserError
from bot.core.events import Deleted, Edited, Posted
from bot.core.forms import Form
from bot.core.limits import POSTED
from bot.core.messages import Message
from bot.core.ports import Judging, React, Reply, Send
from bot.core.refs import MessageRef
from bot.features.answers import rules, store, words
from bot.features.boards import store as boards
from bot.features.code import store as code
from bot.features.code import words as judged_words
from bot.features.code.rules import Program, holds_code, program_in
from bot.features.daily import store as posts
from bot.features.daily.store import Post
from bot.features.days import store as days
from bot.features.days.store import Day
from bot.features.groups import store as groups
from bot.features.groups.store import Group
from bot.features.members import store as members
from bot.features.members import words as member_words
from bot.features.members.store import Member
from bot.storage import outbox

# --- answering by button and form ---------------------------------------------------------------------------------


@action("pick")
async def pick(ask: Ask, id: int, option: str) -> Reply:
    """Answer a multiple-choice question with one of its letters."""
    return await ask.run(_give, ask, id, [option])


@action("choose")
async def choose(ask: Ask, id: int, chosen: tuple[str, ...]) -> Reply:
    """Answer a question of which several options are right."""
    return await ask.run(_give, ask, id, chosen)


@action("answer")
async def answer(ask: Ask, id: int) -> Reply:
    """Open the form in which a question is answered."""
    return await ask.read(_form, ask, id)


def _form(tx: Connection, ask: Ask, id: int) -> Form:
    day, group = days.here(tx, ask, id)
    member = members.find(tx, group.id, ask.who)
    before = store.answer_of(tx, day.id, member.id) if member else None
    return words.answer_form(day, before.response.text if before else "")


@form("give")
async def give(
    ask: Ask, id: int, given: Annotated[str, Option(max_length=POSTED, paragraph=True)], judging: Judging
) -> Reply:
    """Take the form in which a question is answered."""
    return await ask.run(_give, ask, id, given, judged=judging.runs)


def _give(tx: Connection, ask: Ask, id: int, given: str | Sequence[str], *, judged: bool = False) -> Message:
    day, group = days.here(tx, ask, id, held=True)
    response = _readable(day, given)
    before = members.find(tx, group.id, ask.who)
    member, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    if judged and isinstance(day.asked, Code) and isinstance(given, str):
        program = program_in(given, day.asked.answer, bare=True)
        return member_words.again(before, _submit(tx, ask, day, member, program))
    return member_words.again(before, _taken(tx, ask, day, group, member, response))


def _taken(tx: Connection, ask: Ask, day: Day, group: Group, member: Member, response: Response) -> Message:
    """Take what was given by button or form: an answer, or practice after the reveal."""
    if not _counts(day, ask.at):
        return _practise(tx, ask, day, group, member, response)
    before = store.answer_of(tx, day.id, member.id)
    if before and _told(group, day) and before.grade.right is not None:
        raise UserError("Your first answer counts, since right or wrong was told at once.")
    graded = record(tx, day, member, response, at=ask.at, message=None)
    return words.recorded(day, group, response, graded, told=_told(group, day))


def _submit(
    tx: Connection, ask: Ask, day: Day, member: Member, program: Program, message: MessageRef | None = None
) -> Message:
    """Let a program be judged; its verdict comes by itself."""
    practice = not _counts(day, ask.at)
    code.take(tx, day, member.id, program, at=ask.at, practice=practice, message=message)
    posts.set_changed(tx, day.id)
    return judged_words.received(program.notes, practice=practice)


def _readable(day: Day, given: str | Sequence[str]) -> Response:
    """Read what was given; what was typed into a form stays there where it cannot be read, so that nothing is lost."""
    try:
        return read_response(day.asked, given)
    except UserError as error:
        if isinstance(given, str):
            raise FormErrors({"given": str(error)}) from error
        raise


def record(
    tx: Connection, day: Day, member: Member, response: Response, *, at: datetime, message: MessageRef | None
) -> Grade:
    """Write an answer that was given in time; give its verdict."""
    graded = grade(day.asked, response)
    store.put_answer(tx, day, member.id, response, graded, at=at, practice=False, message=message)
    posts.set_changed(tx, day.id)
    return graded


def _practise(tx: Connection, ask: Ask, day: Day, group: Group, member: Member, response: Response) -> Message:
    graded = grade(day.asked, response)
    before = store.answer_of(tx, day.id, member.id)
    points: int | None = 0
    if before is None or before.practice:
        store.put_answer(tx, day, member.id, response, graded, at=ask.at, practice=True, message=None)
    if before is None:
        points = _book_late(tx, ask, day, group, member, graded.right)
    return words.practised(day, response, graded, points, before)


def _book_late(tx: Connection, ask: Ask, day: Day, group: Group, member: Member, right: bool | None) -> int | None:
    """Book a late answer; give what it is worth, or None where another track of its date counts in its place."""
    points = rules.late_points(right, group.numbers)
    if points:
        boards.book(
            tx,
            group=group.id,
            member=member.id,
            key=f"late:{day.id}:{member.id}",
            what="late",
            points=points,
            on=day.on,
            topics=(day.asked.category, *day.asked.topics),
            now=ask.now,
            day=day.id,
        )
        boards.keep_best_track(tx, group.id, member.id, day.on, ask.now)
        return boards.points_of(tx, member.id, day.id) or None
    return points


# --- hints and one's own result -----------------------------------------------------------------------------------


@action("hint")
async def hint(ask: Ask, id: int) -> Reply:
    """Offer the next hint, and say what it costs."""
    return await ask.read(_hint, ask, id)


def _hint(tx: Connection, ask: Ask, id: int) -> Message:
    day, group = days.here(tx, ask, id)
    member = members.find(tx, group.id, ask.who)
    taken = store.hints_taken(tx, day.id, member.id) if member else 0
    return words.hint_offer(day, taken, group.numbers.hint)


@action("take-hint")
async def take_hint(ask: Ask, id: int, after: int) -> Reply:
    """Show the next hint; pressing the same button twice takes one."""
    return await ask.run(_take_hint, ask, id, after)


def _take_hint(tx: Connection, ask: Ask, id: int, after: int) -> Message:
    day, group = days.here(tx, ask, id, held=True)
    before = members.find(tx, group.id, ask.who)
    member, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    taken = store.hints_taken(tx, day.id, member.id)
    if day.state == "open" and taken == after and taken < len(day.asked.hints):
        taken = store.take_hint(tx, day.id, member.id)
    return member_words.again(before, words.hint_offer(day, taken, group.numbers.hint))


@action("my-result")
async def my_result(ask: Ask, id: int) -> Reply:
    """Show what the asker answered, and what it was worth once that is open."""
    return await ask.read(_my_result, ask, id)


def _my_result(tx: Connection, ask: Ask, id: int) -> Message:
    day, group = days.here(tx, ask, id)
    member = members.find(tx, group.id, ask.who)
    mine = store.answer_of(tx, day.id, member.id) if member else None
    points = boards.points_of(tx, member.id, day.id) if member and day.state == "revealed" else None
    return words.result(day, group, mine, told=_told(group, day), points=points)


# --- answering in the thread --------------------------------------------------------------------------------------


@on(Posted)
async def posted(ask: Ask, event: Posted, judging: Judging) -> Reply:
    """Somebody wrote in a thread: the first top-level reply is their answer, where the question takes answers there."""
    await ask.run(_posted, ask, event, judging.runs)
    return None


def _posted(tx: Connection, ask: Ask, event: Posted, judged: bool) -> None:
    found = _thread_day(tx, event)
    if found is None or event.reply_to is not None:
        return
    post, day = found
    asks_code, has_code = isinstance(day.asked, Code), holds_code(event.text, event.files, event.unread)
    if rules.is_blind(day.asked, groups.group(tx, day.group).numbers):
        _point_to_button(tx, ask, post, day, event, was_meant=asks_code and has_code)
    elif asks_code and not has_code:
        return  # talk about code is talk
    elif asks_code and judged:
        _submit_in_thread(tx, ask, day, event)
    elif _may_answer(tx, ask, day):
        _answer_in_thread(tx, ask, day, event)


def _thread_day(tx: Connection, event: Posted | Edited | Deleted) -> tuple[Post, Day] | None:
    post = posts.post_at(tx, event.place)
    day = days.find(tx, post.day, held=True) if post else None
    return (post, day) if post and day else None


def _may_answer(tx: Connection, ask: Ask, day: Day) -> bool:
    member = members.find(tx, day.group, ask.who)
    return member is None or store.answer_of(tx, day.id, member.id) is None


def _point_to_button(tx: Connection, ask: Ask, post: Post, day: Day, event: Posted, *, was_meant: bool) -> None:
    """Point to the button: from each message that was surely meant as an answer, else from the first of each person."""
    if day.state == "open" and (was_meant or _may_answer(tx, ask, day)):
        key = f"point:{event.message.place}:{event.message.id}" if was_meant else f"point:{post.key}:{ask.who}"
        outbox.enqueue(tx, key, event.place, React(event.message, words.USE_BUTTON), now=ask.now)


def _answer_in_thread(tx: Connection, ask: Ask, day: Day, event: Posted | Edited) -> None:
    try:
        response = _response_in(day, event)
    except UserError:
        # What cannot be read stays where it was written; the reaction says so, editing it is a new try.
        _react(tx, ask, event, words.UNREADABLE)
        return
    member, _ = members.join(tx, day.group, ask.who, ask.name, now=ask.now)
    if _counts(day, event.at):
        record(tx, day, member, response, at=event.at, message=event.message)
    else:
        _practise(tx, ask, day, groups.group(tx, day.group), member, response)
    _react(tx, ask, event, words.RECORDED)


def _response_in(day: Day, event: Posted | Edited) -> Response:
    """The answer in a message; of one to a code question, the program alone."""
    asks_code = isinstance(day.asked, Code)
    return read_response(day.asked, _program_in(day.asked, event).text if asks_code else event.text)


def _program_in(asked: Question, event: Posted | Edited) -> Program:
    assert isinstance(asked, Code)
    if isinstance(event, Edited):
        return program_in(event.text, asked.answer)
    return program_in(event.text, asked.answer, files=event.files, unread=event.unread)


def _submit_in_thread(tx: Connection, ask: Ask, day: Day, event: Posted | Edited) -> None:
    """Let the code in a message be judged."""
    try:
        program = _program_in(day.asked, event)
        member, _ = members.join(tx, day.group, ask.who, ask.name, now=ask.now)
        if code.stands_in(tx, day.id, member.id, event.message) == program.text:
            return  # what is said beside the code was changed
        notes = _submit(tx, ask, day, member, program, event.message)
    except UserError as error:
        _react(tx, ask, event, words.UNREADABLE)
        why = judged_words.not_taken(day, str(error))
        outbox.enqueue(tx, f"not-taken:{event.id}", ask.who, Send(why), now=ask.now)
        return
    _react(tx, ask, event, words.RECORDED)
    if program.notes:
        outbox.enqueue(tx, f"mended:{event.id}", ask.who, Send(notes), now=ask.now)


def _react(tx: Connection, ask: Ask, event: Posted | Edited, reaction: str) -> None:
    key = f"react:{event.message.place}:{event.message.id}:{reaction}"
    outbox.enqueue(tx, key, event.place, React(event.message, reaction), now=ask.now)


@on(Edited)
async def edited(ask: Ask, event: Edited, judging: Judging) -> Reply:
    """Somebody changed their message: an answer that stands in it changes with it, until the reveal."""
    await ask.run(_edited, ask, event, judging.runs)
    return None


def _edited(tx: Connection, ask: Ask, event: Edited, judged: bool) -> None:
    found = _thread_day(tx, event)
    if found is None:
        return
    _, day = found
    standing = store.answer_at(tx, event.message)
    open_here = not rules.is_blind(day.asked, groups.group(tx, day.group).numbers)
    if isinstance(day.asked, Code) and not holds_code(event.text):
        return  # what is said beside a file may change, the file cannot
    if judged and isinstance(day.asked, Code):
        if open_here and _counts(day, event.at) and event.reply_to is None:
            _submit_in_thread(tx, ask, day, event)
    elif standing is None:
        top_level = event.reply_to is None
        if top_level and open_here and day.state == "open" and _may_answer(tx, ask, day):
            _answer_in_thread(tx, ask, day, event)
    elif _counts(day, event.at) and not standing.withdrawn:
        _answer_in_thread(tx, ask, day, event)


@on(Deleted)
async def deleted(ask: Ask, event: Deleted) -> Reply:
    """Somebody deleted their message: an answer that stood in it is withdrawn, until the reveal."""
    await ask.run(_deleted, ask, event)
    return None


def _deleted(tx: Connection, ask: Ask, event: Deleted) -> None:
    found = _thread_day(tx, event)
    if found is None or not _counts(found[1], event.at):
        return
    _, day = found
    standing = store.answer_at(tx, event.message)
    code.withdraw(tx, day.id, event.message)
    if standing is None:
        return  # what counts stands in another message, or came by button
    if not code.let_the_best_count(tx, day, standing.member, judged_words.summary):
        store.withdraw(tx, standing.id)
    posts.set_changed(tx, day.id)


@action("count-as-answer")
async def count_as_answer(ask: Ask, judging: Judging) -> Reply:
    """Make a message of one's own in the thread one's answer, in place of the one before."""
    return await ask.run(_count_as_answer, ask, judging.runs)


def _count_as_answer(tx: Connection, ask: Ask, judged: bool) -> Message:
    post = posts.post_at(tx, ask.place)
    day = days.find(tx, post.day, held=True) if post else None
    if day is None or ask.message is None or ask.author != ask.who:
        raise UserError("Wanted a message of yours in the thread of a question.")
    group = groups.group(tx, day.group)
    if rules.is_blind(day.asked, group.numbers):
        raise UserError(
            "This question is answered with its buttons, so that nobody sees your answer before the reveal."
        )
    before = members.find(tx, group.id, ask.who)
    member, _ = members.join(tx, group.id, ask.who, ask.name, now=ask.now)
    return member_words.again(before, _counted(tx, ask, ask.message, day, group, member, judged=judged))


def _counted(
    tx: Connection, ask: Ask, message: MessageRef, day: Day, group: Group, member: Member, *, judged: bool
) -> Message:
    """Take the text of a message as the answer."""
    if judged and isinstance(day.asked, Code):
        return _submit(tx, ask, day, member, program_in(ask.text, day.asked.answer), message)
    written = program_in(ask.text, day.asked.answer).text if isinstance(day.asked, Code) else ask.text
    response = read_response(day.asked, written)
    if not _counts(day, ask.at):
        return _practise(tx, ask, day, group, member, response)
    graded = record(tx, day, member, response, at=ask.at, message=message)
    key = f"react:{message.place}:{message.id}:{words.RECORDED}"
    outbox.enqueue(tx, key, ask.place, React(message, words.RECORDED), now=ask.now)
    return words.recorded(day, group, response, graded, told=_told(group, day))


def _told(group: Group, day: Day) -> bool:
    return day.state == "revealed" or group.numbers.show_right_or_wrong_at_once


def _counts(day: Day, at: datetime) -> bool:
    # The reveal may be worked off a little after its moment; what comes between is late all the same.
    return day.state == "open" and day.reveal_at is not None and at < day.reveal_at
