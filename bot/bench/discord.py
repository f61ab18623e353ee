"""A day's posts with their threads on Discord, against the least time that fifty requests a second allow.

What it speaks to is the test Discord of a checkout, so an installed wheel has nothing to measure with.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import bot
from bot.bench.progress import say
from bot.bench.sizes import Sizes

CHECKOUT = Path(bot.__file__).parents[1]
TOOL = "tools.bench_discord"
NEEDS = ("tools/bench_discord.py", "tests/servers/discord/server.py")
ONE = "posts_vs_rate_limit"
Told = dict[str, float | None]


async def posts_vs_rate_limit(sizes: Sizes, checkout: Path = CHECKOUT) -> tuple[Told, Told, str | None]:
    """Measure; the ratio is None where that cannot be done here, and the last of the three says why."""
    missing = [name for name in NEEDS if not (checkout / name).is_file()]
    if missing:
        return {ONE: None}, {}, f"there is no {missing[0]} here: it is measured from a checkout"
    say(f"{sizes.guilds} servers of {sizes.guild_members} members; a day's posts take {sizes.guilds * 2 / 50:.0f} s")
    command = ("-m", TOOL, "--guilds", str(sizes.guilds), "--members", str(sizes.guild_members))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode:
        last = (err.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        return {ONE: None}, {}, f"{TOOL} ended with {process.returncode}: {last}"
    seen = json.loads(out)
    memory = seen.pop("memory_mb")
    numbers = {name: value for name, value in seen.items() if isinstance(value, int | float) and name != ONE}
    return {ONE: seen[ONE]}, numbers | {f"memory_{when}_mb": size for when, size in memory.items()}, None
