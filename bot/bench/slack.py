"""Messages of many workspaces at once on Slack, against the least time that one a second in a channel allows."""

from pathlib import Path

from bot.bench.checkout import CHECKOUT, Told, measured_by
from bot.bench.progress import say
from bot.bench.sizes import Sizes

TOOL, SERVER = "tools.bench_slack", "tests.servers.slack.server"


async def posts_vs_rate_limit(sizes: Sizes, checkout: Path = CHECKOUT) -> tuple[Told, Told, str | None]:
    """Measure; the ratio is None where that cannot be done here, and the last of the three says why."""
    least = sizes.channel_messages - 1
    say(f"{sizes.workspaces} workspaces with {sizes.channel_messages} messages each, which take {least} s at least")
    asked = ("--workspaces", str(sizes.workspaces), "--messages", str(sizes.channel_messages))
    return await measured_by(TOOL, SERVER, asked, checkout)
