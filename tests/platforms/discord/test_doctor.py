"""What the doctor finds out from Discord, and how a process that only sends logs in."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot import on_discord
from bot.core.errors import SettingsError
from bot.core.messages import message
from bot.core.ports import Send, Sending
from bot.resources import folder
from bot.settings import Settings, read, sqlite_url
from bot.storage import migrate
from tests.platforms.conftest import OpenDiscord
from tests.servers.discord.server import TOKEN

pytestmark = pytest.mark.contract


def settings(place: Path, **more: str) -> Settings:
    return read({"DISCORD_TOKEN": TOKEN, "BATCHMATES_DATABASE_URL": sqlite_url(place / "other.sqlite3"), **more})


async def test_the_doctor_says_whom_discord_knows_and_which_intents_are_missing(
    open_discord: OpenDiscord, tmp_path: Path
) -> None:
    async with open_discord() as stage:
        (well, found, _), (_, optional, _) = await on_discord.look(settings(tmp_path))
        assert well
        assert f"({stage.server.bot.id})" in found
        assert "Create Events is optional: batchmates discord invite --with-events" in optional
        stage.server.flags = 0
        looks = await on_discord.look(settings(tmp_path))
        assert [well for well, _, _ in looks] == [True, False, False, True]
        assert "Message Content intent" in looks[1][1]
        stage.server.token = "a new one"
        ((well, found, mend),) = await on_discord.look(settings(tmp_path))
        assert (well, found) == (False, "Discord does not accept DISCORD_TOKEN")
        assert TOKEN not in found + mend


async def test_a_process_that_only_sends_needs_no_connection_to_the_gateway(
    open_discord: OpenDiscord, tmp_path: Path
) -> None:
    async with open_discord() as stage, AsyncExitStack() as stack:
        given = settings(tmp_path)
        migrate.upgrade(given.database_url, folder("migrations"))
        sessions = len(stage.server.identified)
        platform = await on_discord.open_platform(given, stack)
        sending = Sending("hello:1", stage.place, Send(message("Hello.")), stage.clock.now())
        receipt = await platform.deliver(sending)
        assert receipt.message is not None
        assert stage.words_of(stage.server.messages[receipt.message.id]) == "Hello."
        assert await platform.look_back(sending) == receipt
        assert len(stage.server.identified) == sessions


async def test_shards_of_how_many_is_asked_for_by_name(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingsError, match="BATCHMATES_DISCORD_SHARDS: is missing"):
            await on_discord.open_platform(settings(tmp_path, BATCHMATES_DISCORD_SHARD_IDS="0-1"), stack)
