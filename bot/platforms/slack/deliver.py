"""A sending as Slack's calls, and finding again what was sent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Posted
from bot.core.messages import Attachment, Message, Picture
from bot.core.ports import (
    CannotLook,
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
from bot.platforms.slack import ids, inbound
from bot.platforms.slack.calls import Refused, Workspace, Workspaces
from bot.platforms.slack.people import People
from bot.platforms.slack.render import Draw, Rendered, draw_all, render

Json = dict[str, Any]
DIFFERENCE_OF_CLOCKS = timedelta(minutes=5)
REACTIONS = {"✅": "white_check_mark", "❓": "question", "👉": "point_right", "👍": "+1", "🎉": "tada"}
UNREADABLE = {"access_denied", "missing_scope", "not_in_channel", "method_not_supported_for_channel_type"}
"""Refusals that say that there is no history for us to look into."""
NAMES_WITHIN = 3.0  # seconds for all names of a thread that is read back
FILE_IS_NEW = (0.5, 1.0, 2.0)  # seconds; a picture is taken into a block only once Slack has looked at it
NOT_READY = {"invalid_blocks", "slack_file_not_ready"}
QUIET = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}


class Post:
    """The outgoing side."""

    def __init__(self, workspaces: Workspaces, people: People, draw: Draw) -> None:
        self._workspaces = workspaces
        self._people = people
        self._draw = draw

    # --- sending --------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the call; a thread needs none, since it is its first message. One that has no turn soon is not begun."""
        match sending.call:
            case Send(message):
                return await self._send(sending, sending.call, message)
            case OpenThread():
                on = _sent_before(sending)
                return Receipt(message=on, thread=replace(on.place, thread=on.place.thread or on.id))
            case Change(message, of):
                ref = of or _sent_before(sending)
                workspace = await self._workspaces.of(ref.place.workspace)
                _ready(workspace, "chat.update", message)
                rendered = await self.rendered(workspace, message)
                text: Json = {"text": rendered.text, "blocks": rendered.blocks}
                await self._said(workspace, "chat.update", ref.place.channel, ts=ref.id, **text)
                return replace(sending.before, message=ref)
            case React(to, reaction):
                await self._react(to, reaction)
                return replace(sending.before, message=to)
            case OpenRoom(_, people):
                return await self._open_room(sending, people)
            case LetIn():
                return sending.before  # a conversation is opened with its people
            case LetOut(_, staying):
                # A conversation loses nobody, so those who stay have another one; a single one needs none.
                return await self._open_room(sending, staying) if len(staying) > 1 else sending.before
            case MakeEvent() | DropEvent():
                raise DeliveryError(Refusal.forbidden, "there are no events here")
            case GiveRole():
                raise DeliveryError(Refusal.forbidden, "people have no roles here that a bot can give")
            case _:
                assert_never(sending.call)

    async def _send(self, sending: Sending, call: Send, message: Message) -> Receipt:
        workspace, place = await self._place_of(_target(sending, call))
        _ready(workspace, "chat.postMessage", message, place.channel)
        rendered = await self.rendered(workspace, message, ids.mark(sending.key))
        await self.share(workspace, rendered, place)
        said = await self._said(
            workspace,
            "chat.postMessage",
            place.channel,
            text=rendered.text,
            blocks=rendered.blocks,
            metadata={"event_type": ids.MARKED, "event_payload": {"key": sending.key}},
            **QUIET,
            **({"thread_ts": place.thread} if place.thread else {}),
        )
        receipt = _receipt(sending, call, replace(place, channel=str(said["channel"])), str(said["ts"]))
        return replace(receipt, rest=workspace.pace.rest(workspace.team, "chat.postMessage", place.channel))

    async def _open_room(self, sending: Sending, people: Sequence[Person]) -> Receipt:
        """Open the conversation of the bot with several people; opening it again gives the same one."""
        workspace = await self._workspaces.of(sending.target.workspace)
        opened = await workspace.call("conversations.open", users=",".join(person.id for person in people))
        return Receipt(thread=ids.place(sending.target.workspace, str(opened["channel"]["id"])))

    async def _said(self, workspace: Workspace, method: str, channel: str, **args: Any) -> Json:
        pictured = any(block["type"] == "image" for block in args["blocks"])
        for wait in FILE_IS_NEW if pictured else ():
            try:
                return await workspace.call(method, channel, **args)
            except Refused as refused:
                if refused.code not in NOT_READY:
                    raise
                await asyncio.sleep(wait)
        return await workspace.call(method, channel, **args)

    async def _react(self, to: MessageRef, reaction: str) -> None:
        workspace = await self._workspaces.of(to.place.workspace)
        if reaction not in REACTIONS:
            raise DeliveryError(Refusal.malformed, f"no name of Slack's is known for {reaction}")
        workspace.ready("reactions.add")
        try:
            await workspace.call("reactions.add", to.place.channel, timestamp=to.id, name=REACTIONS[reaction])
        except Refused as refused:
            if refused.code != "already_reacted":
                raise

    async def rendered(self, workspace: Workspace, message: Message, mark: str | None = None) -> Rendered:
        """Render a message, with its pictures uploaded; without the scope for that they stand as text."""
        pictures = [part for part in message.parts if isinstance(part, Picture)]
        drawn = await draw_all(message, self._draw) if pictures else []
        try:
            uploaded = [
                await workspace.upload("picture.png", data, picture.alt)
                for data, picture in zip(drawn, pictures, strict=True)
            ]
        except Refused as refused:
            if refused.code != "missing_scope":
                raise
            uploaded = []
        return render(message, uploaded, mark=mark)

    async def share(self, workspace: Workspace, rendered: Rendered, place: Place) -> None:
        """Share the files of a message; before it, so that a crash between doubles a file and loses none."""
        for one in rendered.files:
            data = one.text.encode()
            await workspace.upload(one.name, data, channel=place.channel, thread=place.thread or "")

    async def _place_of(self, target: Place | Person) -> tuple[Workspace, Place]:
        workspace = await self._workspaces.of(target.workspace)
        if isinstance(target, Place):
            return workspace, target
        if target.id not in workspace.direct:
            workspace.ready("conversations.open")
        return workspace, ids.place(target.workspace, await workspace.direct_channel(target.id))

    # --- finding again --------------------------------------------------------------------------------------------

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key by its metadata or its mark; other calls do the same thing twice."""
        call = sending.call
        if not isinstance(call, Send):
            return None
        workspace, place = await self._place_of(_target(sending, call))
        oldest = ids.timestamp(sending.since - DIFFERENCE_OF_CLOCKS)
        try:
            async for message in _history(workspace, place, oldest):
                if _carries(message, sending.key):
                    return _receipt(sending, call, place, str(message["ts"]))
        except Refused as refused:
            raise _cannot_look(refused) from refused
        return None

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread, the oldest first."""
        workspace = await self._workspaces.of(thread.workspace)
        try:
            said = [one async for one in _history(workspace, thread, "0") if inbound.is_written(one)]
        except Refused as refused:
            raise _cannot_look(refused) from refused
        # The first message is the question itself, or somebody's own; either way it is no reply.
        written = [{**one, "thread_ts": thread.thread} for one in said if one["ts"] != thread.thread]
        return await self._events(thread, written)

    async def in_private(self, who: Person, since: datetime) -> Sequence[Posted]:
        """Read what somebody has written to the bot alone since a moment, the oldest first."""
        workspace = await self._workspaces.of(who.workspace)
        place = ids.place(who.workspace, await workspace.direct_channel(who.id))
        try:
            said = [one async for one in _history(workspace, place, str(since.timestamp())) if inbound.is_written(one)]
        except Refused as refused:
            raise _cannot_look(refused) from refused
        return await self._events(place, sorted(said, key=lambda one: str(one["ts"])))

    async def _events(self, place: Place, said: Sequence[Json]) -> list[Posted]:
        # A reveal waits for what was said, and can do without the names: they come at a hundred a minute.
        time = asyncio.get_running_loop().time
        until, found = time() + NAMES_WITHIN, []
        for one in said:
            profile = await self._people.of(place.workspace, one["user"], within=max(until - time(), 0.0))
            found.append(inbound.posted(place.workspace, place.channel, one, profile))
        return found


