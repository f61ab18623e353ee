"""No attack gets through, as root and as an ordinary user, and the witnesses would notice one that did."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.judge.attack import Attack, attacks, run_attacks
from bot.judge.runner import Runner
from tests.judge.naked import Naked

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("BATCHMATES_TEST_SEED", "11"))
SOME = 16  # of the attacks, by seed; BATCHMATES_TEST_ATTACKS=all runs every one


def chosen() -> list[Attack]:
    found = attacks()
    return found if os.environ.get("BATCHMATES_TEST_ATTACKS") == "all" else random.Random(SEED).sample(found, SOME)


def test_there_are_at_least_sixty_programs_and_each_is_named_once() -> None:
    names = [one.name for one in attacks()]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_no_attack_gets_through(bwrap: Runner) -> None:
    await bwrap.stop()  # guests that wait would be taken for some that are left over
    results = await run_attacks(bwrap, chosen())
    assert [(one.name, one.how) for one in results if one.escaped] == []


# Everything is imported before the rights are gone: the interpreter may lie where only root can read.
AS_A_USER = """
import asyncio, concurrent.futures.thread, encodings.idna, importlib.resources, json, os, sys
import bot.judge.attack as attack, bot.judge.bwrap as bwrap, bot.judge.growth
names = json.loads(sys.argv[1])
programs = [one for one in attack.attacks() if one.name in names]
text = bwrap.inside.text()
bwrap.inside.text = lambda: text
bwrap.seccomp.program()
asyncio.run(asyncio.sleep(0))
os.setgroups([]); os.setgid(65534); os.setuid(65534)

async def main():
    runner = bwrap.Bwrap()
    await runner.start()
    results = await attack.run_attacks(runner, programs)
    print(json.dumps([[one.name, one.user, one.how] for one in results]))

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_no_attack_gets_through_where_the_bot_is_an_ordinary_user(bwrap: Runner) -> None:
    names = json.dumps([one.name for one in chosen()])
    command = [sys.executable, "-c", AS_A_USER, names]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    results = json.loads(ran.stdout)
    assert len(results) == len(json.loads(names))
    assert {user for _, user, _ in results} == {"ordinary"}
    assert [(name, how) for name, _, how in results if how] == []


NOTICED = [
    "tcp to loopback",
    "udp to loopback",
    "abstract unix socket",
    "reads a file of the host",
    "reads by a symbolic link",
    "writes into a folder of the host",
    "its environment",
    "one fork",
    "kills a process of the host",
    "signals to the judge by number",
    "a shell",
]


@pytest.mark.parametrize("name", NOTICED)
async def test_the_witnesses_notice_what_gets_through(name: str) -> None:
    [attack] = [one for one in attacks() if one.name == name]
    [result] = await run_attacks(Naked(), [attack])
    assert result.escaped


def test_an_attack_where_no_back_end_runs_has_contained_nothing() -> None:
    ran = CliRunner().invoke(app, ["judge", "attack", "--json", "--backend", "off"])
    told = json.loads(ran.stdout)
    assert (ran.exit_code, told["backends"], told["escapes"], told["results"]) == (1, [], 0, [])
    assert told["programs"] == len(attacks())
