"""The line between the world and the bot: what happened goes out, in order, and answers come back."""

import asyncio
from itertools import count

from bot.platforms.local.formats import FAILED, Json, Receive, Refused


class Line:
    """At most one bot at a time; what happened waits until it is acknowledged, who asked waits for the answer."""

    def __init__(self) -> None:
        self._waiting: dict[int, Json] = {}
        self._asked: dict[str, tuple[Json, asyncio.Future[Json]]] = {}
        self._receive: Receive | None = None
        self._session = 0
        self._seq = count(1)
        self._interactions = count(1)
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._present = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether there is a bot."""
        return self._receive is not None

    def take_up(self, receive: Receive) -> int:
        """Make this the bot, instead of the one before; what waits comes again, in order."""
        self.drop(self._session)
        self._session += 1
        self._receive = receive
        self._present.set()
        for event in list(self._waiting.values()):
            receive(event)
        return self._session

    def drop(self, session: int) -> None:
        """End a bot's session; who waits for its answer hears that there is none."""
        if session != self._session or self._receive is None:
            return
        self._receive = None
        self._present.clear()
        for _, waiting in self._asked.values():
            if not waiting.done():
                waiting.set_result(FAILED)

    def drop_now(self) -> None:
        """End whatever session there is, as when a bot's process dies."""
        self.drop(self._session)

    def send(self, event: Json) -> None:
        """Let the bot know what happened, as often as it takes."""
        whole = {"seq": next(self._seq), **event}
        self._waiting[whole["seq"]] = whole
        self._quiet.clear()
        if self._receive:
            self._receive(whole)

    def ack(self, seq: int) -> None:
        """Strike out what has had its effect."""
        self._waiting.pop(seq, None)
        self._note_quiet()

    async def ask(self, event: Json) -> Json:
        """Ask the bot once, give its answer; where there is no bot or it goes away, the answer says so."""
        if self._receive is None:
            return FAILED
        whole = {"seq": next(self._seq), "id": f"e{next(self._interactions)}", **event}
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._asked[whole["id"]] = (whole, waiting)
        self._quiet.clear()
        try:
            self._receive(whole)
            return await waiting
        finally:
            del self._asked[whole["id"]]
            self._note_quiet()

    def asked(self, event: str) -> Json:
        """Give the interaction which somebody waits to have answered."""
        question, waiting = self._asked.get(event, ({}, None))
        if waiting is None or waiting.done():
            raise Refused(404, f"nobody waits for the answer to {event}")
        return question

    def answer(self, event: str, reply: Json) -> None:
        """Give the answer to who asked."""
        self.asked(event)
        self._asked[event][1].set_result(reply)

    async def present(self) -> None:
        """Wait until there is a bot."""
        await self._present.wait()

    async def quiet(self) -> None:
        """Wait until the bot has acknowledged and answered everything."""
        await self._quiet.wait()

    def _note_quiet(self) -> None:
        if not self._waiting and not self._asked:
            self._quiet.set()
