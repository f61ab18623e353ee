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
Make = Callable[[Profile], Event]
Done = tuple[Event, Answer]
ACK_AFTER = 1.5  # seconds; Slack waits three, and the way there and back takes some
TO_SHOW = 0.7  # seconds more to draw and upload what a modal is to show
WHO = 10.0  # seconds that an act waits to hear who its author is; it is acknowledged meanwhile
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
        await self._act(ack, origin, named, lambda who: inbound.typed(origin, who, text, id, now))

    async def action(self, ack: Ack, body: Json) -> None:
        """Somebody pressed a button or chose from a list."""
        began, now = time.monotonic(), self._clock.now()
        origin = await self._origin(body)
        await self._act(ack, origin, _named(body), lambda who: inbound.pressed(body, origin, who, now), began)

    async def shortcut(self, ack: Ack, body: Json) -> None:
        """Somebody used a shortcut."""
        began, now = time.monotonic(), self._clock.now()
        origin = await self._origin(body)
        if body["callback_id"] == commands.COUNT:
            await self._act(ack, origin, _named(body), lambda who: inbound.counted(body, origin, who, now), began)
        else:
            id = ids.once("shortcut", origin.team, origin.trigger)
            today = commands.TODAY
            await self._act(ack, origin, _named(body), lambda who: inbound.invoked(origin, who, today, id, now), began)

    async def typed(self, origin: Origin, text: str, id: str, ts: str) -> None:
        """Somebody typed a command as a message: in the thread in which it stands it is answered."""
        at = ids.moment(ts)
        await self._act(_nothing, origin, "", lambda who: inbound.typed(origin, who, text, id, at))

    async def submission(self, ack: Ack, body: Json) -> None:
        """Somebody sent a form."""
        began, now = time.monotonic(), self._clock.now()
        origin = await self._origin(body)
        working = self._work(origin, _named(body), lambda who: inbound.submitted(body, origin, who, now))
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
        event = make(await self._people.of(origin.team, origin.user, named, within=WHO))
        return event, await self._hand_over(event)

    async def _act(self, ack: Ack, origin: Origin, named: str, make: Make, began: float | None = None) -> None:
        """Have the effect first and acknowledge then; what takes longer is acknowledged meanwhile."""
        working = self._work(origin, named, make)
        await asyncio.wait({working}, timeout=self._in_time(time.monotonic() if began is None else began))
        await ack()
        self._lanes.begin(self._answer(origin, working))

    def _in_time(self, began: float) -> float:
        """The seconds until an act has to be acknowledged, of which finding where it was done has taken some."""
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

    async def _origin(self, body: Json) -> Origin:
        direct = ""
        if "channel" not in body and not inbound.meant_by(body).channel:
            workspace = await self._workspaces.of(inbound.team_of(body))
            direct = await workspace.direct_channel(str(body["user"]["id"]))
        return inbound.acted_origin(body, direct)


def _named(body: Json) -> str:
    return str(body["user"].get("name") or body["user"].get("username") or "")


def waiting_shown() -> dict[str, Any]:
    """The acknowledgement of a form whose answer takes longer than Slack waits."""
    return {"response_action": "update", "view": waiting()}


async def _nothing(**_: Any) -> None:
    """A message is acknowledged where its event is."""
