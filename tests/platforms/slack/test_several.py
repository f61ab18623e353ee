"""Two processes on one PostgreSQL that send into the same channel: each message has a turn of its own."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import Connection, select

from bot.app import catalogue
from bot.core.clock import SystemClock
from bot.core.messages import message
from bot.core.ports import Send
from bot.core.refs import Place
from bot.jobs.delivery import Delivery
from bot.platforms.slack.access import names
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.calls import OneWorkspace
from bot.platforms.slack.pace import Pace
from bot.platforms.slack.transport import SocketMode
from bot.storage import outbox
from bot.storage.bucket import SharedTurns, buckets
from bot.storage.database import Database
from bot.storage.unit_of_work import DatabaseWork
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.server import SlackServer
from tests.servers.slack.state import PUBLIC, Channel, Team
from tests.servers.slack.web_api import APP_TOKEN
from tests.stage import stand_in
from tests.storage.databases import opened, postgresql_url

pytestmark = [pytest.mark.contract, pytest.mark.postgres]
BETWEEN, EACH = 0.05, 6  # seconds between messages, which are few and quick here; messages of each lane


@pytest.fixture
async def server(slack_contract: SlackContract) -> AsyncIterator[SlackServer]:
    server = SlackServer(SystemClock(), slack_contract)
    await server.start()
    yield server
    await server.stop()
    assert not server.violations


async def process(stack: AsyncExitStack, url: str, server: SlackServer, team: Team) -> Delivery:
    """What sends in a process of its own: its database connections, its pace, its platform."""
    database = Database(url)
    stack.push_async_callback(database.close)
    pace = Pace(between_messages=BETWEEN, book=SharedTurns(database))
    workspaces = OneWorkspace(team.token, pace=pace, base_url=server.base_url)
    transport = SocketMode(APP_TOKEN, workspaces, base_url=server.base_url)
    platform = SlackPlatform(workspaces, transport, catalogue(), stand_in)
    await platform.open()
    stack.push_async_callback(platform.close)
    clock = SystemClock()
    return Delivery(catalogue(), platforms={"slack": platform}, work=DatabaseWork(database, clock), clock=clock)


def fill(tx: Connection, places: list[Place]) -> None:
    """Let messages be due in every lane."""
    for number in range(EACH):
        for lane, place in enumerate(places):
            said = Send(message(f"{lane}.{number}"))
            outbox.enqueue(tx, f"test:{lane}:{number}", place, said, now=SystemClock().now())


async def test_two_processes_take_one_turn_after_the_other(server: SlackServer) -> None:
    team = server.found_team("Study", set(names()))
    channel: Channel = server.add_channel(team, "ml-study", PUBLIC, team.bot, "U1")
    thread = server.user_posts(server.add_user(team, "Mira"), join(server, channel), "A thread.")
    places = [Place("slack", team.id, channel.id), Place("slack", team.id, channel.id, thread.ts)]
    with postgresql_url() as url:
        async with opened(url) as database, AsyncExitStack() as stack:
            both = [await process(stack, url, server, team) for _ in range(2)]
            await database.write(fill, places)
            began = time.time()
            async with asyncio.timeout(30):
                while (await database.read(outbox.counts))["sent"] < 2 * EACH:
                    await asyncio.gather(*(one.drain() for one in both))
            name = f"slack:{team.id}:post:{channel.id}"
            free = await database.read(lambda tx: tx.scalar(select(buckets.c.next_at).where(buckets.c.name == name)))
    # Each took a turn out of the one bucket, in a channel and its thread alike.
    assert (free or 0.0) - began > (2 * EACH - 1) * BETWEEN
    texts = [call.args["text"] for call in server.calls.of("chat.postMessage")]
    assert [text for text in texts if text.startswith("0")] == [f"0.{number}" for number in range(EACH)]
    assert [text for text in texts if text.startswith("1")] == [f"1.{number}" for number in range(EACH)]


def join(server: SlackServer, channel: Channel) -> Channel:
    """Let everybody of the workspace into a channel."""
    channel.people |= {user.id for user in server.users.values()}
    return channel
