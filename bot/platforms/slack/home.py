"""App Home: today's question, one's own row of the board, and set-up for organisers.

It is made when it is opened, and again after what its owner does while it may still be seen.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from bot.core.clock import Clock
from bot.core.events import Event
from bot.core.messages import Button, Buttons, Divider, Heading, Message, Part, message
from bot.core.ports import Answer
from bot.platforms.slack import commands, ids
from bot.platforms.slack.calls import Workspaces
from bot.platforms.slack.forms import Meant
from bot.platforms.slack.inbound import Origin, invoked
from bot.platforms.slack.lanes import Lanes
from bot.platforms.slack.people import People, Profile
from bot.platforms.slack.render import BLOCKS_IN_VIEW, render

Json = dict[str, Any]
Ask = Callable[[Any], Awaitable[Answer]]
SEEN_FOR = (
    12 * 3600.0
)  # seconds after which a home that was opened is not followed any more; it is made anew by opening
MOST = 20_000
BOARD = "board"
MINE = (Button("Settings", "settings"), Button("Catch up", "catchup"), Button("What can I do?", "help"))
ORGANISE = (Button("See what is planned", "admin preview"), Button("Log", "admin log"))
SET_UP = f"Type `{commands.COMMAND} setup` in the channel in which the group is to live; invite me to it first."


class Homes:
    """Publishes homes, and keeps those that may be seen as they should be."""

    def __init__(
        self, workspaces: Workspaces, people: People, lanes: Lanes, ask: Ask, *, clock: Clock, now: Callable[[], float]
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._lanes = lanes
        self._ask = ask
        self._clock = clock
        self._now = now
        self._seen: OrderedDict[tuple[str, str], tuple[float, Json]] = OrderedDict()
        """Until when each home is followed, and what it shows."""

    async def open(self, team: str, user: str, opening: str) -> None:
        """Publish the home of somebody who opens it."""
        await self._lanes.in_line(("home", team, user), self._publish(team, user, opening))

    async def follow(self, event: Event, *, seen: bool = False) -> None:
        """Publish the home of somebody who has acted anew, where they may see it and it shows something else now."""
        team, user = event.who.workspace, event.who.id
        if seen or self._seen.get((team, user), (0.0, {}))[0] > self._now():
            await self._lanes.in_line(("home", team, user), self._publish(team, user, event.id, again=True))

    async def _publish(self, team: str, user: str, opening: str, *, again: bool = False) -> None:
        workspace = await self._workspaces.of(team)
        origin = Origin(
            team=team, user=user, place=ids.place(team, await workspace.direct_channel(user)), opens_view=True
        )
        shown = await view(self._ask, origin, await self._people.of(team, user), opening, self._clock.now())
        until, before = self._seen.get((team, user), (0.0, {}))
        if again and shown == before:
            return
        await workspace.call("views.publish", user_id=user, view=shown)
        self._seen[(team, user)] = (until if again and until else self._now() + SEEN_FOR, shown)
        self._seen.move_to_end((team, user))
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)


async def view(ask: Ask, origin: Origin, profile: Profile, opening: str, at: datetime) -> Json:
    """Make the view: what the commands answer, each under its heading."""
    parts: list[Part] = [Heading("Today's question")]
    parts += await _said(ask, origin, profile, commands.TODAY, opening, at)
    parts += [Divider(), Heading("The board")]
    parts += await _said(ask, origin, profile, BOARD, opening, at)
    parts += [Divider(), Buttons(MINE)]
    if profile.manager:
        parts += [Divider(), Heading("For organisers"), *message(SET_UP).parts, Buttons(ORGANISE)]
    return {"type": "home", "private_metadata": Meant().write(), "blocks": _blocks(parts)}


async def _said(ask: Ask, origin: Origin, profile: Profile, command: str, opening: str, at: datetime) -> Sequence[Part]:
    event = invoked(origin, profile, command, ids.once("home", origin.team, origin.user, opening, command), at)
    answer = await ask(event)
    return answer.reply.parts if isinstance(answer.reply, Message) else ()


def _blocks(parts: Sequence[Part]) -> list[Json]:
    # A view has no ids of ours for its blocks, and takes twice as many as a message.
    blocks: list[Json] = []
    for part in parts:
        blocks += render(Message((part,))).blocks
    return blocks[:BLOCKS_IN_VIEW]
