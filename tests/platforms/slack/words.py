"""What Slack's blocks say, on one line, as a reader would tell it: the same line as on any other platform."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.servers.slack import rules

Json = Mapping[str, Any]


def words(blocks: Sequence[Json], zone: ZoneInfo) -> str:
    """The texts, then the buttons as [Answer] and the options as <A  text>."""
    said: list[str] = []
    labels: list[str] = []
    options: list[str] = []
    for block in blocks:
        match block["type"]:
            case "rich_text":
                said += [_element(element, zone) for element in block["elements"]]
            case "header":
                said.append(block["text"]["text"])
            case "image":
                said.append(f"[picture: {block['alt_text']}]")
            case "section" if "accessory" not in block:
                said.append(block["text"]["text"])
        for item in rules.elements(block) if block["type"] != "input" else ():
            labels += [f"[{item['text']['text']}]"] if item["type"] == "button" else []
            options += [f"<{option['text']['text']}>" for option in item.get("options", ())]
    return " ".join(" ".join([*said, *labels, *options]).split())


def form_words(view: Json, zone: ZoneInfo, standing: Any) -> str:
    """A form's title and what stands above it, then its fields with what they hold."""
    intro = words([block for block in view["blocks"] if block["type"] != "input"], zone)
    asked = [block for block in view["blocks"] if block["type"] == "input"]
    fields = "; ".join(f"{block['label']['text']} = {standing(block['element'])}" for block in asked)
    return f"{view['title']['text']} {intro}".strip() + f" | {fields}"


def _element(element: Json, zone: ZoneInfo) -> str:
    if element["type"] == "rich_text_list":
        return "\n".join("- " + _leaves(item["elements"], zone) for item in element["elements"])
    return _leaves(element["elements"], zone)


def _leaves(leaves: Sequence[Json], zone: ZoneInfo) -> str:
    return "".join(_leaf(leaf, zone) for leaf in leaves)


def _leaf(leaf: Json, zone: ZoneInfo) -> str:
    match leaf["type"]:
        case "text" if leaf.get("style", {}).get("code"):
            # A command is written as Slack's; elsewhere it stands by its name.
            return str(leaf["text"]).removeprefix("/study ")
        case "text":
            return str(leaf["text"])
        case "link":
            return str(leaf.get("text") or leaf["url"])
        case "user":
            return f"@{leaf['user_id']}"
        case "usergroup":
            return f"@{leaf['usergroup_id']}"
        case "date":
            return f"{datetime.fromtimestamp(leaf['timestamp'], UTC).astimezone(zone):%a %d %b %H:%M}"
    raise AssertionError(f"no such leaf: {leaf['type']}")
