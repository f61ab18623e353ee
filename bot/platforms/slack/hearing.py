"""What nobody waits for: it is written down first, and acknowledged once that is committed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from bot.core.clock import Clock
from bot.core.events import Closing, Event, Posted
from bot.platforms.slack import commands, ids, inbound
from bot.platforms.slack.acts import Acts
from bot.platforms.slack.calls import Workspaces
from bot.platforms.slack.home import Homes
from bot.platforms.slack.inbound import Origin
from bot.platforms.slack.lanes import Lanes
from bot.platforms.slack.people import People

Json = Mapping[str, Any]
Ack = Callable[..., Awaitable[Any]]
CLOSED = {
    "channel_archive": Closing.archived,
    "group_archive": Closing.archived,
    "channel_deleted": Closing.deleted,
    "group_deleted": Closing.deleted,
}
FENCE = "```"
LIMITED_FOR = 90.0  # seconds; Slack tells once a minute for as long as it holds events back
_log = logging.getLogger(__name__)


class Hearing:
    """Hands events on: to be kept, or to be answered where somebody typed a command."""

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        acts: Acts,
        homes: Homes,
        lanes: Lanes,
        keep: Callable[[Event], Coroutine[Any, Any, None]],
        *,
        clock: Clock,
        missed: Callable[[], None],
    ) -> None:
        self._workspaces = workspaces
        self._people = people
        self._acts = acts
        self._homes = homes
        self._lanes = lanes
        self._keep = keep
        self._clock = clock
        self._missed = missed
        self._limited: dict[str, asyncio.TimerHandle] = {}

    async def event(self, ack: Ack, body: Json) -> None:
        """Something happened."""
        told, source = body["event"], inbound.source(body)
        team, id = source.team, str(body["event_id"])
        now = ids.moment(str(body.get("event_time") or self._clock.now().timestamp()))
        match told["type"]:
            case "message":
                await self._message(team, told, now)
            case "app_mention":
                await self._mentioned(team, told)
            case "app_home_opened" if told.get("tab") == "home":
                self._lanes.begin(self._homes.open(team, str(told["user"]), id))
            case "member_left_channel":
                await self._left(team, told, id, now)
            case "user_change":
                await self._changed(team, told["user"], id, now)
            case "team_join":
                # Nothing is said to who comes into a workspace: groups live in channels, and help is a command.
                self._people.told(team, told["user"])
            case "tokens_revoked" if not (told.get("tokens") or {}).get("bot"):
                pass  # somebody's own token; we ask for none
            case "app_uninstalled" | "tokens_revoked" | "team_access_granted" | "team_access_revoked":
                await self._access(source, told)
            case _:
                await self._channel(team, told, id, now)
        await ack()

    # --- what is written ----------------------------------------------------------------------------------------------

    async def _message(self, team: str, told: Json, now: datetime) -> None:
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
                await self._typed(team, told)
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
        return inbound.posted(team, channel, said, profile)

    async def _mentioned(self, team: str, told: Json) -> None:
        if not told.get("bot_id") and told.get("user") and not told.get("edited"):
            await self._typed(team, told)

    async def _typed(self, team: str, told: Json) -> None:
        user, channel, ts = str(told["user"]), str(told["channel"]), str(told["ts"])
        workspace = await self._workspaces.of(team)
        origin = Origin(team=team, user=user, place=ids.place(team, channel, ts, told.get("thread_ts")))
        text = commands.without_mention(str(told.get("text") or ""), workspace.bot_user)
        await self._acts.typed(origin, text, ids.once("typed", team, channel, ts), ts)

    # --- who comes and goes -------------------------------------------------------------------------------------------

    async def _left(self, team: str, told: Json, id: str, at: datetime) -> None:
        user, channel = str(told["user"]), str(told["channel"])
        if user == (await self._workspaces.of(team)).bot_user:
            await self._take(channel, inbound.closed(team, channel, user, Closing.removed, id, at))
            return
        profile = await self._people.of(team, user)
        await self._take(channel, inbound.left(team, user, channel, profile, id, at))

    async def _changed(self, team: str, user: Json, id: str, at: datetime) -> None:
        self._people.forget(team, str(user["id"]))
        if user.get("deleted"):
            profile = await self._people.of(team, str(user["id"]), str(user.get("name") or ""))
            await self._take("", inbound.left(team, str(user["id"]), "", profile, id, at))

    async def _access(self, source: inbound.Source, told: Json) -> None:
        _log.warning("access team=%s enterprise=%s event=%s", source.team, source.enterprise, told["type"])
        teams = [str(team) for team in told.get("team_ids") or ()]
        match told["type"]:
            case "team_access_granted":
                for team in teams:
                    await self._workspaces.granted(team, source.enterprise)
            case "team_access_revoked":
                for team in teams:
                    await self._workspaces.revoked(team)
            case _:
                await self._workspaces.left(source.installation)

    # --- channels -----------------------------------------------------------------------------------------------------

    async def _channel(self, team: str, told: Json, id: str, at: datetime) -> None:
        if told["type"] in CLOSED:
            channel, who = str(told["channel"]), str(told.get("user") or "")
            await self._take(channel, inbound.closed(team, channel, who, CLOSED[told["type"]], id, at))
        elif told["type"] in {"channel_unarchive", "group_unarchive"}:
            channel = str(told["channel"])
            await self._take(channel, inbound.reopened(team, channel, str(told.get("user") or ""), id, at))
        elif told["type"] in {"channel_rename", "group_rename"}:
            channel = str(told["channel"]["id"])
            await self._take(channel, inbound.renamed(team, channel, str(told["channel"]["name"]), id, at))

    async def _take(self, channel: str, event: Event) -> None:
        """Keep an event, in the order of its channel; it is handled after."""
        await self._lanes.in_line(("channel", event.place.workspace, channel), self._keep(event))

    # --- events that are held back ------------------------------------------------------------------------------------

    def limited(self, body: Json) -> None:
        """Slack holds a workspace's events back: when it does so no more, what was written is read."""
        team = str(body["team_id"])
        if before := self._limited.pop(team, None):
            before.cancel()
        else:
            _log.warning("events_held_back team=%s since=%s", team, body.get("minute_rate_limited"))
        self._limited[team] = asyncio.get_running_loop().call_later(LIMITED_FOR, self._over, team)

    def _over(self, team: str) -> None:
        self._limited.pop(team, None)
        _log.warning("events_come_again team=%s", team)
        self._missed()

    def end(self) -> None:
        """Wait no more for events that are held back: the next start reads what was written."""
        for waiting in self._limited.values():
            waiting.cancel()
        self._limited.clear()
