"""What Discord enforces and no description says: lengths, counts, what is empty, what stands twice."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.servers.discord.state import V2, ApiError

Json = dict[str, Any]
CONTENT = 2_000
TEXT_IN_ALL = 4_000
COMPONENTS_IN_ALL = 40
MODAL_COMPONENTS = 5
COMMAND_CHARACTERS = 8_000
COMMANDS = 100
ARCHIVE_MINUTES = {60, 1440, 4320, 10080}
ROW, BUTTON, SELECT, TEXT_INPUT, TEXT, LABEL = 1, 2, 3, 4, 10, 18
_NAME = re.compile(r"[-_\w]{1,32}")


def invalid(what: str) -> ApiError:
    """The answer to a body that cannot be taken."""
    return ApiError(400, 50035, f"Invalid Form Body: {what}")


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Every component, also those that stand in others."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        yield from walk([item for item in (component.get("component"), component.get("accessory")) if item])


def check_message(body: Json, attached: Sequence[str]) -> None:
    """Refuse a message that Discord would not take."""
    flags, components = body.get("flags") or 0, body.get("components") or []
    if flags & V2:
        _check_layout(body, components, attached)
    elif len(body.get("content") or "") > CONTENT:
        raise invalid(f"content has more than {CONTENT} characters")
    elif not (body.get("content") or body.get("embeds") or components or attached):
        raise ApiError(400, 50006, "Cannot send an empty message")
    _check_components(components)


def _check_layout(body: Json, components: Sequence[Json], attached: Sequence[str]) -> None:
    if body.get("content") or body.get("embeds"):
        raise invalid("a message of components has neither content nor embeds")
    if not components:
        raise ApiError(400, 50006, "Cannot send an empty message")
    said = [str(item.get("content", "")) for item in walk(components) if item["type"] == TEXT]
    if any(not text.strip() for text in said):
        raise invalid("a text display is not empty")
    if (size := sum(map(len, said))) > TEXT_IN_ALL:
        raise invalid(f"the text has {size} characters, more than {TEXT_IN_ALL}")
    named = {f"attachment://{name}" for name in attached}
    shown = [item["file"]["url"] for item in walk(components) if item["type"] == 13]
    shown += [one["media"]["url"] for item in walk(components) if item["type"] == 12 for one in item["items"]]
    if lost := [url for url in shown if url.startswith("attachment://") and url not in named]:
        raise invalid(f"{lost} is not attached")


def _check_components(components: Sequence[Json]) -> None:
    every = list(walk(components))
    if len(every) > COMPONENTS_IN_ALL:
        raise invalid(f"{len(every)} components, more than {COMPONENTS_IN_ALL}")
    for name in ("custom_id", "id"):
        given = [item[name] for item in every if item.get(name) is not None]
        if len(given) != len(set(given)):
            raise invalid(f"{name} stands twice")
    for item in every:
        _check_pressable(item)


def _check_pressable(item: Json) -> None:
    if item["type"] == ROW and len(item["components"]) > (1 if item["components"][0]["type"] == SELECT else 5):
        raise invalid("a row holds five buttons or one select")
    if item["type"] == BUTTON and not (item.get("label") or item.get("emoji")):
        raise invalid("a button has a label")
    if item["type"] == SELECT:
        values = [option["value"] for option in item["options"]]
        if len(values) != len(set(values)):
            raise invalid("an option stands twice")
        if not 0 <= item.get("min_values", 1) <= item.get("max_values", 1) <= len(values):
            raise invalid("more or fewer values than options")


def check_modal(data: Json) -> None:
    """Refuse a form that Discord would not open."""
    if not 1 <= len(data["components"]) <= MODAL_COMPONENTS:
        raise invalid(f"a form has 1 to {MODAL_COMPONENTS} components")
    _check_components(data["components"])
    for item in walk(data["components"]):
        if item["type"] == TEXT_INPUT and len(item.get("value") or "") > item.get("max_length", 4000):
            raise invalid("a value is longer than its field")


def check_commands(commands: Sequence[Json]) -> None:
    """Refuse commands that Discord would not register."""
    if len(commands) > COMMANDS:
        raise invalid(f"more than {COMMANDS} commands")
    for command in commands:
        if (size := _characters(command)) > COMMAND_CHARACTERS:
            raise ApiError(400, 30034, f"/{command['name']} has {size} characters, more than {COMMAND_CHARACTERS}")
        if command.get("type", 1) == 1:
            _check_options(command)


def _check_options(command: Json) -> None:
    options = command.get("options") or []
    names = [option["name"] for option in options]
    if len(options) > 25 or len(names) != len(set(names)):
        raise invalid(f"{command['name']}: at most 25 options, each with a name of its own")
    if not all(_NAME.fullmatch(name) and name == name.lower() for name in (command["name"], *names)):
        raise invalid(f"{command['name']}: a name has lower case letters, numbers, - and _")
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        raise invalid(f"{command['name']}: required options come first")
    for option in options:
        _check_options(option)


def _characters(command: Json) -> int:
    own = len(command["name"]) + len(command.get("description", ""))
    choices = sum(len(str(choice["name"])) + len(str(choice["value"])) for choice in command.get("choices") or [])
    return own + choices + sum(map(_characters, command.get("options") or []))


def check_thread(name: str, minutes: int | None) -> None:
    """Refuse a thread that Discord would not open."""
    if not 1 <= len(name) <= 100:
        raise invalid("a thread's name has 1 to 100 characters")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        raise invalid(f"a thread is archived after one of {sorted(ARCHIVE_MINUTES)} minutes")
