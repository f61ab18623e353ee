"""Judges a program: runs it case by case in a back end, and decides here what each output is worth.

May touch: the standard library and this room.

Public and hidden cases have guests of their own, so that nothing which a member is shown can carry a hidden input out.
"""

import asyncio
import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.judge import compare, differs, growth, said
from bot.judge.runner import Broken, Guest, Reply, Runner
from bot.judge.task import Case, Fate, Outcome, Refused, Shape, Task, Verdict
from bot.judge.values import digest, encode, spread

LONGEST_PROGRAM = 20_000  # characters, as long as an answer may be
WHOLE_RUN = 20.0  # seconds for all public or all hidden cases: a verdict comes in seconds
LOADED_WITHIN = 10.0  # seconds; a guest that is not warm starts first
FRESH_GUESTS = 4  # how often a part goes on after its guest was killed
INTERPRETER_MB = 64  # what the interpreter takes by itself, beside the item's memory
MOST_THREADS = 16
LONGEST_SAID = 300  # characters of what Python says of a program
MOST_PRINTED = 500
LONGEST_CALLED = 600  # characters of a call, or of several in sequence, that are shown
MEASURED = 3  # times that each size is run where growth is looked at; the fastest says most about the program
_FATES = {Broken.too_slow: Fate.too_slow, Broken.too_large: Fate.too_large, Broken.ended: Fate.ended}
_REFUSED = {Broken.too_slow: Refused.too_slow, Broken.too_large: Refused.ended, Broken.ended: Refused.ended}
# Errors that are named in a hidden case: among all builtin ones, a program could choose by what it has seen.
_COMMON = frozenset(
    kind.__name__
    for kind in (
        *(AssertionError, AttributeError, IndexError, KeyError, MemoryError, ModuleNotFoundError, NameError),
        *(OverflowError, RecursionError, TypeError, UnboundLocalError, ValueError, ZeroDivisionError),
    )
)
BLURRED_SECONDS, BLURRED_MB = 0.1, 10  # to which time and memory of hidden cases are told while one of them fails


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case with what goes in and what must come out, in the form in which both travel."""

    case: Case
    args: list[Any]
    wanted: Any
    digest: str


@dataclass(slots=True)
class _Run:
    """What a part of the cases came to."""

    outcomes: list[Outcome]
    refused: Refused = Refused.nothing
    said: str = ""
    seconds: float = 0.0
    memory_mb: float = 0.0

    to_the_end: bool = True

    @property
    def over(self) -> bool:
        """Whether enough is known, with cases left or not."""
        return not self.to_the_end and any(one.fate is not Fate.passed for one in self.outcomes)


async def judge(runner: Runner, task: Task, program: str, *, to_the_end: bool = True) -> Verdict:
    """Run a program against every case; where it cannot be called at all, the verdict says why.

    Not `to_the_end`, it is run until a case fails, and its growth is not looked at: for whoever asks only whether it
    is right.
    """
    if not program.strip():
        return Verdict(runner.name, Refused.empty)
    if len(program) > LONGEST_PROGRAM:
        return Verdict(runner.name, Refused.too_long, f"{len(program):,} characters")
    prepared = await asyncio.to_thread(lambda: [prepare(case, task.shape) for case in task.cases])
    parts = [[one for one in prepared if one.case.public is part] for part in (True, False)]
    public = await _run_part(runner, task, program, parts[0], to_the_end)
    if public.refused:
        return Verdict(runner.name, public.refused, public.said)
    if public.over:
        return Verdict(runner.name, outcomes=(*public.outcomes,))
    hidden = await _run_part(runner, task, program, parts[1], to_the_end)
    if hidden.refused:
        return Verdict(runner.name, hidden.refused)  # it behaves differently now: nothing that it says is shown
    verdict = Verdict(
        runner.name,
        outcomes=(*public.outcomes, *hidden.outcomes),
        seconds=round(max(public.seconds, hidden.seconds), 4),
        memory_mb=max(public.memory_mb, hidden.memory_mb),
    )
    if not verdict.right:
        verdict = replace(verdict, said=public.said)
        # A program can take as long, and hold as much, as tells what it has seen.
        return replace(
            verdict,
            seconds=round(max(public.seconds, _rounded(hidden.seconds, BLURRED_SECONDS)), 4),
            memory_mb=max(public.memory_mb, _rounded(hidden.memory_mb, BLURRED_MB)),
        )
    if task.growth and to_the_end:
        return replace(verdict, grows=await _probe(runner, task, program))
    return verdict


def _rounded(measured: float, step: float) -> float:
    return round(measured / step) * step


def prepare(case: Case, shape: Shape) -> Prepared:
    """A case with what goes in and what must come out."""
    mark = ""
    if shape is Shape.function:
        mark = digest([spread(arg, compare.Node) for arg in case.args])
    wanted = None if case.error else compare.wanted(case.expected)
    return Prepared(case, [encode(arg, left=[10**9]) for arg in case.args], wanted, mark)


async def _run_part(runner: Runner, task: Task, program: str, cases: Sequence[Prepared], to_the_end: bool) -> _Run:
    run, clock = _Run([], to_the_end=to_the_end), asyncio.get_running_loop().time
    until, guests = clock() + max(WHOLE_RUN, 2 * task.seconds), 0
    while len(run.outcomes) < len(cases) and not run.over and guests < FRESH_GUESTS and clock() < until:
        guests += 1
        marker = secrets.token_hex(8)
        guest = await runner.guest(marker)
        try:
            loaded = await guest.ask(_order(task, program, marker), seconds=LOADED_WITHIN)
            if refused := _refused(loaded, task):
                run.refused, run.said = refused
                return run
            run.said = run.said or _lacking(loaded, task)
            await _run_cases(guest, task, cases, run, until)
            if run.refused:
                return run
        finally:
            run.memory_mb = max(run.memory_mb, await guest.close())
    run.outcomes += [_outcome(one.case, Fate.not_run) for one in cases[len(run.outcomes) :]]
    return run


def _order(task: Task, program: str, marker: str) -> dict[str, Any]:
    whole = max(WHOLE_RUN, 2 * task.seconds)
    limits = {
        "RLIMIT_AS": (task.memory_mb + INTERPRETER_MB) * 2**20,
        "RLIMIT_CPU": math.ceil(whole) + 1,
        "RLIMIT_NPROC": MOST_THREADS,
        "RLIMIT_NOFILE": 32,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 0,
    }
    return {
        "marker": marker,
        "program": program,
        "entry_point": task.entry_point,
        "shape": task.shape.value,
        "limits": limits,
        "memory_mb": task.memory_mb,
        "seconds": whole,
    }


async def _run_cases(guest: Guest, task: Task, cases: Sequence[Prepared], run: _Run, until: float) -> None:
    clock = asyncio.get_running_loop().time
    for one in cases[len(run.outcomes) :]:
        if run.over or clock() >= until:
            return
        reply = await guest.ask({"args": one.args}, seconds=task.seconds)
        run.seconds = max(run.seconds, reply.seconds)
        if one.case.public and not run.outcomes and "at" in reply.said and task.shape is Shape.sql:
            message = _text(reply.said.get("message"))
            run.refused, run.said = Refused.query, _text(said.query(message, reply.said["at"], said.tables_of(task)))
            return
        if reply.broken:
            run.outcomes.append(_outcome(one.case, _FATES[reply.broken]))
            return
        run.outcomes.append(await asyncio.to_thread(decide, one, reply, task))


def _refused(loaded: Reply, task: Task) -> tuple[Refused, str] | None:
    if loaded.broken:
        return _REFUSED[loaded.broken], ""
    match loaded.said:
        case {"loaded": True}:
            return None
        case {"failed": "syntax", "line": line, "message": message}:
            where = f"line {line}: " if isinstance(line, int) else ""
            return Refused.syntax, _text(f"{where}{_text(message)}")
        case {"failed": "entry", "defined": list(names)}:
            return Refused.entry, _text(said.entry(task, _names(names), _text(loaded.said.get("is"))))
        case {"failed": "raised", "error": [str(name), *_], "message": message}:
            return Refused.raised, _text(f"{name}: {_text(message)}")
    return Refused.ended, ""


def _names(names: object) -> list[str]:
    """Those of the names that a guest tells which are names."""
    told = names if isinstance(names, list) else []
    return [name for name in told if isinstance(name, str) and name.replace(".", "").isidentifier()]


def _lacking(loaded: Reply, task: Task) -> str:
    """Which methods a class lacks; said where it is not right, since it may have them by another way."""
    return _text(said.methods(task, _names(loaded.said.get("methods")))) if "methods" in loaded.said else ""


def _text(told: object, most: int = LONGEST_SAID) -> str:
    """What a guest says in words, as it may be shown; empty where it is no text: a guest may send anything."""
    return _UNREADABLE.sub("\ufffd", told[:most]) if isinstance(told, str) else ""


# What some databases and platforms cannot keep (NUL, half characters), and what steers a terminal or turns the
# direction of what stands behind it.
_UNREADABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def decide(one: Prepared, reply: Reply, task: Task) -> Outcome:
    """What an output is worth; the one place in which that is decided, for members and for the bank's own programs."""
    told, case = reply.said, one.case
    if told.get("large") is True:
        return _outcome(case, Fate.too_large, printed=told)
    errors = [_named(name) for name in told["error"]] if isinstance(told.get("error"), list) else []
    if errors:
        if case.error in errors:
            fate = _untouched(one, told, task)
        else:
            fate = Fate.too_large if errors[0] == "MemoryError" else Fate.raised
        message = _text(f"{errors[0]}: {_text(told.get('message'))}")
        return _outcome(case, fate, error=errors[0], got=f"raises {message}", printed=told)
    if "got" not in told:
        return _outcome(case, Fate.ended)
    got = told["got"]
    if case.error or not compare.same(got, one.wanted, task.rule):
        why = differs.words(got, one.wanted, task, case.args[1:]) if case.public and not case.error else ""
        return _outcome(case, Fate.wrong, got=compare.shown(got), printed=told, why=why)
    return _outcome(case, _untouched(one, told, task), got=compare.shown(got), printed=told)


