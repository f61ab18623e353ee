"""Slack, as the house sees it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.core.clock import Clock, SystemClock
from bot.core.commands import Catalogue
from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Event, FormSubmitted, Posted
from bot.core.messages import Edit, Message
from bot.core.ports import Answer, Handle, Keep, Missed, Missing, Receipt, Sending
from bot.core.refs import Person, Place
from bot.platforms.slack import access, commands, home, ids, inbound
from bot.platforms.slack.answers import Answers
from bot.platforms.slack.calls import Workspaces
from bot.platforms.slack.deliver import Post
from bot.platforms.slack.files import files_of
from bot.platforms.slack.forms import waiting
from bot.platforms.slack.inbound import Origin
from bot.platforms.slack.people import People
from bot.platforms.slack.render import Draw
from bot.platforms.slack.transport import Transport

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
ACK_AFTER = 1.5  # seconds; Slack waits three, and the way there and back takes some
TO_SHOW = 0.7  # seconds more to draw and upload what a modal is to show
FENCE = "```"
T = TypeVar("T")
_log = logging.getLogger(__name__)


class SlackPlatform:
    """Speaks with Slack; what one person does is handled in order, and nobody waits for somebody else."""

    def __init__(
        self,
        workspaces: Workspaces,
        transport: Transport,
        catalogue: Catalogue,
        draw: Draw,
        *,
        clock: Clock | None = None,
        ack_after: float = ACK_AFTER,
    ) -> None:
        self.name = ids.SLACK
        self.nonce_holds = timedelta(0)
        self._workspaces = workspaces
        self._transport = transport
        self._clock = clock or SystemClock()
        self._ack_after = ack_after
        self._people = People(workspaces, time.monotonic)
        self._post = Post(workspaces, self._people, draw)
        self._answers = Answers(workspaces, self._post, catalogue)
        self.errors = 0
        """The bugs that were met in answering."""
        self._handle: Handle | None = None
        self._keep: Keep | None = None
        self._missed: Missed | None = None
        self._lanes: dict[object, asyncio.Task[Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- starting and stopping ----------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Make ready to send; a process that only sends does no more than this."""
        await self._workspaces.open()

    async def start(self, handle: Handle, keep: Keep, *, missed: Missed | None = None) -> None:
        """Begin to hand over events."""
        self._handle, self._keep, self._missed = handle, keep, missed
        await self.open()
        await self._transport.open(self)

    async def stop(self) -> None:
        """Finish what has begun, and hand over no more events."""
        self._handle = None
        await self.settled()
        await self._transport.close()
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._workspaces.close()

    async def settled(self) -> None:
        """Wait until everything that was heard is handled and answered."""
        while running := {*self._lanes.values(), *self._tasks}:
            await asyncio.wait(running)

    def missed(self) -> None:
        """Events may have been lost: what was written meanwhile is read."""
        if self._missed is not None:
            self._begin(self._missed())

    # --- in: what somebody waits for ----------------------------------------------------------------------------------

    async def command(self, ack: Ack, body: Json) -> None:
        """Somebody ran the slash command."""
        began = time.monotonic()
        origin = inbound.slash_origin(body)
        profile = await self._people.of(origin.team, origin.user, str(body.get("user_name") or ""))
        id = ids.once("command", origin.team, origin.trigger)
        event = inbound.typed(origin, profile, str(body.get("text") or ""), id, self._clock.now())
        await self._act(ack, origin, event, began)

    async def action(self, ack: Ack, body: Json) -> None:
        """Somebody pressed a button or chose from a list."""
        began = time.monotonic()
        origin = await self._origin(body)
        profile = await self._profile(origin, body)
        await self._act(ack, origin, inbound.pressed(body, origin, profile, self._clock.now()), began)

    async def shortcut(self, ack: Ack, body: Json) -> None:
        """Somebody used a shortcut."""
        began = time.monotonic()
        origin = await self._origin(body)
        profile = await self._profile(origin, body)
        now = self._clock.now()
        if body["callback_id"] == commands.COUNT:
            await self._act(ack, origin, inbound.counted(body, origin, profile, now), began)
        else:
            id = ids.once("shortcut", origin.team, origin.trigger)
            await self._act(ack, origin, inbound.invoked(origin, profile, commands.TODAY, id, now), began)

    async def submission(self, ack: Ack, body: Json) -> None:
        """Somebody sent a form."""
        began = time.monotonic()
        origin = await self._origin(body)
        profile = await self._profile(origin, body)
        event = inbound.submitted(body, origin, profile, self._clock.now())
        working = self._in_line(("person", event.who), self._hand_over(event))
        await asyncio.wait({working}, timeout=self._in_time(began))
        if not working.done():
            await ack(**waiting_shown())
            self._begin(self._finish(origin, event, working))
            return
        answer = working.result()
        showing = asyncio.create_task(self._answers.acknowledgement(origin, answer.reply))
        await asyncio.wait({showing}, timeout=self._in_time(began) + TO_SHOW)
        shown = waiting_shown() if not showing.done() else {} if showing.exception() else showing.result()
        await ack(**shown)
        if not showing.done():
            self._begin(self._shown_late(origin, event, answer, showing))
        elif not shown:
            self._begin(self._said_after_form(origin, event, answer))

    async def _finish(self, origin: Origin, event: FormSubmitted, working: "asyncio.Task[Answer]") -> None:
        await self._answers.afterwards(origin, event, await working)

    async def _shown_late(
        self, origin: Origin, event: FormSubmitted, answer: Answer, showing: "asyncio.Task[dict[str, Any]]"
    ) -> None:
        """Show in the modal that waits what took longer to draw than Slack waits."""
        await asyncio.wait({showing})
        if showing.exception() is None and (view := showing.result().get("view")):
            await self._answers.show_in(origin, view)
        else:
            await self._said_after_form(origin, event, answer)

    async def _said_after_form(self, origin: Origin, event: FormSubmitted, answer: Answer) -> None:
        if isinstance(answer.reply, Message | Edit):
            # The modal is closed by now: what belonged to no channel goes to the private conversation.
            await self._answers.answer(replace(origin, opens_view=False), event, answer)

    async def _act(self, ack: Ack, origin: Origin, event: Event, began: float) -> None:
        """Have the effect first and acknowledge then; what takes longer is acknowledged meanwhile."""
        working = self._in_line(("person", event.who), self._hand_over(event))
        await asyncio.wait({working}, timeout=self._in_time(began))
        await ack()
        self._begin(self._answer(origin, event, working))

    def _in_time(self, began: float) -> float:
        """The seconds until an act has to be acknowledged, of which looking its author up has taken some."""
        return max(self._ack_after - (time.monotonic() - began), 0.0)

    async def _answer(self, origin: Origin, event: Event, working: "asyncio.Task[Answer]") -> None:
        try:
            await self._answers.answer(origin, event, await working)
        except DeliveryError as error:
            # What they did has had its effect; only the answer did not arrive.
            _log.warning("not_answered refusal=%s", error.refusal.value)
            await self._answers.failed(origin)

    async def _origin(self, body: Json) -> Origin:
        direct = ""
        if "channel" not in body and not inbound.meant_by(body).channel:
            workspace = await self._workspaces.of(inbound.team_of(body))
            direct = await workspace.direct_channel(str(body["user"]["id"]))
        return inbound.acted_origin(body, direct)

    async def _profile(self, origin: Origin, body: Json) -> Any:
        shown = body["user"].get("name") or body["user"].get("username") or ""
        return await self._people.of(origin.team, origin.user, str(shown))

    async def _hand_over(self, event: Event) -> Answer:
        if self._handle is None:
            return Answer(None)  # stopping
        return await self._handle(event)

    # --- in: what nobody waits for ------------------------------------------------------------------------------------

    async def event(self, ack: Ack, body: Json) -> None:
        """Something happened: it is written down, and acknowledged once that is committed."""
        told, team = body["event"], str(body["team_id"])
        now = ids.moment(str(body.get("event_time") or self._clock.now().timestamp()))
        match told["type"]:
            case "message":
                await self._message(ack, team, told, now)
            case "app_mention":
                await self._mentioned(ack, team, told)
            case "app_home_opened" if told.get("tab") == "home":
                self._begin(self._home(team, told["user"], str(body["event_id"])))
            case "member_left_channel":
                await self._left(team, told["user"], str(told["channel"]), str(body["event_id"]), now)
            case "user_change":
                await self._changed(team, told["user"], str(body["event_id"]), now)
            case "app_uninstalled" | "tokens_revoked":
                _log.warning("uninstalled team=%s event=%s", team, told["type"])
                await self._workspaces.left(team)
        await ack()

    async def _message(self, ack: Ack, team: str, told: Json, now: datetime) -> None:
        channel = str(told["channel"])
        match told.get("subtype"):
            case "message_changed" if inbound.is_written(told["message"]) and told["message"].get("edited"):
                await self._written(team, channel, told["message"], edited=True)
            case "message_deleted":
                before = told.get("previous_message") or {}
                if inbound.is_written(before):
                    profile = await self._people.of(team, str(before["user"]))
                    await self._take(channel, inbound.deleted(team, channel, told, profile, now))
            case _ if not inbound.is_written(told):
                return
            case _ if ids.is_direct(channel) and (told.get("files") or FENCE in str(told.get("text") or "")):
                await self._take(channel, await self._posted(team, channel, told))  # code, and no command
            case _ if ids.is_direct(channel):
                await self._typed(ack, team, told)
            case _:
                await self._written(team, channel, told, edited=False)

    async def _written(self, team: str, channel: str, said: Json, *, edited: bool) -> None:
        bot_user = (await self._workspaces.of(team)).bot_user
        if commands.addressed(str(said.get("text") or ""), bot_user) or ids.is_direct(channel):
            return  # a command, which comes once more as a mention
        if edited:
            profile = await self._people.of(team, str(said["user"]))
            await self._take(channel, inbound.edited(team, channel, said, profile))
        else:
            await self._take(channel, await self._posted(team, channel, said))

    async def _posted(self, team: str, channel: str, said: Json) -> Posted:
        profile = await self._people.of(team, str(said["user"]))
        files = await files_of(await self._workspaces.of(team), said) if said.get("files") else ()
        return inbound.posted(team, channel, said, profile, files)

    async def _mentioned(self, ack: Ack, team: str, told: Json) -> None:
        if not told.get("bot_id") and told.get("user") and not told.get("edited"):
            await self._typed(ack, team, told)

    async def _typed(self, ack: Ack, team: str, told: Json) -> None:
        """Somebody typed a command as a message: in the thread in which it stands it is answered."""
        began = time.monotonic()
        user, channel, ts = str(told["user"]), str(told["channel"]), str(told["ts"])
        profile = await self._people.of(team, user)
        workspace = await self._workspaces.of(team)
        origin = Origin(team=team, user=user, place=ids.place(team, channel, ts, told.get("thread_ts")))
        text = commands.without_mention(str(told.get("text") or ""), workspace.bot_user)
        event = inbound.typed(origin, profile, text, ids.once("typed", team, channel, ts), ids.moment(ts))
        await self._act(_nothing, origin, event, began)

    async def _left(self, team: str, user: str, channel: str, id: str, at: datetime) -> None:
        profile = await self._people.of(team, user)
        await self._take(channel, inbound.left(team, user, channel, profile, id, at))

    async def _changed(self, team: str, user: Json, id: str, at: datetime) -> None:
        self._people.forget(team, str(user["id"]))
        if user.get("deleted"):
            profile = await self._people.of(team, str(user["id"]), str(user.get("name") or ""))
            await self._take("", inbound.left(team, str(user["id"]), "", profile, id, at))

    async def _take(self, channel: str, event: Event) -> None:
        """Keep what nobody waits for, in the order of its channel; it is handled after."""
        await self._in_line(("channel", event.place.workspace, channel), self._kept(event))

    async def _kept(self, event: Event) -> None:
        if self._keep is None or self._handle is None:
            raise DeliveryError(Refusal.busy, "stopping")  # not acknowledged, so that it comes again
        await self._keep(event)

    async def _home(self, team: str, user: str, opening: str) -> None:
        workspace = await self._workspaces.of(team)
        direct = await workspace.direct_channel(user)
        origin = Origin(team=team, user=user, place=ids.place(team, direct), opens_view=True)
        profile = await self._people.of(team, user)
        view = await home.view(self._hand_over, origin, profile, opening, self._clock.now())
        await workspace.call("views.publish", user_id=user, view=view)

    # --- work that goes on beside -------------------------------------------------------------------------------------

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except DeliveryError as error:
            _log.warning("not_answered refusal=%s", error.refusal.value)
        except Exception as error:
            self.errors += 1
            # A bug of ours: the class says which, the text of an event is nobody's business.
            _log.error("event_not_taken error=%s", type(error).__name__)

    def _in_line(self, lane: object, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(_after(self._lanes.get(lane), work))
        self._lanes[lane] = task
        task.add_done_callback(lambda done: self._lanes.pop(lane) if self._lanes.get(lane) is done else None)
        return task

    # --- out ----------------------------------------------------------------------------------------------------------

    async def deliver(self, sending: Sending) -> Receipt:
        """Make the one call."""
        self._ours(sending.target)
        return await self._post.deliver(sending)

    async def look_back(self, sending: Sending) -> Receipt | None:
        """Find what was sent under this key; raise `CannotLook` where the history may not be read."""
        self._ours(sending.target)
        return await self._post.look_back(sending)

    async def replies(self, thread: Place) -> Sequence[Posted]:
        """Read what members have written in a thread; raise `CannotLook` where it may not be read."""
        self._ours(thread)
        return await self._post.replies(thread)

    async def still_here(self, who: Person, place: Place) -> bool:
        """Tell whether a person's account is active in the workspace of a place."""
        self._ours(place)
        return await self._people.is_active(place.workspace, who.id)

    async def missing(self, place: Place) -> Sequence[Missing]:
        """Name the scopes that the token lacks, and what is wrong with the channel."""
        self._ours(place)
        workspace = await self._workspaces.of(place.workspace)
        found = list(access.lacking(workspace.scopes))
        if ids.is_direct(place.channel) or any(
            "conversations.info" in s.uses for s in access.SCOPES if _is_in(s, found)
        ):
            return found
        try:
            channel = (await workspace.call("conversations.info", place.channel))["channel"]
        except DeliveryError as error:
            if not error.definite:
                raise
            return [*found, access.MEMBERSHIP]  # a private channel without the bot is not there for it
        found += [] if channel.get("is_member") else [access.MEMBERSHIP]
        return [*found, *([access.ARCHIVED] if channel.get("is_archived") else [])]

    def _ours(self, where: Place | Person) -> None:
        if where.platform != self.name:
            raise DeliveryError(Refusal.malformed, f"{where} is not on {self.name}")


def _is_in(scope: access.Scope, found: Sequence[Missing]) -> bool:
    return any(missing.permission == scope.name for missing in found)


async def _after(before: "asyncio.Task[Any] | None", work: Awaitable[T]) -> T:
    if before:
        await asyncio.wait([before])
    return await work


def waiting_shown() -> dict[str, Any]:
    """The acknowledgement of a form whose answer takes longer than Slack waits."""
    return {"response_action": "update", "view": waiting()}


async def _nothing(**_: Any) -> None:
    """A message is acknowledged where its event is."""
