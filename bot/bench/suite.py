"""The benchmarks by name."""

import os
import platform
import sqlite3
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from bot.bench import discord, slack
from bot.bench.answers import answer_vs_bare_sql
from bot.bench.banks import bank_vs_bare_yaml
from bot.bench.boards import beside_very_many, board_growth
from bot.bench.databases import Server, servers
from bot.bench.judging import verdicts
from bot.bench.mastery import mastery
from bot.bench.paired import Measured
from bot.bench.pairs import networkx_speedup, repeats_vs_shuffle, seasons
from bot.bench.pictures import memory_growth, picture_vs_plain
from bot.bench.sizes import LARGE, Sizes
from bot.bench.ticks import tick_vs_bare_sql
from bot.core.errors import UserError

JUDGE = "judge"
Numbers = dict[str, float | None]
"""Ratios, or milliseconds, by name; None where it could not be measured."""


async def run(name: str, repetitions: int, sizes: Sizes | None = None, *, large: bool = False) -> dict[str, object]:
    """Run a benchmark; what it gives is JSON, with None for every ratio that could not be measured."""
    if name in AGAINST_A_SERVER:
        # These have no databases side by side and no repetitions: one time, measured once.
        ratios, seen, why = await AGAINST_A_SERVER[name](sizes or Sizes())
        return {"bench": name, "ratios": ratios, "medians": seen, "repetitions": 1, "machine": _machine(), "why": why}
    if name == JUDGE:
        ratios, seen, why = await verdicts(sizes or Sizes(), repetitions)
        done = {"bench": name, "ratios": ratios, "medians": seen, "repetitions": repetitions}
        return {**done, "machine": _machine(), "why": why}
    if name not in BENCHES:
        raise UserError(
            f"Wanted one of the benchmarks {', '.join((*BENCHES, *AGAINST_A_SERVER, JUDGE))}; got {name!r}."
        )
    async with servers() as all_servers:
        ratios, medians = await BENCHES[name](all_servers, sizes or _asked_for(large), repetitions)
    return {"bench": name, "ratios": ratios, "medians": medians, "repetitions": repetitions, "machine": _machine()}


def _asked_for(large: bool) -> Sizes:
    return Sizes(large=LARGE if large or os.environ.get("BATCHMATES_BENCH_LARGE") == "1" else None)


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "sqlalchemy": version("sqlalchemy"),
        "system": platform.system(),
    }


async def _core(on: list[Server], sizes: Sizes, repetitions: int) -> tuple[Numbers, Numbers]:
    """An answered question, and a tick with very many groups, each beside its bare SQL."""
    answer = await answer_vs_bare_sql(on[0], sizes, repetitions)
    ticks = {server.name: await tick_vs_bare_sql(server, sizes, repetitions) for server in on}
    ratios: Numbers = {"answer_vs_bare_sql": answer.ratio, "tick_vs_bare_sql_postgresql": None}
    medians = _sides("answer", answer)
    for name, (tick, _) in ticks.items():
        ratios[f"tick_vs_bare_sql_{name}"] = tick.ratio
        medians |= _sides(f"tick_batch_{name}", tick)
    medians["event_loop_lag_p99_ms"] = max(lag for _, lag in ticks.values())
    return ratios, medians


def _sides(name: str, one: Measured) -> Numbers:
    return {f"{name}_ms": one.ours_ms, f"{name}_bare_sql_ms": one.bare_ms}


async def _boards(on: list[Server], sizes: Sizes, repetitions: int) -> tuple[Numbers, Numbers]:
    """The growth of a board with the ledger; of several databases, the worse counts."""
    growths = {one.name: await board_growth(one, sizes, repetitions) for one in on}
    ratios: Numbers = {
        "board_growth": max(growth.ratio for growth in growths.values()),
        "board_growth_10m": None,
        "groupby_speedup_10m": None,
    }
    medians: Numbers = {}
    for name, growth in growths.items():
        medians |= {f"board_{name}_small_ms": growth.bare_ms, f"board_{name}_grown_ms": growth.ours_ms}
    if sizes.large is not None:
        large = {one.name: await beside_very_many(one, sizes, repetitions, sizes.large) for one in on}
        ratios["board_growth_10m"] = max(growth.ratio for growth, _ in large.values())
        ratios["groupby_speedup_10m"] = min(speedup.ratio for _, speedup in large.values())
        for name, (growth, speedup) in large.items():
            medians |= {f"board_{name}_10m_ms": growth.ours_ms, f"groupby_{name}_10m_ms": speedup.ours_ms}
    return ratios, medians


async def _bank(_on: list[Server], _sizes: Sizes, repetitions: int) -> tuple[Numbers, Numbers]:
    """Loading and linting the public bank; no database is asked."""
    load, lint = bank_vs_bare_yaml(repetitions)
    ratios: Numbers = {"load_vs_bare_yaml": load.ratio, "lint_vs_load": lint.ratio}
    return ratios, {"load_ms": load.ours_ms, "bare_yaml_ms": load.bare_ms, "lint_ms": lint.ours_ms}


async def _matching(_on: list[Server], sizes: Sizes, repetitions: int) -> tuple[Numbers, Numbers]:
    """Pairing round after round beside shuffling and greedy choice, and its speed; no database is asked."""
    medians = seasons(sizes)  # first, while the memory that it takes is still to be seen
    largest = max(sizes.people)
    # networkx takes ten seconds and more; three times are enough to tell twenty from two.
    speedup, seconds = networkx_speedup(largest, min(3, repetitions))
    return {"repeats_vs_shuffle": repeats_vs_shuffle(sizes), f"networkx_speedup_{largest}": speedup}, medians | seconds


async def _mastery(_on: list[Server], sizes: Sizes, _repetitions: int) -> tuple[Numbers, Numbers]:
    """How near the estimate of mastery comes to the truth; no time is measured, and no database is asked."""
    figures = mastery(sizes)
    return {name: round(value, 4) for name, value in figures.items() if value is not None}, {}


async def _pictures(_on: list[Server], sizes: Sizes, repetitions: int) -> tuple[Numbers, Numbers]:
    """Each kind of picture beside a plain one, and memory over very many; no database is asked."""
    grown, medians = await memory_growth(sizes)  # first, while the memory that it takes is still to be seen
    ratios: Numbers = {"memory_growth": grown}
    for kind, one in picture_vs_plain(repetitions).items():
        ratios[f"{kind}_vs_plain"] = one.ratio
        medians |= {f"{kind}_ms": one.ours_ms, f"{kind}_plain_ms": one.bare_ms}
    return ratios, medians


BENCHES: dict[str, Callable[[list[Server], Sizes, int], Awaitable[tuple[Numbers, Numbers]]]] = {
    "core": _core,
    "boards": _boards,
    "bank": _bank,
    "matching": _matching,
    "mastery": _mastery,
    "pictures": _pictures,
}
AGAINST_A_SERVER = {"discord": discord.posts_vs_rate_limit, "slack": slack.posts_vs_rate_limit}
"""What is measured against a test server of a checkout."""
