"""A step of a member as acts in the world: finding the button, pressing it, sending the form, writing.

A step raises `NoAnswer` where the bot did not answer: it can be made again from the beginning, as a person would.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from bot.demo import seen
from bot.demo.steps import (
    Arrive,
    Choose,
    Depart,
    Fill,
    Flag,
    Hints,
    Keep,
    MyResult,
    Pick,
    Remind,
    Reply,
    Return,
    Rewrite,
    Run,
    Step,
    Withdraw,
)
from bot.platforms.local.formats import Json
from bot.platforms.local.world import World

_RECORDED = ("Recorded", "This was answered after the reveal")


class NoAnswer(Exception):
    """The bot was gone before it had answered."""


class NotThere(Exception):
    """What is to be pressed does not stand there."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a step: the message it is about, and whether the bot took it."""

    message: str = ""
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Hands:
    """The hands of one person; `say` hears what they do, `forms` what they see besides messages."""

    world: World
    user: str
    channel: str
    note: Callable[[str], None]

    async def make(self, step: Step, post: str | None, mine: str | None) -> Made:
        """Make a step; `post` is the question it is about and `mine` the person's own newest reply to it."""
        match step:
            case Pick():
                return await self._pick(step, self._post(post))
            case Choose():
                return await self._choose(step, self._post(post))
            case Fill():
                return await self._fill(step, self._post(post))
            case Hints():
                return await self._hints(step, self._post(post))
            case Flag():
                return await self._flag(step, self._post(post))
            case MyResult():
                await self._press(self._post(post), "my-result")
                return Made()
            case Reply() | Rewrite() | Withdraw():
                return await self._write(step, post, mine)
            case Run():
                self._answered(await self.world.run(self.user, self.channel, step.command))
                return Made()
            case Remind():
                return await self._remind()
            case Keep():
                return await self._keep()
            case Arrive() | Depart() | Return():
                return await self._move(step)
            case _:
                assert_never(step)

    # --- pressing -------------------------------------------------------------------------------------------------

    async def _pick(self, step: Pick, post: Json) -> Made:
        button = self._find(post, "pick", step.option)
        times = 2 if step.twice else 1
        replies = await asyncio.gather(*(self.world.press(self.user, post["id"], button) for _ in range(times)))
        for reply in replies:
            self._answered(reply)
        return Made(post["id"], seen.words(replies[-1]).startswith(_RECORDED))

    async def _choose(self, step: Choose, post: Json) -> Made:
        select = self._find(post, "choose")
        reply = self._answered(await self.world.choose(self.user, post["id"], select, step.options))
        return Made(post["id"], seen.words(reply).startswith(_RECORDED))

    async def _fill(self, step: Fill, post: Json) -> Made:
        reply = await self._send_form(await self._press(post, "answer"), {"given": step.text})
        taken = reply["type"] == "message" and seen.words(reply).startswith(_RECORDED)
        return Made(post["id"], taken)

    async def _hints(self, step: Hints, post: Json) -> Made:
        reply = await self._press(post, "hint")
        while (button := seen.pressable(reply, "take-hint")) and int(button.split(":")[-1]) < step.wanted:
            reply = self._answered(await self.world.press(self.user, reply["id"], button))
        return Made(post["id"])

    async def _flag(self, step: Flag, post: Json) -> Made:
        reply = await self._send_form(await self._press(post, "flag"), {"what": step.what, "why": step.why})
        return Made(post["id"], seen.words(reply).startswith("Thank you"))

    async def _remind(self) -> Made:
        settings = self._answered(await self.world.run(self.user, self.channel, "settings"))
        form = await self._press(settings, "notices")
        values = {field["name"]: field["value"] for field in form["form"]["fields"]}
        await self._send_form(form, values | {"remind_posted": "yes", "remind_reveal": "yes"})
        return Made()

    async def _keep(self) -> Made:
        said = [entry.to_json() for entry in self.world.messages.values() if entry.channel == f"dm-{self.user}"]
        note = next((message for message in reversed(said) if seen.pressable(message, "flag-keep")), None)
        if note is None:
            raise NotThere("no question was flagged")
        await self._press(note, "flag-keep")
        return Made(note["id"])

    async def _press(self, message: Json, action: str) -> Json:
        return self._answered(await self.world.press(self.user, message["id"], self._find(message, action)))

    async def _send_form(self, reply: Json, values: Json) -> Json:
        if reply["type"] != "form":
            raise NotThere(f"there is no form to send, but {reply['type']}")
        answer = self._answered(await self.world.submit(self.user, reply["form"]["id"], values, self.channel))
        for field, wanted in answer.get("errors", {}).items():
            self.note(f"the form says at {field}: {wanted}")
        return answer

    # --- writing, coming and going --------------------------------------------------------------------------------

    async def _write(self, step: Reply | Rewrite | Withdraw, post: str | None, mine: str | None) -> Made:
        if isinstance(step, Reply):
            thread = self._post(post)["thread_id"]
            if thread is None:
                raise NotThere("the thread is not open")
            return Made((await self.world.say(self.user, self.channel, step.text, thread))["id"])
        if mine is None:
            return Made(taken=False)
        if isinstance(step, Rewrite):
            await self.world.edit_message(self.user, mine, step.text)
        else:
            await self.world.delete_message(self.user, mine)
        return Made(mine)

    async def _move(self, step: Arrive | Depart | Return) -> Made:
        match step:
            case Depart():
                await self.world.leave(self.user)
            case Return():
                self.world.rejoin(self.user)
            case Arrive():
                pass  # somebody who was not there has no hands yet: the play lets them in
        return Made()

    # --- within ---------------------------------------------------------------------------------------------------

    def _post(self, post: str | None) -> Json:
        if post is None:
            raise NotThere("the question was not posted yet")
        return self.world.messages[post].to_json()

    def _find(self, message: Json, action: str, last: str | None = None) -> str:
        found = seen.pressable(message, action, last)
        if found is None:
            raise NotThere(f"there is no {action} to press")
        return found

    def _answered(self, reply: Json) -> Json:
        if reply["type"] == "failed":
            raise NoAnswer(reply["text"])
        return reply
