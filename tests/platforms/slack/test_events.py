"""Events that come late, again, out of order, over a restart, or while a handler is slow; and their sockets."""

import asyncio
from functools import partial
from typing import Any

import pytest

from bot.core.errors import DatabaseAway
from bot.features.answers.store import answers
from bot.storage.inbox import inbox
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.stage import SlackStage
from tests.servers.slack.delivery import Told
from tests.servers.slack.interactions import ANSWER_SECONDS
from tests.stage import rows

pytestmark = pytest.mark.contract
OPEN = "result-you-had-to-withdraw"


@pytest.fixture(params=[False, True], ids=["slack-socket", "slack-http"])
def either(request: pytest.FixtureRequest, open_slack: OpenSlack) -> OpenSlack:
    """Open a stage whose events come over a socket, and one whose events come over HTTP."""
    return partial(open_slack, over_http=request.param)


async def opens(stage: SlackStage) -> None:
    """A group with an open question, which takes answers in its thread."""
    await stage.sets_up()
    await stage.plans(OPEN)
    await stage.at("Mon 09:00")


def said(stage: SlackStage, subtype: str | None = None) -> list[Told]:
    """The events of what Jonas wrote."""
    jonas = stage.person("Jonas").user.id
    messages = [told for told in stage.server.told if told.payload.get("event", {}).get("type") == "message"]
    own = [told for told in messages if _author(told.payload["event"]) == jonas]
    return [told for told in own if told.payload["event"].get("subtype") == subtype]


def _author(event: dict[str, Any]) -> str:
    whose = event.get("message") or event.get("previous_message") or event
    return str(whose["user"])


async def again(stage: SlackStage, told: Told, retry: int) -> None:
    stage.server.send(told, retry=retry)
    await stage.settles()


