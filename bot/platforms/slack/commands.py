"""How commands are typed on Slack, and the manifest of the app: its commands, events and scopes, as they are used."""

import re
from typing import Any

from bot.core import parsing
from bot.core.commands import Catalogue
from bot.core.errors import UserError
from bot.core.events import ActionPressed, CommandInvoked, CommandTyped, Event
from bot.platforms.slack import access

Json = dict[str, Any]
COMMAND = "/study"
ANSWER, COUNT = "answer-today", "count-as-answer"
"""The callbacks of the shortcuts; that of a message is the action's own name."""
ANSWER_TITLE, COUNT_TITLE = "Answer today's question", "Count as my answer"
TODAY = "question"
"""The command that shows the day's question."""
EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


def addressed(text: str, bot_user: str) -> bool:
    """Whether a message begins by naming the bot: it is a command, and no answer."""
    hit = _MENTION.match(text.lstrip())
    return bool(hit and hit[1] == bot_user)


def without_mention(text: str, bot_user: str) -> str:
    """What was typed beside the bot's name, wherever that stands."""
    return _MENTION.sub(lambda hit: "" if hit[1] == bot_user else hit[0], text).strip()


def opener(event: Event, catalogue: Catalogue) -> tuple[str, tuple[str, ...]] | None:
    """The action and arguments of a button that does what brought a form; None where none can."""
    match event:
        case ActionPressed(action=action, args=args):
            return action, args
        case CommandInvoked(command=command, options=options):
            return command, _by_position(catalogue, command, options)
        case CommandTyped(text=text):
            try:
                meant = parsing.parse(text, catalogue)
            except UserError:
                return None
            return meant.command.name, _by_position(catalogue, meant.command.name, meant.options)
        case _:
            return None


def _by_position(catalogue: Catalogue, command: str, options: Any) -> tuple[str, ...]:
    """What was given already, as a button carries it: by position, without what cannot stand in an id."""
    given = [str(options.get(one.name, "")) for one in catalogue.commands[command].parameters]
    while given and not given[-1]:
        given.pop()
    fits = not any(":" in value for value in given) and len(":".join((command, *given)).encode()) <= 100
    return tuple(given) if fits else ()


# --- the manifest -----------------------------------------------------------------------------------------------------


def manifest(catalogue: Catalogue, *, name: str = "Batchmates", address: str = "") -> Json:
    """The manifest of an app: by Socket Mode, or with the public address at which it is reached over HTTP."""
    url = {"url": address + EVENTS_PATH} if address else {}
    request = {"request_url": address + EVENTS_PATH} if address else {}
    usage = " | ".join(sorted({name.split()[0] for name in catalogue.commands}))[:100]
    command = {"command": COMMAND, "description": "The study group: questions, answers, boards.", "usage_hint": usage}
    redirect = {"redirect_urls": [address + REDIRECT_PATH]} if address else {}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": "A study group for machine-learning interviews: a question a day, answers, boards.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {
                    "name": ANSWER_TITLE,
                    "type": "global",
                    "callback_id": ANSWER,
                    "description": "Shows the question of the day with its buttons",
                },
                {
                    "name": COUNT_TITLE,
                    "type": "message",
                    "callback_id": COUNT,
                    "description": "Makes a message of yours in the thread your answer",
                },
            ],
            "slash_commands": [{**command, **url, "should_escape": False}],
        },
        "oauth_config": {**redirect, "scopes": {"bot": access.names()}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(access.EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": True,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }
