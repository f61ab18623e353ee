"""What Slack accepts and sends: arguments, blocks and views by the published types, events by Slack's reference."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

Json = Any
TYPES = "slack-types.schema.json"
ROOT = Path(__file__).parents[3]
METHODS = (
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "conversations.open",
    "reactions.add",
    "views.open",
    "views.publish",
)
"""The methods whose arguments the published types describe."""
# The arguments of the others, from Slack's reference: those that are needed, then those that may stand there.
ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "apps.connections.open": (set(), set()),
    "auth.test": (set(), set()),
    "conversations.history": (
        {"channel"},
        {"cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest"},
    ),
    "conversations.info": ({"channel"}, {"include_locale", "include_num_members"}),
    "conversations.replies": (
        {"channel", "ts"},
        {"cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest"},
    ),
    "files.completeUploadExternal": ({"files"}, {"blocks", "channel_id", "channels", "initial_comment", "thread_ts"}),
    "files.getUploadURLExternal": ({"filename", "length"}, {"alt_txt", "snippet_type"}),
    "oauth.v2.access": ({"client_id", "client_secret"}, {"code", "grant_type", "redirect_uri", "refresh_token"}),
    "users.conversations": (set(), {"cursor", "exclude_archived", "limit", "team_id", "types", "user"}),
    "users.info": ({"user"}, {"include_locale"}),
    "views.push": ({"view"}, {"trigger_id", "interactivity_pointer"}),
    "views.update": ({"view"}, {"external_id", "hash", "view_id"}),
    "response_url": (
        set(),
        {"blocks", "delete_original", "replace_original", "response_type", "text", "thread_ts"},
    ),
}
BLOCKS = {
    "actions": "ActionsBlock",
    "context": "ContextBlock",
    "divider": "DividerBlock",
    "header": "HeaderBlock",
    "image": "ImageBlock",
    "input": "InputBlock",
    "rich_text": "RichTextBlock",
    "section": "SectionBlock",
}
VIEWS = {"modal": "ModalView", "home": "HomeView"}
_TS = {"type": "string", "pattern": r"^\d+\.\d{6}$"}
_ID = {"type": "string", "pattern": "^[A-Z][A-Z0-9]+$"}
_SAID = {"required": ["type", "ts", "text"], "properties": {"type": {"const": "message"}, "ts": _TS, "thread_ts": _TS}}
_NAMED = {"type": "object", "required": ["id", "name", "created"]}
_TEAMS = {"required": ["type", "team_ids"], "properties": {"team_ids": {"type": "array", "items": _ID}}}
# What the types do not describe, from Slack's reference of its events and of its interaction payloads.
EVENTS: dict[str, Json] = {
    "message": {
        "required": ["type", "channel", "ts", "event_ts", "channel_type"],
        "properties": {
            "channel": _ID,
            "ts": _TS,
            "thread_ts": _TS,
            "channel_type": {"enum": ["channel", "group", "im", "mpim"]},
        },
        "oneOf": [
            {
                "properties": {"subtype": {"const": "message_changed"}, "message": _SAID, "previous_message": _SAID},
                "required": ["subtype", "message", "previous_message", "hidden"],
            },
            {
                "properties": {"subtype": {"const": "message_deleted"}, "deleted_ts": _TS, "previous_message": _SAID},
                "required": ["subtype", "deleted_ts", "previous_message", "hidden"],
            },
            {
                "properties": {
                    "subtype": {"enum": ["bot_message", "file_share", "thread_broadcast", "channel_join"]},
                    "text": {"type": "string"},
                },
                "required": ["user", "text"],
            },
        ],
    },
    "app_mention": {
        "required": ["type", "user", "text", "ts", "channel", "event_ts"],
        "properties": {"user": _ID, "ts": _TS, "channel": _ID, "thread_ts": _TS},
    },
    "app_home_opened": {
        "required": ["type", "user", "channel", "tab", "event_ts"],
        "properties": {"tab": {"enum": ["home", "messages"]}, "user": _ID, "channel": _ID},
    },
    "member_left_channel": {"required": ["type", "user", "channel", "channel_type", "team", "event_ts"]},
    "user_change": {"required": ["type", "user", "event_ts"], "properties": {"user": {"required": ["id", "deleted"]}}},
    "app_uninstalled": {"required": ["type"]},
    "tokens_revoked": {"required": ["type", "tokens"]},
    "channel_archive": {"required": ["type", "channel", "user"]},
    "channel_deleted": {"required": ["type", "channel"]},
    "channel_rename": {"required": ["type", "channel"], "properties": {"channel": _NAMED}},
    "channel_unarchive": {"required": ["type", "channel", "user"]},
    "group_archive": {"required": ["type", "channel"]},
    "group_deleted": {"required": ["type", "channel"]},
    "group_rename": {"required": ["type", "channel"], "properties": {"channel": _NAMED}},
    "group_unarchive": {"required": ["type", "channel"]},
    "team_access_granted": _TEAMS,
    "team_access_revoked": _TEAMS,
    "team_join": {"required": ["type", "user"], "properties": {"user": {"required": ["id", "profile", "is_bot"]}}},
}
_PERSON = {"required": ["id", "username", "name", "team_id"]}
_ACTION = {"required": ["action_id", "block_id", "type", "action_ts"]}
PAYLOADS: dict[str, Json] = {
    "events_api": {
        "required": ["token", "api_app_id", "event", "type", "event_id", "event_time"],
        "properties": {"type": {"const": "event_callback"}, "event_time": {"type": "integer"}},
        # What concerns a whole organisation is of no workspace.
        "anyOf": [{"required": ["team_id", "authorizations"]}, {"required": ["enterprise_id"]}],
    },
    "app_rate_limited": {
        "required": ["token", "type", "team_id", "minute_rate_limited", "api_app_id"],
        "properties": {"type": {"const": "app_rate_limited"}, "minute_rate_limited": {"multipleOf": 60}},
    },
    "slash_commands": {
        "required": [
            "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command", "text",
            "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
        ],
    },
    "block_actions": {
        "required": ["type", "user", "api_app_id", "token", "container", "trigger_id", "team", "actions"],
        "properties": {"user": _PERSON, "actions": {"minItems": 1, "items": _ACTION}},
    },
    "view_submission": {
        "required": ["type", "team", "user", "api_app_id", "token", "trigger_id", "view", "response_urls"],
        "properties": {"user": _PERSON, "view": {"required": ["id", "type", "state", "hash", "callback_id"]}},
    },
    "shortcut": {"required": ["type", "token", "action_ts", "team", "user", "callback_id", "trigger_id"]},
    "message_action": {
        "required": [
            "type", "token", "action_ts", "team", "user", "channel", "callback_id", "trigger_id", "response_url",
            "message_ts", "message",
        ],
    },
}  # fmt: skip
ANSWERS: dict[str, set[str]] = {
    "apps.connections.open": {"url"},
    "auth.test": {"url", "team", "user", "team_id", "user_id", "bot_id"},
    "chat.postEphemeral": {"message_ts"},
    "chat.postMessage": {"channel", "ts", "message"},
    "chat.update": {"channel", "ts", "text", "message"},
    "conversations.history": {"messages", "has_more"},
    "conversations.info": {"channel"},
    "conversations.open": {"channel"},
    "conversations.replies": {"messages", "has_more"},
    "files.completeUploadExternal": {"files"},
    "files.getUploadURLExternal": {"upload_url", "file_id"},
    "oauth.v2.access": {"access_token", "app_id", "bot_user_id", "scope", "team", "token_type"},
    "reactions.add": set(),
    "users.conversations": {"channels"},
    "users.info": {"user"},
    "views.open": {"view"},
    "views.publish": {"view"},
    "views.push": {"view"},
    "views.update": {"view"},
}


def folder() -> Path:
    """Where the descriptions are."""
    return Path(os.environ.get("BATCHMATES_CONTRACTS") or ROOT.parent / "shared" / "contracts")


def absent() -> str:
    """Why there is no contract to hold to; nothing where there is one."""
    return "" if (folder() / TYPES).is_file() else f"no {TYPES} in BATCHMATES_CONTRACTS"


@dataclass
class SlackContract:
    """The description, ready to check with: a fast validator says whether, and a slow one what is wrong."""

    types: Json
    _compiled: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "SlackContract":
        """Read the description."""
        return cls(json.loads((folder() / TYPES).read_text()))

    def arguments(self, method: str, args: Mapping[str, Json]) -> list[str]:
        """What a call's arguments have wrong, its blocks and its view included."""
        wrong = list(self._own(method, args))
        if method in METHODS:
            # Blocks are checked on their own: inside of arguments a bad one passes through a union, and slowly.
            wrong += self._typed(method.replace(".", "_"), {**args, **({"blocks": []} if "blocks" in args else {})})
        return [f"{method} {one}" for one in [*wrong, *self.blocks(args.get("blocks") or ()), *self.view(args)]]

    def blocks(self, blocks: Sequence[Json]) -> list[str]:
        """What blocks have wrong, each by its own type."""
        wrong: list[str] = []
        for number, block in enumerate(blocks):
            name = BLOCKS.get(str(block.get("type")))
            found = self._typed(name, block) if name else [f"{block.get('type')!r} is no type of block that is known"]
            wrong += [f"blocks[{number}] {one}" for one in found]
        return wrong

    def view(self, args: Mapping[str, Json]) -> list[str]:
        """What a view has wrong."""
        view = args.get("view")
        if view is None:
            return []
        if view.get("type") not in VIEWS:
            return [f"view {view.get('type')!r} is no type of view"]
        return [f"view {one}" for one in [*self._typed(VIEWS[view["type"]], view), *self.blocks(view["blocks"])]]

    def answer(self, method: str, body: Json) -> list[str]:
        """What an answer of the test server lacks."""
        missing = ANSWERS[method] - set(body)
        return [f"answer of {method} lacks {sorted(missing)}"] if missing else []

    def payload(self, kind: str, body: Json) -> list[str]:
        """What something that the test server sends has wrong; a kind that is not known is wrong."""
        if kind not in PAYLOADS:
            return [f"payload {kind} is not known"]
        wrong = [f"payload {kind} {one}" for one in self._checked(f"payload {kind}", PAYLOADS[kind], body)]
        if kind == "events_api":
            event = body["event"]
            if event["type"] not in EVENTS:
                return [*wrong, f"event {event['type']} is not known"]
            told = self._checked(f"event {event['type']}", EVENTS[event["type"]], event)
            wrong += [f"event {event['type']} {one}" for one in told]
        for inside in ("view", "message"):
            wrong += [f"payload {kind} {one}" for one in self.blocks((body.get(inside) or {}).get("blocks") or ())]
        return wrong

    def _own(self, method: str, args: Mapping[str, Json]) -> Iterator[str]:
        if method not in ARGUMENTS:
            return
        needed, more = ARGUMENTS[method]
        if missing := needed - set(args):
            yield f"lacks {sorted(missing)}"
        if unknown := set(args) - needed - more:
            yield f"has {sorted(unknown)}, which is not known"

    def _typed(self, name: str, body: Json) -> list[str]:
        return self._checked(name, {**self.types, "$ref": f"#/definitions/{name}"}, body)

    def _checked(self, name: str, schema: Json, body: Json) -> list[str]:
        if name not in self._compiled:
            self._compiled[name] = jsonschema_rs.Draft7Validator(schema, validate_formats=False)
        if self._compiled[name].is_valid(body):
            return []
        return [_told(error) for error in list(Draft7Validator(schema).iter_errors(body))[:3]]


def _told(error: Any) -> str:
    while error.context:
        error = best_match(error.context) or error.context[0]
    return f"{error.json_path}: {error.message[:200]}"
