"""A sending as one call of Discord's, and finding again what was sent."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, assert_never

import discord
from discord.http import HTTPClient, MultipartParameters, handle_message_parameters

from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Attached, File, Posted
from bot.core.files import text_file
from bot.core.limits import THREAD_NAME
from bot.core.messages import Message
from bot.core.ports import (
    Change,
    DropEvent,
    GiveRole,
    LetIn,
    LetOut,
    MakeEvent,
    OpenRoom,
    OpenThread,
    React,
    Receipt,
    Send,
    Sending,
)
from bot.core.refs import MessageRef, Person, Place
from bot.platforms.discord import events, ids, inbound
from bot.platforms.discord.render import Draw, Rendered, draw_all, first_line, render

ARCHIVE_AFTER: Literal[4320] = (
    4_320  # minutes: three days, the first of Discord's values that outlasts the latest reveal
)
KEPT_OPEN: Literal[10080] = 10_080  # minutes: seven days, Discord's longest; a room waits for a time to be agreed
PAGE = 100
SLACK_OF_CLOCKS = timedelta(minutes=5)  # how far our clock and Discord's may differ
THREAD_EXISTS, ARCHIVED = 160004, 50083
CHAMPIONS = "the champions of a season"  # in the server's audit log
UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013
made_once: ContextVar[bool] = ContextVar("made_once", default=False)
"""Set around a call that must not be repeated by the library, since nothing tells Discord that it is the same one."""


class Post:
    """The outgoing side: makes calls by ids alone, so that it needs no cache and no connection to the gateway."""

    def __init__(self, http: HTTPClient, draw: Draw, is_forum: Callable[[Place], bool | None]) -> None:
        self._http = http
        self._draw = draw
        self._is_forum = is_forum
        self._direct: dict[str, int] = {}
        self._forums: dict[str, bool] = {}

    # --- sending --------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one call; a thread that stands there already is the thread that was wanted."""
        match sending.call:
            case Send(message):
                return await self._send(sending, sending.call, message)
            case OpenThread(name):
                return await self._open_thread(_sent_before(sending), name[:THREAD_NAME])
            case Change(message, of):
                ref = of or _sent_before(sending)
                rendered = render(message, await draw_all(message, self._draw))
                await self._reopening(ref.place, lambda: self._edit(ref, rendered))
                return replace(sending.before, message=ref)
            case React(to, reaction):
                channel = _channel(to.place)
                await self._reopening(to.place, lambda: self._http.add_reaction(channel, int(to.id), reaction))
                return replace(sending.before, message=to)
            case OpenRoom():
                return await self._open_room(sending, sending.call)
            case LetIn(person):
                room = _room_before(sending)
                await self._reopening(room, lambda: self._http.add_user_to_thread(_channel(room), int(person.id)))
                return sending.before
            case LetOut(person):
                return await self._let_out(sending, person)
            case MakeEvent():
                return await self._make_event(sending, sending.call)
            case DropEvent():
                return await events.drop(self._http, sending)
            case GiveRole(person, role, take):
                change = self._http.remove_role if take else self._http.add_role
                await change(int(ids.home_of(sending).workspace), int(person.id), int(role), reason=CHAMPIONS)
                return sending.before
            case _:
                assert_never(sending.call)

    async def _send(self, sending: Sending, call: Send, message: Message) -> Receipt:
        target = _target(sending, call)
        rendered = render(message, await draw_all(message, self._draw), mark=ids.mark(sending.key))
        if isinstance(target, Place) and target.thread is None and await self.is_forum(target):
            return await self._open_post(sending, target, message, rendered)
        channel = await self._channel_of(target)
        place = target if isinstance(target, Place) else inbound.direct_place(channel)
        with _parameters(rendered, nonce=ids.nonce(sending.key)) as params:
            sent = await self._reopening(place, lambda: self._http.send_message(channel, params=params))
        return _receipt(sending, call, place, str(sent["id"]))

    async def _open_post(self, sending: Sending, forum: Place, message: Message, rendered: Rendered) -> Receipt:
        # A post of a forum takes no nonce: what may stand there already is looked for first.
        if found := await self._look_in_forum(sending, forum):
            return found
        post = {"name": first_line(message)[:THREAD_NAME], "auto_archive_duration": ARCHIVE_AFTER}
        token = made_once.set(True)
        try:
            with _parameters(rendered, channel_payload=post) as params:
                opened = await self._http.start_thread_in_forum(_channel(forum), params=params)
        finally:
            made_once.reset(token)
        place = replace(forum, thread=str(opened["id"]))
        return Receipt(message=MessageRef(place, str(opened["id"])), thread=None)

    async def _open_thread(self, on: MessageRef, name: str) -> Receipt:
        if on.place.thread is not None:
            # In a forum the post is the thread; it gets the name that it should have.
            await self._http.edit_channel(_channel(on.place), name=name)
            return Receipt(message=on, thread=on.place)
        try:
            await self._http.start_thread_with_message(
                _channel(on.place), int(on.id), name=name, auto_archive_duration=ARCHIVE_AFTER
            )
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
        # A thread that was opened on a message has the message's id.
        return Receipt(message=on, thread=replace(on.place, thread=on.id))

    async def _open_room(self, sending: Sending, call: OpenRoom) -> Receipt:
        home = ids.home_of(sending)
        if await self.is_forum(home):
            raise DeliveryError(Refusal.forbidden, "a forum has no private threads")
        # A private thread takes no nonce: what may stand there already is looked for first.
        if found := await self._look_for_room(sending, call):
            return found
        token = made_once.set(True)
        try:
            opened = await self._http.start_thread_without_message(
                _channel(home),
                name=call.name[:THREAD_NAME],
                auto_archive_duration=KEPT_OPEN,
                type=discord.ChannelType.private_thread.value,
                invitable=False,
            )
        finally:
            made_once.reset(token)
        return Receipt(thread=replace(home, thread=str(opened["id"])))

    async def _let_out(self, sending: Sending, person: Person) -> Receipt:
        room = sending.before.thread or sending.target
        if not isinstance(room, Place):
            raise DeliveryError(Refusal.malformed, "nobody is taken out of a private conversation")
        try:
            await self._reopening(room, lambda: self._http.remove_user_from_thread(_channel(room), int(person.id)))
        except discord.NotFound as refused:
            # Whoever left the server is out already.
            if refused.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
                raise
        return Receipt(thread=room)

    async def _make_event(self, sending: Sending, event: MakeEvent) -> Receipt:
        # An event takes no nonce: what may stand there already is looked for first.
        if found := await events.look_for(self._http, sending, event):
            return found
        token = made_once.set(True)
        try:
            return await events.make(self._http, sending, event)
        finally:
            made_once.reset(token)

    async def _look_for_room(self, sending: Sending, call: OpenRoom) -> Receipt | None:
        home, name = ids.home_of(sending), call.name[:THREAD_NAME]
        active = await self._http.get_active_threads(int(home.workspace))
        for thread in active["threads"]:
            private = thread["type"] == discord.ChannelType.private_thread.value
            if private and str(thread["parent_id"]) == home.channel and thread["name"] == name:
                return Receipt(thread=replace(home, thread=str(thread["id"])))
        return None

    async def _edit(self, of: MessageRef, rendered: Rendered) -> None:
        with _parameters(rendered, attachments=rendered.files) as params:
            await self._http.edit_message(_channel(of.place), int(of.id), params=params)

    async def _reopening(self, place: Place, call: Callable[[], Any]) -> Any:
        """Make a call; where it meets an archived thread, open the thread again first, and unlock it where needed."""
        try:
            return await call()
        except discord.HTTPException as error:
            locked = error.status == 403 and place.thread is not None and await self._is_locked(place)
            if error.code != ARCHIVED and not locked:
                raise
        unlocked: dict[str, Any] = {"locked": False} if await self._is_locked(place) else {}
        await self._http.edit_channel(_channel(place), archived=False, **unlocked)
        return await call()

    async def _is_locked(self, place: Place) -> bool:
        try:
            thread: Any = await self._http.get_channel(_channel(place))
        except discord.HTTPException:
            return False  # it cannot even be seen: the refusal stands as it was
        state = thread.get("thread_metadata") or {}
        shut: bool = state.get("locked") is True and state.get("archived") is True
        return shut

    async def _channel_of(self, target: Place | Person) -> int:
        if isinstance(target, Place):
            return _channel(target)
        if target.id not in self._direct:
            opened = await self._http.start_private_message(target.id)
            self._direct[target.id] = int(opened["id"])
        return self._direct[target.id]

    async def is_forum(self, place: Place) -> bool:
        """Whether a channel is a forum, asked where it is not known."""
        known = self._is_forum(place)
        if known is not None:
            return known
        if place.channel not in self._forums:
            found = await self._http.get_channel(int(place.channel))
            self._forums[place.channel] = found["type"] == discord.ChannelType.forum.value
        return self._forums[place.channel]

    async def is_member(self, guild: int, user: int) -> bool:
        """Whether somebody is on a server; a server that is unknown to us says nothing about its members."""
        try:
            await self._http.get_member(guild, user)
        except discord.NotFound as refused:
            if refused.code in (UNKNOWN_MEMBER, UNKNOWN_USER):
                return False
            raise
        return True

    # --- finding again --------------------------------------------------------------------------------------------

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key by the mark that it carries; what changes nothing twice is not found."""
        call = sending.call
        if isinstance(call, OpenRoom):
            return await self._look_for_room(sending, call)
        if isinstance(call, MakeEvent):
            return await events.look_for(self._http, sending, call)
        if not isinstance(call, Send):
            return None
        target = _target(sending, call)
        if isinstance(target, Place) and target.thread is None and await self.is_forum(target):
            return await self._look_in_forum(sending, target)
        channel = await self._channel_of(target)
        place = target if isinstance(target, Place) else inbound.direct_place(channel)
        wanted = ids.mark(sending.key)
        async for message in self.history(channel, sending.since - SLACK_OF_CLOCKS):
            if _carries(message, wanted):
                return _receipt(sending, call, place, str(message["id"]))
        return None

    async def _look_in_forum(self, sending: Sending, forum: Place) -> Receipt | None:
        wanted, since = ids.mark(sending.key), ids.snowflake(sending.since - SLACK_OF_CLOCKS)
        active = await self._http.get_active_threads(int(forum.workspace))
        for thread in active["threads"]:
            if str(thread["parent_id"]) != forum.channel or int(thread["id"]) < since:
                continue
            try:
                first: Mapping[str, Any] = await self._http.get_message(int(thread["id"]), int(thread["id"]))
            except discord.NotFound:
                continue  # its first message was deleted
            if _carries(first, wanted):
                return Receipt(message=MessageRef(replace(forum, thread=str(thread["id"])), str(thread["id"])))
        return None

    async def history(self, channel: int, since: datetime | None = None) -> AsyncIterator[Mapping[str, Any]]:
        """What stands in a channel since a moment, the oldest first, page by page."""
        after = ids.snowflake(since) if since else 0
        while True:
            page: Sequence[Mapping[str, Any]] = await self._http.logs_from(channel, PAGE, after=after)
            for message in sorted(page, key=lambda message: int(message["id"])):
                after = int(message["id"])
                yield message
            if len(page) < PAGE:
                return

    async def replies(self, thread: Place) -> list[Posted]:
        """What members have written in a thread, the oldest first."""
        return await self._written(thread)

    async def in_private(self, who: Person, since: datetime) -> list[Posted]:
        """What somebody has written to the bot alone since a moment, the oldest first."""
        place = inbound.direct_place(await self._channel_of(who))
        return [replace(said, direct=True) for said in await self._written(place, since)]

    async def _written(self, place: Place, since: datetime | None = None) -> list[Posted]:
        history = self.history(_channel(place), since)
        return [said async for one in history if (said := inbound.read(one, place))]

    async def read_file(self, file: Attached) -> File:
        """A file where Discord keeps it."""
        return text_file(file.name, await self._http.get_from_cdn(file.address))


# --- parts ----------------------------------------------------------------------------------------------------------


def _parameters(rendered: Rendered, **more: Any) -> MultipartParameters:
    files: dict[str, Any] = {"files": rendered.files} if rendered.files and "attachments" not in more else {}
    return handle_message_parameters(view=rendered.view, allowed_mentions=rendered.mentions, **files, **more)


def _channel(place: Place) -> int:
    return int(place.thread or place.channel)


def _target(sending: Sending, call: Send) -> Place | Person:
    if not call.in_thread:
        return sending.target
    if sending.before.thread is None:
        raise DeliveryError(Refusal.malformed, "the row before opened no thread")
    return sending.before.thread


def _sent_before(sending: Sending) -> MessageRef:
    if sending.before.message is None:
        raise DeliveryError(Refusal.malformed, "the row before sent no message")
    return sending.before.message


def _room_before(sending: Sending) -> Place:
    if sending.before.thread is None:
        raise DeliveryError(Refusal.malformed, "the row before opened no room")
    return sending.before.thread


def _receipt(sending: Sending, call: Send, place: Place, message: str) -> Receipt:
    return Receipt(message=MessageRef(place, message), thread=sending.before.thread if call.in_thread else None)


def _carries(message: Mapping[str, Any], mark: int) -> bool:
    components = message.get("components") or [{}]
    found: object = components[0].get("id")
    return found == mark
