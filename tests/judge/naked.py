"""A back end that shuts nothing off, so that the witnesses of the attacks can be seen to notice."""

import asyncio
import sys

from bot.judge.guest import text
from bot.judge.runner import LONGEST_LINE, PipedGuest


class Naked:
    """Programs in an ordinary child process."""

    name = "naked"

    async def start(self) -> None:
        """There is nothing to prove."""

    async def guest(self, marker: str) -> PipedGuest:
        """A fresh guest whose outputs stand under this marker."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", text()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
        guest = PipedGuest(process)
        guest.begin(marker)
        return guest

    async def stop(self) -> None:
        """Nothing is kept."""
