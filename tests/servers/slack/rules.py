"""What Slack enforces and no description says: lengths, counts, what is empty, what stands twice."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.servers.slack.state import ApiError, Upload

Json = Mapping[str, Any]
BLOCKS, BLOCKS_IN_VIEW, ALL_BLOCKS = 50, 100, 13_200
TEXT = 40_000
SELECTS = {"static_select", "multi_static_select", "overflow", "radio_buttons", "checkboxes"}


def invalid(what: str) -> ApiError:
    """The answer to blocks that cannot be taken."""
    return ApiError("invalid_blocks", what)


def elements(block: Json) -> list[Json]:
    """What can be pressed, chosen or filled in a block."""
    one = [block[key] for key in ("accessory", "element") if block.get(key)]
    return [*one, *(block.get("elements") or ())] if block["type"] != "rich_text" else one


def leaves(node: Any) -> Iterator[Json]:
    """Every leaf of a rich text."""
    for element in node.get("elements") or ():
        if "elements" in element:
            yield from leaves(element)
        else:
            yield element


def check_message(body: Json, files: Mapping[str, Upload]) -> None:
    """Refuse a message that Slack would not take."""
    blocks = body.get("blocks") or []
    if not (body.get("text") or blocks):
        raise ApiError("no_text")
    if len(body.get("text") or "") > TEXT:
        raise ApiError("msg_too_long")
    if len(blocks) > BLOCKS:
        raise invalid(f"{len(blocks)} blocks, more than {BLOCKS}")
    if len(json.dumps(blocks, ensure_ascii=False)) > ALL_BLOCKS:
        raise ApiError("msg_blocks_too_long")
    if any(block["type"] == "input" for block in blocks):
        raise invalid("a message has no inputs")
    check_blocks(blocks, files)


def check_view(view: Json, files: Mapping[str, Upload]) -> None:
    """Refuse a view that Slack would not show."""
    blocks = view["blocks"]
    if len(blocks) > BLOCKS_IN_VIEW:
        raise ApiError("invalid_arguments", f"{len(blocks)} blocks, more than {BLOCKS_IN_VIEW}")
    inputs = [block for block in blocks if block["type"] == "input"]
    if view["type"] == "modal" and inputs and not view.get("submit"):
        raise ApiError("invalid_arguments", "a modal with inputs has a submit")
    for name, most in (("title", 24), ("submit", 24), ("close", 24)):
        if len((view.get(name) or {}).get("text", "")) > most:
            raise ApiError("invalid_arguments", f"{name} is longer than {most}")
    for name, most in (("private_metadata", 3000), ("callback_id", 255)):
        if len(view.get(name) or "") > most:
            raise ApiError("invalid_arguments", f"{name} is longer than {most}")
    check_blocks(blocks, files)


def check_blocks(blocks: Sequence[Json], files: Mapping[str, Upload]) -> None:
    """Refuse blocks that Slack would not take."""
    named = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(named) != len(set(named)):
        raise invalid("a block_id stands twice")
    for block in blocks:
        _check_block(block, files)
        _check_elements(elements(block))
    try:
        for parsed in Block.parse_all([dict(block) for block in blocks]):
            parsed.validate_json()
    except SlackObjectFormationError as error:
        raise invalid(str(error)) from error


def _check_block(block: Json, files: Mapping[str, Upload]) -> None:
    _length("block_id", block.get("block_id", "x"), 1, 255)
    match block["type"]:
        case "header":
            _length("a header", block["text"]["text"], 1, 150)
        case "section":
            _length("a section", block["text"]["text"], 1, 3000)
        case "image":
            _length("alt_text", block["alt_text"], 1, 2000)
            file = files.get((block.get("slack_file") or {}).get("id", ""))
            if "slack_file" in block and (file is None or not file.complete):
                raise invalid("slack_file is no file that was uploaded")
        case "actions":
            if not 1 <= len(block["elements"]) <= 25:
                raise invalid("an actions block has 1 to 25 elements")
            if any(one["type"] == "multi_static_select" for one in block["elements"]):
                raise invalid("several can be chosen beside a text only")
        case "input":
            _length("a label", block["label"]["text"], 1, 2000)
            _length("a hint", (block.get("hint") or {"text": "x"})["text"], 1, 2000)
        case "rich_text":
            if not block["elements"] or any(not one["elements"] for one in block["elements"]):
                raise invalid("a rich text has something in it")
            if any(leaf["type"] == "text" and not leaf["text"] for leaf in leaves(block)):
                raise invalid("a text of a rich text is not empty")


def _check_elements(items: Sequence[Json]) -> None:
    ids = [item["action_id"] for item in items if item.get("action_id")]
    if len(ids) != len(set(ids)):
        raise invalid("an action_id stands twice in a block")
    for item in items:
        _length("action_id", item.get("action_id", "x"), 1, 255)
        _length("a placeholder", (item.get("placeholder") or {"text": "x"})["text"], 1, 150)
        if item["type"] == "button":
            _length("a button", item["text"]["text"], 1, 75)
            _length("value", item.get("value", ""), 0, 2000)
        if item["type"] in SELECTS:
            _check_select(item)
        if item["type"] == "plain_text_input" and not 1 <= item.get("max_length", 3000) <= 3000:
            raise invalid("max_length is 1 to 3000")
        if item["type"] == "plain_text_input" and len(item.get("initial_value", "")) > item.get("max_length", 3000):
            raise invalid("initial_value is longer than max_length")


def _check_select(item: Json) -> None:
    options = item["options"]
    if not 1 <= len(options) <= 100:
        raise invalid("a select has 1 to 100 options")
    for option in options:
        _length("an option", option["text"]["text"], 1, 75)
        _length("an option's value", option["value"], 1, 150)
    values = [option["value"] for option in options]
    if len(values) != len(set(values)):
        raise invalid("an option stands twice")
    chosen = [item["initial_option"]] if "initial_option" in item else item.get("initial_options", [])
    if any(one not in options for one in chosen):
        raise invalid("what is chosen at first is one of the options")


def _length(what: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise invalid(f"{what} has {len(text)} characters, wanted {least} to {most}")
