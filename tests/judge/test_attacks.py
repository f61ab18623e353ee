"""No attack gets through, as root and as an ordinary user, and the witnesses would notice one that did."""

import json
import os
import pwd
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.judge.attack import Attack, attacks, run_attacks
from bot.judge.bwrap import Bwrap
from bot.judge.runner import Runner
from bot.judge.wasi import CACHE, cache_folder, is_compiled
from tests.judge.naked import Naked

ROOT = Path(__file__).parents[2]
SEED = int(os.environ.get("BATCHMATES_TEST_SEED", "11"))
SOME = 16  # of the attacks, by seed; BATCHMATES_TEST_ATTACKS=all runs every one


ALL = os.environ.get("BATCHMATES_TEST_ATTACKS") == "all"


def chosen() -> list[Attack]:
    found = attacks()
    return found if ALL else random.Random(SEED).sample(found, SOME)


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


async def test_nothing_can_be_made_where_packages_are_hidden(bwrap: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not every Python has a folder of packages in its library; unittest stands for it.
    monkeypatch.setattr("bot.judge.bwrap.HIDDEN", ("unittest",))
    [attack] = [one for one in attacks() if one.name == "many files in the library"]
    runner = Bwrap()
    await runner.start()
    [result] = await run_attacks(runner, [attack])
    assert result.how == ""


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


IN_WEBASSEMBLY = """
import asyncio, json, sys
from bot.judge import attack
from bot.judge.wasi import Wasi
names = json.loads(sys.argv[1])

async def main():
    runner = Wasi()
    await runner.start()
    results = await attack.run_attacks(runner, [one for one in attack.attacks() if one.name in names])
    await runner.stop()
    print(json.dumps([[one.name, one.user, one.how] for one in results]))

asyncio.run(main())
"""
STAYS = "stays to be handed the next member's program"


@pytest.fixture
def nobodys() -> Iterator[Path]:
    """A Python and a compiled interpreter of the user nobody, who reads nothing of root's."""
    if os.geteuid() != 0:
        pytest.skip("the suite runs as an ordinary user already")
    if not is_compiled():
        pytest.skip("wasi: its interpreter is not compiled")
    with tempfile.TemporaryDirectory(prefix="attacks-of-nobody-") as place:
        made = Path(place)
        made.chmod(0o755)
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", made / "venv"], check=True)
        [packages] = (made / "venv").glob("lib/python3*/site-packages")
        if packages.parent.name != f"python3.{sys.version_info.minor}":
            pytest.skip("python3 of the system is another version than this one")
        (packages / "these.pth").write_text(sysconfig.get_path("purelib"))
        (made / "cache").mkdir(mode=0o700)
        for kept in cache_folder().glob("*.cwasm"):
            shutil.copy(kept, made / "cache")
        for path in (made / "cache", *(made / "cache").iterdir()):
            shutil.chown(path, "nobody")
        yield made


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_attack_gets_through_webassembly_where_the_bot_is_an_ordinary_user(nobodys: Path) -> None:
    some = {STAYS, *(one.name for one in chosen()[: SOME // 4])}
    names = [one.name for one in attacks()] if ALL else sorted(some)
    place = {"PYTHONPATH": str(ROOT), CACHE: str(nobodys / "cache"), "PATH": "/usr/bin:/bin"}
    command = [str(nobodys / "venv" / "bin" / "python"), "-c", IN_WEBASSEMBLY, json.dumps(names)]
    nobody = pwd.getpwnam("nobody")
    rights: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=280, cwd="/", env=place, **rights)
    assert ran.returncode == 0, ran.stderr
    results = json.loads(ran.stdout)
    assert sorted(name for name, _, _ in results) == sorted(names)
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
