"""Opening the platforms: what is away is tried again, what is set up wrongly is not."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
from discord.http import Route

from bot import connections
from bot.bank.load import load_bank
from bot.connections import Connection, Opened, first_open, open_each
from bot.core.errors import PlatformAway, SettingsError
from bot.on_discord import open_platform
from bot.resources import folder
from bot.settings import Settings, read, sqlite_url
from bot.storage import migrate
from tests.test_on_discord import TOKEN

BANK = load_bank([folder("content")], today=date(2026, 11, 23))
SETTINGS = read({"BATCHMATES_LOCAL_WORLD": "127.0.0.1:1"})


def the_only_one(monkeypatch: pytest.MonkeyPatch, open_it: Callable[[AsyncExitStack], Awaitable[Opened]]) -> None:
    async def open_one(settings: Settings, stack: AsyncExitStack, bank: object) -> Opened:
        return await open_it(stack)

    monkeypatch.setattr(connections, "CONNECTIONS", (Connection("local", ("local_world",), open_one),))
    monkeypatch.setattr(connections, "FIRST_WAIT", 0.01)


async def test_a_platform_that_is_away_is_tried_again_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, str]] = []
    away: dict[str, str] = {}
    closed: list[int] = []
    here = Opened(platform=object())  # type: ignore[arg-type]

    async def third_time(stack: AsyncExitStack) -> Opened:
        number = len(told)
        stack.callback(closed.append, number)
        told.append(dict(away))
        if number < 2:
            raise PlatformAway("Discord cannot be reached: it answers 503")
        return here

    the_only_one(monkeypatch, third_time)
    async with AsyncExitStack() as stack:
        assert await first_open(open_each(SETTINGS, stack, BANK, away)) == {"local": here}
        assert told == [{}, *[{"local": "Discord cannot be reached: it answers 503"}] * 2]
        assert away == {}
        assert closed == [0, 1], "what a failed try has opened is closed at once, the rest with the bot"
    assert closed == [0, 1, 2]


async def test_a_platform_that_never_answers_is_given_up_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0
    again = asyncio.Event()

    async def never(_: AsyncExitStack) -> Opened:
        nonlocal tries
        tries += 1
        if tries == 2:
            again.set()
        await asyncio.Event().wait()
        raise AssertionError

    the_only_one(monkeypatch, never)
    monkeypatch.setattr(connections, "OPENED_WITHIN", 0.01)
    away: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        opening = asyncio.create_task(first_open(open_each(SETTINGS, stack, BANK, away)))
        await asyncio.wait_for(again.wait(), 10)
        opening.cancel()
        await asyncio.wait({opening})
    assert away["local"].startswith("local does not answer within")


async def test_one_that_is_away_does_not_keep_the_others_from_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Opened(platform=object())  # type: ignore[arg-type]
    back = asyncio.Event()

    async def at_once(*_: object) -> Opened:
        return here

    async def once_it_is_back(*_: object) -> Opened:
        if not back.is_set():
            raise PlatformAway("Slack cannot be reached: 503")
        return here

    both = (Connection("local", ("local_world",), at_once), Connection("slack", ("local_world",), once_it_is_back))
    monkeypatch.setattr(connections, "CONNECTIONS", both)
    monkeypatch.setattr(connections, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(connections, "TOGETHER_WITHIN", 0.05)
    away: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        opening = open_each(SETTINGS, stack, BANK, away)
        assert await first_open(opening) == {"local": here}
        assert away == {"slack": "Slack cannot be reached: 503"}
        back.set()
        assert await asyncio.wait_for(opening["slack"], 10) is here
        assert away == {}


async def test_a_setting_that_is_wrong_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_: AsyncExitStack) -> Opened:
        raise SettingsError("DISCORD_TOKEN: Discord does not accept this token")

    the_only_one(monkeypatch, refused)
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingsError, match="does not accept"):
            await first_open(open_each(SETTINGS, stack, BANK, {}))


async def test_a_discord_that_cannot_be_reached_is_away_and_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = sqlite_url(tmp_path / "house.db")
    migrate.upgrade(url, folder("migrations"))
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1")
    async with AsyncExitStack() as stack:
        with pytest.raises(PlatformAway, match="Discord cannot be reached: ClientConnectorError"):
            await open_platform(read({"DISCORD_TOKEN": TOKEN, "BATCHMATES_DATABASE_URL": url}), stack)
