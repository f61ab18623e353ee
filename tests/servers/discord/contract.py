"""What Discord accepts and sends, read from the published descriptions; every deviation is told in one line."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import best_match

Json = Any
REST, TYPES = "discord-rest-openapi.json", "discord-types.schema.json"
ROOT = Path(__file__).parents[3]
_IDS = {"id": {"type": "string"}, "channel_id": {"type": "string"}, "guild_id": {"type": "string"}}
# The types have a definition for some events only; the others are small, and written here from Discord's reference.
EVENTS: dict[str, Json] = {
    "READY": {"$ref": "#/definitions/EvReady"},
    "GUILD_CREATE": {"$ref": "#/definitions/EvGuildCreate"},
    "MESSAGE_CREATE": {"$ref": "#/definitions/EvMessageCreate"},
    "MESSAGE_UPDATE": {"$ref": "#/definitions/EvMessageCreate"},
    "INTERACTION_CREATE": {"$ref": "#/definitions/EvInteractionCreate"},
    "THREAD_CREATE": {"$ref": "#/definitions/EvThreadCreate"},
    "THREAD_UPDATE": {"$ref": "#/definitions/APIThreadChannel"},
    "MESSAGE_DELETE": {"properties": _IDS, "required": ["id", "channel_id"], "additionalProperties": False},
    "THREAD_DELETE": {
        "properties": {**_IDS, "parent_id": {"type": "string"}, "type": {"type": "integer"}},
        "required": ["id", "guild_id", "parent_id", "type"],
        "additionalProperties": False,
    },
    "CHANNEL_UPDATE": {"required": ["id", "type", "guild_id", "permission_overwrites"]},
    "CHANNEL_DELETE": {"required": ["id", "type", "guild_id"]},
    "GUILD_MEMBER_REMOVE": {
        "properties": {"guild_id": {"type": "string"}, "user": {"$ref": "#/definitions/APIUser"}},
        "required": ["guild_id", "user"],
        "additionalProperties": False,
    },
    "GUILD_ROLE_CREATE": {
        "properties": {"guild_id": {"type": "string"}, "role": {"$ref": "#/definitions/APIRole"}},
        "required": ["guild_id", "role"],
        "additionalProperties": False,
    },
    "GUILD_DELETE": {"properties": {"id": {"type": "string"}}, "required": ["id"]},
    "RESUMED": {},
}
# Requests whose unknown keys are told as well: Discord's own description lets any key pass.
STRICT: dict[tuple[str, str], Json] = {
    ("post", "/channels/{channel_id}/messages"): {"$ref": "#/definitions/RESTPostAPIChannelMessageJSONBody"},
    ("post", "/channels/{channel_id}/messages/{message_id}/threads"): {
        "$ref": "#/definitions/RESTPostAPIChannelMessagesThreadsJSONBody"
    },
    ("put", "/applications/{application_id}/commands"): {
        "type": "array",
        "items": {"$ref": "#/definitions/RESTPostAPIApplicationCommandsJSONBody"},
    },
    ("post", "/interactions/{interaction_id}/{interaction_token}/callback"): {
        "$ref": "#/definitions/RESTPostAPIInteractionCallbackJSONBody"
    },
}


def folder() -> Path:
    """Where the descriptions are."""
    return Path(os.environ.get("BATCHMATES_CONTRACTS") or ROOT.parent / "shared" / "contracts")


def absent() -> str:
    """Why there is no contract to hold to; nothing where there is one."""
    missing = [name for name in (REST, TYPES) if not (folder() / name).is_file()]
    return f"no {' and no '.join(missing)} in BATCHMATES_CONTRACTS" if missing else ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A route of the description, and what the path holds for its parameters."""

    method: str
    template: str
    found: tuple[str, ...]


