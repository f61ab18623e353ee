"""Looks for members who left without a word, since not every platform tells, and one that does may lose it.

Everybody is looked for once a day, a few at a time: whoever is in none of the workspaces in which their group lives is
off its boards, as if the platform had told. An outage or a server that took the bot out says nothing about anybody.

Whoever left one of several channels of a group is looked for at once, in the others too: what they left before, and
where they came in again, the platform knows, and nothing here has to remember it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.core.clock import Clock
from bot.core.errors import DatabaseAway, DeliveryError
from bot.core.ports import Platform, UnitOfWork
from bot.core.refs import MemberId, Person, Place
from bot.features.homes import store as homes
from bot.features.members import store as members

log = structlog.get_logger()
FEW = 10  # members at a time; every five seconds, that is two calls a second of the 45 that Discord leaves
LONGEST_LOOK = 20.0  # seconds for these few
AGAIN = timedelta(hours=1)  # when somebody is looked for again of whom the platform could not tell


@dataclass(frozen=True, slots=True)
class Sought:
    """A member who is looked for, by each account in one place of every workspace in which the group lives.

    `channels` are the group's there, where it matters that the member is in one of them.
    """

    id: MemberId
    where: tuple[tuple[Person, Place], ...]
    channels: frozenset[str] = frozenset()


class Leavers:
    """Looks for members, a few at a time."""

    def __init__(self, *, platforms: Mapping[str, Platform], work: UnitOfWork, clock: Clock) -> None:
        self._platforms = platforms
        self._work = work
        self._clock = clock
        self.errors = 0

    async def look(self) -> int:
        """Look for a few; give how many were taken up."""
        sought: list[Sought] = []
        try:
            # Taken up is noted first: whoever comes back after an outage, or dies, does not begin anew.
            sought = await self._work.run(_take_up, self._clock.now())
            async with asyncio.timeout(LONGEST_LOOK):
                for one in sought:
                    await self._one(one)
        except DatabaseAway:
            return 0
        except TimeoutError:
            log.warning("members_not_all_looked_for", members=len(sought))
        except Exception:
            self.errors += 1
            log.exception("looking_for_members_failed")
            return 0
        return len(sought)

    async def _one(self, sought: Sought) -> None:
        try:
            here = [
                await self._platforms[who.platform].still_here(who, place, sought.channels)
                for who, place in self._askable(sought)
            ]
        except DeliveryError as error:
            log.info("member_not_looked_for", member=sought.id, refusal=error.refusal.value)
            await self._work.run(members.look_at, [sought.id], self._clock.now() + AGAIN)
            return
        if here and not any(here):
            await self._work.run(members.set_left, sought.id, self._clock.now())
        elif here and sought.channels:
            await self._work.run(members.set_stays, sought.id, self._clock.now())

    def _askable(self, sought: Sought) -> tuple[tuple[Person, Place], ...]:
        # An account on a platform that this process does not speak to may still be here.
        everywhere = all(who.platform in self._platforms for who, _ in sought.where)
        return sought.where if everywhere else ()


def _take_up(tx: Connection, now: datetime) -> list[Sought]:
    return [_sought(tx, member) for member in members.to_look_for(tx, now, FEW)]


def _sought(tx: Connection, member: members.Member) -> Sought:
    where, channels = [], set()
    for who in members.persons(tx, member.id):
        at = [home.place for home in homes.homes_on(tx, member.group, who.platform)]
        channels |= homes.channels_on(tx, member.group, who.platform)  # nobody leaves a channel by its being paused
        places = {place.workspace: place for place in at}
        if who.workspace in places:
            places = {who.workspace: places[who.workspace]}
        where += [(who, place) for place in places.values()]
    return Sought(member.id, tuple(where), frozenset(channels) if member.left_a_channel else frozenset())