async def test_each_event_has_one_effect_however_often_it_comes(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        jonas = stage.person("Jonas")
        await jonas.says("First.", in_thread=True)
        await jonas.edits("Second.")
        (posted,), (edited,) = said(stage), said(stage, "message_changed")
        marks = len(stage.transcript.lines)
        for retry in (1, 2, 3):  # at once, after a minute, after five; the older one last
            await again(stage, edited, retry)
            await again(stage, posted, retry)
            stage.clock.set(stage.moment(("", "Mon 09:01", "Mon 09:06", "Mon 09:20")[retry]))
        await stage.restarts()
        await again(stage, posted, 3)
        await again(stage, edited, 3)
        assert "Second." in await jonas.presses("My result")
        assert await stage.read(rows, answers) == 1
        assert not [line for line in stage.transcript.lines[marks:] if line.deed == "reacts"]
        assert {*posted.statuses, *edited.statuses} == {200}


async def test_what_comes_late_and_in_the_wrong_order_after_an_absence_changes_nothing(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        jonas = stage.person("Jonas")
        await stage.stops()
        await jonas.says("First.", in_thread=True)
        await jonas.edits("Second.")
        await stage.starts()
        for told in reversed(stage.server.lost):
            await again(stage, told, 2)
        assert "Second." in await jonas.presses("My result")
        assert await stage.read(rows, answers) == 1


async def test_a_deletion_that_comes_again_withdraws_once(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        jonas = stage.person("Jonas")
        await jonas.says("First.", in_thread=True)
        await jonas.deletes()
        await jonas.says("Second.", in_thread=True)
        (deleted,) = said(stage, "message_deleted")
        await again(stage, deleted, 1)
        assert "Second." in await jonas.presses("My result")


async def test_an_event_is_acknowledged_however_long_its_handler_takes(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        take, go_on = stage.app.inbox._take, asyncio.Event()

        async def slowly(event: Any) -> Any:
            await go_on.wait()
            return await take(event)

        stage.app.inbox._take = slowly
        jonas = stage.person("Jonas")
        stage.server.user_posts(jonas.user, stage.here, "Slowly.", thread=stage.thread)
        await stage.server.quiet()
        # However long it takes: this one waits for us, and we have waited for the acknowledgement.
        assert said(stage)[-1].statuses == [200]
        assert await stage.read(rows, answers) == 0
        go_on.set()
        await stage.settles()
        assert "Slowly." in await jonas.presses("My result")


async def test_a_process_that_dies_after_the_acknowledgement_loses_nothing(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)

        async def never(_: Any) -> bool:
            await asyncio.Event().wait()
            return False

        stage.app.inbox._take = never
        stage.server.user_posts(stage.person("Jonas").user, stage.here, "Kept.", thread=stage.thread)
        await stage.server.quiet()
        assert said(stage)[-1].statuses == [200]
        for task in stage.app.inbox._under_way:
            task.cancel()
        stage.awake = False
        await stage.platform.stop()
        await stage.app.database.close()
        await stage.starts()
        assert "Kept." in await stage.person("Jonas").presses("My result")


async def test_what_cannot_be_written_down_is_not_acknowledged_and_comes_again(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        keep = stage.platform._keep

        async def away(_: Any) -> Any:
            raise DatabaseAway("on purpose")

        stage.platform._keep = away
        stage.server.patience = 0.2
        await stage.person("Jonas").says("Twice told.", in_thread=True)
        told = said(stage)[-1]
        assert told.statuses != [200]
        stage.platform._keep, stage.server.patience = keep, ANSWER_SECONDS
        await again(stage, told, 1)
        assert told.statuses[1:] == [200]
        assert "Twice told." in await stage.person("Jonas").presses("My result")


async def test_talk_elsewhere_and_what_is_also_sent_to_the_channel_counts_nothing(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        jonas, aiko = stage.person("Jonas").user, stage.person("Aiko").user
        server = stage.server
        server.user_posts(jonas, stage.here, "To all.", thread=stage.thread, broadcast=True)
        own = server.user_posts(aiko, stage.here, "A thread of mine.")
        server.user_posts(jonas, stage.here, "There.", thread=own.ts)
        server.user_posts(jonas, stage.here, "In the channel.")
        await stage.settles()
        assert await stage.read(rows, answers) == 0


async def test_the_bot_connects_anew_where_slack_asks_and_reads_what_it_may_have_missed(open_slack: OpenSlack) -> None:
    async with open_slack(ping=0.2) as stage:
        await opens(stage)
        jonas = stage.person("Jonas")
        await stage.server.disconnect()
        stage.server.user_posts(jonas.user, stage.here, "In between.", thread=stage.thread)
        await connected(stage)
        await stage.settles()
        assert "In between." in await jonas.presses("My result")


async def test_a_socket_that_is_cut_is_replaced(open_slack: OpenSlack) -> None:
    async with open_slack(ping=0.2) as stage:
        await opens(stage)
        await stage.server.drop_sockets()
        await connected(stage)
        await stage.person("Aiko").says("Heard again.", in_thread=True)
        assert "Heard again." in await stage.person("Aiko").presses("My result")


async def connected(stage: SlackStage) -> None:
    async with asyncio.timeout(10):
        await stage.server.linked.wait()
    await asyncio.sleep(0.3)  # two may come, of which one stays


async def test_who_leaves_another_channel_stays_on_the_board(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        jonas = stage.person("Jonas")
        await jonas.says("Mine.", in_thread=True)
        other = stage.server.add_channel(stage.team, "random", "channel", stage.team.bot, jonas.user.id)
        stage.server.user_leaves(jonas.user, other)
        await stage.at("Tue 09:00")
        assert "Jonas" in await stage.person("Mira").types("/board all")


async def test_whose_account_is_shut_is_off_the_board(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        await stage.person("Jonas").says("Mine.", in_thread=True)
        await stage.at("Tue 09:00")
        assert "Jonas" in await stage.person("Mira").types("/board all")
        stage.server.user_deactivated(stage.person("Jonas").user)
        await stage.settles()
        assert "Jonas" not in await stage.person("Mira").types("/board all")


async def test_an_uninstall_holds_what_is_to_be_sent_and_loses_nothing(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await stage.sets_up()
        stage.server.uninstall(stage.team)
        await stage.at("Mon 09:00")
        assert stage.questions == []
        stage.team.installed = True
        await stage.at("Mon 09:30")
        assert len(stage.questions) == 1


async def test_what_is_kept_is_erased_once_it_is_handled(either: OpenSlack) -> None:
    async with either() as stage:
        await opens(stage)
        await stage.person("Jonas").says("A secret of mine.", in_thread=True)
        kept = await stage.read(lambda tx: tx.execute(inbox.select()).all())
        assert kept
        assert all(row.state == "handled" and row.payload is None for row in kept)
