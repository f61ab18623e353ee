"""Chooses the back end: the one that the settings name, or the first that works here.

May touch: the standard library and this room.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.judge.runner import Guest, Runner, Unavailable


class Backend(StrEnum):
    """What BATCHMATES_JUDGE may be."""

    auto = "auto"
    bwrap = "bwrap"
    wasi = "wasi"
    off = "off"


REAL = (Backend.bwrap, Backend.wasi)  # in the order in which auto tries them: the faster one first


class Off:
    """No back end: nothing is run, and whoever asks is told so."""

    name = "off"

    async def start(self) -> None:
        """There is nothing to start."""

    async def guest(self, marker: str) -> Guest:
        """There is none."""
        raise Unavailable("BATCHMATES_JUDGE is off, or no back end works here")

    async def stop(self) -> None:
        """There is nothing to stop."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The back end that runs, and why each of those that were tried before it does not."""

    runner: Runner
    why_not: Mapping[str, str]

    @property
    def runs(self) -> bool:
        """Whether programs are run at all."""
        return self.runner.name != Backend.off

    def nothing_runs(self) -> str:
        """Why nothing is run, for whoever set it up."""
        lines = [f"BATCHMATES_JUDGE: {name} does not work here: {why}" for name, why in self.why_not.items()]
        return "\n".join(lines) or "BATCHMATES_JUDGE is off, so nothing is run"


def make(backend: Backend, *, warm: int) -> Runner:
    """A back end that is not started."""
    if backend is Backend.bwrap:
        from bot.judge.bwrap import Bwrap

        return Bwrap(warm=warm)
    if backend is Backend.wasi:
        from bot.judge.wasi import Wasi

        return Wasi(warm=warm)
    return Off()


async def choose(wanted: Backend, *, warm: int = 0) -> Chosen:
    """Start the back end that is wanted; where it does not work, or none does, nothing is run, and it says why."""
    tried = REAL if wanted is Backend.auto else (wanted,)
    why_not: dict[str, str] = {}
    for backend in tried:
        runner = make(backend, warm=warm)
        try:
            await runner.start()
        except Unavailable as error:
            why_not[backend.value] = str(error)
            await runner.stop()
        else:
            return Chosen(runner, why_not)
    return Chosen(Off(), why_not)
