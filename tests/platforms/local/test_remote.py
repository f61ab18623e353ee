import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.platforms.local.formats import FAILED, Json, Refused
from bot.platforms.local.remote import RemoteWorld, serve_world

from .conftest import Group, make_group

HELLO: list[Json] = [{"type": "paragraph", "runs": [{"text": "Hello"}]}]

BOT = Path(__file__).parent / "bot_process.py"


def bot_process(what: str, port: int, channel: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, BOT, what, str(port), channel])


async def ended(process: subprocess.Popen[bytes]) -> int:
    return await asyncio.to_thread(process.wait, 30)


@pytest.mark.parametrize(("mode", "messages"), [("nonce", 1), ("history", 1), ("bare", 2)])
async def test_a_bot_killed_between_the_write_and_its_receipt_sends_again(mode: str, messages: int) -> None:
    group = make_group(mode)
    server = await serve_world(group.world)
    first = bot_process("first", server.port, group.channel)

    def kill(when: str, call: str, number: int) -> None:
        group.world.on_call = {"before": kill, "after": None}[when]
        os.kill(first.pid, {"before": 0, "after": signal.SIGKILL}[when])

    group.world.on_call = kill
    assert await ended(first) == -signal.SIGKILL
    assert len(group.world.view(group.ada)["messages"]) == 1
    assert await ended(bot_process("again", server.port, group.channel)) == 0
    await server.close()
    assert len(group.world.view(group.ada)["messages"]) == messages


async def test_who_asked_hears_that_the_bots_process_died(group: Group) -> None:
    server = await serve_world(group.world)
    process = bot_process("hang", server.port, group.channel)
    await asyncio.wait_for(group.world.has_bot(), 30)
    waiting = asyncio.create_task(group.world.run(group.ada, group.channel, "help"))
    await group.world.say(group.ada, group.channel, "not lost")
    process.kill()
    assert await asyncio.wait_for(waiting, 10) == FAILED
    await ended(process)
    heard = asyncio.Queue[Json]()
    remote = await RemoteWorld.open("127.0.0.1", server.port)
    await remote.connect(heard.put_nowait)
    assert (await heard.get())["text"] == "not lost"
    await remote.close()
    await server.close()


async def test_who_connects_is_the_bot_instead_of_the_one_before(group: Group) -> None:
    server = await serve_world(group.world)
    heard: list[Json] = []
    old = await RemoteWorld.open("127.0.0.1", server.port)
    await old.connect(heard.append)
    waiting = asyncio.create_task(group.world.run(group.ada, group.channel, "help"))
    await asyncio.sleep(0)
    new = await RemoteWorld.open("127.0.0.1", server.port)
    await new.connect(heard.append)
    assert await waiting == FAILED
    await asyncio.wait_for(old.lost(), 5)
    with pytest.raises(Refused, match="503"):
        await old.post(group.channel, None, HELLO, {})
    await group.world.say(group.ada, group.channel, "to the new one")
    assert (await new.post(group.channel, None, HELLO, {}))["id"] == "m2"
    assert [event["type"] for event in heard] == ["typed", "posted"]
    await old.close()
    await new.close()
    await server.close()


async def test_calls_on_their_way_are_refused_when_the_world_goes_away(group: Group) -> None:
    server = await serve_world(group.world)
    remote = await RemoteWorld.open("127.0.0.1", server.port)
    await server.close()
    with pytest.raises(Refused, match="503"):
        await remote.permissions(group.channel)
    await remote.close()


async def test_lines_of_any_length_and_any_letters_pass(group: Group) -> None:
    server = await serve_world(group.world)
    remote = await RemoteWorld.open("127.0.0.1", server.port)
    heard = asyncio.Queue[Json]()
    await remote.connect(heard.put_nowait)
    words = "line\nend \u2028 ü 👍 " * 30_000
    await group.world.say(group.ada, group.channel, words)
    assert (await heard.get())["text"] == words
    assert [message["text"] for message in await remote.history(group.channel, None)] == [words]
    await remote.close()
    await server.close()


async def test_a_bot_on_its_way_out_is_the_bot_no_longer(group: Group) -> None:
    server = await serve_world(group.world)
    remote = await RemoteWorld.open("127.0.0.1", server.port)
    await remote.disconnect(await remote.connect(lambda event: None))
    assert not group.world.line.connected
    assert await group.world.run(group.ada, group.channel, "help") == FAILED
    await remote.close()
    await server.close()
