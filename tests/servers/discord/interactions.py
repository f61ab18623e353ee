"""Commands, buttons, selects and forms: how somebody's act reaches the bot, and how the bot answers it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord import rules
from tests.servers.discord.calls import moment
from tests.servers.discord.messages import Messages
from tests.servers.discord.state import EPHEMERAL, THREAD, ApiError, Message, User, member_json, unknown

Json = dict[str, Any]
ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 900.0
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
TOKENS = "tok"


@dataclass
class Interaction:
    """One act that waits for its answer; everything that the bot says to it is kept in its order."""

    id: str
    token: str
    kind: int
    user: str
    channel: str
    at: float
    about: str | None = None
    """The message whose button was pressed, or from whose button the form came."""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    response: Json = field(default_factory=dict)
    original: Message | None = None
    said: list[Message] = field(default_factory=list)

    @property
    def form(self) -> Json | None:
        """The form that was opened."""
        return self.response["data"] if self.response.get("type") == MODAL else None


class Interactions(Messages):
    """The bot's side of interactions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open: dict[str, Interaction] = {}
        self.late: list[Interaction] = []

    # --- the bot's routes -----------------------------------------------------------------------------------------

    def put_commands(self, commands: Sequence[Json]) -> list[Json]:
        """Register the commands in place of those before."""
        rules.check_commands(commands)
        self.commands = [self._command(command) for command in commands]
        return self.commands

    def _command(self, command: Json) -> Json:
        kept = {key: value for key, value in command.items() if value is not None}
        ids = {"id": self.snowflake(), "application_id": self.bot.id, "version": self.snowflake()}
        usual: Json = {"type": 1, "description": "", "default_member_permissions": None, "nsfw": False}
        whole = {**usual, **kept, **ids}
        if whole["default_member_permissions"] is not None:
            whole["default_member_permissions"] = str(whole["default_member_permissions"])
        # Discord gives the permissions back as text, and leaves `required` away where it is false.
        whole["options"] = [_without_false(option) for option in kept.get("options") or []]
        return whole

    def answer(self, id: str, token: str, body: Json, files: dict[str, bytes]) -> Json:
        """Take the first answer to an interaction: once, and within three seconds."""
        found = self._waiting(id, token)
        kind, data = body["type"], body.get("data") or {}
        self._check_kind(found, kind)
        resource: Json = {}
        if kind == MESSAGE:
            found.original = self._say(found, data, files)
            resource = {"message": self.message_json(found.original)}
        elif kind == UPDATE:
            resource = {"message": self.message_json(self._update(found, data, files))}
        elif kind == MODAL:
            rules.check_modal(data)
        found.response = body
        found.answered.set()
        shown = {"id": found.id, "type": found.kind, "response_message_loading": kind == DEFERRED}
        shown["response_message_ephemeral"] = bool((data.get("flags") or 0) & EPHEMERAL)
        return {"interaction": shown, **({"resource": {"type": kind, **resource}} if resource else {})}

    def _waiting(self, id: str, token: str) -> Interaction:
        found = self.open.get(token)
        if found is None or found.id != id:
            raise unknown("interaction")
        if found.answered.is_set():
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        if moment() - found.at > ANSWER_SECONDS:
            self.late.append(found)
            raise unknown("interaction")
        return found

    def _check_kind(self, found: Interaction, kind: int) -> None:
        fits = {
            COMMAND: {MESSAGE, DEFERRED, MODAL},
            COMPONENT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL},
            AUTOCOMPLETE: {CHOICES},
            SUBMIT: {MESSAGE, DEFERRED} | ({DEFERRED_UPDATE, UPDATE} if found.about else set()),
        }
        if kind not in fits[found.kind]:
            raise rules.invalid(f"an interaction of type {found.kind} is not answered with type {kind}")

    def follow_up(self, token: str, body: Json, files: dict[str, bytes]) -> Message:
        """Say more to who asked; after a defer the first one takes the place of the thinking message."""
        found = self._alive(token)
        if found.response["type"] == DEFERRED and found.original is None:
            found.original = self._say(found, {**body, "flags": self._flags(found, body)}, files)
            return found.original
        return self._say(found, body, files)

    def edit_original(self, token: str, body: Json, files: dict[str, bytes]) -> Message:
        """Change the first answer, or let the thinking message say something."""
        found = self._alive(token)
        if found.response["type"] == DEFERRED and found.original is None:
            found.original = self._say(found, {**body, "flags": self._flags(found, body)}, files)
            return found.original
        if found.response["type"] in (DEFERRED_UPDATE, UPDATE):
            return self._update(found, body, files)
        if found.original is None:
            raise unknown("message")
        return self.change(found.original, body, files)

    def delete_original(self, token: str) -> None:
        """Take the first answer away."""
        found = self._alive(token)
        if found.original is not None:
            self.messages.pop(found.original.id, None)

    def _alive(self, token: str) -> Interaction:
        found = self.open.get(token)
        if found is None or not found.answered.is_set():
            raise unknown("webhook")
        if moment() - found.at > TOKEN_SECONDS:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return found

    def _flags(self, found: Interaction, body: Json) -> int:
        private = (found.response.get("data") or {}).get("flags") or 0
        return int(body.get("flags") or 0) & ~EPHEMERAL | (private & EPHEMERAL)

    def _say(self, found: Interaction, body: Json, files: dict[str, bytes]) -> Message:
        only_for = found.user if (body.get("flags") or 0) & EPHEMERAL else None
        said = self.put_message(found.channel, self.bot.id, body, files, only_for=only_for)
        found.said.append(said)
        return said

    def _update(self, found: Interaction, body: Json, files: dict[str, bytes]) -> Message:
        if found.about is None or found.about not in self.messages:
            raise unknown("message")
        changed = self.change(self.messages[found.about], body, files)
        found.said.append(changed)
        return changed

    # --- what reaches the bot ---------------------------------------------------------------------------------------

    def interact(self, user: User, channel_id: str, kind: int, data: Json, about: str | None = None) -> Interaction:
        """Let an act reach the bot; wait for `answered`."""
        token = f"{TOKENS}{self.snowflake()}"
        found = Interaction(self.snowflake(), token, kind, user.id, channel_id, moment(), about)
        self.open[token] = found
        self.dispatch("INTERACTION_CREATE", self._payload(found, user, data), self.channel(channel_id).guild)
        return found

    def _payload(self, found: Interaction, user: User, data: Json) -> Json:
        channel = self.channel(found.channel)
        partial = self.channel_json(channel)
        partial.pop("permission_overwrites", None)
        if channel.guild:
            guild = self.guilds[channel.guild]
            may = 1 << 5 if user.id in guild.managers else 0
            who: Json = {"member": member_json(user, may), "guild_id": guild.id, "guild_locale": "en-US"}
            who |= {"guild": {"id": guild.id, "features": [], "locale": "en-US"}, "context": 0}
            who |= {"authorizing_integration_owners": {"0": guild.id}}
        else:
            who = {"user": user.to_json(), "context": 1, "authorizing_integration_owners": {"0": "0"}}
        about = {"message": self.message_json(self.messages[found.about])} if found.about else {}
        return {
            "id": found.id,
            "application_id": self.bot.id,
            "type": found.kind,
            "token": found.token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": partial,
            "locale": "en-US",
            "app_permissions": str(2**40),
            "entitlements": [],
            "attachment_size_limit": 10 << 20,
            **who,
            **about,
        }

    def dispatch(self, name: str, data: Json, guild: str | None) -> None:
        """Tell the bot; the gateway overrides this."""
        raise NotImplementedError

    def in_thread(self, channel: str) -> bool:
        """Whether a channel is a thread."""
        return self.channel(channel).kind == THREAD


