"""A day's posts with their threads on Discord, against the least time that fifty requests a second allow."""

from pathlib import Path

from bot.bench.checkout import CHECKOUT, Told, measured_by
from bot.bench.progress import say
from bot.bench.sizes import Sizes

TOOL, SERVER = "tools.bench_discord", "tests.servers.discord.server"


async def posts_vs_rate_limit(sizes: Sizes, checkout: Path = CHECKOUT) -> tuple[Told, Told, str | None]:
    """Measure; the ratio is None where that cannot be done here, and the last of the three says why."""
    say(f"{sizes.guilds} servers of {sizes.guild_members} members; a day's posts take {sizes.guilds * 2 / 50:.0f} s")
    asked = ("--guilds", str(sizes.guilds), "--members", str(sizes.guild_members))
    return await measured_by(TOOL, SERVER, asked, checkout)
