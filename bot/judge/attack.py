"""Runs every program of `attacks/` in a back end and looks, from outside, whether any of them got through.

May touch: the standard library and this room.

A program that reaches for something says so by returning the token that lies there, or `ESCAPED`; but it is not asked
alone: there are a server that counts who comes, a folder that anybody may write to, a process that must stay alive,
signals that must not arrive, the memory that the kernel counted, and the list of processes afterwards.
"""

import asyncio
import json
import os
import re
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.judge.judging import INTERPRETER_MB, judge
from bot.judge.runner import Guest, Runner
from bot.judge.task import Case, Rule, Shape, Task, Verdict
from bot.judge.witness import Witness

GROUPS = ("network", "files", "processes", "resources", "kernel", "verdicts")
SECONDS = 1.0  # for one call
LATEST = SECONDS + 4.0  # seconds after which a guest must be dead, on a busy machine
MEMORY_MB = 128


@dataclass(frozen=True, slots=True)
class Attack:
    """A program that tries something."""

    name: str
    group: str
    program: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an attack on one back end; `how` says how it got through, and is empty where it did not."""

    name: str
    group: str
    backend: str
    user: str
    how: str
    seconds: float

    @property
    def escaped(self) -> bool:
        """Whether it got through."""
        return bool(self.how)


def attacks() -> list[Attack]:
    """Every program, in the order of the files."""
    found = []
    for group in GROUPS:
        text = files("bot.judge").joinpath("attacks", f"{group}.txt").read_text("utf-8")
        for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
            name, _, program = part.partition("\n")
            found.append(Attack(name.strip(), group, program))
    return found


async def run_attacks(runner: Runner, programs: list[Attack]) -> list[Result]:
    """Try every program, one after another; each is watched by witnesses of its own."""
    results = []
    for one in programs:
        clock = asyncio.get_running_loop().time
        start = clock()
        how = await (_on_verdicts(runner, one) if one.group == "verdicts" else _on_the_host(runner, one))
        user = "root" if os.geteuid() == 0 else "ordinary"
        results.append(Result(one.name, one.group, runner.name, user, how, round(clock() - start, 3)))
    return results


async def _on_the_host(runner: Runner, one: Attack) -> str:
    async with Witness.there() as witness:
        marker, clock = secrets.token_hex(8), asyncio.get_running_loop().time
        start = clock()
        guest = await runner.guest(marker)
        said, memory = await _said(guest, one, marker, witness.goal)
        taken = clock() - start
        return (
            _in_words(said, witness)
            or await witness.seen()
            or (f"it ran for {taken:.1f} s" if taken > 2 * LATEST else "")
            or (f"it held {memory:.0f} MB" if memory > MEMORY_MB + 2 * INTERPRETER_MB else "")
            or await _left_over(runner)
        )


async def _said(guest: Guest, one: Attack, marker: str, goal: dict[str, Any]) -> tuple[str, float]:
    limits = {
        "RLIMIT_AS": (MEMORY_MB + INTERPRETER_MB) * 2**20,
        "RLIMIT_CPU": 5,
        "RLIMIT_NPROC": 16,
        "RLIMIT_NOFILE": 32,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }
    order = {"marker": marker, "program": one.program, "entry_point": "attack", "shape": "function"}
    limited = {"limits": limits, "memory_mb": MEMORY_MB, "seconds": LATEST}
    said = ""
    try:
        reply = await guest.ask({**order, **limited}, seconds=LATEST)
        if not reply.broken:
            pairs = [[name, value] for name, value in goal.items()]
            reply = await guest.ask({"args": [{"d": pairs}]}, seconds=SECONDS)
        said = json.dumps(dict(reply.said)) + getattr(guest, "first_words", "")
    finally:
        memory = await guest.close()
    return said, memory


def _in_words(said: str, witness: Witness) -> str:
    if witness.token in said:
        return f"it brought the token out: {said[:200]}"
    return f"it says so: {said[:200]}" if "ESCAPED" in said else ""


# --- on the verdict -----------------------------------------------------------------------------------------------


async def _on_verdicts(runner: Runner, one: Attack) -> str:
    task, hidden = _secret_task()
    try:
        async with asyncio.timeout(len(task.cases) * LATEST):
            verdict = await judge(runner, task, one.program)
    except TimeoutError:
        return "there is no verdict"
    return _wrongly(verdict, hidden) or await _next_is_met(runner) or await _left_over(runner)


async def _next_is_met(runner: Runner) -> str:
    """Whether the program that comes next is not run as it stands, where guests serve several."""
    cases = tuple(Case("", (n,), n, public=not n) for n in range(2))
    task = Task("f", Shape.function, cases, Rule(), LATEST, MEMORY_MB)
    verdict = await judge(runner, task, "def f(x):\n    return x")
    return "" if verdict.right else f"the next program has another verdict: {verdict.to_json()}"[:300]


def _secret_task() -> tuple[Task, list[str]]:
    """A task whose wanted values follow from nothing, and the texts of its hidden cases that must not come out."""

    def number() -> int:
        return secrets.randbelow(9 * 10**8) + 10**8

    cases = tuple(Case(f"case {n}", ([number(), number()],), number(), public=n < 2) for n in range(4))
    hidden = [str(n) for case in cases if not case.public for n in (*case.args[0], case.expected)]
    return Task("f", Shape.function, cases, Rule(), SECONDS, MEMORY_MB), hidden


def _wrongly(verdict: Verdict, hidden: list[str]) -> str:
    if verdict.passed:
        return f"{verdict.passed} cases passed"
    said = json.dumps(verdict.to_json())
    return "a hidden case came out" if any(text in said for text in hidden) else ""


async def _left_over(runner: Runner) -> str:
    """Which guests of this runner are still there though nobody waits for them; they have a second to go."""
    token = getattr(runner, "token", "")  # where a guest is no process there is none
    for _ in range(20):
        if not token or not _with_token(token):
            return ""
        await asyncio.sleep(0.05)
    return f"{len(_with_token(token))} processes are left"


def _with_token(token: str) -> list[str]:
    return [number for number in os.listdir("/proc") if number.isdigit() and token in _command_of(number)]


def _command_of(number: str) -> str:
    try:
        return Path(f"/proc/{number}/cmdline").read_text(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
