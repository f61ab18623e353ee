"""A process that dies between a call and its receipt, and calls whose answer is lost: nothing is doubled or lost."""

from datetime import timedelta

import pytest

from bot.storage import outbox
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.stage import SlackStage

pytestmark = pytest.mark.contract
HISTORIES = frozenset({"channels:history", "groups:history", "im:history"})


class Killed(BaseException):
    """The process is gone: nothing that comes after it in the call is done."""


async def dies_after(stage: SlackStage, method: str, when: str) -> None:
    """Let the bot die right after Slack has done this call, before it hears so."""

    async def kill(moment: str, called: str) -> None:
        if moment == "after" and called == method:
            stage.server.on_call = None
            stage.app.delivery._work.run = gone  # type: ignore[method-assign,assignment]

    async def gone(*_: object, **__: object) -> None:
        raise Killed

    stage.server.on_call = kill
    with pytest.raises(Killed):
        await stage.at(when)
    stage.awake = False
    await stage.platform.stop()
    await stage.app.database.close()


async def comes_back(stage: SlackStage, after: timedelta) -> None:
    stage.clock.set(stage.clock.now() + after)
    await stage.starts()
    await stage.until(stage.clock.now() + timedelta(minutes=5))


@pytest.mark.parametrize("gap", [timedelta(seconds=61), timedelta(minutes=30)], ids=["a minute", "half an hour"])
async def test_a_post_stands_once(open_slack: OpenSlack, gap: timedelta) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        await dies_after(stage, "chat.postMessage", "Mon 09:00")
        await comes_back(stage, gap)
        assert len(stage.questions) == 1
        assert (await stage.read(outbox.counts))["maybe_doubled"] == 0


async def test_a_message_is_found_by_its_mark_where_metadata_is_not_shown(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        await dies_after(stage, "chat.postMessage", "Mon 09:00")
        for message in stage.server.messages.values():
            message.metadata = None
        await comes_back(stage, timedelta(minutes=2))
        assert len(stage.questions) == 1


async def test_without_a_history_what_is_vital_is_sent_again_after_ten_minutes_and_counted(
    open_slack: OpenSlack,
) -> None:
    async with open_slack(without=HISTORIES) as stage:
        await stage.sets_up()
        await dies_after(stage, "chat.postMessage", "Mon 09:00")
        await comes_back(stage, timedelta(minutes=2))
        assert len(stage.questions) == 1
        await stage.until(stage.clock.now() + timedelta(minutes=15))
        assert len(stage.questions) == 2
        assert (await stage.read(outbox.counts))["maybe_doubled"] == 1


async def test_a_post_whose_answer_was_lost_is_not_made_twice(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        stage.server.calls.fail_next("chat.postMessage", status=503, after=True)
        await stage.at("Mon 09:30")
        assert len(stage.questions) == 1


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable"])
async def test_what_slack_could_not_do_is_done_later(open_slack: OpenSlack, error: str) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        stage.server.calls.fail_next("chat.postMessage", error, times=2)
        await stage.at("Mon 09:30")
        assert len(stage.questions) == 1


async def test_slack_is_asked_again_no_sooner_than_it_says(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        stage.server.calls.rate_limit("chat.postMessage", 300)
        await stage.at("Mon 09:02")
        assert len(stage.server.calls.of("chat.postMessage")) == 3  # two of the set-up, and the one that was refused
        await stage.at("Mon 09:20")
        assert len(stage.questions) <= 1


@pytest.mark.parametrize(
    ("error", "said"),
    [("not_in_channel", "forbidden"), ("is_archived", "forbidden"), ("channel_not_found", "gone")],
)
async def test_a_refusal_for_good_is_told_to_the_organisers(open_slack: OpenSlack, error: str, said: str) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        stage.server.calls.fail_next("chat.postMessage", error)
        await stage.at("Mon 09:10")
        assert f"not sent daily:1:2026-11-23:home1: {said}: chat.postMessage: {error}" in await stage.person(
            "Mira"
        ).types("admin log")
