"""The declared commands as Discord's: /study for everybody, /study-admin for those who manage the server."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core.commands import Catalogue, Declared, Parameter

Json = dict[str, Any]
Translate = Callable[[str], Mapping[str, str]]
"""Gives a description in other languages, by Discord's name of the language."""
MEMBERS, ORGANISERS = "study", "study-admin"
COUNT = "Count as my answer"
COUNT_ACTION = "count-as-answer"
CHANNEL = "channel"
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, CHANNEL_TYPE, ROLE = 1, 2, 3, 4, 5, 7, 8
CHAT_INPUT, ON_MESSAGE = 1, 3
MANAGE_SERVER = 32  # the bit; Discord gives it back as text
IN_SERVERS, IN_DIRECT = 0, 1
HOMES = [0, 15]  # text channels and forums
MOST_CHOICES = 25
DESCRIPTION = 100


def untranslated(_: str) -> Mapping[str, str]:
    """No other languages yet."""
    return {}


def payload(catalogue: Catalogue, translate: Translate = untranslated) -> list[Json]:
    """Every command as Discord registers it."""
    mine = [item for item in catalogue.commands.values() if not item.admin]
    theirs = [item for item in catalogue.commands.values() if item.admin]
    members = _command(MEMBERS, "The study group: questions, answers, boards.", mine, translate)
    organisers = _command(ORGANISERS, "For those who organise the study group.", theirs, translate)
    count = {"type": ON_MESSAGE, "name": COUNT, "contexts": [IN_SERVERS], "integration_types": [0]}
    return [
        {**members, "contexts": [IN_SERVERS, IN_DIRECT]},
        {**organisers, "default_member_permissions": MANAGE_SERVER, "contexts": [IN_SERVERS, IN_DIRECT]},
        count,
    ]


def _command(name: str, help: str, items: Sequence[Declared], translate: Translate) -> Json:
    options: list[Json] = []
    for item in sorted(items, key=_words):
        *above, own = _words(item)
        whole = {"type": SUBCOMMAND, **_described(own, item.help, translate), "options": _options(item, translate)}
        _under(options, above, translate).append(whole)
    return {"type": CHAT_INPUT, **_described(name, help, translate), "options": options, "integration_types": [0]}


def _under(options: list[Json], above: Sequence[str], translate: Translate) -> list[Json]:
    """Where a command of two words belongs: the options of its group, which is made where it is new."""
    for word in above:
        group = next((one for one in options if one["name"] == word), None)
        if group is None:
            group = {"type": GROUP, **_described(word, f"About {word}.", translate), "options": []}
            options.append(group)
        options = group["options"]
    return options


def typed(command: str) -> str:
    """A declared command as members type it."""
    name = command.removeprefix("admin ")
    return f"/{ORGANISERS if name != command or command == 'setup' else MEMBERS} {name}"


def _words(item: Declared) -> list[str]:
    return item.name.removeprefix("admin ").split()


def _described(name: str, help: str, translate: Translate) -> Json:
    said = help if len(help) <= DESCRIPTION else help[: DESCRIPTION - 1] + "…"
    others = {language: text[:DESCRIPTION] for language, text in translate(help).items()}
    return {"name": name, "description": said or name, **({"description_localizations": others} if others else {})}


def _options(item: Declared, translate: Translate) -> list[Json]:
    options = [_option(parameter, translate) for parameter in item.parameters]
    if item.name == "setup":
        picker = _described(CHANNEL, "the channel that shall be the home; this one where you name none", translate)
        options.append({"type": CHANNEL_TYPE, **picker, "channel_types": HOMES})
    return sorted(options, key=lambda option: not option.get("required", False))


def _option(parameter: Parameter, translate: Translate) -> Json:
    option = parameter.option
    help = option.help or option.label or parameter.name.replace("_", " ")
    base = {"type": _type(parameter), **_described(parameter.name, help, translate)}
    # What takes several lines is asked in a form, which comes where the option is left out.
    if parameter.required and not option.paragraph:
        base["required"] = True
    if base["type"] == STRING:
        choices = [{"name": label, "value": value} for value, label in parameter.choices][:MOST_CHOICES]
        base |= {"choices": choices} if choices else {"max_length": option.max_length}
        if (option.suggest or option.suggest_from) and not choices:
            base["autocomplete"] = True
    return base


def _type(parameter: Parameter) -> int:
    if parameter.option.role:
        return ROLE
    if parameter.type is bool:
        return BOOLEAN
    return INTEGER if parameter.type is int and parameter.option.parse is None else STRING


# --- what comes in --------------------------------------------------------------------------------------------------


def invoked(data: Mapping[str, Any]) -> tuple[str, dict[str, str], str]:
    """The declared name of a command that was run, its options as they were given, and the channel that was picked."""
    path, options = _walk(data)
    given = {one["name"]: _text(one["value"]) for one in options if one["type"] != CHANNEL_TYPE}
    picked = next((str(one["value"]) for one in options if one["type"] == CHANNEL_TYPE), "")
    return declared_name(data["name"], path), given, picked


def picked_roles(data: Mapping[str, Any]) -> list[int]:
    """The roles that were picked for the options of a command."""
    return [int(one["value"]) for one in _walk(data)[1] if one["type"] == ROLE]


def declared_name(root: str, path: Sequence[str]) -> str:
    """The declared name: `admin pause` of /study-admin pause, `board` of /study board."""
    name = " ".join(path)
    return f"admin {name}" if root == ORGANISERS and name != "setup" else name


def focused(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """The command whose option is being typed, the option, and what is typed so far."""
    path, options = _walk(data)
    one = next(option for option in options if option.get("focused"))
    return declared_name(data["name"], path), one["name"], str(one["value"])


def suggest(catalogue: Catalogue, services: Sequence[object], command: str, option: str, typed: str) -> list[str]:
    """What could be meant."""
    offered = catalogue.suggest(command, option, typed, services)
    return [value for value in offered if 0 < len(value) <= DESCRIPTION][:MOST_CHOICES]


def _walk(data: Mapping[str, Any]) -> tuple[list[str], list[Mapping[str, Any]]]:
    path: list[str] = []
    options = data.get("options") or []
    while options and options[0]["type"] in (SUBCOMMAND, GROUP):
        path.append(options[0]["name"])
        options = options[0].get("options") or []
    return path, list(options)


def _text(value: Any) -> str:
    """A value as it would be typed."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --- registering ----------------------------------------------------------------------------------------------------


def same(ours: Sequence[Json], registered: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what is registered already is what we want: each registration counts against a daily limit."""
    return list(map(_core, ours)) == sorted(map(_core, registered), key=lambda one: _order(ours, one["name"]))


def _order(ours: Sequence[Json], name: str) -> int:
    return next((number for number, one in enumerate(ours) if one["name"] == name), len(ours))


def _core(command: Mapping[str, Any]) -> Json:
    """What of a command is ours: Discord adds ids and leaves out what is false."""
    kept = ("type", "name", "description", "description_localizations", "required", "autocomplete", "max_length")
    found: Json = {key: command[key] for key in kept if command.get(key)}
    for key in ("choices", "channel_types", "contexts", "integration_types"):
        if command.get(key):
            found[key] = command[key]
    if command.get("default_member_permissions") is not None:
        found["default_member_permissions"] = int(command["default_member_permissions"])
    found["options"] = [_core(option) for option in command.get("options") or []]
    return found
