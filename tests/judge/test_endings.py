"""Nothing that a guest does, and no moment at which it is killed, keeps anybody waiting."""

import asyncio
import os
import sys

import pytest

from bot.judge.attack import _with_token
from bot.judge.backends import Backend, choose
from bot.judge.bwrap import Bwrap
from bot.judge.runner import PipedGuest

SOON = 10.0  # seconds: twice what a stop waits for a process that is killed

# A child of a child, in a session of its own, that holds the guest's pipes until its input ends.
LEAVES_ONE_BEHIND = """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        sys.stdin.read()
    os._exit(0)
os.wait()
import time; time.sleep(60)
"""
FLOODS = "import os\nwhile True: os.write(1, b'x' * 65536)"
READS_NOTHING = "import time; time.sleep(60)"


async def guest(program: str) -> PipedGuest:
    return await PipedGuest.spawn(sys.executable, "-I", "-S", "-c", program)


def is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_process_that_holds_a_guests_pipes_holds_nobody_up_and_reads_that_its_input_ends() -> None:
    leaves = await guest(LEAVES_ONE_BEHIND)
    left = int(await asyncio.wait_for(leaves._out.readline(), SOON))
    await asyncio.wait_for(leaves.close(), SOON)
    for _ in range(100):
        if not is_there(left):
            break
        await asyncio.sleep(0.05)
    assert not is_there(left)


async def test_a_guest_that_has_said_more_than_anybody_reads_is_ended_all_the_same() -> None:
    floods = await guest(FLOODS)
    await asyncio.sleep(0.5)  # until the buffer is full and nothing more is read into it
    assert floods._out._paused  # type: ignore[attr-defined]
    await asyncio.wait_for(floods.close(), SOON)
    assert not is_there(floods.pid)


async def test_a_guest_that_reads_nothing_is_given_up() -> None:
    deaf = await guest(READS_NOTHING)
    deaf._in.write(b"x" * 1_000_000)
    assert await asyncio.wait_for(deaf.end_run(within=0.1), SOON) is False
    await asyncio.wait_for(deaf.close(), SOON)


async def test_a_guest_that_is_killed_while_it_starts_leaves_nothing() -> None:
    chosen = await choose(Backend.bwrap)
    if not isinstance(chosen.runner, Bwrap):
        pytest.skip(f"bubblewrap does not work here: {chosen.why_not}")
    for moment in range(60):
        starting = await chosen.runner._spawn()
        await asyncio.sleep(moment / 3_000)  # one that runs ahead is there after about 20 ms
        await asyncio.wait_for(starting.close(), SOON)
    await asyncio.sleep(0.1)
    assert _with_token(chosen.runner.token) == []


async def test_a_stop_at_once_ends_the_guests_that_start() -> None:
    chosen = await choose(Backend.bwrap, warm=3)
    if not isinstance(chosen.runner, Bwrap):
        pytest.skip(f"bubblewrap does not work here: {chosen.why_not}")
    before = len(os.listdir("/proc/self/fd"))
    await asyncio.wait_for(chosen.runner.stop(), SOON)
    await asyncio.sleep(0.1)
    assert _with_token(chosen.runner.token) == []
    assert len(os.listdir("/proc/self/fd")) <= before
