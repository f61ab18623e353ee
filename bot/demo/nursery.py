"""The process that bears bots: it has read all code and the question bank, so that a new bot begins at once.

Each line that comes in is a life as JSON; each line that goes out is the id of the process that lives it.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import bot
from bot.bank.load import Bank
from bot.demo.child import Life, live
from bot.demo.group import public_bank


class Nursery:
    """The parent's side: asks for lives."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def open(cls) -> "Nursery":
        """Begin the process that bears bots."""
        # The package may be found by the working directory alone, which another process need not share.
        path = os.pathsep.join(filter(None, (str(Path(bot.__file__).parent.parent), os.environ.get("PYTHONPATH"))))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.demo.nursery",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        return cls(process)

    async def bear(self, life: Life) -> int:
        """Begin a life; give the id of its process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(life)).encode() + b"\n")
        return int(await self._process.stdout.readline())

    async def close(self) -> None:
        """End the process that bears bots."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()


def main() -> None:
    """Bear a bot for every line, until there are no more."""
    bank = public_bank()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever dies is gone at once, with nobody to wait for it
    for line in sys.stdin:
        born = os.fork()
        if not born:
            _begin(Life(**json.loads(line)), bank)
        sys.stdout.write(f"{born}\n")
        sys.stdout.flush()


def _begin(life: Life, bank: Bank) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    failed = True
    try:
        asyncio.run(live(life, bank))
        failed = False
    except Exception:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(failed)  # what the parent has in its buffers is not ours to write


if __name__ == "__main__":
    main()
