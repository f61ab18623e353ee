"""A process that dies between a call and its receipt: the next one finds what was done, and doubles nothing."""

from datetime import timedelta

import pytest

from bot.storage import outbox
from tests.platforms.conftest import OpenDiscord
from tests.platforms.discord.stage import DiscordStage
from tests.platforms.test_mocks_sessions import met, session

pytestmark = pytest.mark.contract
GAPS = {"within the nonce's minutes": timedelta(seconds=61), "past them": timedelta(minutes=30)}


class Killed(BaseException):
    """The process is gone: nothing that comes after it in the call is done."""


async def dies_after(stage: DiscordStage, route: str, when: str) -> None:
    """Let the bot die right after Discord has done this call, before it hears so."""
    await kills_after(stage, route)
    with pytest.raises(Killed):
        await stage.at(when)
    await is_gone(stage)


async def kills_after(stage: DiscordStage, route: str) -> None:
    """Kill the bot right after Discord has done the next call of this route."""

    async def kill(moment: str, called: str) -> None:
        if moment == "after" and called == route:
            stage.server.on_call = None
            stage.app.delivery._work.run = gone  # type: ignore[method-assign,assignment]

    async def gone(*_: object, **__: object) -> None:
        raise Killed

    stage.server.on_call = kill


async def is_gone(stage: DiscordStage) -> None:
    """What is left of the bot ends too."""
    stage.awake = False
    await stage.platform.stop()
    await stage.app.database.close()


async def comes_back(stage: DiscordStage, after: timedelta) -> None:
    """Start another bot over the same database, a while later."""
    stage.clock.set(stage.clock.now() + after)
    await stage.starts()
    await stage.until(stage.clock.now() + timedelta(minutes=5))


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
@pytest.mark.parametrize(
    "route",
    ["POST /channels/{channel_id}/messages", "POST /channels/{channel_id}/messages/{message_id}/threads"],
    ids=["message", "thread"],
)
async def test_a_post_stands_once_with_one_thread(open_discord: OpenDiscord, route: str, gap: timedelta) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await dies_after(stage, route, "Mon 09:00")
        await comes_back(stage, gap)
        assert len(stage.questions) == 1
        here = [message for message in stage.server.messages.values() if message.channel == stage.here.id]
        assert sum("Something wrong?" in str(message.components) for message in here) == 1
        assert (await stage.read(outbox.counts))["maybe_doubled"] == 0


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
async def test_a_private_room_is_opened_once(open_discord: OpenDiscord, gap: timedelta) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await kills_after(stage, "POST /channels/{channel_id}/threads")
        with pytest.raises(Killed):
            await met(stage)
        await is_gone(stage)
        await comes_back(stage, gap)
        rooms = [channel for channel in stage.server.channels.values() if channel.inside is not None]
        assert len(rooms) == 1
        people = {stage.person(name).user.id for name in ("Jonas", "Aiko")}
        assert rooms[0].inside == people | {stage.server.bot.id}
        assert (await session(stage)).room_state == "open"


async def test_a_room_whose_opening_failed_unclearly_is_not_opened_twice(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.server.calls.fail_next(r"POST /channels/\d+/threads$", 502, after=True)
        await met(stage)
        await stage.until(stage.clock.now() + timedelta(minutes=30))
        assert len([channel for channel in stage.server.channels.values() if channel.inside is not None]) == 1
        assert stage.person("Aiko").sees("you have been put together")


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
async def test_a_post_in_a_forum_stands_once(open_discord: OpenDiscord, gap: timedelta) -> None:
    async with open_discord(forum=True) as stage:
        await stage.sets_up()
        await dies_after(stage, "POST /channels/{channel_id}/threads", "Mon 09:00")
        await comes_back(stage, gap)
        assert len(stage.threads) == 1


async def test_a_forum_post_that_failed_unclearly_is_not_made_twice(open_discord: OpenDiscord) -> None:
    async with open_discord(forum=True) as stage:
        await stage.sets_up()
        stage.server.calls.fail_next(r"POST /channels/\d+/threads$", 502, after=True)
        await stage.at("Mon 09:00")
        await stage.at("Mon 09:30")
        assert len(stage.threads) == 1
