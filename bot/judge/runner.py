"""What runs programs: a back end starts guests, and a guest is one interpreter in a sandbox that serves one program.

May touch: the standard library and this room.

Lines of JSON go in and come out. A guest is never trusted: what it sends is read with care (`read_reply`), its time is
measured here, and whoever asks kills it where it takes too long or says too much.
"""

import asyncio
import contextlib
import json
import os
import secrets
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from bot.judge.values import DEEPEST, MOST_VALUES

LONGEST_LINE = 4_194_304  # bytes of one output; the longest that a case of the bank wants takes 1,400,000
MOST_MARKS = 3 * MOST_VALUES + 10_000  # commas and opening brackets of one output; an empty tuple takes three
MOST_NOISE = 262_144  # bytes that a program may write to its standard output and error
READY = "ready"  # what a guest that serves several programs says when it waits for the first one
GRACE = 0.25  # seconds beyond a case's own, for the way there and back on a busy machine
ENDED_WITHIN = 5.0  # seconds that a process which was killed may take to be gone, on a busy machine


class Unavailable(Exception):
    """A back end does not work here; the text says why, and what would mend it."""


class Broken(StrEnum):
    """Why a guest gives no further output; it is dead then."""

    too_slow = "too slow"
    too_large = "too large"
    ended = "ended"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a guest said to one order, or why it says nothing more; `seconds` are as measured outside."""

    said: Mapping[str, Any]
    seconds: float
    broken: Broken | None = None


class Guest(Protocol):
    """One interpreter in a sandbox; it serves one program and is thrown away."""

    async def ask(self, order: Mapping[str, Any], *, seconds: float) -> Reply:
        """Send an order and wait for what comes of it; after a broken reply the guest is dead."""
        ...

    async def close(self) -> float:
        """Kill it with all that it started; gives the most memory that it held, in MB, or 0 where nobody knows."""
        ...


class Runner(Protocol):
    """A back end."""

    name: str

    async def start(self) -> None:
        """Prove that it works here, and keep some guests warm; raises `Unavailable`."""
        ...

    async def guest(self, marker: str) -> Guest:
        """A fresh guest whose outputs stand under this marker."""
        ...

    async def stop(self) -> None:
        """Kill every guest."""
        ...


GiveBack = Callable[["PipedGuest"], Awaitable[bool]]
"""Takes a guest back that can serve another program; gives whether it was taken."""


class _Pipes(asyncio.subprocess.SubprocessStreamProtocol):
    """The pipes of a process, which tell when it has ended.

    `Process.wait` waits until the pipes have ended too, so for ever where somebody else holds them, or where more came
    through one than anybody has read (CPython issue 119710).
    """

    def __init__(self) -> None:
        super().__init__(limit=LONGEST_LINE, loop=asyncio.get_running_loop())
        self.ended = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.ended.set()


class PipedGuest:
    """A guest that is a child process: orders to its standard input, outputs from its standard output."""

    def __init__(self, process: asyncio.SubprocessTransport, pipes: _Pipes, *, give_back: GiveBack | None = None):
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        assert pipes.stderr is not None
        self._process, self._ended, self._in, self._out = process, pipes.ended, pipes.stdin, pipes.stdout
        self.pid = process.get_pid()
        self.first_words = ""
        self._noise, self._listening = 0, asyncio.create_task(self._listen(pipes.stderr))
        self._marker = ""
        self.served = 0
        """How many programs it has run to their end."""
        self._ends_with = READY
        self._dead: Broken | None = None
        self._give_back = give_back

    @classmethod
    async def spawn(cls, *command: str, give_back: GiveBack | None = None, **how: Any) -> "PipedGuest":
        """Start a process, with a session of its own; `how` goes to `subprocess.Popen`."""
        process, pipes = await asyncio.get_running_loop().subprocess_exec(
            _Pipes,
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            **how,
        )
        return cls(process, pipes, give_back=give_back)

    def begin(self, marker: str) -> None:
        """Take it for one run, whose outputs stand under this marker."""
        self._marker = marker

    @property
    def alive(self) -> bool:
        """Whether it can still serve."""
        return self._dead is None and self._process.get_returncode() is None

    async def is_ready(self, *, within: float) -> bool:
        """Whether it says in time that it waits for a program; for guests that serve several."""
        try:
            async with asyncio.timeout(within):
                ready = await self._out.readuntil(b"\n") == f"{self._ends_with}\n".encode()
        except (TimeoutError, asyncio.LimitOverrunError, asyncio.IncompleteReadError, ConnectionError):
            ready = False
        if not ready:
            self._dead = Broken.ended
            return False
        # What it will say when the next program has ended: no program hears of it, so none can say it and stay.
        self._ends_with = secrets.token_hex(8)
        self._in.write(f"{self._ends_with}\n".encode())
        return True

    async def end_run(self, *, within: float) -> bool:
        """End the program of a guest that serves several; give whether it waits for the next one."""
        try:
            async with asyncio.timeout(within):
                self._in.write(b"\n")
                await self._in.drain()
        except (TimeoutError, ConnectionError):
            return False
        self.served += 1
        return await self.is_ready(within=within)

    async def ask(self, order: Mapping[str, Any], *, seconds: float) -> Reply:
        """Send an order and wait for what comes of it; after a broken reply the guest is dead."""
        start = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(seconds + GRACE):
                self._in.write(json.dumps(order).encode() + b"\n")
                await self._in.drain()
                line = await self._out.readuntil(b"\n")
        except TimeoutError:
            return self._broken(Broken.too_slow, start)
        except asyncio.LimitOverrunError:
            return self._broken(Broken.too_large, start)
        except (asyncio.IncompleteReadError, ConnectionError):
            return self._broken(self._dead or Broken.ended, start)
        taken = asyncio.get_running_loop().time() - start
        if is_crowded(line):
            return self._broken(Broken.too_large, start)
        said = await _read(line, self._marker)
        if said is None:
            # Something else than an output came through: whatever the program meant by it, it has ended its run.
            return self._broken(Broken.ended, start)
        return Reply(said, taken)

    def _broken(self, why: Broken, start: float) -> Reply:
        self._dead = why
        self.kill()
        return Reply({}, asyncio.get_running_loop().time() - start, why)

    async def _listen(self, noise: asyncio.StreamReader) -> None:
        while chunk := await noise.read(65_536):
            self._noise += len(chunk)
            if len(self.first_words) < 300:
                self.first_words += chunk[:300].decode(errors="replace").strip()
            if self._noise > MOST_NOISE:
                self._dead = Broken.too_large
                self.kill()

    async def close(self) -> float:
        """Kill it with all that it started; gives the most memory that it held, in MB, or 0 where nobody knows."""
        if self._give_back is not None and self.alive and await self._give_back(self):
            return 0.0
        memory = _most_memory(self.pid)
        self.kill()
        with contextlib.suppress(TimeoutError):  # the kernel keeps it, in a call that nothing interrupts
            async with asyncio.timeout(ENDED_WITHIN):
                await self._ended.wait()
        # Our ends of its pipes, whoever holds the others; a guest that was missed by its kill reads that it may end.
        self._process.close()
        self._listening.cancel()
        return memory

    def kill(self) -> None:
        """End it now, with what it started."""
        # Not by the transport, which looks for the child's end first and so takes it from asyncio, which waits for it.
        if self._process.get_returncode() is None:
            # Bubblewrap asks to die with its parent, but for a moment of its start the kernel forgets that again.
            for child in _children(self.pid):
                _end(os.kill, child)
            _end(os.killpg, self.pid)


def _end(kill: Callable[[int, int], None], pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        kill(pid, signal.SIGKILL)


async def _read(line: bytes, marker: str) -> Mapping[str, Any] | None:
    # A long line takes a while to look through, in which the event loop must not stand still.
    if len(line) > 16_384:
        return await asyncio.to_thread(read_reply, line, marker)
    return read_reply(line, marker)


def is_crowded(line: bytes) -> bool:
    """Whether more values stand in a line than `values.encode` writes: reading those would stop everything else."""
    return sum(map(line.count, (b",", b"[", b"{"))) > MOST_MARKS


def read_reply(line: bytes, marker: str) -> Mapping[str, Any] | None:
    """What a line says, if it is well formed all the way down and stands under the marker."""
    if not line.startswith(marker.encode()):
        return None
    try:
        said = json.loads(line[len(marker) :])
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and _is_well_formed(said.get("got")) else None


_LISTS, _TEXTS = frozenset("tsgnm"), frozenset("ibeo")


def _is_well_formed(value: Any) -> bool:
    """Whether an output has the form of `values.encode`, looked through without recursion."""
    left: list[tuple[Any, int]] = [(value, 0)]
    while left:
        one, deep = left.pop()
        if deep > 2 * DEEPEST:
            return False
        if isinstance(one, list):
            left.extend((item, deep + 1) for item in one)
        elif isinstance(one, dict):
            inner = _inside(one)
            if inner is None:
                return False
            left.extend((item, deep + 1) for item in inner)
    return True


def _inside(tagged: dict[str, Any]) -> list[Any] | None:
    """What stands inside a tagged value; None where it is none."""
    match tagged:
        case {"o": str(), "is": inner} if len(tagged) == 2 and not isinstance(inner, list | dict):
            return []
        case {"d": list(pairs)} if len(tagged) == 1 and all(isinstance(p, list) and len(p) == 2 for p in pairs):
            return pairs
    if len(tagged) != 1:
        return None
    [(tag, inner)] = tagged.items()
    if tag in _LISTS and isinstance(inner, list):
        return inner
    if tag == "i" and isinstance(inner, str):
        return [] if set(inner) <= set("0123456789abcdef-") else None
    if tag == "b" and isinstance(inner, str):
        return [] if set(inner) <= set("0123456789abcdef") and len(inner) % 2 == 0 else None
    return [] if tag in _TEXTS and isinstance(inner, str) else None


def _children(pid: int) -> list[int]:
    """The children of a process of ours; none where the kernel does not tell."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):
        return []


def _most_memory(pid: int) -> float:
    """The most memory that the child of this process has held, in MB, as the kernel tells; 0 where it does not."""
    try:
        [child] = _children(pid)
        for line in Path(f"/proc/{child}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    except (OSError, ValueError):
        pass  # it is gone already, or this kernel does not tell
    return 0.0
