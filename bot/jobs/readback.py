"""Reads threads back: what members wrote, changed and deleted while the bot was away.

Each open question's thread is read once after every start, and once more before its reveal; what is found goes the
same way in as a live event, so that it does not matter which of the two comes first.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.bank.answers import CodeAnswer
from bot.bank.schema import Code
from bot.core.clock import Clock
from bot.core.errors import DeliveryError, UserError
from bot.core.events import Deleted, Edited, Event, Posted
from bot.core.points import Point, reached
from bot.core.ports import Answer, CannotLook, Judging, Platform, UnitOfWork
from bot.core.refs import MessageRef, Person, Place
from bot.features.answers import store as answers
from bot.features.code import store as code
from bot.features.code.rules import holds_code, program_in
from bot.features.daily import store as daily
from bot.features.daily.store import Post
from bot.features.days import store as days
from bot.features.days.store import DayId
from bot.jobs.files import Files

log = structlog.get_logger()
LONGEST_READ = 10.0  # seconds for one thread; a reveal must not wait for ever
MOST_CONVERSATIONS = 200  # that are read after a start: a call or two for each
REMEMBERED = timedelta(hours=20)  # for which an event that was handled is surely known; it is kept for a day
LONGEST_ROUND = 60.0  # seconds for all of them


@dataclass(frozen=True, slots=True)
class _Before:
    """What was taken from a message; where code was asked for, the program in it."""

    text: str
    code: CodeAnswer | None = None

    def stands_in(self, reply: Posted) -> bool:
        """Whether the message still says so."""
        if self.code is None:
            return self.text == reply.text
        try:
            return self.text == program_in(reply.text, self.code, files=reply.files).text
        except UserError:
            return True  # its file cannot be read now, or the code was taken out: there is nothing to judge anew


def _known(tx: Connection, day: DayId) -> dict[str, answers.InThread]:
    """What was taken from each message of a thread: its answer, or the newest of the programs that it held."""
    return {item.message_key: item for item in [*answers.in_thread(tx, day), *code.in_thread(tx, day)]}


def _befores(tx: Connection, day: DayId, known: Mapping[str, answers.InThread]) -> dict[str, _Before]:
    asked = days.get(tx, day).asked if known else None
    return {key: _Before(one.text, asked.answer if isinstance(asked, Code) else None) for key, one in known.items()}


def _as_changed(reply: Posted) -> Posted:
    """A message that was never seen, as given when it came to say what it says; a file cannot be changed later."""
    if reply.edited_at is None or reply.files or reply.unread:
        return reply
    return replace(reply, at=reply.edited_at)


class ReadBack:
    """Reads the threads of open questions."""

    def __init__(
        self,
        *,
        platforms: Mapping[str, Platform],
        work: UnitOfWork,
        clock: Clock,
        judging: Judging,
        files: Files,
        handle: Callable[[Event], Awaitable[Answer]],
    ) -> None:
        self._platforms = platforms
        self._work = work
        self._clock = clock
        self._judging = judging
        self._files = files
        self._handle = handle
        self.errors = 0

    async def all_open(self) -> None:
        """Read the threads of all open questions, as after a start, and the code that members sent in private."""
        await self._each(await self._work.read(daily.threads_of_open_days))
        if self._judging.runs:
            await self._code_in_private()

    async def _code_in_private(self) -> None:
        """Read the private conversations of those who send programs; others have maybe none, and none is opened."""
        who = await self._work.read(code.who_sends, MOST_CONVERSATIONS)
        earliest = self._clock.now() - REMEMBERED
        try:
            async with asyncio.timeout(LONGEST_ROUND):
                for person, opened in who.items():
                    await self._conversation(person, max(opened, earliest))
        except TimeoutError:
            log.warning("conversations_not_all_read", people=len(who))

    async def _conversation(self, person: Person, since: datetime) -> None:
        platform = self._platforms.get(person.platform)
        if platform is None:
            return
        try:
            said = await platform.in_private(person, since)
        except (CannotLook, DeliveryError) as error:
            log.warning("conversation_not_read", why=type(error).__name__)
            return
        for said_now in said:
            one = await self._files.whole(said_now)
            if holds_code(one.text, one.files, one.unread):
                await self._handle(_as_changed(one))  # under the id that it had, or would have had: once in all

    async def before_reveals(self, now: datetime, *, first: Callable[[], Awaitable[object]]) -> None:
        """Read the threads whose reveal has come, after `first`, which ends what is being handled."""
        posts = await self._work.read(daily.threads_to_reveal, now)
        if posts:
            await first()
        await self._each(posts)
        if posts:
            reached(Point.reveal_read)

    async def _each(self, posts: Sequence[Post]) -> None:
        """Read these threads one after the other; one that fails or hangs holds the others for a short time at most."""
        try:
            async with asyncio.timeout(LONGEST_ROUND):
                for post in posts:
                    await self._guarded(post)
        except TimeoutError:
            log.warning("threads_not_all_read", threads=len(posts))

    async def _guarded(self, post: Post) -> None:
        try:
            async with asyncio.timeout(LONGEST_READ):
                await self._one(post)
        except TimeoutError:
            log.warning("thread_not_read", post=post.key, refusal="no answer")
        except Exception:
            self.errors += 1
            log.exception("read_back_failed", post=post.key)

    async def _one(self, post: Post) -> None:
        platform = self._platforms.get(post.place.platform)
        if platform is None or post.thread is None:
            return
        try:
            replies = await platform.replies(post.thread)
        except CannotLook:
            return  # the platform has told us everything that it ever will
        except DeliveryError as error:
            log.warning("thread_not_read", post=post.key, refusal=error.refusal.value)
            return
        known = await self._work.read(_known, post.day)
        before = await self._work.read(_befores, post.day, known)
        for said in replies:
            reply = await self._files.whole(said)
            await self._reply(reply, before.get(answers.message_key(reply.message)))
        await self._deleted(post.thread, replies, known)

    async def _reply(self, reply: Posted, before: "_Before | None") -> None:
        if before is None:
            await self._handle(_as_changed(reply))
        elif not before.stands_in(reply):
            digest = hashlib.sha256(f"{before.text} {reply.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
            await self._handle(
                Edited(
                    id=f"read-{reply.id}-{digest}",
                    who=reply.who,
                    name=reply.name,
                    place=reply.place,
                    at=reply.edited_at or reply.at,
                    message=reply.message,
                    text=reply.text,
                    reply_to=reply.reply_to,
                )
            )

    async def _deleted(self, thread: Place, replies: Sequence[Posted], known: Mapping[str, answers.InThread]) -> None:
        there = {answers.message_key(reply.message) for reply in replies}
        for key, item in known.items():
            if key not in there and key.startswith(f"{thread}#"):
                message = MessageRef(thread, key.removeprefix(f"{thread}#"))
                await self._handle(
                    Deleted(
                        id=f"read-gone-{key}",
                        who=item.who,
                        name=item.name,
                        place=thread,
                        at=item.given_at,
                        message=message,
                    )
                )
