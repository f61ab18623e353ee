"""The platforms that a running bot speaks through: one line each, opened where its setting is set."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bank.load import Bank
from bot.core.errors import SettingsError
from bot.core.ports import Platform
from bot.settings import Settings, address

if TYPE_CHECKING:
    from aiohttp import web


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
    from bot.pictures.draw import draw
    from bot.platforms.local.adapter import LocalPlatform
    from bot.platforms.local.remote import RemoteWorld

    host, port = address(settings.local_world or "")
    try:
        world = await RemoteWorld.open(host, port)
    except OSError as error:
        raise SettingsError(f"BATCHMATES_LOCAL_WORLD: no world answers at {host}:{port}") from error
    stack.push_async_callback(world.close)
    return Opened(LocalPlatform(world, draw), world.lost)


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


async def open_all(settings: Settings, stack: AsyncExitStack, bank: Bank) -> Mapping[str, Opened]:
    """Open every platform that is turned on."""
    return {
        connection.name: await connection.open(settings, stack, bank)
        for connection in CONNECTIONS
        if connection.wanted(settings)
    }


def _alias(name: str) -> str:
    return Settings.model_fields[name].alias or name
