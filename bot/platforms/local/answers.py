"""What the bot answers to an interaction: kept where it belongs, and given to who asked."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.platforms.local.botside import BotHands, check
from bot.platforms.local.formats import BOT, Files, Json


class Answers(BotHands):
    """The bot's side of the world, with the answers to interactions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_forms: dict[tuple[str, str], str | None] = {}
        """Which forms each person was shown, and the message whose button brought the form."""

    async def answer(self, event: str, reply: Json, files: Files) -> None:
        """Answer an interaction: what is said is kept, and who asked hears of it."""
        with self.faults.around("answer"):
            question = self.line.asked(event)
            self.line.answer(event, self._given(question, reply, files))

    def _given(self, question: Json, reply: Json, files: Files) -> Json:
        """Do what a reply says, and give it as the asker gets it."""
        kinds: dict[str, Callable[[Json, Json, Files], Json]] = {
            "message": self._give_message,
            "edit": self._give_edit,
            "form": self._give_form,
        }
        if question["type"] == "form" and reply["type"] not in ("problems", "failed"):
            self.open_forms.pop((question["user"], question["form"]), None)
        return kinds[reply["type"]](question, reply, files) if reply["type"] in kinds else reply

    def _give_message(self, question: Json, reply: Json, files: Files) -> Json:
        only_for = question["user"] if reply["private"] else None
        parts = [reply["blocks"], *reply.get("more", ())]
        for part in parts:
            check(part)
        place = (question["channel"], question["thread"])
        said = [self.keep(self.said(*place, part, _files_for(part, files), only_for=only_for)) for part in parts]
        more = {"more": [entry.blocks for entry in said[1:]]} if said[1:] else {}
        return {**reply, "id": said[0].id, "blocks": said[0].blocks, **more}

    def _give_edit(self, question: Json, reply: Json, files: Files) -> Json:
        entry = self.messages.get(question.get("message") or "")
        if entry is None or entry.author != BOT:
            return self._give_message(question, {**reply, "type": "message", "private": True}, files)
        check(reply["blocks"])
        self.replace(entry, reply["blocks"], files)
        return {**reply, "id": entry.id, "blocks": entry.blocks}

    def _give_form(self, question: Json, reply: Json, files: Files) -> Json:
        self.open_forms[question["user"], reply["form"]["id"]] = question.get("message")
        return reply


def _files_for(blocks: Sequence[Json], files: Files) -> Files:
    return {block["file"]: files[block["file"]] for block in blocks if "file" in block}
