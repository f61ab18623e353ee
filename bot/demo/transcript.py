"""What a reader sees of a run: days, who did what, and what the bot said. No real times, ids, ports or paths."""

import re
from datetime import date, datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.core.clock import Clock
from bot.demo import seen
from bot.platforms.local.formats import BOT, Json

WIDTH = 150
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00")
_PERSON = re.compile(r"@(u\d+)\b")


class Transcript:
    """Writes down what is said, as it is said; hears of it from the world."""

    def __init__(self, out: TextIO, clock: Clock, zone: ZoneInfo) -> None:
        self._out = out
        self._clock = clock
        self._zone = zone
        self._day: date | None = None
        self._at = ""
        self._names: dict[str, str] = {}
        self._channels: dict[str, str] = {}
        self._status: dict[str, str] = {}

    def line(self, text: str) -> None:
        """Write a line, with the day above it where it is a new one."""
        here = self._clock.now().astimezone(self._zone)
        if here.date() != self._day:
            self._day = here.date()
            self._out.write(f"\n== {here:%A} {here.day} {here:%B %Y} ==\n")
        self._at = f"{here:%H:%M}"
        self._out.write(f"{self._at}  {text}\n")

    def more(self, text: str) -> None:
        """Write what belongs to the line before, if it is of the same minute."""
        here = self._clock.now().astimezone(self._zone)
        if (here.date(), f"{here:%H:%M}") == (self._day, self._at):
            self._out.write(f"       {text}\n")
        else:
            self.line(text)

    def plain(self, text: str) -> None:
        """Write a line that has no moment."""
        self._out.write(f"{text}\n")

    def short(self, text: str, most: int = WIDTH) -> str:
        """A text on one line, its moments and people as members see them, no longer than a line."""
        text = _MOMENT.sub(lambda hit: self._wall(hit[0]), text)
        text = _PERSON.sub(lambda hit: f"@{self._names.get(hit[1], hit[1])}", text)
        words = " ".join(text.split())
        return words if len(words) <= most else words[: most - 1] + "…"

    def _wall(self, moment: str) -> str:
        here = datetime.fromisoformat(moment).astimezone(self._zone)
        return f"{here:%a %H:%M}"

    # --- hearing from the world -----------------------------------------------------------------------------------

    def watch(self, change: Json) -> None:
        """Write down a change of the world, if a reader wants to know of it."""
        match change["type"]:
            case "joined":
                self._names[change["person"]["id"]] = change["person"]["name"]
            case "channel":
                self._channels[change["channel"]["id"]] = change["channel"]["name"]
            case "posted" if change["message"]["author"] == BOT:
                self._said(change["message"])
            case "reacted":
                self._reacted(change["message"])
            case "edited" if change["message"]["author"] == BOT:
                self._changed(change["message"])

    def _said(self, message: Json) -> None:
        if seen.is_question(message, message["channel"]):
            self.line(f"Batchmates asks in {self._place(message)}: {self._question(message)}")
        elif seen.is_reveal(message):
            self.line(f"Batchmates reveals in {self._place(message)}: {self.short(seen.words(message))}")
            self._result(message)
        elif message["thread"] and seen.ends_reveal(message):
            self.more("… the reveal goes on")
            self._result(message)
        else:
            self.more(f"Batchmates, {self._place(message)}: {self.short(seen.words(message))}")

    def _question(self, message: Json) -> str:
        about = seen.words({"blocks": message["blocks"][1:2]})
        labels = [f"[{item.get('label') or item.get('placeholder')}]" for item in seen.pressables(message)]
        return f"“{seen.heading(message)}” ({self.short(about)}) {' '.join(labels)}"

    def _result(self, message: Json) -> None:
        lines = [line for line in seen.words(message).splitlines() if "answered" in line or "First right" in line]
        for line in lines[:2]:
            self.more(self.short(line))

    def _changed(self, message: Json) -> None:
        count = next((line for line in seen.words(message).splitlines() if line.startswith("Revealed.")), "")
        if count and self._status.get(message["id"]) != count:
            self._status[message["id"]] = count
            self.more(f"the question now says: {self.short(count)}")

    def _reacted(self, message: Json) -> None:
        emoji = next(reversed(message["reactions"]))
        self.more(f"Batchmates reacts to {self._names.get(message['author'], 'somebody')} with {emoji}")

    def _place(self, message: Json) -> str:
        private = message["only_for"] or (
            message["channel"].removeprefix("dm-") if message["channel"][:2] == "dm" else ""
        )
        if private:
            return f"to {self._names.get(private, 'somebody')} alone"
        return "the thread" if message["thread"] else f"#{self._channels.get(message['channel'], '?')}"
