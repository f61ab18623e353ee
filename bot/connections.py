"""The platforms that a running bot speaks through: one line each, opened where its setting is set."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.bank.load import Bank
from bot.core.errors import PlatformAway, SettingsError
from bot.core.ports import Platform
from bot.settings import Settings, address

if TYPE_CHECKING:
    from aiohttp import web

log = structlog.get_logger()
TOGETHER_WITHIN = 60.0  # seconds that those which are open wait for the others
OPENED_WITHIN = 30.0  # seconds for one try; a library that tries again by itself, as discord.py does, takes about 25
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0  # seconds between two tries; doubled each time


@dataclass(frozen=True, slots=True)
class Opened:
    """A platform that can be spoken through; `gone` returns where it is gone for good and the process must end."""

    platform: Platform
    gone: Callable[[], Awaitable[None]] | None = None
    routes: Sequence["web.RouteDef"] = ()
    """What the web server of the process serves for it."""


Open = Callable[[Settings, AsyncExitStack, Bank], Awaitable[Opened]]
"""Opens a platform without listening yet, since a worker only sends; what must be closed is left with the stack."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform, the settings it needs together, the first of which turns it on, and how it is opened."""

    name: str
    needs: tuple[str, ...]
    open: Open

    def wanted(self, settings: Settings) -> bool:
        """Whether the host has turned it on."""
        return getattr(settings, self.needs[0]) is not None

    def lacking(self, settings: Settings) -> list[str]:
        """The settings that are missing, by the names by which they are set, where any of them is set."""
        missing = [name for name in self.needs if getattr(settings, name) is None]
        return [] if len(missing) == len(self.needs) else [_alias(name) for name in missing]


async def _local(settings: Settings, stack: AsyncExitStack, bank: Bank) -> Opened:
    from bot.pictures.cache import pictures
    from bot.platforms.local.adapter import LocalPlatform
    from bot.platforms.local.remote import RemoteWorld

    host, port = address(settings.local_world or "")
    try:
        world = await RemoteWorld.open(host, port)
    except (OSError, ValueError, KeyError, TypeError) as error:  # what answers may be something else, such as HTTP
        raise SettingsError(f"BATCHMATES_LOCAL_WORLD: no world answers at {host}:{port}") from error
    stack.push_async_callback(world.close)
    return Opened(LocalPlatform(world, pictures().draw), world.lost)


async def _discord(settings: Settings, stack: AsyncExitStack, bank: Bank) -> Opened:
    from bot.on_discord import open_platform

    return Opened(await open_platform(settings, stack, bank))


async def _slack(settings: Settings, stack: AsyncExitStack, bank: Bank) -> Opened:
    from bot.on_slack import open_platform

    return Opened(await open_platform(settings, stack))


async def _slack_over_http(settings: Settings, stack: AsyncExitStack, bank: Bank) -> Opened:
    from bot.on_slack import open_over_http

    platform, transport = await open_over_http(settings, stack)
    return Opened(platform, routes=transport.routes())


CONNECTIONS = (
    Connection("local", ("local_world",), _local),
    Connection("discord", ("discord_token",), _discord),
    Connection("slack", ("slack_bot_token", "slack_app_token"), _slack),
    Connection("slack", ("slack_signing_secret", "slack_client_id", "slack_client_secret"), _slack_over_http),
)


def lacking(settings: Settings) -> list[str]:
    """What keeps a bot from speaking through anything: each missing setting by name, all of them together."""
    missing = [
        f"{name}: is missing; {connection.name} needs it too"
        for connection in CONNECTIONS
        for name in connection.lacking(settings)
    ]
    if missing or any(connection.wanted(settings) for connection in CONNECTIONS):
        return missing
    names = ", ".join(_alias(connection.needs[0]) for connection in CONNECTIONS)
    return [f"{names}: none of them is set, so there is nobody to speak to (batchmates demo needs none)"]


def wanted(settings: Settings) -> list[Connection]:
    """The platforms that are turned on."""
    return [connection for connection in CONNECTIONS if connection.wanted(settings)]


Opening = Mapping[str, asyncio.Task[Opened]]


def open_each(settings: Settings, stack: AsyncExitStack, bank: Bank, away: MutableMapping[str, str]) -> Opening:
    """Begin to open every platform that is turned on; `away` says meanwhile which cannot be reached, and why."""
    opening = {
        one.name: asyncio.create_task(_open_at_last(one, settings, stack, bank, away)) for one in wanted(settings)
    }
    stack.push_async_callback(_given_up, opening)
    return opening


async def _given_up(opening: Opening) -> None:
    for task in opening.values():
        task.cancel()
    await asyncio.gather(*opening.values(), return_exceptions=True)


async def first_open(opening: Opening) -> Mapping[str, Opened]:
    """Wait for all, or for those that are open after a minute; at least one is. Raise what a setting has wrong.

    One that is away for hours keeps the others waiting no longer than this; they wait at all since a question that is
    revealed before the thread on the other platform could be read would miss its answers.
    """
    tasks = set(opening.values())
    if not tasks:
        return {}
    done, _ = await asyncio.wait(tasks, timeout=TOGETHER_WITHIN, return_when=asyncio.FIRST_EXCEPTION)
    if not done:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    return {name: task.result() for name, task in opening.items() if task in done}


async def _open_at_last(
    one: Connection, settings: Settings, stack: AsyncExitStack, bank: Bank, away: MutableMapping[str, str]
) -> Opened:
    wait = FIRST_WAIT
    while True:
        # What a try that failed has opened is closed with that try, not kept until the end.
        async with AsyncExitStack() as attempt:
            try:
                async with asyncio.timeout(OPENED_WITHIN):
                    opened = await one.open(settings, attempt, bank)
            except (PlatformAway, TimeoutError) as error:
                why = str(error) or f"{one.name} does not answer within {OPENED_WITHIN:.0f} seconds"
            else:
                away.pop(one.name, None)
                stack.push_async_callback(attempt.pop_all().aclose)
                return opened
        away[one.name] = why
        log.warning("platform_away", platform=one.name, why=why, again_in_seconds=wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


def _alias(name: str) -> str:
    return Settings.model_fields[name].alias or name
