"""Requests that are not Slack's, installs that are not ours, tokens that go, expire or lie sealed; many workspaces."""

import json
import sqlite3
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import aiohttp
import pytest
from sqlalchemy import Connection

from bot import on_slack
from bot.core.errors import DeliveryError
from bot.core.messages import message
from bot.core.ports import Send
from bot.core.refs import Place
from bot.platforms.slack.access import names
from bot.platforms.slack.pace import Pace
from bot.settings import read
from bot.storage import outbox
from bot.storage.vault import CannotOpen, Vault
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.front import KEY, Front
from tests.platforms.slack.stage import SlackStage
from tests.servers.slack.delivery import signed
from tests.servers.slack.state import PUBLIC, Channel, Team

pytestmark = pytest.mark.contract
NEW_KEY = "another key of tests that is long enough: 9876543210"


def front(stage: SlackStage) -> Front:
    assert stage.front is not None
    return stage.front


async def sends(
    stage: SlackStage, body: str, headers: dict[str, str], content: str = "application/json"
) -> tuple[int, str]:
    """Send the bot what may be Slack's or not."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(stage.server.address_of_bot, data=body, headers={**headers, "Content-Type": content}) as answer,
    ):
        return answer.status, await answer.text()


# --- requests ---------------------------------------------------------------------------------------------------------


async def test_slack_is_answered_when_it_asks_whether_this_is_the_bot(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        body = json.dumps({"type": "url_verification", "token": "t", "challenge": "say this"})
        status, said = await sends(stage, body, signed(body))
        assert (status, json.loads(said)) == (200, {"challenge": "say this"})


@pytest.mark.parametrize("how", ["another secret", "an old moment", "another body", "nothing"])
async def test_a_request_that_is_not_slacks_is_refused(open_slack: OpenSlack, how: str) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.person("Jonas").types("help")
        payload = stage.server.told[-1].payload
        body = json.dumps({**payload, "type": "event_callback"})
        headers = {
            "another secret": signed(body, secret="a secret of somebody else"),
            "an old moment": signed(body, at=time.time() - 301),
            "another body": signed(body + " "),
            "nothing": {},
        }[how]
        assert (await sends(stage, body, headers))[0] == 401


async def test_a_request_that_is_replayed_has_no_second_effect(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.sets_up()
        await stage.plans("reading-a-p-value")
        await stage.at("Mon 09:00")
        await stage.person("Jonas").presses("C")
        told = next(one for one in reversed(stage.server.told) if one.kind == "block_actions")
        mark = len(stage.transcript.lines)
        stage.server.send(told)
        await stage.settles()
        assert stage.transcript.lines[mark:] == []


async def test_while_it_is_not_running_slack_is_told_to_come_again(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.platform._transport.close()
        body = "{}"
        assert (await sends(stage, body, signed(body)))[0] == 503


# --- installing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{"state": "x"}, {"cookie": "x"}, {"state": "x", "cookie": "x"}, {"code": "nonsense"}])
async def test_an_install_that_is_not_ours_is_refused(open_slack: OpenSlack, how: dict[str, str]) -> None:
    async with open_slack(over_http=True) as stage:
        another = stage.server.found_team("Another", set(names()))
        status, said = await front(stage).installs(another, **how)
        assert (status, "Nothing was installed." in said) == (400, True)
        with pytest.raises(DeliveryError):
            await stage.platform._workspaces.of(another.id)


async def test_a_state_from_too_long_ago_is_refused(open_slack: OpenSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_slack(over_http=True) as stage:
        monkeypatch.setattr("bot.platforms.slack.over_http.STATE_LIVES", -1)
        assert (await front(stage).installs(stage.team))[0] == 400


async def test_what_slack_says_is_shown_as_text(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        named = stage.server.found_team("<script>alert(1)</script>", set(names()))
        status, said = await front(stage).installs(named)
        assert status == 200
        assert "<script>" not in said


# --- tokens -----------------------------------------------------------------------------------------------------------


async def test_the_database_holds_no_token_in_the_clear(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True, rotates=True) as stage:
        assert stage.team.token.startswith("xoxe.xoxb-")
        assert stage.team.refresh
        path = urlparse(stage.database_url).path
        files = [file for end in ("", "-wal") if (file := Path(path + end)).exists()]
        for file in files:
            held = file.read_bytes()
            for secret in (stage.team.token, stage.team.refresh, KEY, "xoxb-"):
                assert secret.encode() not in held
        rows = sqlite3.connect(path)
        ((sealed,),) = rows.execute("select token from installations").fetchall()
        rows.close()
        assert Vault(KEY).open(sealed) == stage.team.token


async def test_a_new_key_in_front_seals_anew_and_the_old_one_can_go(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.stops()
        front(stage).key = f"{NEW_KEY}, {KEY}"
        assert await on_slack.seal_anew(front(stage).settings()) == 1
        front(stage).key = NEW_KEY
        await stage.starts()
        await stage.sets_up()
        await stage.at("Mon 09:00")
        assert len(stage.questions) == 1


async def test_without_its_key_nothing_is_opened(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.stops()
        with pytest.raises(CannotOpen, match="BATCHMATES_SECRET_KEY"):
            await on_slack.seal_anew(
                read({"BATCHMATES_DATABASE_URL": stage.database_url, "BATCHMATES_SECRET_KEY": NEW_KEY})
            )


async def test_a_token_is_renewed_before_it_expires(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True, rotates=True) as stage:
        await stage.sets_up()
        before = stage.team.token
        await stage.at("Mon 09:00")
        await stage.at("Tue 09:00")
        assert stage.team.token != before
        assert len(stage.questions) == 2
        assert not [call for call in stage.server.calls.made if call.error == "invalid_auth"]


async def test_an_uninstall_erases_the_token_and_another_install_goes_on(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.sets_up()
        stage.server.uninstall(stage.team)
        await stage.settles()
        rows = sqlite3.connect(urlparse(stage.database_url).path)
        assert rows.execute("select token, refresh_token from installations").fetchall() == [(None, None)]
        rows.close()
        await stage.at("Mon 09:00")
        assert stage.questions == []
        assert (await front(stage).installs(stage.team))[0] == 200
        await stage.at("Mon 09:30")
        assert len(stage.questions) == 1


# --- many workspaces --------------------------------------------------------------------------------------------------


STORMS: dict[str, dict[str, Any]] = {
    "429": {"error": "ratelimited", "status": 429, "headers": {"Retry-After": "30"}},
    "503": {"status": 503},
}


@pytest.mark.parametrize("storm", STORMS)
async def test_a_storm_on_one_of_twenty_workspaces_holds_no_other(
    open_slack: OpenSlack, monkeypatch: pytest.MonkeyPatch, storm: str
) -> None:
    monkeypatch.setattr("bot.jobs.delivery.SOON", 0.0)  # the clock is set by hand, so no turn comes by waiting
    async with open_slack(over_http=True) as stage:
        server = stage.server
        teams = [server.found_team(f"Team {n}", set(names())) for n in range(20)]
        channels = {team.id: server.add_channel(team, "ml-study", PUBLIC, team.bot) for team in teams}
        for team in teams:
            assert (await front(stage).installs(team))[0] == 200
        stage.platform._workspaces._pace = Pace(now=lambda: stage.clock.now().timestamp())  # type: ignore[attr-defined]
        server.calls.fail_next("chat.postMessage", times=1 if storm == "429" else 3, team=teams[0].id, **STORMS[storm])
        server.calls.made.clear()
        await stage.app.work.run(fill, stage, channels)

        def stands(team: Team) -> int:
            return len(list(server.said_in(channels[team.id].id)))

        for second in range(4):
            await stage.app.delivery.drain()
            assert [stands(team) for team in teams[1:]] == [second + 1] * 19
            stage.clock.set(stage.clock.now() + timedelta(seconds=1))
        if storm == "429":
            # Slack is asked once by the one that it has told to wait.
            assert len([call for call in server.calls.of("chat.postMessage") if call.team == teams[0].id]) == 1
        for _ in range(60):
            await stage.app.delivery.drain()
            stage.clock.set(stage.clock.now() + timedelta(seconds=1))
        assert [stands(team) for team in teams] == [4] * 20


def fill(tx: Connection, stage: SlackStage, channels: Mapping[str, Channel]) -> None:
    """Let four messages be due in every channel."""
    for team, channel in channels.items():
        for number in range(4):
            place, said = Place("slack", team, channel.id), Send(message(f"Message {number}"))
            outbox.enqueue(tx, f"test:{channel.id}:{number}", place, said, now=stage.clock.now(), vital=True)


async def test_two_workspaces_never_cross(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        await stage.sets_up()
        other = stage.server.found_team("Other", set(names()))
        assert (await front(stage).installs(other))[0] == 200
        stranger = stage.server.add_user(other, "Stranger", admin=True)
        channel = stage.server.add_channel(other, "elsewhere", PUBLIC, other.bot, stranger.id)
        stage.server.user_runs(stranger, channel, "/study", "board")
        await stage.settles()
        (told,) = [one for one in stage.server.message_of(stranger.id, 0) if one.channel == channel.id]
        assert "There is no study group here yet" in str(told.blocks)
        assert {call.team for call in stage.server.calls.of("users.info")} == {stage.team.id, other.id}
