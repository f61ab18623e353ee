"""The bot in a process of its own: it starts over a database, does what is due, and maybe dies on the way.

`python -m tests.platforms.discord.child '{"host": …, "database": …, "now": …, "dies_after": 1}'`; with `dies_after` it
kills itself after so many calls, each done by Discord and not noted here.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from itertools import count
from typing import Any

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import App, catalogue
from bot.bank.load import load_bank
from bot.core import points
from bot.core.clock import SetClock
from bot.core.points import Point
from bot.platforms.discord.adapter import DiscordPlatform
from bot.resources import folder
from bot.storage.database import Database
from tests.servers.discord.rest import PREFIX
from tests.servers.discord.server import TOKEN
from tests.stage import stand_in


def die_after(calls: int) -> points.Hook:
    """Die as by a power cut when the last of so many calls was made."""
    made = count(1)

    def hook(point: Point) -> None:
        if point is Point.call_made and next(made) == calls:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


async def live(life: dict[str, Any]) -> None:
    """Do what is due at this moment, and stop."""
    Route.BASE = f"http://{life['host']}{PREFIX}"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{life['host']}/gateway")
    clock = SetClock(datetime.fromisoformat(life["now"]))
    if life.get("dies_after"):
        points.watch(die_after(life["dies_after"]))
    platform = DiscordPlatform(TOKEN, catalogue(), stand_in, clock=clock, guild_ready_timeout=0.05)
    bank = load_bank([folder("content")], today=clock.now().date())
    app = App(database=Database(life["database"]), bank=bank, platforms={"discord": platform}, clock=clock)
    await app.start()
    await app.settle()
    await app.stop()


if __name__ == "__main__":
    asyncio.run(live(json.loads(sys.argv[1])))
