"""What somebody waits for: commands, buttons, forms and shortcuts, acknowledged in time and answered in their order."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.core.clock import Clock
from bot.core.errors import DeliveryError
from bot.core.events import Event, FormSubmitted
from bot.core.messages import Edit, Message
from bot.core.ports import Answer
from bot.platforms.slack import commands, ids, inbound
from bot.platforms.slack.answers import Answers
from bot.platforms.slack.calls import Workspaces
from bot.platforms.slack.forms import waiting
from bot.platforms.slack.home import Homes
from bot.platforms.slack.inbound import Origin
from bot.platforms.slack.lanes import Lanes
from bot.platforms.slack.people import People, Profile

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
Make = Callable[[Origin, Profile], Event]
Done = tuple[Event, Answer]
ACK_AFTER = 1.5  # seconds; Slack waits three, and the way there and back takes some
TO_SHOW = 0.7  # seconds more to draw and upload what a modal is to show
WHO = 10.0  # seconds that an act waits to hear who and where its author is; it is acknowledged meanwhile
_log = logging.getLogger(__name__)


class Acts:
    """Hands acts over, and answers them."""

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        answers: Answers,
        homes: Homes,
        lanes: Lanes,
        hand_over: Callable[[Event], Awaitable[Answer]],
        *,
        clock: Clock,
        ack_after: float,
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._answers = answers
        self._homes = homes
        self._lanes = lanes
        self._hand_over = hand_over
        self._clock = clock
        self._ack_after = ack_after

    async def command(self, ack: Ack, body: Json) -> None:
        """Somebody ran the slash command."""
        origin = inbound.slash_origin(body)
        id = ids.once("command", origin.team, origin.trigger)
        text, now = str(body.get("text") or ""), self._clock.now()
        named = str(body.get("user_name") or "")
        await self._act(ack, origin, named, lambda at, who: inbound.typed(at, who, text, id, now))

    async def action(self, ack: Ack, body: Json) -> None:
        """Somebody pressed a button or chose from a list."""
        now = self._clock.now()
        await self._act(
            ack, inbound.acted_origin(body), _named(body), lambda at, who: inbound.pressed(body, at, who, now)
        )

    async def shortcut(self, ack: Ack, body: Json) -> None:
        """Somebody used a shortcut."""
        origin, now = inbound.acted_origin(body), self._clock.now()
        if body["callback_id"] == commands.COUNT:
            await self._act(ack, origin, _named(body), lambda at, who: inbound.counted(body, at, who, now))
        else:
            id, today = ids.once("shortcut", origin.team, origin.trigger), commands.TODAY
            await self._act(ack, origin, _named(body), lambda at, who: inbound.invoked(at, who, today, id, now))

    async def typed(self, origin: Origin, text: str, id: str, ts: str) -> None:
        """Somebody typed a command as a message: in the thread in which it stands it is answered."""
        await self._act(_nothing, origin, "", lambda at, who: inbound.typed(at, who, text, id, ids.moment(ts)))

    async def submission(self, ack: Ack, body: Json) -> None:
        """Somebody sent a form."""
        began, now = time.monotonic(), self._clock.now()
        origin = inbound.acted_origin(body)
        working = self._work(origin, _named(body), lambda at, who: inbound.submitted(body, at, who, now))
        await asyncio.wait({working}, timeout=self._in_time(began))
        if not working.done():
            await ack(**waiting_shown())
            self._lanes.begin(self._finish(origin, working))
            return
        event, answer = working.result()
        showing = asyncio.create_task(self._answers.acknowledgement(origin, answer.reply))
        await asyncio.wait({showing}, timeout=self._in_time(began) + TO_SHOW)
        shown = waiting_shown() if not showing.done() else {} if showing.exception() else showing.result()
        await ack(**shown)
        if not showing.done():
            self._lanes.begin(self._shown_late(origin, event, answer, showing))
        elif not shown:
            self._lanes.begin(self._said_after_form(origin, event, answer))
        self._lanes.begin(self._followed(origin, event))

    # --- the work, and its answer ------------------------------------------------------------------------------------

    def _work(self, origin: Origin, named: str, make: Make) -> "asyncio.Task[Done]":
        return self._lanes.in_line(("person", origin.team, origin.user), self._done(origin, named, make))

    async def _done(self, origin: Origin, named: str, make: Make) -> Done:
        # Whether somebody may set up is not guessed where Slack is slow: they would be told that they may not.
        who = await self._people.of(origin.team, origin.user, named, within=WHO)
        event = make(await self._found(origin), who)
        return event, await self._hand_over(event)

    async def _found(self, origin: Origin) -> Origin:
        """The same with the private conversation, for what belongs to no channel."""
        if origin.place.channel != ids.UNKNOWN_DIRECT:
            return origin
        try:
            workspace = await self._workspaces.of(origin.team)
            channel = await workspace.direct_channel(origin.user, patience=WHO)
        except DeliveryError:
            return origin  # it can be answered where it was done all the same
        return replace(origin, place=ids.place(origin.team, channel))

    async def _act(self, ack: Ack, origin: Origin, named: str, make: Make) -> None:
        """Have the effect first and acknowledge then; what takes longer is acknowledged meanwhile."""
        began = time.monotonic()
        working = self._work(origin, named, make)
        await asyncio.wait({working}, timeout=self._in_time(began))
        await ack()
        self._lanes.begin(self._answer(origin, working))

    def _in_time(self, began: float) -> float:
        """The seconds until an act has to be acknowledged."""
        return max(self._ack_after - (time.monotonic() - began), 0.0)

    async def _answer(self, origin: Origin, working: "asyncio.Task[Done]") -> None:
        event, answer = await working
        try:
            await self._answers.answer(origin, event, answer)
        except DeliveryError as error:
            # What they did has had its effect; only the answer did not arrive.
            _log.warning("not_answered refusal=%s", error.refusal.value)
            await self._answers.failed(origin)
        await self._followed(origin, event)

    async def _finish(self, origin: Origin, working: "asyncio.Task[Done]") -> None:
        event, answer = await working
        assert isinstance(event, FormSubmitted)
        await self._answers.afterwards(origin, event, answer)
        await self._followed(origin, event)

    async def _followed(self, origin: Origin, event: Event) -> None:
        await self._homes.follow(event, seen=origin.view is not None and origin.view["type"] == "home")

    async def _shown_late(
        self, origin: Origin, event: Event, answer: Answer, showing: "asyncio.Task[dict[str, Any]]"
    ) -> None:
        """Show in the modal that waits what took longer to draw than Slack waits."""
        await asyncio.wait({showing})
        if showing.exception() is None and (view := showing.result().get("view")):
            await self._answers.show_in(origin, view)
        else:
            await self._said_after_form(origin, event, answer)

    async def _said_after_form(self, origin: Origin, event: Event, answer: Answer) -> None:
        if isinstance(answer.reply, Message | Edit):
            # The modal is closed by now: what belonged to no channel goes to the private conversation.
            await self._answers.answer(replace(origin, opens_view=False), event, answer)


def _named(body: Json) -> str:
    return str(body["user"].get("name") or body["user"].get("username") or "")


def waiting_shown() -> dict[str, Any]:
    """The acknowledgement of a form whose answer takes longer than Slack waits."""
    return {"response_action": "update", "view": waiting()}


async def _nothing(**_: Any) -> None:
    """A message is acknowledged where its event is."""
