"""A back end that shuts nothing off, so that the witnesses of the attacks can be seen to notice."""

import sys

from bot.judge.guest import text
from bot.judge.runner import PipedGuest


class Naked:
    """Programs in an ordinary child process."""

    name = "naked"

    async def start(self) -> None:
        """There is nothing to prove."""

    async def guest(self, marker: str) -> PipedGuest:
        """A fresh guest whose outputs stand under this marker."""
        guest = await PipedGuest.spawn(sys.executable, "-I", "-c", text())
        guest.begin(marker)
        return guest

    async def stop(self) -> None:
        """Nothing is kept."""
