"""The line between the world and the bot: what happened goes out, in order, and answers come back."""

import asyncio
from binascii import crc32
from dataclasses import dataclass
from itertools import count

from bot.platforms.local.formats import FAILED, Json, Receive, Refused


@dataclass(slots=True)
class _Sent:
    """An event that is not acknowledged, and the session to which it went, if there was one."""

    event: Json
    session: int | None


@dataclass(slots=True)
class _Asked:
    """An interaction that somebody waits to have answered."""

    event: Json
    session: int
    answer: asyncio.Future[Json]


class Line:
    """What happened waits until it is acknowledged, who asked waits for the answer.

    Who connects is the bot from then on; where `several` processes may be the bot together, each person's events go to
    one of them, as on platforms that spread events over connections.
    """

    def __init__(self, *, several: bool = False) -> None:
        self._several = several
        self._waiting: dict[int, _Sent] = {}
        self._asked: dict[str, _Asked] = {}
        self._sessions: dict[int, Receive] = {}
        self._numbers = count(1)
        self._seq = count(1)
        self._interactions = count(1)
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._present = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether there is a bot."""
        return bool(self._sessions)

    def take_up(self, receive: Receive) -> int:
        """Let this be the bot, instead of the one before or beside the others; what waits for one comes again."""
        if not self._several:
            self.drop_now()
        session = next(self._numbers)
        self._sessions[session] = receive
        self._present.set()
        self._send_again(None)
        return session

    def drop(self, session: int) -> None:
        """End a session; who waits for its answer hears that there is none, the rest goes to whoever is left."""
        if self._sessions.pop(session, None) is None:
            return
        if not self._sessions:
            self._present.clear()
        for asked in self._asked.values():
            if asked.session == session and not asked.answer.done():
                asked.answer.set_result(FAILED)
        self._send_again(session)

    def drop_now(self) -> None:
        """End whatever sessions there are, as when the bot's processes die."""
        for session in tuple(self._sessions):
            self.drop(session)

    def send(self, event: Json) -> None:
        """Let the bot know what happened, as often as it takes."""
        whole = {"seq": next(self._seq), **event}
        self._waiting[whole["seq"]] = _Sent(whole, None)
        self._quiet.clear()
        self._pass_on(self._waiting[whole["seq"]])

    def _send_again(self, session: int | None) -> None:
        for sent in list(self._waiting.values()):
            if sent.session == session:
                self._pass_on(sent)

    def _pass_on(self, sent: _Sent) -> None:
        sent.session = self._session_of(sent.event)
        if sent.session is not None:
            self._sessions[sent.session](sent.event)

    def _session_of(self, event: Json) -> int | None:
        if not self._sessions:
            return None
        return sorted(self._sessions)[crc32(str(event["user"]).encode()) % len(self._sessions)]

    def forget(self) -> None:
        """Deliver nothing of what waits."""
        self._waiting.clear()
        self._note_quiet()

    def ack(self, seq: int) -> None:
        """Strike out what was taken."""
        self._waiting.pop(seq, None)
        self._note_quiet()

    async def ask(self, event: Json) -> Json:
        """Ask the bot once, give its answer; where there is no bot or it goes away, the answer says so."""
        session = self._session_of(event)
        if session is None:
            return FAILED
        whole = {"seq": next(self._seq), "id": f"e{next(self._interactions)}", **event}
        asked = _Asked(whole, session, asyncio.get_running_loop().create_future())
        self._asked[whole["id"]] = asked
        self._quiet.clear()
        try:
            self._sessions[session](whole)
            return await asked.answer
        finally:
            del self._asked[whole["id"]]
            self._note_quiet()

    def asked(self, event: str) -> Json:
        """Give the interaction which somebody waits to have answered."""
        asked = self._asked.get(event)
        if asked is None or asked.answer.done():
            raise Refused(404, f"nobody waits for the answer to {event}")
        return asked.event

    def answer(self, event: str, reply: Json) -> None:
        """Give the answer to who asked."""
        self.asked(event)
        self._asked[event].answer.set_result(reply)

    async def present(self) -> None:
        """Wait until there is a bot."""
        await self._present.wait()

    async def quiet(self) -> None:
        """Wait until the bot has taken and answered everything."""
        await self._quiet.wait()

    def _note_quiet(self) -> None:
        if not self._waiting and not self._asked:
            self._quiet.set()
