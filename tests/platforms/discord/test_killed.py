"""A process that is killed between a call and its receipt: the next one finds what was done, and doubles nothing."""

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta

import pytest

from bot.storage import outbox
from tests.platforms.conftest import OpenDiscord
from tests.platforms.discord.stage import DiscordStage
from tests.servers.discord.contract import ROOT

pytestmark = pytest.mark.contract
GAPS = {"within the nonce's minutes": timedelta(seconds=61), "past them": timedelta(minutes=30)}
MESSAGE = "POST /channels/{channel_id}/messages"
THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
FORUM_POST = "POST /channels/{channel_id}/threads"
CALLS = {"message": (MESSAGE, 1), "thread": (THREAD, 2), "forum post": (FORUM_POST, 1)}
"""Each by its route, and the how many-th call of that morning it is."""


async def lives(stage: DiscordStage, **more: object) -> asyncio.subprocess.Process:
    """Start the bot in a process of its own."""
    life = {"host": stage.server.host, "database": stage.database_url, "now": stage.clock.now().isoformat(), **more}
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = ("-m", "tests.platforms.discord.child", json.dumps(life))
    return await asyncio.create_subprocess_exec(sys.executable, *command, env=env)


async def ended(process: asyncio.subprocess.Process) -> int:
    """Wait for the end of a process; one that hangs is killed, and fails the test."""
    try:
        async with asyncio.timeout(60):
            return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


async def is_killed(stage: DiscordStage, route: str, number: int, *, hears: bool) -> None:
    """Let a process post Monday's question and be killed when Discord has done one call of it.

    `hears` tells whether Discord's answer reaches the process before it dies.
    """
    if hears:
        process = await lives(stage, dies_after=number)
    else:
        process = await lives(stage)

        async def kill(moment: str, called: str) -> None:
            if (moment, called) == ("after", route):
                stage.server.on_call = None
                process.send_signal(signal.SIGKILL)
                await process.wait()

        stage.server.on_call = kill
    assert await ended(process) == -signal.SIGKILL


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
@pytest.mark.parametrize("hears", [True, False], ids=["answered", "not answered"])
@pytest.mark.parametrize("call", CALLS)
async def test_what_was_done_is_done_once(open_discord: OpenDiscord, call: str, hears: bool, gap: timedelta) -> None:
    route, number = CALLS[call]
    async with open_discord(forum=call == "forum post") as stage:
        await stage.sets_up()
        await stage.stops()
        stage.clock.set(stage.moment("Mon 09:00"))
        before = len([one for one in stage.server.calls.made if one.route == route])
        await is_killed(stage, route, number, hears=hears)
        assert len([one for one in stage.server.calls.made if one.route == route]) == before + 1
        stage.clock.set(stage.clock.now() + gap)
        assert await ended(await lives(stage)) == 0
        assert len(stage.questions) == 1
        posted = [m for m in stage.server.messages.values() if "Something wrong?" in str(m.components)]
        assert len(posted) == 1
        await stage.starts()
        counts = await stage.read(outbox.counts)
        assert (counts["maybe_doubled"], counts["dead"], counts["sending"]) == (0, 0, 0)
