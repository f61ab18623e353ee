"""What people do on the test Slack: they write, press, choose, send forms, run commands, come and leave.

Whatever a person could not do in the real client is an AssertionError: pressing a button that is not there or that only
somebody else sees, choosing an option that is not offered, running a command in a thread.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.servers.slack import rules
from tests.servers.slack.delivery import Told
from tests.servers.slack.interactions import Act
from tests.servers.slack.places import Places
from tests.servers.slack.state import APP, IM, Channel, Message, User, View

Json = dict[str, Any]


class Hands(Places):
    """The side of the test Slack that is turned to people."""

    def direct(self, user: User) -> Channel:
        """The private conversation of somebody with the bot."""
        return self.conversation(self.team_of(user), [user.id])

    # --- writing ------------------------------------------------------------------------------------------------------

    def user_posts(
        self, user: User, channel: Channel, text: str, *, thread: str | None = None, broadcast: bool = False
    ) -> Message:
        """Write a message; what was typed is escaped as Slack's client escapes it, and @Batchmates names the bot."""
        assert user.id in channel.people, f"{user.name} is not in {channel.name}"
        written = escaped(text).replace("@Batchmates", f"<@{self.team_of(user).bot}>")
        subtype = "thread_broadcast" if broadcast else None
        message = Message(self.ts(), channel.id, user.id, written, [], thread, subtype=subtype)
        self.put(message)
        self.message_posted(message)
        return message

    def user_sends_file(
        self, user: User, channel: Channel, name: str, text: str, *, thread: str | None = None, said: str = ""
    ) -> Message:
        """Send a file, maybe with some words; the bot may read it with its token."""
        id, data = self.id("F"), text.encode()
        self.brought[id] = (self.team_of(user).id, data)
        address = f"http://{self.host}/files/{id}/{name}"
        file = {"id": id, "name": name, "mimetype": "text/plain", "size": len(data), "url_private_download": address}
        message = Message(
            self.ts(), channel.id, user.id, escaped(said), thread_ts=thread, subtype="file_share", brought=[file]
        )
        self.put(message)
        self.message_posted(message)
        return message

    def user_edits(self, user: User, message: Message, text: str) -> None:
        """Change one's own message."""
        assert message.user == user.id
        before = self.message_json(message)
        message.text, message.edited = escaped(text), self.ts()
        self.message_changed(message, before)

    def user_deletes(self, message: Message) -> None:
        """Delete a message."""
        del self.messages[(message.channel, message.ts)]
        self.message_deleted(message)

    # --- acting -------------------------------------------------------------------------------------------------------

    def user_runs(self, user: User, channel: Channel, command: str, text: str = "") -> Act:
        """Run a slash command; in a thread Slack refuses them."""
        team = self.team_of(user)
        org = self.org_of(team)
        act = self.new_act("slash_commands", team, user.id)
        named = {"direct": "directmessage"}.get(channel.kind, channel.name)
        where = {"channel_id": channel.id, "channel_name": "directmessage" if channel.kind == IM else named}
        payload = {
            "token": "verification",
            "team_id": team.id,
            "team_domain": team.name.lower(),
            **where,
            "user_id": user.id,
            "user_name": user.name.lower(),
            "command": command,
            "text": text,
            "api_app_id": APP,
            **({"enterprise_id": org.id, "enterprise_name": org.name} if org else {}),
            "is_enterprise_install": "true" if org else "false",
            "response_url": self.address(team, user.id, channel.id),
            "trigger_id": act.trigger,
        }
        self.tell("slash_commands", payload, act)
        return act

    def user_presses(self, user: User, on: Message | View, action_id: str) -> Act:
        """Press a button."""
        block, item = _find(_blocks(on), action_id)
        assert item["type"] == "button"
        did = {"type": "button", "text": item["text"], "value": item.get("value", "")}
        return self._acts(user, on, {**did, "action_id": action_id, "block_id": block["block_id"]})

    def user_selects(self, user: User, on: Message | View, action_id: str, values: Sequence[str]) -> Act:
        """Choose from a list."""
        block, item = _find(_blocks(on), action_id)
        chosen = [option for option in item["options"] if option["value"] in values]
        assert len(chosen) == len(values), f"{values} are not all offered"
        did: Json = {"type": item["type"], "action_id": action_id, "block_id": block["block_id"]}
        if item["type"] == "multi_static_select":
            assert len(values) <= item.get("max_selected_items", 100)
            return self._acts(user, on, {**did, "selected_options": chosen})
        return self._acts(user, on, {**did, "selected_option": chosen[0]})

    def _acts(self, user: User, on: Message | View, did: Json) -> Act:
        team = self.team_of(user)
        act = self.new_act("block_actions", team, user.id, on.id if isinstance(on, View) else "")
        payload = {**self._interaction(act, user), "actions": [{**did, "action_ts": self.ts()}]}
        if isinstance(on, View):
            payload |= {"container": {"type": "view", "view_id": on.id}, "view": on.to_json()}
        else:
            assert on.only_for in (None, user.id), "somebody else alone sees this"
            payload |= self._about(user, on)
        self.tell("block_actions", payload, act)
        return act

    def _about(self, user: User, message: Message) -> Json:
        channel = self.channels[message.channel]
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        where = {"message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": bool(message.only_for), **thread}
        url = self.address(self.team_of(user), user.id, channel.id, message.ts)
        # What one person alone sees is not handed over.
        said = {} if message.only_for else {"message": self.message_json(message)}
        return {
            "container": {"type": "message", **where},
            "channel": {"id": channel.id, "name": channel.name},
            "response_url": url,
            **said,
        }

    def _interaction(self, act: Act, user: User) -> Json:
        team = self.team_of(user)
        who = {"id": user.id, "username": user.name.lower(), "name": user.name.lower(), "team_id": team.id}
        fixed = {"type": act.kind, "api_app_id": APP, "token": "verification"}
        about: Json = {"team": {"id": team.id, "domain": team.name.lower()}, "enterprise": None}
        if org := self.org_of(team):
            # As Slack's own words of what an organisation has installed go, the workspace may be left out here.
            about = {"team": None, "enterprise": {"id": org.id, "name": org.name}}
        about["is_enterprise_install"] = org is not None
        return {**fixed, "user": who, **about, "trigger_id": act.trigger}

    def user_submits(self, user: User, view: View, values: Mapping[str, str]) -> Act:
        """Send a form; a field that is needed cannot be left empty, and a list takes what it offers."""
        team = self.team_of(user)
        act = self.new_act("view_submission", team, user.id, view.id)
        told = view.to_json()
        told["state"] = {"values": dict(_filled(view.body["blocks"], values))}
        self.tell("view_submission", {**self._interaction(act, user), "view": told, "response_urls": []}, act)
        return act

    def user_uses_shortcut(self, user: User, callback: str) -> Act:
        """Use a shortcut from anywhere."""
        act = self.new_act("shortcut", self.team_of(user), user.id)
        self.tell("shortcut", {**self._interaction(act, user), "callback_id": callback, "action_ts": self.ts()}, act)
        return act

    def user_uses_message_shortcut(self, user: User, message: Message, callback: str) -> Act:
        """Use a shortcut on a message."""
        act = self.new_act("message_action", self.team_of(user), user.id)
        channel = self.channels[message.channel]
        payload = {
            **self._interaction(act, user),
            "callback_id": callback,
            "action_ts": self.ts(),
            "channel": {"id": channel.id, "name": channel.name},
            "message_ts": message.ts,
            "message": self.message_json(message),
            "response_url": self.address(self.team_of(user), user.id, channel.id, message.ts),
        }
        self.tell("message_action", payload, act)
        return act

    def user_opens_home(self, user: User) -> Told:
        """Open the bot's home."""
        event = {"type": "app_home_opened", "user": user.id, "channel": self.direct(user).id, "tab": "home"}
        return self.happened(self.team_of(user), {**event, "event_ts": self.ts()})


