"""What goes wrong between us and Discord: nothing is lost, nothing is doubled, and others do not notice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.jobs import delivery
from bot.storage import outbox
from tests.platforms.conftest import OpenDiscord
from tests.platforms.discord.stage import DiscordStage
from tests.platforms.discord.test_many import another_server, posts_in, set_up_in
from tests.servers.discord.state import Message

pytestmark = pytest.mark.contract
OPEN = "result-you-had-to-withdraw"
POST = r"POST /channels/\d+/messages$"


@pytest.fixture
async def group(open_discord: OpenDiscord) -> AsyncIterator[DiscordStage]:
    """A group on Discord with an open question that is answered in its thread."""
    async with open_discord() as stage:
        await stage.sets_up()
        await stage.plans(OPEN)
        await stage.at("Mon 09:00")
        yield stage


async def connected(stage: DiscordStage, sessions: int) -> None:
    """Wait until the bot has connected so often."""
    async with asyncio.timeout(20):
        await stage.server.sessions_begun(sessions)
    await asyncio.sleep(0.2)
    await stage.settles()


async def test_after_a_dropped_socket_the_session_goes_on_and_what_was_missed_is_told(group: DiscordStage) -> None:
    await group.server.drop_socket()
    jonas = group.person("Jonas")
    jonas.sent = group.server.user_posts(jonas.user, group.thread, "While you were gone.")
    await connected(group, 2)
    assert (group.server.resumed, group.server.identified) == (1, [0])
    assert "While you were gone." in await jonas.presses("My result")


async def test_after_an_invalid_session_what_was_written_meanwhile_is_read_from_the_thread(group: DiscordStage) -> None:
    await group.server.invalidate_session()
    jonas = group.person("Jonas")
    group.server.user_posts(jonas.user, group.thread, "Nobody told you.")
    await connected(group, 2)
    assert group.server.identified == [0, 0]
    assert "Nobody told you." in await jonas.presses("My result")


async def test_a_malformed_dispatch_ends_no_more_than_one_connection(group: DiscordStage) -> None:
    group.server.send_raw({"op": 0, "t": "MESSAGE_UPDATE", "d": {"id": "1"}})
    await connected(group, 2)
    assert "Recorded: Still here." in await group.person("Jonas").answers("Still here.")


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_a_rate_limit_is_waited_for_and_met_once(open_discord: OpenDiscord, scope: str) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.server.calls.rate_limit(POST, 0.4, scope=scope)
        await stage.at("Mon 09:00")
        tried = stage.server.calls.of(rf"POST /channels/{stage.here.id}/messages$")[-2:]
        assert [call.status for call in tried] == [429, 200]
        assert tried[1].at - tried[0].at >= 0.4
        assert len(stage.questions) == 1


async def test_a_longer_limit_gives_the_row_back_with_the_time_that_discord_named(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.server.calls.rate_limit(POST, 600)
        await stage.at("Mon 09:00")
        assert len(stage.questions) == 0
        await stage.at("Mon 09:09")
        assert len(stage.questions) == 0
        await stage.at("Mon 09:11")
        assert len(stage.questions) == 1


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done all the same"])
@pytest.mark.parametrize("status", [503, 502])
async def test_an_outage_loses_and_doubles_nothing(open_discord: OpenDiscord, status: int, done: bool) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        times = 1 if status == 502 else 3  # the library itself tries again after a 502
        stage.server.calls.fail_next(POST, status, times=times, after=done)
        await stage.at("Mon 09:00")
        await stage.at("Mon 10:00")
        here = [message for message in stage.server.messages.values() if message.channel == stage.here.id]
        assert sum("Something wrong?" in str(message.components) for message in here) == 1
        assert len(stage.questions) == 1
        assert (await stage.read(outbox.counts))["dead"] == 0


async def test_a_call_that_stalls_holds_up_nobody_else(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.server.calls.slow(POST, 1.0)
        posting = asyncio.create_task(stage.at("Mon 09:00"))
        await asyncio.sleep(0.3)
        aiko = stage.person("Aiko")
        asked = stage.server.user_runs(aiko.user, stage.here, "study help")
        async with asyncio.timeout(0.6):
            await asked.answered.wait()
        assert not posting.done()
        await posting
        assert len(stage.questions) == 1


@pytest.mark.parametrize("done", [True, False], ids=["done late", "never done"])
async def test_a_call_that_stalls_beyond_our_patience_is_settled_and_holds_no_other_server(
    open_discord: OpenDiscord, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    # A stall of three of our limits, as ten seconds would be of three and a third.
    limit, stall = 1.0, 3.0
    monkeypatch.setattr(delivery, "LONGEST_CALL", limit)
    async with open_discord() as stage:
        other = another_server(stage, "Second")
        await stage.restarts()
        await stage.sets_up()
        assert "set up" in await set_up_in(stage, other)
        stalling = rf"POST /channels/{stage.here.id}/messages$"
        stage.server.calls.slow(stalling, stall)
        if not done:
            stage.server.calls.fail_next(stalling, 503)
        posting = asyncio.create_task(stage.at("Mon 09:00"))
        await asyncio.sleep(stall - 0.5)
        assert (len(stage.questions), posts_in(stage, other)) == (0, 1)
        await posting
        await asyncio.sleep(stall)  # Discord does at last what it was asked, and nobody hears of it any more
        assert bool([m for m in stage.server.messages.values() if asks(stage, m)]) == done
        await stage.at("Mon 09:30")
        assert len([m for m in stage.server.messages.values() if asks(stage, m)]) == 1
        assert (len(stage.questions), posts_in(stage, other)) == (1, 1)
        counts = await stage.read(outbox.counts)
        assert (counts["maybe_doubled"], counts["dead"]) == (0, 0)


def asks(stage: DiscordStage, message: Message) -> bool:
    """Whether a message is a question in the stage's own channel."""
    return message.channel == stage.here.id and "Something wrong?" in str(message.components)


async def test_a_token_that_is_taken_back_makes_few_calls(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        stage.server.calls.fail_next(r"POST /channels", 401, times=99)
        for name in ("Jonas", "Aiko", "Tom"):
            await stage.person(name).types("/join")
        await stage.at("Mon 10:00")
        # Once a quarter of an hour, however much there is to send.
        assert len(list(stage.server.calls.refused())) <= 16
        stage.server.calls.faults.clear()
        await stage.at("Mon 12:30")
        assert len(stage.questions) == 1


async def test_an_answer_deleted_in_an_archived_thread_is_withdrawn_after_a_restart_too(group: DiscordStage) -> None:
    jonas = group.person("Jonas")
    await jonas.says("An answer.", in_thread=True)
    group.server.archive(group.thread)
    await group.restarts()
    await jonas.deletes()
    assert "You have not answered this one." in await jonas.presses("My result")
    assert len(group.server.calls.of(rf"GET /channels/{group.thread.id}$")) == 1
