"""What a test gives a platform in place of an inbox: it hands over at once, and remembers nothing."""

import asyncio
from collections.abc import Awaitable

from bot.core.events import Event
from bot.core.ports import Handle, Keep


def keeping(handle: Handle) -> Keep:
    """Keep by handling."""

    async def keep(event: Event) -> Awaitable[object]:
        await handle(event)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    return keep
