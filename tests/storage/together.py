"""Two processes on one database, each with a loop and connections of its own, that meet in the middle of a story."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot.storage.database import Database

T = TypeVar("T")
U = TypeVar("U")
MEANWHILE = 0.4  # seconds: long enough for a story to end, or to wait for the other one


async def together(url: str, first: Callable[[Connection], T], second: Callable[[Connection], U]) -> tuple[T, U]:
    """Let the second story begin when the first has done everything except its commit; give what both gave."""
    written, go_on = threading.Event(), threading.Event()

    def held(tx: Connection) -> T:
        result = first(tx)
        written.set()
        assert go_on.wait(30)
        return result

    one = asyncio.create_task(asyncio.to_thread(in_a_process, url, held))
    await asyncio.to_thread(written.wait, 30)
    other = asyncio.create_task(asyncio.to_thread(in_a_process, url, second))
    await asyncio.wait({other}, timeout=MEANWHILE)
    go_on.set()
    return await one, await other


async def while_held(url: str, story: Callable[[Connection], object], meanwhile: Callable[[], Awaitable[None]]) -> None:
    """Do something here while another process has told a story and does not commit it."""
    written, go_on = threading.Event(), threading.Event()

    def held(tx: Connection) -> None:
        story(tx)
        written.set()
        assert go_on.wait(30)

    holder = asyncio.create_task(asyncio.to_thread(in_a_process, url, held))
    await asyncio.to_thread(written.wait, 30)
    try:
        await meanwhile()
    finally:
        go_on.set()
        await holder


def in_a_process(url: str, story: Callable[[Connection], T]) -> T:
    """Run a story on a database object and a loop of its own."""

    async def run() -> T:
        database = Database(url)
        try:
            return await database.write(story)
        finally:
            await database.close()

    return asyncio.run(run())
