"""A child of WebAssembly serves one member after another, and none of them meets the one before."""

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.judge import wasi_child
from bot.judge.attack import attacks, run_attacks
from bot.judge.backends import Backend, choose
from bot.judge.judging import LOADED_WITHIN, _order, judge
from bot.judge.runner import Runner
from bot.judge.task import Fate
from tests.judge.tasks import DOUBLE

RIGHT = "def f(x):\n    return 2 * x"


@pytest.fixture
async def wasi() -> AsyncIterator[Runner]:
    """WebAssembly, in one child; skipped where it does not work."""
    chosen = await choose(Backend.wasi, warm=1)
    if not chosen.runs:
        pytest.skip(f"wasi does not work here: {chosen.why_not}")
    yield chosen.runner
    await chosen.runner.stop()


async def test_a_program_that_stays_after_its_run_is_not_there_for_the_next_member(wasi: Runner) -> None:
    [stays] = [one for one in attacks() if one.name == "stays to be handed the next member's program"]
    [result] = await run_attacks(wasi, [stays])
    assert result.how == ""


async def test_a_line_that_is_too_long_is_too_large_and_its_child_is_replaced(wasi: Runner) -> None:
    long = "def f(x):\n    import _host\n    _host.call(b'x' * (5 << 20)) if x == 2 else None\n    return 2 * x"
    verdict = await judge(wasi, DOUBLE, long)
    assert [one.fate for one in verdict.outcomes] == [Fate.too_large, Fate.passed, Fate.passed, Fate.passed]


MUCH = """
def f(x):
    import _host
    try:
        _host.call(b"x" * (240 << 20))
    except OSError:
        return "refused"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells and bounds what a process holds")
async def test_a_guest_that_says_much_at_once_takes_little_memory_beside_its_own(wasi: Runner) -> None:
    guest = await wasi.guest("marker")
    assert not (await guest.ask(_order(DOUBLE, MUCH, "marker"), seconds=LOADED_WITHIN)).broken
    reply = await guest.ask({"args": [1]}, seconds=10)
    assert reply.said["got"] == "refused"
    status = Path(f"/proc/{guest.pid}/status").read_text()  # type: ignore[attr-defined]
    await guest.close()
    [most] = [int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM:")]
    assert most < 480  # it was 810: the package copies a line twice before anybody sees its length


def test_a_child_copies_no_more_of_a_line_than_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def leave(code: int) -> None:
        raise SystemExit(code)

    def run(*_: object, host: Callable[[bytes], bytes], **__: object) -> None:
        host(b"x\n" * 50_000)

    monkeypatch.setattr(wasi_child, "_bound", lambda _: None)  # this process is not one of its own
    monkeypatch.setattr(wasi_child, "_write", written.append)
    monkeypatch.setattr("os._exit", leave)
    with pytest.raises(SystemExit) as ended:
        wasi_child._serve(run, "", b'{"memory_mb": 1}', 1_000)
    assert ended.value.code == wasi_child.TOO_LONG
    assert [(len(line), line.count(b"\n")) for line in written] == [(1_001, 0)]


async def test_one_child_serves_several_programs(wasi: Runner) -> None:
    for _ in range(2):
        assert (await judge(wasi, DOUBLE, RIGHT)).right
    guest = await wasi.guest("marker")
    assert guest.served == 4  # type: ignore[attr-defined]
    await guest.close()
