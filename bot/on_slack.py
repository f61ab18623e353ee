"""Slack as a host has set it up: the platform made from the settings, and the manifest of its app."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from bot.core.errors import DeliveryError, SettingsError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.platforms.slack.adapter import SlackPlatform


async def open_platform(settings: Settings, stack: AsyncExitStack) -> "SlackPlatform":
    """Ask Slack who we are, without listening yet: `start` does that, and a process that only sends never calls it.

    What must be closed is left with the stack.
    """
    from bot.app import catalogue
    from bot.pictures.draw import draw
    from bot.platforms.slack.adapter import SlackPlatform
    from bot.platforms.slack.calls import OneWorkspace, Refused
    from bot.platforms.slack.transport import SocketMode

    if settings.slack_bot_token is None or settings.slack_app_token is None:
        raise SettingsError("SLACK_BOT_TOKEN, SLACK_APP_TOKEN: both are needed for Socket Mode")
    workspaces = OneWorkspace(settings.slack_bot_token.get_secret_value())
    transport = SocketMode(settings.slack_app_token.get_secret_value(), workspaces)
    platform = SlackPlatform(workspaces, transport, catalogue(), draw)
    stack.push_async_callback(platform.close)
    try:
        await platform.open()
    except Refused as refused:
        raise SettingsError(f"SLACK_BOT_TOKEN: Slack does not accept this token ({refused.code})") from None
    except DeliveryError as error:
        raise SettingsError(f"SLACK_BOT_TOKEN: Slack does not answer ({error})") from None
    return platform


def manifest(name: str, address: str = "") -> dict[str, Any]:
    """The manifest of the app, with exactly the commands, events and scopes that are used."""
    from bot.app import catalogue
    from bot.platforms.slack import commands

    if address and not address.startswith("https://"):
        raise SettingsError("--address: wanted the public address of this bot, such as https://study.example.org")
    return commands.manifest(catalogue(), name=name, address=address.rstrip("/"))