def _ready(workspace: Workspace, method: str, message: Message, channel: str = "") -> None:
    """Raise `NotYet` before anything is drawn or uploaded."""
    workspace.ready(method, channel)
    if any(isinstance(part, Picture | Attachment) for part in message.parts):
        workspace.ready("files.getUploadURLExternal")


def _history(workspace: Workspace, place: Place, oldest: str) -> AsyncIterator[Json]:
    more: Json = {"oldest": oldest, "inclusive": True, "include_all_metadata": True}
    if place.thread:
        return workspace.pages("conversations.replies", "messages", place.channel, ts=place.thread, **more)
    return workspace.pages("conversations.history", "messages", place.channel, **more)


def _cannot_look(refused: Refused) -> Exception:
    return CannotLook(refused.code) if refused.code in UNREADABLE else refused


def _carries(message: Json, key: str) -> bool:
    metadata = message.get("metadata") or {}
    blocks = message.get("blocks") or [{}]
    told = metadata.get("event_type") == ids.MARKED and (metadata.get("event_payload") or {}).get("key") == key
    return told or blocks[0].get("block_id") == ids.mark(key)


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


def _receipt(sending: Sending, call: Send, place: Place, ts: str) -> Receipt:
    return Receipt(message=MessageRef(place, ts), thread=sending.before.thread if call.in_thread else None)