def escaped(text: str) -> str:
    """What was typed, as Slack's client sends it on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(on: Message | View) -> list[Json]:
    return on.body["blocks"] if isinstance(on, View) else on.blocks


def _find(blocks: Sequence[Json], action_id: str) -> tuple[Json, Json]:
    for block in blocks:
        for item in rules.elements(block):
            if item.get("action_id") == action_id:
                return block, dict(item)
    raise AssertionError(f"nothing here has the action {action_id}")


def _filled(blocks: Sequence[Json], values: Mapping[str, str]) -> list[tuple[str, Json]]:
    """What a form's state says of each field, which stands as it did where nothing is given."""
    found: list[tuple[str, Json]] = []
    for block in blocks:
        if block["type"] != "input":
            continue
        name, item = block["block_id"], block["element"]
        given = values.get(name, standing(item))
        assert given or block.get("optional") or name in values, f"{name} cannot be left empty"
        found.append((name, {item["action_id"]: {"type": item["type"], **_state(item, given)}}))
    assert not set(values) - {name for name, _ in found}, f"{sorted(values)} are not all fields"
    return found


def standing(item: Json) -> str:
    """What a field holds at first."""
    if "initial_option" in item:
        return str(item["initial_option"]["value"])
    chosen = item.get("initial_options") or ()
    return " ".join(one["value"] for one in chosen) or str(item.get("initial_value") or item.get("initial_date") or "")


def _state(item: Json, given: str) -> Json:
    match item["type"]:
        case "plain_text_input":
            assert len(given) <= item.get("max_length", 3000), "more than fits was typed"
            return {"value": given or None}
        case "datepicker":
            return {"selected_date": date.fromisoformat(given).isoformat() if given else None}
        case "static_select":
            return {"selected_option": _options(item, [given])[0] if given else None}
        case "multi_static_select":
            return {"selected_options": _options(item, given.split())}
    raise AssertionError(f"no such field: {item['type']}")


def _options(item: Json, values: Sequence[str]) -> list[Json]:
    chosen = [option for option in item["options"] if option["value"] in values or option["text"]["text"] in values]
    assert len(chosen) == len(values), f"{values} are not all offered"
    return chosen
