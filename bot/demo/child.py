"""The bot of a run with kills: one life of a process, from a start to an end that may come at any moment.

Orders come as lines of JSON over a loopback connection; each is answered when it is done, and bugs are told as they
happen, since there may be no later.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import datetime

from bot.bank.load import Bank
from bot.core.clock import SetClock
from bot.demo.group import set_seed, the_app
from bot.demo.noted import noting
from bot.demo.rest import Rest
from bot.platforms.local.remote import RemoteWorld

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Life:
    """Where the bot finds its world, its orders and its database, and what time it is when it is born."""

    world: int
    orders: int
    database: str
    now: str


async def live(life: Life, bank: Bank) -> None:
    """Run the bot until it is told to stop, or until nobody is there any more to tell it."""
    reader, writer = await asyncio.open_connection(HOST, life.orders)

    def say(**what: object) -> None:
        writer.write(json.dumps(what).encode() + b"\n")

    with noting(sys.stderr, lambda bug: say(bug=bug)):
        clock = SetClock(datetime.fromisoformat(life.now))
        world = await RemoteWorld.open(HOST, life.world)
        app = the_app(life.database, bank, world, clock)
        rest = Rest(app)
        await app.start()
        while line := await reader.readline():
            order = json.loads(line)
            if "seed" in order:
                await set_seed(app, order["organiser"], order["seed"])
            if "now" in order:
                clock.set(datetime.fromisoformat(order["now"]))
                await rest.take()
            if "stop" in order:
                await app.stop()
                await world.close()
                break
            say(done=True)
            await writer.drain()
    writer.close()
