"""The answer to whoever acted: at once, or as a follow-up where it takes longer than Discord waits.

A form can only be the first answer. Where it comes too late for that, and where a form has to be corrected, a message
with one button opens it: the button names what brought the form, so that it also works after a restart.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

import discord
from discord import ui

from bot.core.events import ActionPressed, CommandInvoked, Event, FormSubmitted
from bot.core.forms import Form, FormProblems
from bot.core.messages import Button, Buttons, Edit, Message, Part, Quote, Style, Verbatim, message, text
from bot.core.ports import Answer
from bot.platforms.discord import ids
from bot.platforms.discord.inbound import Heard
from bot.platforms.discord.render import Draw, Rendered, draw_all, filled, pieces, render, render_form

DEFER_AFTER = 1.5  # seconds; Discord waits three for the first answer, and the way there and back takes some
KEPT_FORMS = 500
EXPIRED = 10062
FAILED = "Something went wrong on our side. Please try again."
DONE = "Done."
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Shown:
    """A form that somebody was shown, and the custom id of the button that would bring it again."""

    form: Form
    opener: str
    at: str


class Asker:
    """Answers interactions, and remembers a few hundred forms so that nothing typed into them is lost."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._shown: OrderedDict[tuple[int, str], Shown] = OrderedDict()
        self._drafts: OrderedDict[str, Shown] = OrderedDict()

    # --- opening a form again ---------------------------------------------------------------------------------------

    async def open_again(self, interaction: discord.Interaction, token: str) -> bool:
        """Open the form that this button keeps; False where it is not known any more, as after a restart."""
        if token not in self._drafts:
            return False
        await self._open(interaction, self._drafts[token])
        return True

    async def _open(self, interaction: discord.Interaction, shown: Shown) -> None:
        modal = render_form(shown.form, shown.at)
        _keep(self._shown, (interaction.user.id, modal.custom_id), shown)
        await interaction.response.send_modal(modal)

    # --- answering --------------------------------------------------------------------------------------------------

    async def answer(
        self, interaction: discord.Interaction, heard: Heard, working: asyncio.Task[Answer], private: bool
    ) -> None:
        """Wait for the answer and give it; after a while, say first that it comes."""
        done, _ = await asyncio.wait({working}, timeout=DEFER_AFTER)
        if not done:
            await interaction.response.defer(ephemeral=private, thinking=True)
        answer = await working
        match answer.reply:
            case Form() as form:
                await self._form(interaction, heard, form)
            case FormProblems(errors):
                await self._problems(interaction, heard, errors)
            case Edit(said) if not interaction.response.is_done() and interaction.message is not None:
                await self._edit(interaction, said, heard.at)
            case Edit(said) | (Message() as said):
                await self._say(interaction, said, answer.private, heard.at)
            case None:
                await self._nothing(interaction)

    async def failed(self, interaction: discord.Interaction) -> None:
        """Tell who waits that there is no answer."""
        await self._say(interaction, message(FAILED), True, "")

    async def _say(self, interaction: discord.Interaction, said: Message, private: bool, at: str) -> None:
        for part in pieces(said):
            rendered = render(part, await draw_all(part, self._draw), at=at)
            if interaction.response.is_done():
                await _follow_up(interaction, rendered, private)
            else:
                await interaction.response.send_message(
                    view=rendered.view, files=rendered.files, ephemeral=private, allowed_mentions=rendered.mentions
                )

    async def _edit(self, interaction: discord.Interaction, said: Message, at: str) -> None:
        first, *more = pieces(said)
        rendered = render(first, await draw_all(first, self._draw), at=at)
        await interaction.response.edit_message(
            view=rendered.view, attachments=rendered.files, allowed_mentions=rendered.mentions
        )
        for part in more:
            await self._say(interaction, part, True, at)

    async def _nothing(self, interaction: discord.Interaction) -> None:
        if interaction.response.is_done():
            await interaction.delete_original_response()
        elif interaction.message is not None:
            await interaction.response.defer()
        else:
            await self._say(interaction, message(DONE), True, "")

    async def _form(self, interaction: discord.Interaction, heard: Heard, form: Form) -> None:
        shown = Shown(form, opener_of(heard.event), heard.at)
        if not interaction.response.is_done() and interaction.type is not discord.InteractionType.modal_submit:
            await self._open(interaction, shown)
            return
        said = message(f"**{form.title}**", Buttons((self._again(shown, "Open the form"),)))
        await self._say(interaction, said, True, heard.at)

    async def _problems(self, interaction: discord.Interaction, heard: Heard, errors: Mapping[str, str]) -> None:
        event = heard.event
        typed = dict(event.values) if isinstance(event, FormSubmitted) else {}
        sent = str(cast(Mapping[str, object], interaction.data or {}).get("custom_id", ""))
        shown = self._shown.get((interaction.user.id, sent))
        labels = {one.name: one.label for one in shown.form.fields} if shown else {}
        lines: list[Part] = [text("**Not saved yet.** This has to be mended first:")]
        lines += [text(f"- **{labels.get(name, name)}**: ", Verbatim(why)) for name, why in errors.items()]
        # What was typed stands here in full, so that it is not lost even where the form cannot come again.
        for name, value in typed.items():
            if value and (name in errors or shown is None):
                lines += [text(f"*{labels.get(name, name)}*, as you typed it:"), Quote(value)]
        if shown:
            again = Shown(filled(shown.form, typed), shown.opener, shown.at)
            lines.append(Buttons((self._again(again, "Try again"),)))
        await self._say(interaction, Message(tuple(lines)), True, heard.at)

    def _again(self, shown: Shown, label: str) -> Button:
        token = secrets.token_hex(4)
        _keep(self._drafts, token, shown)
        args = (token, *shown.opener.split(":")) if shown.opener else (token,)
        try:
            return Button(label, ids.AGAIN, args, Style.primary)
        except ValueError:  # it does not fit into an id: then it works until the next restart
            return Button(label, ids.AGAIN, (token,), Style.primary)


def opener_of(event: Event) -> str:
    """The custom id of a button that does what brought this form; empty where none can."""
    match event:
        case ActionPressed(action=action, args=args):
            return ":".join((action, *args))
        case CommandInvoked(command=command, options=options) if not options:
            return command
        case _:
            return ""


def is_expired(error: discord.HTTPException) -> bool:
    """Whether Discord waits no longer for the answer."""
    return error.code == EXPIRED or error.status in (401, 404)


async def _follow_up(interaction: discord.Interaction, rendered: Rendered, private: bool) -> None:
    view: ui.LayoutView = rendered.view
    await interaction.followup.send(
        view=view, files=rendered.files, ephemeral=private, allowed_mentions=rendered.mentions
    )


def _keep(where: OrderedDict[K, V], key: K, value: V) -> None:
    where[key] = value
    where.move_to_end(key)
    while len(where) > KEPT_FORMS:
        where.popitem(last=False)
