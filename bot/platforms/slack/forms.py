"""Forms as modals, and what somebody typed into one; a modal carries what it needs, so that it outlives a restart."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from bot.core.forms import AnyField, Choice, Day, Form, Line, Number, Paragraph
from bot.core.limits import PARAGRAPH
from bot.platforms.slack import dialect, ids
from bot.platforms.slack.render import option, plain

Json = dict[str, Any]
FORM, SHOWN = "form", "shown"
"""The callback of a modal that asks, and of one that only shows."""
SAID = "Study group"
HINT = 2_000
NUMBER = 100
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a view carries: the action of its form, the channel and the thread that are meant, where to answer."""

    action: str = ""
    channel: str = ""
    thread: str = ""
    url: str = ""

    def write(self) -> str:
        """Write it into the metadata of a view, which only this app reads."""
        return json.dumps([self.action, self.channel, self.thread, self.url])

    @classmethod
    def read(cls, metadata: str) -> "Meant":
        """Read it back; a view that is not ours carries nothing."""
        try:
            action, channel, thread, url = json.loads(metadata or "[]")
        except ValueError:
            return cls()
        return cls(action, channel, thread, url)


def modal(form: Form, meant: Meant, *, problems: Sequence[str] = ()) -> Json:
    """Render a form; `problems` stand above the fields where Slack can no longer show them beside them."""
    above = [dialect.section(dialect.plain_run("\n".join(problems), bold=True))] if problems else []
    intro = [*above, *(dialect.rich((form.intro,), lambda span: dialect.plain_run(str(span))) if form.intro else [])]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(form.title),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "private_metadata": Meant(
            ids.custom_id(form.action, form.args), meant.channel, meant.thread, meant.url
        ).write(),
        "blocks": [
            *([{"type": "rich_text", "elements": intro}] if intro else []),
            *map(_field, form.fields),
        ],
    }


def shown(blocks: Sequence[Json], meant: Meant, title: str = SAID) -> Json:
    """A modal that shows a message; its buttons work as they do in a channel."""
    return {
        "type": "modal",
        "callback_id": SHOWN,
        "title": plain(title),
        "close": plain("Close"),
        "private_metadata": meant.write(),
        "blocks": list(blocks),
    }


def waiting() -> Json:
    """A modal that says that the answer takes a moment."""
    return shown([{"type": "section", "text": plain("One moment…")}], Meant())


def _field(one: AnyField) -> Json:
    hint = {"hint": plain(one.hint[:HINT])} if one.hint else {}
    asked = {"type": "input", "block_id": one.name, "label": plain(one.label), "element": _element(one)}
    return {**asked, **hint, "optional": not one.required}


def _element(one: AnyField) -> Json:
    match one:
        case Line(max_length=most):
            return _input(one, most)
        case Paragraph(max_length=most):
            return {**_input(one, most), "multiline": True}
        case Number():
            return _input(one, NUMBER)
        case Day():
            given = {"initial_date": one.value} if _DATE.fullmatch(one.value) else {}
            return {"type": "datepicker", "action_id": one.name, **given}
        case Choice():
            return _choice(one)
        case _:
            assert_never(one)


def _input(one: AnyField, most: int) -> Json:
    given = {"initial_value": one.value[:most]} if one.value else {}
    return {"type": "plain_text_input", "action_id": one.name, "max_length": min(most, PARAGRAPH), **given}


def _choice(one: Choice) -> Json:
    options = [option(value, label) for value, label in one.options]
    chosen = set(one.value.split()) if one.many else {one.value}
    picked = [item for item in options if item["value"] in chosen]
    if one.many:
        given = {"initial_options": picked} if picked else {}
        return {"type": "multi_static_select", "action_id": one.name, "options": options, **given}
    return {
        "type": "static_select",
        "action_id": one.name,
        "options": options,
        **({"initial_option": picked[0]} if picked else {}),
    }


def values(view: Mapping[str, Any]) -> dict[str, str]:
    """What was given in each field; several chosen values are words with spaces between, as the core reads them."""
    state = (view.get("state") or {}).get("values") or {}
    return {name: _value(next(iter(block.values()), {})) for name, block in state.items()}


def _value(given: Mapping[str, Any]) -> str:
    if "selected_options" in given:
        return " ".join(one["value"] for one in given["selected_options"] or ())
    if given.get("selected_option"):
        return str(given["selected_option"]["value"])
    return str(given.get("value") or given.get("selected_date") or "")


def refilled(view: Mapping[str, Any], errors: Mapping[str, str], typed: Mapping[str, str]) -> Json:
    """The form of a view once more, with what was typed and what is wrong with it on top."""
    labels = {block.get("block_id"): block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}
    said = "\n".join(f"{labels.get(name, name)}: {why}" for name, why in errors.items())
    mended = {"type": "rich_text", "elements": [dialect.section(dialect.plain_run(said, bold=True))]}
    kept = ("type", "callback_id", "title", "submit", "close", "private_metadata")
    blocks = [_typed(block, typed) for block in view["blocks"]]
    return {**{key: view[key] for key in kept if view.get(key)}, "blocks": [mended, *blocks]}


def _typed(block: Json, typed: Mapping[str, str]) -> Json:
    if block["type"] != "input":
        return block
    element = {key: value for key, value in block["element"].items() if not key.startswith("initial_")}
    given = typed.get(block["block_id"], "")
    chosen = [one for one in element.get("options") or () if one["value"] in given.split()]
    match element["type"]:
        case "plain_text_input" if given:
            element["initial_value"] = given
        case "datepicker" if given:
            element["initial_date"] = given
        case "static_select" if chosen:
            element["initial_option"] = chosen[0]
        case "multi_static_select" if chosen:
            element["initial_options"] = chosen
    return {**block, "element": element}
