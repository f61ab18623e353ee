"""The answer to whoever acted: beside the button, as a modal, or in private where neither can be done any more.

A form needs the trigger of the act, which lives three seconds; where it comes too late, a button does again what
brought it. What a modal has to carry stands in the modal, so that it can also be sent after a restart.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import aiohttp

from bot.core.commands import Catalogue
from bot.core.errors import DeliveryError
from bot.core.events import Event, FormSubmitted
from bot.core.forms import Form, FormProblems
from bot.core.messages import Button, Buttons, Edit, Message, Style, message
from bot.core.ports import Answer, Reply
from bot.platforms.slack import forms, ids
from bot.platforms.slack.calls import Refused, Workspace, Workspaces, in_the_houses_words
from bot.platforms.slack.commands import opener
from bot.platforms.slack.deliver import QUIET, Post
from bot.platforms.slack.inbound import Origin
from bot.platforms.slack.render import BLOCKS, BLOCKS_IN_VIEW, ROOM_IN_VIEW, Rendered, pieces

Json = dict[str, Any]
DONE = "Done."
FAILED = "Something went wrong on our side. Please try again."
SENT_APART = "The file is in our private conversation."
LATE = {"expired_trigger_id", "trigger_expired", "trigger_exchanged", "invalid_trigger_id", "exchanged_trigger_id"}
_log = logging.getLogger(__name__)


class Answers:
    """Answers acts."""

    def __init__(self, workspaces: Workspaces, post: Post, catalogue: Catalogue) -> None:
        self._workspaces = workspaces
        self._post = post
        self._catalogue = catalogue

    # --- after it was acknowledged ----------------------------------------------------------------------------------

    async def answer(self, origin: Origin, event: Event, answer: Answer) -> None:
        """Give the answer to a command, a button or a shortcut."""
        match answer.reply:
            case Form() as form:
                await self._form(origin, event, form)
            case Edit(said) if origin.message and origin.url:
                await self._edit(origin, said)
            case Edit(said) | (Message() as said):
                await self.say(origin, said, answer.private)
            case FormProblems(errors):
                await self.say(origin, message("\n".join(f"- {why}" for why in errors.values())), True)
            case None if not origin.message and origin.view is None and not isinstance(event, FormSubmitted):
                await self.say(origin, message(DONE), True)
            case None:
                pass

    async def failed(self, origin: Origin) -> None:
        """Tell who waits that there is no answer."""
        try:
            await self.say(origin, message(FAILED), True)
        except DeliveryError as error:
            _log.warning("nobody_to_answer refusal=%s", error.refusal.value)

    async def say(self, origin: Origin, said: Message, private: bool) -> None:
        """Say something to who acted, or to everybody there."""
        workspace = await self._workspaces.of(origin.team)
        if origin.opens_view and await self._show(workspace, origin, said):
            return
        for part in pieces(said):
            rendered = await self._post.rendered(workspace, part)
            await self._say(workspace, origin, rendered, private)
            if rendered.files:
                await self._share(workspace, origin, rendered)

    async def _say(self, workspace: Workspace, origin: Origin, rendered: Rendered, private: bool) -> None:
        thread: Json = {"thread_ts": origin.place.thread} if origin.place.thread else {}
        said: Json = {"text": rendered.text, "blocks": rendered.blocks}
        if origin.url and not origin.opens_view:
            kind = "ephemeral" if private else "in_channel"
            if await respond(origin.url, {"response_type": kind, "replace_original": False, **said, **thread}):
                return
        if private and not origin.direct and not origin.opens_view:
            try:
                await workspace.call("chat.postEphemeral", origin.place.channel, user=origin.user, **said, **thread)
                return
            except DeliveryError as error:
                if not error.definite:
                    raise
            thread = {}
        # What is private goes to the private conversation where it cannot be shown in the channel.
        alone = private or origin.opens_view or origin.place.channel == ids.UNKNOWN_DIRECT
        channel = await workspace.direct_channel(origin.user) if alone else origin.place.channel
        await workspace.call("chat.postMessage", channel, **said, **QUIET, **thread)

    async def _share(self, workspace: Workspace, origin: Origin, rendered: Rendered) -> None:
        """Give the files of an answer: nothing that one person alone sees in a channel can hold a file."""
        channel = await workspace.direct_channel(origin.user)
        await self._post.share(workspace, rendered, ids.place(origin.team, channel))
        if not origin.direct:
            told = await self._post.rendered(workspace, message(SENT_APART))
            await self._say(workspace, origin, told, True)

    async def _edit(self, origin: Origin, said: Message) -> None:
        workspace = await self._workspaces.of(origin.team)
        first, *more = pieces(said)
        rendered = await self._post.rendered(workspace, first)
        replaced = {"replace_original": True, "text": rendered.text, "blocks": rendered.blocks}
        if not await respond(origin.url, replaced):
            await self.say(origin, first, True)
        for part in more:
            await self.say(origin, part, True)

    # --- modals -------------------------------------------------------------------------------------------------------

    async def _form(self, origin: Origin, event: Event, form: Form) -> None:
        workspace = await self._workspaces.of(origin.team)
        if origin.trigger and await self._opened(workspace, origin, forms.modal(form, origin.meant)):
            return
        again = opener(event, self._catalogue)
        if again is None:
            raise ValueError("a form that nothing brings again")
        button = Button("Open the form", again[0], again[1], Style.primary)
        # Said where it can be seen: the modal that would have shown it has no trigger any more.
        await self.say(replace(origin, opens_view=False), message(f"**{form.title}**", Buttons((button,))), True)

    async def _opened(self, workspace: Workspace, origin: Origin, view: Json) -> bool:
        on_top = origin.view is not None and origin.view["type"] == "modal"
        try:
            await workspace.call("views.push" if on_top else "views.open", trigger_id=origin.trigger, view=view)
        except Refused as refused:
            if refused.code in LATE:
                return False
            raise
        return True

    async def _show(self, workspace: Workspace, origin: Origin, said: Message) -> bool:
        """Show a message in a modal; False where that cannot be done any more."""
        view = await self._shown(workspace, said)
        if view is None:
            return False
        if origin.view is not None and origin.view["type"] == "modal":
            await workspace.call("views.update", view_id=origin.view["id"], view=view)
            return True
        return bool(origin.trigger) and await self._opened(workspace, origin, view)

    async def _shown(self, workspace: Workspace, said: Message) -> Json | None:
        blocks: list[Json] = []
        for part in pieces(said, BLOCKS - ROOM_IN_VIEW):
            rendered = await self._post.rendered(workspace, part)
            if rendered.files:
                return None
            blocks += rendered.blocks
        return forms.shown(blocks, forms.Meant()) if len(blocks) <= BLOCKS_IN_VIEW else None

    # --- forms that were sent -----------------------------------------------------------------------------------------

    async def acknowledgement(self, origin: Origin, reply: Reply) -> Json:
        """What closes, corrects or replaces the modal of a form that was sent, in time."""
        assert origin.view is not None
        match reply:
            case FormProblems(errors):
                return {"response_action": "errors", "errors": beside_fields(origin.view, errors)}
            case Form() as form:
                return {"response_action": "update", "view": forms.modal(form, origin.meant)}
            case Edit(said) | (Message() as said) if origin.opens_view:
                view = await self._shown(await self._workspaces.of(origin.team), said)
                return {"response_action": "update", "view": view} if view else {}
            case _:
                return {}

    async def show_in(self, origin: Origin, view: Json) -> None:
        """Show something in the modal of a form that was sent."""
        assert origin.view is not None
        workspace = await self._workspaces.of(origin.team)
        await workspace.call("views.update", view_id=origin.view["id"], view=view)

    async def afterwards(self, origin: Origin, event: FormSubmitted, answer: Answer) -> None:
        """What a modal shows that was told to wait."""
        assert origin.view is not None
        workspace = await self._workspaces.of(origin.team)
        match answer.reply:
            case FormProblems(errors):
                view = forms.refilled(origin.view, errors, event.values)
            case Form() as form:
                view = forms.modal(form, origin.meant)
            case Edit(said) | (Message() as said):
                view = await self._shown(workspace, said) or forms.shown(_words(DONE), forms.Meant())
            case _:
                view = forms.shown(_words(DONE), forms.Meant())
        await self.show_in(origin, view)


def beside_fields(view: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, each beside its field; what belongs to none stands beside the first."""
    fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    placed = {name: why for name, why in errors.items() if name in fields}
    lost = [f"{name}: {why}" for name, why in errors.items() if name not in fields]
    if lost:
        placed[fields[0]] = "\n".join([*([placed[fields[0]]] if fields[0] in placed else []), *lost])
    return placed


def _words(text: str) -> Sequence[Json]:
    return [{"type": "section", "text": {"type": "plain_text", "text": text}}]


async def respond(url: str, body: Json) -> bool:
    """Answer at the address that came with an act; False where it has expired, or was used five times."""
    async with (
        in_the_houses_words("response_url"),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session,
        session.post(url, json=body) as done,
    ):
        if done.status >= 500:
            done.raise_for_status()
        return done.status == 200
