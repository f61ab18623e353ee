"""A back end for tests whose guests say what they are told to: a program that has taken its interpreter over."""

from collections.abc import Mapping
from typing import Any

from bot.judge.runner import Guest, Reply


class Forger:
    """Says `loaded` to every program and `said` to every case."""

    name = "forged"

    def __init__(self, said: Mapping[str, Any] | None = None, *, loaded: Mapping[str, Any] | None = None) -> None:
        self._said, self._loaded = said or {}, loaded or {"loaded": True}

    async def start(self) -> None:
        """Nothing to prove."""

    async def guest(self, marker: str) -> Guest:
        """Itself, since it keeps nothing."""
        return self

    async def ask(self, order: Mapping[str, Any], *, seconds: float) -> Reply:
        """What it was told to say."""
        return Reply(self._loaded if "program" in order else self._said, 0.01)

    async def close(self) -> float:
        """Nothing to kill."""
        return 0.0

    async def stop(self) -> None:
        """Nothing to kill."""