@dataclass
class Contract:
    """Both descriptions, ready to check with: a fast validator says whether, and a slow one what is wrong."""

    rest: Json
    types: Json
    _compiled: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Contract":
        """Read the descriptions; every type whose name ends in Flags is a number.

        What the generator made of a mapped type is no description at all, so that anything passes there.
        """
        rest = json.loads((folder() / REST).read_text())
        types = json.loads((folder() / TYPES).read_text())
        for name in types["definitions"]:
            if name.endswith("Flags"):
                types["definitions"][name] = {"type": "integer"}
            elif name.startswith("_AddUndefinedTo"):
                types["definitions"][name] = {}
        # discord.py counts the files of a request in numbers, where both descriptions want text; Discord takes both.
        types["definitions"]["RESTAPIAttachment"]["properties"]["id"] = {}
        rest["components"]["schemas"]["MessageAttachmentRequest"]["properties"]["id"] = {}
        # Discord's own description demands the id of a picture, which the types do not know yet.
        types["definitions"]["APIUnfurledMediaItem"]["properties"]["id"] = {"type": "string"}
        return cls(rest, types)

    def operation(self, method: str, path: str) -> Operation | None:
        """The route that a request means; one without parameters goes before one with."""
        for template, pattern in self._paths():
            if (hit := pattern.fullmatch(path)) and method.lower() in self.rest["paths"][template]:
                return Operation(method.lower(), template, hit.groups())
        return None

    def request(self, operation: Operation, body: Json) -> list[str]:
        """What a request's body has wrong."""
        wrong = self._rest(operation, ("requestBody",), body)
        if strict := STRICT.get((operation.method, operation.template)):
            # The types know no null; where Discord's own description takes one, it is as if the key were not there.
            wrong += self._typed(f"{operation.method} {operation.template}", strict, _without_null(body))
        return [f"request {operation.method} {operation.template} {one}" for one in wrong]

    def response(self, operation: Operation, status: int, body: Json) -> list[str]:
        """What an answer of the test server has wrong."""
        wrong = self._rest(operation, ("responses", str(status)), body)
        return [f"response {status} {operation.method} {operation.template} {one}" for one in wrong]

    def event(self, name: str, data: Json) -> list[str]:
        """What a dispatch of the test server has wrong; one that is not known is wrong."""
        if name not in EVENTS:
            return [f"dispatch {name} is not known"]
        return [f"dispatch {name} {one}" for one in self._typed(name, EVENTS[name], data)]

    def _paths(self) -> list[tuple[str, re.Pattern[str]]]:
        if "paths" not in self._compiled:
            templates = sorted(self.rest["paths"], key=lambda path: path.count("{"))
            self._compiled["paths"] = [
                (path, re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(path)))) for path in templates
            ]
        paths: list[tuple[str, re.Pattern[str]]] = self._compiled["paths"]
        return paths

    def _rest(self, operation: Operation, where: tuple[str, ...], body: Json) -> list[str]:
        steps = ("paths", operation.template, operation.method, *where, "content", "application/json", "schema")
        node = self.rest
        for step in steps:
            node = node.get(step) if isinstance(node, dict) else None
        if node is None:
            return [] if body is None else [f"has no body {where}"]
        schema, name = {**node, "components": self.rest["components"]}, " ".join(steps)
        if name not in self._compiled:
            self._compiled[name] = jsonschema_rs.Draft202012Validator(schema, validate_formats=False)
        return [] if self._compiled[name].is_valid(body) else list(_told(Draft202012Validator(schema), body))

    def _typed(self, name: str, schema: Json, body: Json) -> list[str]:
        if name not in self._compiled:
            self._compiled[name] = jsonschema_rs.Draft7Validator({**self.types, **schema}, validate_formats=False)
        if self._compiled[name].is_valid(body):
            return []
        return list(_told(Draft7Validator({**self.types, **schema}), body))


def _without_null(body: Json) -> Json:
    match body:
        case dict():
            return {key: _without_null(value) for key, value in body.items() if value is not None}
        case list():
            return [_without_null(value) for value in body]
    return body


def _told(validator: Any, body: Json) -> Iterator[str]:
    for error in list(validator.iter_errors(body))[:3]:
        leaf = _leaf(error)
        yield f"{leaf.json_path}: {leaf.message[:200]}"


def _leaf(error: Any) -> Any:
    """The fault itself: of a union's branches the one that is meant, which is right about the type."""
    while error.context:
        branches: dict[Any, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        meant = [one for one in branches.values() if not any(_of_another_type(inner) for inner in one)]
        error = max((best_match(one) for one in meant or branches.values()), key=lambda one: len(one.absolute_path))
    return error


def _of_another_type(error: Any) -> bool:
    kinds = {"type", "component_type", "channel_types"}
    return bool(error.absolute_path) and error.absolute_path[-1] in kinds and error.validator in {"const", "enum"}