def _without_false(option: Json) -> Json:
    kept = {key: value for key, value in option.items() if value not in (None, False)}
    if kept.get("options"):
        kept["options"] = [_without_false(one) for one in kept["options"]]
    return kept


def submitted(form: Json, values: Mapping[str, str | Sequence[str]]) -> list[Json]:
    """The components of a form as they come back; what is not given stays as it stood."""
    sent: list[Json] = []
    for number, item in enumerate(form["components"], 1):
        if item["type"] != rules.LABEL:
            sent.append({"type": item["type"], "id": number})
            continue
        inner = item["component"]
        given = values.get(inner["custom_id"])
        sent.append({"type": rules.LABEL, "id": number, "component": {"id": 100 + number, **_value(inner, given)}})
    return sent


def _value(inner: Json, given: str | Sequence[str] | None) -> Json:
    base = {"type": inner["type"], "custom_id": inner["custom_id"]}
    if inner["type"] == rules.TEXT_INPUT:
        text = inner.get("value") or "" if given is None else str(given)
        if len(text) > inner.get("max_length", 4000) or (inner.get("required", True) and not text):
            raise AssertionError(f"Discord's form would not let this be sent: {inner['custom_id']}")
        return {**base, "value": text}
    if given is None:
        given = [option["value"] for option in inner["options"] if option.get("default")]
    chosen = [given] if isinstance(given, str) else list(given)
    known = {option["value"] for option in inner["options"]}
    if not set(chosen) <= known or (inner.get("required", True) and not chosen):
        raise AssertionError(f"Discord's form would not let this be chosen: {chosen} of {sorted(known)}")
    return {**base, "values": chosen}
