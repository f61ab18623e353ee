"""Who somebody is on Slack: their name, their zone and whether they may set up, remembered for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from bot.core.errors import DeliveryError, Refusal
from bot.platforms.slack.calls import Workspaces

REMEMBERED = 600.0  # seconds; a change of rights or of a name counts after that, or when Slack tells of it
MOST = 20_000
LISTING = frozenset({"channels:read", "groups:read"})
KINDS = "public_channel,private_channel"
WITHIN = 1.0  # seconds that what has to be written down waits for a name; Slack waits three in all


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of somebody, the name empty where it is not told; `manager` may set the group up."""

    name: str
    zone: str | None = None
    manager: bool = False


class People:
    """Looks people up, and remembers them."""

    def __init__(self, workspaces: Workspaces, now: Callable[[], float]) -> None:
        self._workspaces = workspaces
        self._now = now
        self._known: OrderedDict[tuple[str, str], tuple[float, Profile]] = OrderedDict()

    async def of(self, team: str, user: str, shown: str = "", *, within: float = WITHIN) -> Profile:
        """Somebody's profile; where Slack does not tell in time, only the name that came with the event."""
        key = (team, user)
        if (known := self._known.get(key)) and known[0] > self._now():
            return known[1]
        try:
            async with asyncio.timeout(within):
                workspace = await self._workspaces.of(team)
                answer = await workspace.call("users.info", patience=within, user=user)
        except (DeliveryError, TimeoutError):
            return known[1] if known else Profile(shown)  # an id is no name: nobody is called by it
        return self._remember(key, profile_of(answer["user"]))

    async def is_active(self, team: str, user: str) -> bool:
        """Whether somebody's account is there and not deactivated; raises where Slack does not tell."""
        workspace = await self._workspaces.of(team)
        try:
            answer = await workspace.call("users.info", user=user)
        except DeliveryError as error:
            if error.refusal is Refusal.gone:
                return False
            raise
        return not answer["user"].get("deleted")

    async def is_in(self, team: str, user: str, channels: Set[str]) -> bool:
        """Whether somebody is in any of these channels; raises where Slack does not tell.

        Asked by person: a channel may have tens of thousands of members, while few are in many channels.
        """
        workspace = await self._workspaces.of(team)
        if LISTING - workspace.scopes:
            return True  # without both scopes a part of the channels is not listed, and nobody is taken off for that
        listed = workspace.pages("users.conversations", "channels", "", user=user, team_id=team, types=KINDS)
        return any([channel["id"] in channels async for channel in listed])

    def told(self, team: str, user: Mapping[str, Any]) -> None:
        """Slack has told who somebody is, without being asked."""
        self._remember((team, str(user["id"])), profile_of(user))

    def forget(self, team: str, user: str) -> None:
        """Look somebody up again, since something about them has changed."""
        self._known.pop((team, user), None)

    def _remember(self, key: tuple[str, str], profile: Profile) -> Profile:
        self._known[key] = (self._now() + REMEMBERED, profile)
        self._known.move_to_end(key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return profile


def profile_of(user: Mapping[str, Any]) -> Profile:
    """Read a user object; a guest never sets up."""
    about = user.get("profile") or {}
    name = about.get("display_name") or about.get("real_name") or user.get("real_name") or user.get("name") or ""
    guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    manager = bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")) and not guest
    return Profile(str(name), user.get("tz"), manager)