def _named(error: object) -> str:
    # A class may be called anything, also something that would mean something in a message.
    return error[:80] if isinstance(error, str) and error.isidentifier() else "an error without a proper name"


def _untouched(one: Prepared, told: Any, task: Task) -> Fate:
    if task.shape is Shape.function and told.get("args") != one.digest:
        return Fate.changed
    return Fate.passed


def _outcome(case: Case, fate: Fate, *, error: str = "", got: str = "", printed: Any = None, why: str = "") -> Outcome:
    if not case.public:
        # The name of an error of one's own could be an input that a program has seen.
        known = error if error in _COMMON else "another kind of error" if error else ""
        return Outcome(case.why, False, fate, case.weight, known if fate is not Fate.passed else "")
    wanted = f"raises {case.error}" if case.error else compare.shown_wanted(case.expected)
    printed = _text(printed.get("printed"), MOST_PRINTED) if printed else ""
    texts = (_cut(case.called), wanted, _text(got), printed, _text(why))
    return Outcome(case.why, True, fate, case.weight, error, *texts)


def _cut(called: str) -> str:
    return called if len(called) <= LONGEST_CALLED else f"{called[: LONGEST_CALLED - 1]}…"


async def _probe(runner: Runner, task: Task, program: str) -> str:
    """How the time grows with n, in words; empty where it could not be told."""
    assert task.growth is not None
    marker = secrets.token_hex(8)
    guest = await runner.guest(marker)
    taken: list[tuple[int, float]] = []
    try:
        loaded = await guest.ask(_order(task, program, marker), seconds=LOADED_WITHIN)
        for n in task.growth.sizes if not loaded.broken else ():
            args = [encode(growth.filled(arg, n), left=[10**9]) for arg in task.growth.args]
            replies: list[Reply] = []
            while len(replies) < MEASURED and not (replies and replies[-1].broken):
                replies.append(await guest.ask({"args": args}, seconds=task.seconds))
            if replies[-1].broken:
                break
            taken.append((n, min(_own_seconds(reply) for reply in replies)))
    finally:
        await guest.close()
    return growth.words(taken, task.growth)


def _own_seconds(reply: Reply) -> float:
    # The guest's own figure leaves the way there and back out; it cannot be longer than what was measured here.
    own = reply.said.get("seconds")
    return float(min(own, reply.seconds)) if isinstance(own, int | float) and own > 0 else reply.seconds
