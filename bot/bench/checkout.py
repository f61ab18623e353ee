"""What is measured against a test server of a checkout: an installed wheel has nothing to measure with."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import bot

CHECKOUT = Path(bot.__file__).parents[1]
ONE = "posts_vs_rate_limit"
Told = dict[str, float | None]


async def measured_by(
    tool: str, server: str, arguments: Sequence[str], checkout: Path = CHECKOUT
) -> tuple[Told, Told, str | None]:
    """Run a tool against a server; the ratio is None where that cannot be done here, and the last says why."""
    missing = [name for name in needed(tool, server) if not (checkout / name).is_file()]
    if missing:
        return {ONE: None}, {}, f"there is no {missing[0]} here: it is measured from a checkout"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        tool,
        *arguments,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode:
        last = (err.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        return {ONE: None}, {}, f"{tool} ended with {process.returncode}: {last}"
    seen = json.loads(out)
    memory = seen.pop("memory_mb")
    numbers = {name: value for name, value in seen.items() if isinstance(value, int | float) and name != ONE}
    return {ONE: seen[ONE]}, numbers | {f"memory_{when}_mb": size for when, size in memory.items()}, None


def needed(tool: str, server: str) -> tuple[str, str]:
    """The files of a checkout without which there is nothing to run, or to run against."""
    return tool.replace(".", "/") + ".py", server.replace(".", "/") + ".py"
