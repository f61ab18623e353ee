"""What happens to the channel of a home, who comes into a workspace, and events that Slack holds back."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.core.events import Closing
from bot.core.refs import GroupId
from bot.features.answers.store import answers
from bot.features.homes import words
from bot.features.members import store as members
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.stage import SlackStage
from tests.servers.slack.state import PRIVATE, PUBLIC, Message
from tests.stage import rows

pytestmark = pytest.mark.contract
OPEN, PICKED = "result-you-had-to-withdraw", "reading-a-p-value"
PAUSED, OPEN_AGAIN = "I post no more in your channel", "Your channel is open again."


async def a_day(stage: SlackStage) -> None:
    await stage.sets_up()
    await stage.plans(OPEN, PICKED)
    await stage.at("Mon 09:00")


def told(stage: SlackStage, what: str) -> int:
    """How often the organiser was told something in private."""
    mine = stage.server.direct(stage.person("Mira").user).id
    return sum(what in stage.words_of(said) for said in stage.server.said_in(mine))


@pytest.mark.parametrize("kind", [PUBLIC, PRIVATE])
async def test_a_channel_that_is_archived_pauses_its_home_and_deletes_nothing(open_slack: OpenSlack, kind: str) -> None:
    async with open_slack(kind=kind) as stage:
        await a_day(stage)
        mira = stage.person("Mira")
        await stage.person("Jonas").says("Mine.", in_thread=True)
        again = stage.server.archives(mira.user, stage.here)
        await stage.settles()
        stage.server.send(again, retry=1)
        await stage.settles()
        assert told(stage, PAUSED) == 1
        refused = len(stage.server.calls.of("chat.postMessage"))
        await stage.at("Tue 12:00")
        # Nothing is tried there but the reveal of what was open; no further question is written.
        assert len(stage.questions) == 1
        assert len(stage.server.calls.of("chat.postMessage")) <= refused + 2
        assert await stage.read(rows, answers) == 1
        assert f"home paused {stage.here.id}: it was archived" in await mira.types("admin log", private=True)


async def test_a_home_whose_channel_is_open_again_goes_on_when_an_organiser_says_so(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await a_day(stage)
        mira = stage.person("Mira")
        stage.server.archives(mira.user, stage.here)
        await stage.settles()
        stage.server.unarchives(mira.user, stage.here)
        await stage.settles()
        assert told(stage, OPEN_AGAIN) == 1
        await stage.at("Tue 12:00")
        assert len(stage.questions) == 1
        await mira.presses("Resume", under=OPEN_AGAIN)
        await stage.at("Wed 09:00")
        assert len(stage.questions) == 2


async def test_a_channel_that_was_never_paused_is_not_asked_about(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await a_day(stage)
        stage.server.unarchives(stage.person("Mira").user, stage.here)
        await stage.settles()
        assert told(stage, OPEN_AGAIN) == 0


async def test_a_channel_that_is_deleted_pauses_its_home(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await a_day(stage)
        stage.server.deletes_channel(stage.here)
        await stage.settles()
        assert told(stage, "since it was deleted") == 1
        assert f"home paused {stage.here.id}" in await stage.person("Mira").types("admin log", private=True)


async def test_a_bot_that_is_taken_out_of_the_channel_pauses_its_home(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await a_day(stage)
        stage.server.takes_bot_out(stage.here)
        await stage.settles()
        assert told(stage, "since I was taken out of it") == 1


async def test_what_happens_to_a_channel_that_is_no_home_is_nobodys_business(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await a_day(stage)
        mira = stage.person("Mira").user
        other = stage.server.add_channel(stage.team, "random", PUBLIC, stage.team.bot, mira.id)
        stage.server.archives(mira, other)
        stage.server.unarchives(mira, other)
        stage.server.renames(other, "more-random")
        stage.server.deletes_channel(other)
        await stage.settles()
        assert told(stage, PAUSED) + told(stage, OPEN_AGAIN) == 0
        await stage.at("Tue 09:00")
        assert len(stage.questions) == 2


@pytest.mark.parametrize("kind", [PUBLIC, PRIVATE])
async def test_a_channel_with_another_name_is_the_same_home_and_the_log_says_which(
    open_slack: OpenSlack, kind: str
) -> None:
    async with open_slack(kind=kind) as stage:
        await a_day(stage)
        stage.server.renames(stage.here, "interviews-2027")
        await stage.settles()
        await stage.at("Tue 09:00")
        assert len(stage.questions) == 2
        said = await stage.person("Mira").types("admin log")
        assert f"home renamed {stage.here.id}: interviews-2027" in said


async def test_who_comes_into_the_workspace_is_told_nothing_and_is_known_without_asking(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await a_day(stage)
        mark = len(stage.transcript.lines)
        user = stage.server.joins_team(stage.team, "Nadia")
        await stage.settles()
        assert stage.transcript.lines[mark:] == []
        stage.server.user_joins(user, stage.here)
        stage.server.user_posts(user, stage.here, "An answer of mine.", thread=stage.thread)
        await stage.settles()
        assert await stage.read(rows, answers) == 1
        assert user.id not in {call.args["user"] for call in stage.server.calls.of("users.info")}


@pytest.mark.parametrize("over_http", [False, True], ids=["slack-socket", "slack-http"])
async def test_what_was_written_while_slack_held_events_back_is_read_when_it_does_no_more(
    open_slack: OpenSlack, monkeypatch: pytest.MonkeyPatch, over_http: bool
) -> None:
    async with open_slack(over_http=over_http) as stage:
        await a_day(stage)
        with capture_logs():
            held = [stage.server.holds_events_back(stage.team) for _ in range(2)]
            await stage.settles()
        assert [one.statuses for one in held] == [[200], [200]]
        # What is not told stands all the same.
        said = Message(stage.server.ts(), stage.here.id, stage.person("Jonas").user.id, "Held back.", [], stage.thread)
        stage.server.put(said)
        await stage.settles()
        assert await stage.read(rows, answers) == 0
        assert len(stage.platform._hearing._limited) == 1
        stage.platform._hearing._over(stage.team.id)  # as its timer does, a while after the last notice
        await stage.settles()
        assert "Held back." in await stage.person("Jonas").presses("My result")


def test_every_reason_has_its_words() -> None:
    assert set(words.CLOSED) == set(Closing)
    assert all(words.closed(why).parts for why in Closing)


async def test_who_leaves_the_last_of_a_groups_channels_is_off_its_boards_also_after_a_return(
    open_slack: OpenSlack,
) -> None:
    def names(tx: Connection) -> list[str]:
        return [member.name for member in members.active(tx, GroupId(1))]

    async with open_slack() as stage:
        await stage.sets_up()
        server, mira, jonas, aiko = stage.server, stage.person("Mira"), stage.person("Jonas"), stage.person("Aiko")
        other = server.add_channel(stage.team, "juniors", PRIVATE, stage.team.bot, mira.user.id, jonas.user.id)
        server.user_posts(mira.user, other, "@Batchmates admin track juniors")
        await stage.settles()
        for somebody in (jonas, aiko):
            await somebody.types("join")
        server.calls.fail_next("users.conversations", "internal_error")
        await jonas.leaves()
        await aiko.leaves()  # she never was in the other one
        await stage.until(stage.clock.now() + timedelta(hours=2))
        assert await stage.read(names) == ["Mira", "Jonas"]
        asked = len(server.calls.of("users.conversations"))
        await jonas.returns()  # without a word
        server.user_leaves(jonas.user, other)
        await stage.settles()
        assert await stage.read(names) == ["Mira", "Jonas"]
        server.user_joins(jonas.user, other)
        await jonas.leaves()
        server.user_leaves(jonas.user, other)
        await stage.settles()
        assert await stage.read(names) == ["Mira"]
        await jonas.returns()
        await jonas.types("join")
        await stage.until(stage.clock.now() + timedelta(days=2))
        assert await stage.read(names) == ["Mira", "Jonas"]
        assert len(server.calls.of("users.conversations")) <= asked + 3  # nobody is asked about who left no channel
