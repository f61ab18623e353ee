"""Slack as a host has set it up: the platform made from the settings, and the manifest of its app."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from bot.core.clock import Clock, SystemClock
from bot.core.errors import SettingsError
from bot.settings import Settings
from bot.storage import installations
from bot.storage.bucket import SharedTurns
from bot.storage.database import Database
from bot.storage.installations import Installation
from bot.storage.vault import Vault

if TYPE_CHECKING:
    from bot.platforms.slack.adapter import SlackPlatform
    from bot.platforms.slack.over_http import OverHttp

PLATFORM = "slack"


async def open_platform(settings: Settings, stack: AsyncExitStack, *, base_url: str = "") -> "SlackPlatform":
    """Ask Slack who we are, without listening yet: `start` does that, and a process that only sends never calls it.

    What must be closed is left with the stack; `base_url` is for tests.
    """
    from bot.app import catalogue
    from bot.pictures.cache import pictures
    from bot.platforms.slack.adapter import SlackPlatform
    from bot.platforms.slack.calls import API, OneWorkspace, Refused, not_opened
    from bot.platforms.slack.pace import Pace
    from bot.platforms.slack.transport import SocketMode

    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise SettingsError("SLACK_BOT_TOKEN, SLACK_APP_TOKEN: both are needed for Socket Mode")
    api = base_url or API
    database = Database(settings.database_url)
    stack.push_async_callback(database.close)
    pace = Pace(book=_book(database))
    workspaces = OneWorkspace(settings.slack_bot_token.get_secret_value(), pace=pace, base_url=api)
    transport = SocketMode(settings.slack_app_token.get_secret_value(), workspaces, base_url=api)
    platform = SlackPlatform(workspaces, transport, catalogue(), pictures().draw)
    stack.push_async_callback(platform.close)
    try:
        await platform.open()
    except Refused as refused:
        raise not_opened("SLACK_BOT_TOKEN", refused) from None
    return platform


def _book(database: Database) -> SharedTurns | None:
    # SQLite has one process, which needs no book to know its own turns.
    return None if database.sqlite else SharedTurns(database)


class _Store:
    """The installation store of the database, as the platform asks for it."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database, self._vault, self._clock = database, vault, clock

    async def find(self, team: str) -> Installation | None:
        """The installation of a workspace."""
        return await self._database.read(installations.find, PLATFORM, team, self._vault)

    async def put(self, *, team: str, **given: Any) -> None:
        """Note an installation."""
        noted = Installation(workspace=team, **given)
        await self._database.write(installations.put, PLATFORM, noted, self._vault, self._clock.now())

    async def forget(self, team: str) -> None:
        """Erase the tokens of a workspace, or of an organisation."""
        await self._database.write(installations.forget, PLATFORM, team, self._clock.now())

    async def within(self, team: str, enterprise: str | None) -> None:
        """Note the organisation whose installation counts in a workspace; None for none."""
        await self._database.write(installations.within, PLATFORM, team, enterprise, self._clock.now())


async def open_over_http(
    settings: Settings, stack: AsyncExitStack, *, base_url: str = "", clock: Clock | None = None, **how: Any
) -> "tuple[SlackPlatform, OverHttp]":
    """The platform for many workspaces, and what takes its requests; `base_url` and what follows are for tests."""
    from bot.app import catalogue
    from bot.pictures.cache import pictures
    from bot.platforms.slack.adapter import SlackPlatform
    from bot.platforms.slack.calls import API
    from bot.platforms.slack.installed import Client, ManyWorkspaces
    from bot.platforms.slack.over_http import OverHttp
    from bot.platforms.slack.pace import Pace

    given = _needed_over_http(settings)
    clock = clock or SystemClock()
    database, vault = Database(settings.database_url), Vault(given["secret_key"])
    stack.push_async_callback(database.close)
    app = Client(settings.slack_client_id or "", given["slack_client_secret"])
    api = base_url or API
    pace = how.pop("pace", None) or Pace(book=_book(database))
    workspaces = ManyWorkspaces(_Store(database, vault, clock), app, clock, pace=pace, base_url=api)
    transport = OverHttp(
        workspaces,
        app,
        vault,
        signing_secret=given["slack_signing_secret"],
        address=settings.public_url or "",
        base_url=api,
    )
    platform = SlackPlatform(workspaces, transport, catalogue(), how.pop("draw", pictures().draw), clock=clock)
    stack.push_async_callback(platform.close)
    await platform.open()
    return platform, transport


def _needed_over_http(settings: Settings) -> dict[str, str]:
    if settings.slack_bot_token is not None:
        raise SettingsError("SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET: set one of them, for Socket Mode or for HTTP")
    if settings.public_url is None:
        raise SettingsError("BATCHMATES_PUBLIC_URL: is missing; Slack has to know where it reaches the bot")
    secrets = {name: getattr(settings, name) for name in ("secret_key", "slack_signing_secret", "slack_client_secret")}
    if secrets["secret_key"] is None:
        raise SettingsError("BATCHMATES_SECRET_KEY: is missing; the tokens of workspaces are encrypted with it")
    return {name: secret.get_secret_value() for name, secret in secrets.items()}


async def seal_anew(settings: Settings) -> int:
    """Encrypt every token with the first of several keys; give how many there are."""
    if settings.secret_key is None:
        raise SettingsError("BATCHMATES_SECRET_KEY: is not set")
    database = Database(settings.database_url)
    try:
        return await database.write(installations.seal_anew, Vault(settings.secret_key.get_secret_value()))
    finally:
        await database.close()


def manifest(name: str, address: str = "") -> dict[str, Any]:
    """The manifest of the app, with exactly the commands, events and scopes that are used."""
    from bot.app import catalogue
    from bot.platforms.slack import commands

    if address and not address.startswith("https://"):
        raise SettingsError("--address: wanted the public address of this bot, such as https://study.example.org")
    return commands.manifest(catalogue(), name=name, address=address.rstrip("/"))
