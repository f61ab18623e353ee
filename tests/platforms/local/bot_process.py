"""A bot in a process of its own, to be killed: bot_process.py first|again|hang PORT CHANNEL."""

import asyncio
import sys
from datetime import UTC, datetime

from bot.core.events import Event
from bot.core.messages import message
from bot.core.pictures import PictureSpec
from bot.core.ports import Answer, CannotLook, Receipt, Send, Sending
from bot.core.refs import Place
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.remote import RemoteWorld
from tests.platforms.local.keeping import keeping


def draw(spec: PictureSpec) -> bytes:
    return b""


async def hangs(event: Event) -> Answer:
    await asyncio.sleep(60)
    return Answer(None)


async def found(platform: LocalPlatform, sending: Sending) -> Receipt | None:
    try:
        return await platform.look_back(sending)
    except CannotLook:
        return None


async def main(what: str, port: int, channel: str) -> None:
    world = await RemoteWorld.open("127.0.0.1", port)
    platform = LocalPlatform(world, draw)
    sending = Sending("key", Place("local", "local", channel), Send(message("Q")), datetime.now(UTC))
    match what:
        case "first":
            await platform.deliver(sending)
        case "again":
            await found(platform, sending) or await platform.deliver(sending)
        case "hang":
            await platform.start(hangs, keeping(hangs))
            await world.lost()
    await world.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
