"""Several servers and several shards: what happens in one of them is nobody else's business."""

import asyncio

import pytest

from bot.app import catalogue
from bot.core.errors import SettingsError
from bot.core.events import Event
from bot.core.messages import message
from bot.core.ports import Answer, Send
from bot.core.refs import GroupId, Place
from bot.features.groups import store as groups
from bot.platforms.discord import gateway, ids
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.gateway import Gateway
from bot.storage import outbox
from bot.storage.bucket import SharedBucket
from tests.platforms.conftest import OpenDiscord
from tests.platforms.discord.stage import DiscordStage
from tests.servers.discord.permissions import May
from tests.servers.discord.state import THREAD, Channel

pytestmark = pytest.mark.contract


def another_server(stage: DiscordStage, name: str) -> Channel:
    """Let there be another server with a channel in it; the bot learns of it when it connects."""
    guild = stage.server.found_guild(name, stage.person("Mira").user, May(stage.guild.bot_may))
    stage.server.user_joins(stage.person("Jonas").user, guild)
    return stage.server.make_channel(guild, f"{name.lower()}-study")


async def set_up_in(stage: DiscordStage, channel: Channel) -> str:
    """Let Mira set a group up in a channel; give what the bot said."""
    mira = stage.person("Mira")
    await mira._answered(stage.server.user_runs(mira.user, channel, "study-admin setup"))
    return await mira.fills(zone="Europe/Berlin")


def posts_in(stage: DiscordStage, channel: Channel) -> int:
    return sum(1 for c in stage.server.channels.values() if c.kind == THREAD and c.parent == channel.id)


@pytest.mark.parametrize("shards", [1, 2])
@pytest.mark.parametrize("status", [403, 404, 429, 500])
async def test_an_error_in_one_server_stops_no_other(open_discord: OpenDiscord, shards: int, status: int) -> None:
    async with open_discord(shards=shards) as stage:
        others = [another_server(stage, name) for name in ("Second", "Third")]
        await stage.restarts()
        await stage.sets_up()
        for channel in others:
            assert "set up" in await set_up_in(stage, channel)
        pattern = rf"POST /channels/{others[0].id}/messages$"
        if status == 429:
            stage.server.calls.rate_limit(pattern, 3600, times=99)
        else:
            stage.server.calls.fail_next(pattern, status, times=1 if status == 500 else 99)
        await stage.at("Mon 09:00")
        assert (posts_in(stage, stage.here), posts_in(stage, others[1])) == (1, 1)
        assert posts_in(stage, others[0]) == (1 if status == 500 else 0)
        stage.server.calls.faults.clear()
        await stage.at("Tue 09:00")
        assert posts_in(stage, others[0]) >= 1


async def test_a_server_that_removed_the_bot_is_paused_stops_no_other_and_loses_nothing(
    open_discord: OpenDiscord,
) -> None:
    async with open_discord() as stage:
        other = another_server(stage, "Second")
        await stage.restarts()
        await stage.sets_up()
        assert "The group is set up." in await set_up_in(stage, other)
        stage.server.guild_removed(stage.server.guilds[other.guild or ""])
        await stage.at("Mon 09:00")
        assert (posts_in(stage, stage.here), posts_in(stage, other)) == (1, 0)
        second = await stage.read(groups.group, GroupId(2))
        assert (second.paused, (await stage.group()).paused) == (True, False)
        stage.server.guilds[other.guild or ""].has_bot = True
        await stage.restarts()
        await stage.at("Tue 09:00")
        assert posts_in(stage, other) == 0
        assert "Changed." in await set_up_in(stage, other)
        await stage.at("Wed 09:00")
        assert posts_in(stage, other) == 1


async def test_two_processes_share_the_shards_and_each_hears_its_own(open_discord: OpenDiscord) -> None:
    async with open_discord(shards=2) as stage:
        other = another_server(stage, "Second")
        await stage.stops()
        heard: dict[int, list[str]] = {0: [], 1: []}
        platforms = []
        for shard in (0, 1):
            platform = DiscordPlatform(
                stage.server.token,
                catalogue(),
                stage.draw,
                clock=stage.clock,
                shard_count=2,
                shard_ids=[shard],
                guild_ready_timeout=0.05,
            )

            async def handle(event: Event, shard: int = shard) -> Answer:
                heard[shard].append(type(event).__name__)
                return Answer(None)

            await platform.start(handle)
            platforms.append(platform)
        for place in (stage.here, other):
            ours = stage.server.make_thread(place, stage.server.bot)
            stage.server.user_posts(stage.person("Jonas").user, ours, "Hello.")
            theirs = stage.server.make_thread(place, stage.person("Jonas").user)
            for channel in (theirs, place):
                stage.server.user_posts(stage.person("Jonas").user, channel, "What is no answer is not even kept.")
        await stage.server.quiet()
        for platform in platforms:
            await platform.settled()
            await platform.stop()
        assert heard == {0: ["Posted"], 1: ["Posted"]}


@pytest.mark.parametrize(("at_once", "waits"), [(1, True), (2, False)])
async def test_shards_identify_as_many_at_once_as_discord_says(
    open_discord: OpenDiscord, monkeypatch: pytest.MonkeyPatch, at_once: int, waits: bool
) -> None:
    async with open_discord(shards=2) as stage:
        monkeypatch.setattr(gateway, "IDENTIFY_EVERY", 1.0)
        stage.server.identify_at_once = at_once
        await stage.restarts()
        first, second = stage.server.identified_at[-2:]
        assert (second - first >= 1.0) is waits


async def test_a_token_that_is_not_accepted_is_told_by_the_name_of_its_setting(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        platform = DiscordPlatform("another token", catalogue(), stage.draw)
        with pytest.raises(SettingsError, match="DISCORD_TOKEN: Discord does not accept"):
            await platform.open()


async def test_a_token_that_is_taken_back_while_we_run_ends_the_connection_for_good(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        connection: Gateway = stage.platform._gateway
        stage.server.token = "a new one"
        await stage.server.drop_socket(4004)
        with pytest.raises(SettingsError, match="DISCORD_TOKEN"):
            await asyncio.wait_for(connection.ended(), 20)


async def test_a_morning_of_many_groups_stays_below_the_limit_of_all_requests(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        bucket = SharedBucket(stage.app.database, "discord")
        stage.platform._pace._turn = bucket.turn
        stage.server.allowed = 50
        mira = stage.person("Mira")
        began = len(stage.server.calls.made)
        for number in range(30):
            channel = stage.server.make_channel(stage.guild, f"room-{number}")
            for target in (Place("discord", stage.guild.id, channel.id), ids.person(mira.user.id)):
                key, said = f"hello:{target}:{number}", Send(message("Hello."))
                await stage.app.work.run(outbox.enqueue, key, target, said, now=stage.clock.now())
        await stage.settles()
        made = stage.server.calls.made[began:]
        assert [call.status for call in made] == [200] * len(made)
        assert len(made) >= 60
        assert stage.server.calls.most_in_a_second() <= 50
