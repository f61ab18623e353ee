"""The declared commands as the list that the page offers behind `/`."""

from collections.abc import Sequence

from bot.core.commands import Catalogue, Declared, Parameter
from bot.platforms.local.formats import Json

MOST_SUGGESTIONS = 25


def command_list(catalogue: Catalogue) -> list[Json]:
    """Give every command as {"name", "help", "admin", "private", "options"}, by name, organisers' last."""
    ordered = sorted(catalogue.commands.values(), key=lambda item: (item.admin, item.name))
    return [_command(item) for item in ordered]


def suggest(catalogue: Catalogue, command: str, option: str, typed: str) -> Sequence[str]:
    """Give values that could be meant, for an option that has suggestions; empty for any other."""
    return list(catalogue.suggest(command, option, typed, ()))[:MOST_SUGGESTIONS]


def _command(item: Declared) -> Json:
    return {
        "name": item.name,
        "help": item.help,
        "admin": item.admin,
        "private": item.private,
        "options": [_option(parameter) for parameter in item.parameters],
    }


def _option(parameter: Parameter) -> Json:
    option = parameter.option
    return {
        "name": parameter.name,
        "label": option.label or parameter.name.replace("_", " ").capitalize(),
        "help": option.help,
        "required": parameter.required,
        "max_length": option.max_length,
        "paragraph": option.paragraph,
        "choices": [[value, label] for value, label in parameter.choices],
        "suggests": option.suggest is not None,
    }
