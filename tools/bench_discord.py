"""Measures the bot on Discord: `python -m tools.bench_discord --guilds 1000`, from a checkout; prints JSON.

The test Discord runs in a process of its own, so that what is measured is the bot. `posts_vs_rate_limit` is how long a
day's posts with their threads took, against the least that fifty requests a second allow.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall_clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yarl
from sqlalchemy import Connection

from bot.app import App, catalogue
from bot.bank.load import load_bank
from bot.core.clock import SetClock
from bot.core.refs import EVERYWHERE, Person, Place
from bot.features.groups import store as groups
from bot.features.homes.store import add_home
from bot.features.members import store as members
from bot.pictures.draw import draw
from bot.platforms.discord.access import permissions
from bot.platforms.discord.adapter import DiscordPlatform
from bot.resources import folder
from bot.settings import sqlite_url
from bot.storage import migrate, outbox
from bot.storage.bucket import SharedBucket
from bot.storage.database import Database

Json = dict[str, Any]
ALLOWED = 50.0  # requests a second
BEGIN = datetime(2026, 11, 23, 6, tzinfo=UTC)


# --- the test Discord, in a process of its own ------------------------------------------------------------------------


async def serve(guilds: int, people: int) -> None:
    """Serve until told to report; say where, and what stands there, in one line."""
    from tests.servers.discord.contract import Contract
    from tests.servers.discord.permissions import May
    from tests.servers.discord.server import DiscordServer

    class Unchecked(Contract):
        def request(self, *_: object) -> list[str]:
            return []

        def response(self, *_: object) -> list[str]:
            return []

        def event(self, *_: object) -> list[str]:
            return []

    loaded = Contract.load()
    server = DiscordServer(SetClock(BEGIN), Unchecked(loaded.rest, loaded.types))
    server.allowed = int(ALLOWED)
    users = [server.add_user(f"Member {number}") for number in range(people)]
    homes = []
    for number in range(guilds):
        guild = server.found_guild(f"Server {number}", users[0], May(permissions().value))
        guild.people = [user.id for user in users]
        homes.append((guild.id, server.make_channel(guild, "ml-study").id))
    await server.start()
    print(json.dumps({"host": server.host, "homes": homes, "people": [user.id for user in users]}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    made = [call for call in server.calls.made if call.path.endswith(("/messages", "/threads"))]
    at = [call.at for call in made if call.status < 300]
    limited = sum(1 for call in server.calls.made if call.status == 429)
    seconds = max(at) - min(at) if at else 0.0
    print(json.dumps({"requests": len(at), "seconds": seconds, "limited": limited, "busiest_second": busiest(at)}))
    await server.stop()


def busiest(at: list[float]) -> int:
    """The most requests in any one second."""
    at = sorted(at)
    return max((sum(1 for other in at[n : n + 200] if other < first + 1) for n, first in enumerate(at)), default=0)


# --- the bot ----------------------------------------------------------------------------------------------------------


def furnish(tx: Connection, homes: list[list[str]], people: list[str]) -> None:
    """Write a group with its members for every server."""
    for workspace, channel in homes:
        group = groups.found_group(
            tx,
            name="the study group",
            zone=ZoneInfo("Europe/Berlin"),
            post_at=wall_clock(9),
            weekdays=range(5),
            level="mid",
            now=BEGIN,
        )
        track = groups.add_track(tx, group, "main", "year", BEGIN)
        add_home(tx, group.id, track.id, Place("discord", workspace, channel))
        for id in people:
            member, _ = members.join(tx, group.id, Person("discord", EVERYWHERE, id), "A member", now=BEGIN)
            members.set_welcomed(tx, member.id)


def memory() -> float:
    """The megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 2**20, 1)


async def measure(stands: Json) -> Json:
    """Start the bot, let one morning come, and tell how long it took."""
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    from tests.servers.discord.server import TOKEN

    Route.BASE = f"http://{stands['host']}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{stands['host']}/gateway")
    with tempfile.TemporaryDirectory() as place:
        url = sqlite_url(Path(place) / "bench.sqlite3")
        migrate.upgrade(url, folder("migrations"))
        database, clock = Database(url), SetClock(BEGIN)
        await database.write(furnish, stands["homes"], stands["people"])
        platform = DiscordPlatform(TOKEN, catalogue(), draw, clock=clock, turn=SharedBucket(database, "discord").turn)
        bank = load_bank([folder("content")], today=BEGIN.date())
        app = App(database=database, bank=bank, platforms={"discord": platform}, clock=clock)
        before, began = memory(), time.perf_counter()
        await app.start()
        ready, after_ready = time.perf_counter() - began, memory()
        clock.set(BEGIN + timedelta(hours=2))
        began = time.perf_counter()
        await app.settle()
        posting = time.perf_counter() - began
        counts = await database.read(outbox.counts)
        errors, after = app.errors, memory()
        await app.stop()
    return {
        "ready_seconds": round(ready, 2),
        "memory_mb": {"before": before, "ready": after_ready, "after_posting": after},
        "posting_seconds": round(posting, 1),
        "outbox": counts,
        "errors": errors,
    }


def main() -> None:
    """Measure, or serve for a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guilds", type=int, default=1000)
    parser.add_argument("--members", type=int, default=50)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.guilds, given.members))
        return
    command = [sys.executable, "-m", "tools.bench_discord", "--serve"]
    command += ["--guilds", str(given.guilds), "--members", str(given.members)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        stands = json.loads(server.stdout.readline())
        bot = asyncio.run(measure(stands))
        server.stdin.write("report\n")
        server.stdin.flush()
        seen = json.loads(server.stdout.readline())
    least = seen["requests"] / ALLOWED
    ratio = round(seen["seconds"] / least, 3) if least else None
    told = {"guilds": given.guilds, "members": given.members, **bot, **seen, "posts_vs_rate_limit": ratio}
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
