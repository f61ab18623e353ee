"""The bot of a run with kills: one life of a process, from a start to an end that may come at any moment.

Orders come as lines of JSON over a loopback connection; each is answered when it is done, and bugs are told as they
happen, since there may be no later.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from datetime import datetime

from bot.bank.load import Bank
from bot.core import points
from bot.core.clock import SetClock
from bot.core.points import Point
from bot.demo.group import set_seed, the_app
from bot.demo.noted import noting
from bot.demo.rest import Rest
from bot.platforms.local.remote import RemoteWorld

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Life:
    """Where the bot finds its world, its orders and its database, and what time it is when it is born.

    `place` is which of the processes it is, `alone` whether it is the only one, and `dies_at` a point at which it kills
    itself, as a power cut would.
    """

    world: int
    orders: int
    database: str
    now: str
    place: int = 0
    alone: bool = True
    dies_at: str = ""


async def live(life: Life, bank: Bank) -> None:
    """Run the bot until it is told to stop, or until nobody is there any more to tell it."""
    reader, writer = await asyncio.open_connection(HOST, life.orders)

    def say(**what: object) -> None:
        writer.write(json.dumps(what).encode() + b"\n")

    say(place=life.place)
    if life.dies_at:
        points.watch(_die_at(Point(life.dies_at)))
    with noting(sys.stderr, lambda bug: say(bug=bug)):
        clock = SetClock(datetime.fromisoformat(life.now))
        world = await RemoteWorld.open(HOST, life.world)
        say(port=world.port)
        app = the_app(life.database, bank, world, clock)
        rest = Rest(app, alone=life.alone)
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


def _die_at(point: Point) -> points.Hook:
    def hook(reached: Point) -> None:
        if reached is point:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook
