"""Triggers, addresses to answer at, and views: what an act of somebody gives the bot to answer with."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.servers.slack import rules
from tests.servers.slack.calls import Call, moment
from tests.servers.slack.state import ApiError, Message, Team, View
from tests.servers.slack.web_api import WebApi

Json = dict[str, Any]
TRIGGER_SECONDS = 3.0
ANSWER_SECONDS = 3.0
URL_USES, URL_LIVES = 5, timedelta(minutes=30)
MODALS = 3


@dataclass
class Act:
    """Something that somebody did; `acked` is set once the bot has acknowledged it, with what it said."""

    kind: str
    team: str
    user: str
    at: float
    trigger: str = ""
    trigger_used: bool = False
    about: str = ""
    """The view that was sent or in which a button was pressed."""
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    response: Json = field(default_factory=dict)


@dataclass
class Address:
    """A response_url: where an act may be answered, five times within thirty minutes."""

    team: str
    user: str
    channel: str
    born: Any
    message: str = ""
    uses: int = 0


class Interactions(WebApi):
    """The bot's side of interactions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acts: dict[str, Act] = {}
        self.addresses: dict[str, Address] = {}
        self.asked: list[tuple[str, Json]] = []
        """Every view that was shown, with who saw it."""
        self._methods |= {
            "views.open": self._open_view,
            "views.push": self._push_view,
            "views.update": self._update_view,
            "views.publish": self._publish,
        }

    # --- triggers ---------------------------------------------------------------------------------------------------

    def new_act(self, kind: str, team: Team, user: str, about: str = "") -> Act:
        """Let somebody act; the trigger of it lives three seconds, and serves once."""
        trigger = f"{self.id('1')}.{team.id}.{self.id('x')}"
        self.acts[trigger] = Act(kind, team.id, user, moment(), trigger, about=about)
        return self.acts[trigger]

    def _used(self, trigger: str) -> Act:
        act = self.acts.get(trigger)
        if act is None:
            raise ApiError("invalid_trigger_id")
        if moment() - act.at > TRIGGER_SECONDS:
            raise ApiError("expired_trigger_id")
        if act.trigger_used:
            raise ApiError("exchanged_trigger_id")
        act.trigger_used = True
        return act

    def team_of_view(self, args: Json) -> str:
        """The workspace of the act or the view that a call names; nothing where it names none."""
        if act := self.acts.get(args.get("trigger_id") or ""):
            return act.team
        views = [view for stack in self.stacks.values() for view in stack if view.id == args.get("view_id")]
        return views[0].team if views else ""

    # --- views ------------------------------------------------------------------------------------------------------

    def shown_to(self, user: str) -> View | None:
        """The modal on top of what somebody sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def new_view(self, team: str, user: str, body: Json) -> View:
        """Let somebody see a view."""
        rules.check_view(body, self.files)
        for number, block in enumerate(body["blocks"]):
            block.setdefault("block_id", f"b{number}")
        if body["type"] == "modal":
            self.asked.append((user, body))
        return View(self.id("V"), team, user, body, self.id("h"))

    def _open_view(self, team: Team, args: Json) -> Json:
        act = self._used(args["trigger_id"])
        view = self.new_view(team.id, act.user, args["view"])
        self.stacks[act.user] = [view]
        return {"view": view.to_json()}

    def _push_view(self, team: Team, args: Json) -> Json:
        act = self._used(args["trigger_id"])
        stack = self.stacks.get(act.user) or []
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= MODALS:
            raise ApiError("push_limit_reached")
        view = self.new_view(team.id, act.user, args["view"])
        stack.append(view)
        return {"view": view.to_json()}

    def _update_view(self, team: Team, args: Json) -> Json:
        for user, stack in self.stacks.items():
            for number, view in enumerate(stack):
                if view.id == args["view_id"]:
                    stack[number] = self.new_view(team.id, user, args["view"])
                    stack[number].id = view.id
                    return {"view": stack[number].to_json()}
        raise ApiError("not_found")

    def _publish(self, team: Team, args: Json) -> Json:
        if args["view"]["type"] != "home":
            raise ApiError("invalid_arguments", "only a home is published")
        view = self.new_view(team.id, args["user_id"], args["view"])
        self.homes[args["user_id"]] = view
        return {"view": view.to_json()}

    # --- answering at an address --------------------------------------------------------------------------------------

    def address(self, team: Team, user: str, channel: str, message: str = "") -> str:
        """Give out an address at which an act in this channel may be answered."""
        id = self.id("R")
        self.addresses[id] = Address(team.id, user, channel, self.clock.now(), message)
        return f"http://{self.host}/respond/{id}"

    async def serve_respond(self, request: web.Request) -> web.Response:
        """Take an answer."""
        call = Call("response_url", moment(), await request.json())
        self.calls.made.append(call)
        await self.calls.delay_of("response_url")
        address = self.addresses[request.match_info["id"]]
        call.team = address.team
        self.violations += self.contract.arguments("response_url", call.args)
        if fault := self.calls.fault_of("response_url", call.team):
            call.status = fault.status
            return web.Response(status=fault.status, text=fault.error)
        if address.uses >= URL_USES or self.clock.now() - address.born > URL_LIVES:
            call.status, call.error = 404, "used_url" if address.uses >= URL_USES else "expired_url"
            return web.Response(status=404, text=call.error)
        address.uses += 1
        try:
            rules.check_message(call.args, self.files)
        except ApiError as refused:
            self.violations.append(f"response_url {refused.error}: {'; '.join(refused.details)}")
            return web.Response(status=400, text=refused.error)
        self._responded(address, call.args)
        return web.Response(text="ok")

    def _responded(self, address: Address, said: Json) -> None:
        team = self.teams[address.team]
        if said.get("replace_original"):
            found = self.messages[(address.channel, address.message)]
            before = self.message_json(found)
            found.text, found.blocks = said.get("text") or "", said.get("blocks") or []
            self.put(found)
            self.note("changes", found)
            if not found.only_for:
                found.edited = self.ts()
                self.message_changed(found, before)
            return
        alone = address.user if said.get("response_type", "ephemeral") == "ephemeral" else None
        message = self._of_bot(team, address.channel, said, said.get("thread_ts"), only_for=alone, answers=True)
        self.put(message)
        self.note("says", message)
        if not alone:
            self.message_posted(message)

    def acknowledged(self, act: Act, response: Json, after: float) -> None:
        """Do what the bot has said in its acknowledgement of an act, so many seconds after it was told of it."""
        if after > ANSWER_SECONDS:
            self.violations.append(f"{act.kind} was acknowledged after {after:.1f} s")
        act.response = response
        if act.kind == "view_submission":
            self._submitted(act, response)
        act.acked.set()

    def _submitted(self, act: Act, response: Json) -> None:
        stack = self.stacks[act.user]
        match response.get("response_action"):
            case None:
                if stack and stack[-1].id == act.about:
                    stack.pop()
            case "errors":
                fields = {block["block_id"] for block in stack[-1].body["blocks"] if block["type"] == "input"}
                if not response["errors"] or set(response["errors"]) - fields:
                    self.violations.append(f"errors beside no field: {sorted(response['errors'])}")
            case "update" | "push" as kind:
                self.violations += self.contract.view(response)
                view = self.new_view(act.team, act.user, response["view"])
                if kind == "update":
                    view.id = stack.pop().id
                stack.append(view)
            case "clear":
                stack.clear()
            case other:
                self.violations.append(f"{other!r} is no response_action")

    def message_of(self, user: str, since: int) -> list[Message]:
        """What somebody alone was told, after so many messages."""
        return [one for one in list(self.messages.values())[since:] if one.only_for == user or one.answers]
