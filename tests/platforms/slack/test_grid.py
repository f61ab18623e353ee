"""An organisation of several workspaces that installs the bot once, and takes it away again."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlparse

import pytest

from bot.core.errors import DeliveryError
from bot.platforms.slack import commands, inbound
from bot.platforms.slack.access import names
from bot.platforms.slack.calls import OneWorkspace
from bot.platforms.slack.inbound import Source
from bot.platforms.slack.pace import Pace
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.front import Front
from tests.platforms.slack.stage import SlackStage
from tests.platforms.slack.words import words
from tests.servers.slack.state import PUBLIC, Channel, Message, Org, Team, User

pytestmark = pytest.mark.contract
PICKED = "reading-a-p-value"


@dataclass
class Study:
    """A workspace of the organisation, its channel and somebody who may set up there."""

    team: Team
    channel: Channel
    boss: User


def front(stage: SlackStage) -> Front:
    assert stage.front is not None
    return stage.front


def study(stage: SlackStage, org: Org, name: str) -> Study:
    team = stage.server.team_in(org, name)
    boss = stage.server.add_user(team, f"Boss of {name}", admin=True)
    return Study(team, stage.server.add_channel(team, "ml-study", PUBLIC, org.bot, boss.id), boss)


async def installed(stage: SlackStage, *, rotates: bool = False) -> tuple[Org, list[Study]]:
    """An organisation with three workspaces that has installed the bot for two of them."""
    org = stage.server.found_org("Starship", set(names()))
    org.rotates = rotates
    studies = [study(stage, org, name) for name in ("Bridge", "Engines", "Kitchen")]
    status, said = await front(stage).installs(org)
    assert (status, "In Starship: add it to workspaces" in said) == (200, True)
    stage.server.org_grants(org, *(one.team for one in studies[:2]))
    await stage.settles()
    return org, studies


async def sets_up(stage: SlackStage, one: Study) -> None:
    stage.server.user_runs(one.boss, one.channel, commands.COMMAND, "setup")
    await stage.settles()
    view = stage.server.shown_to(one.boss.id)
    assert view is not None
    stage.server.user_submits(one.boss, view, {"zone": "Europe/Berlin"})
    await stage.settles()


def said(stage: SlackStage, one: Study) -> Sequence[Message]:
    return [message for message in stage.server.said_in(one.channel.id) if message.bot]


def questions(stage: SlackStage, one: Study) -> int:
    return sum("Something wrong?" in stage.words_of(message) for message in said(stage, one))


async def test_one_install_serves_the_workspaces_to_which_it_has_access(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        _, (bridge, engines, kitchen) = await installed(stage)
        for one in (bridge, engines):
            await sets_up(stage, one)
        await stage.at("Mon 09:00")
        assert [questions(stage, one) for one in (bridge, engines)] == [1, 1]
        with pytest.raises(DeliveryError):
            await stage.platform._workspaces.of(kitchen.team.id)


async def test_a_workspace_is_known_after_a_restart_before_anything_happens_in_it(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        _, (bridge, *_) = await installed(stage)
        await sets_up(stage, bridge)
        await stage.restarts()
        await stage.at("Mon 09:00")
        assert questions(stage, bridge) == 1


async def test_a_workspace_whose_grant_was_not_heard_of_is_known_by_what_happens_in_it(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        org, (*_, kitchen) = await installed(stage)
        org.teams.add(kitchen.team.id)
        await sets_up(stage, kitchen)
        await stage.at("Mon 09:00")
        assert questions(stage, kitchen) == 1


async def test_replies_buttons_and_the_home_find_the_workspace_that_they_do_not_name(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        _, (bridge, *_) = await installed(stage)
        await sets_up(stage, bridge)
        await stage.at("Mon 09:00")
        (question,) = [one for one in said(stage, bridge) if "Something wrong?" in stage.words_of(one)]
        server, boss = stage.server, bridge.boss
        server.user_presses(boss, question, "my-result:1")
        await stage.settles()
        assert "You have not answered" in stage.words_of(server.message_of(boss.id, 0)[-1])
        server.user_opens_home(boss)
        await stage.settles()
        assert "For organisers" in words(server.homes[boss.id].body["blocks"], stage.zone)
        server.user_uses_shortcut(boss, commands.ANSWER)
        await stage.settles()
        shown = server.shown_to(boss.id)
        assert shown is not None
        assert shown.team == bridge.team.id


async def test_a_workspace_that_is_taken_away_waits_and_the_other_goes_on(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        org, (bridge, engines, _) = await installed(stage)
        for one in (bridge, engines):
            await sets_up(stage, one)
        stage.server.org_revokes(org, engines.team)
        await stage.settles()
        await stage.at("Mon 09:00")
        assert [questions(stage, one) for one in (bridge, engines)] == [1, 0]
        stage.server.org_grants(org, engines.team)
        await stage.settles()
        await stage.at("Mon 09:30")
        assert [questions(stage, one) for one in (bridge, engines)] == [1, 1]


async def test_an_organisation_that_uninstalls_erases_its_token_and_may_come_back(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        org, (bridge, *_) = await installed(stage)
        await sets_up(stage, bridge)
        stage.server.org_uninstalls(org)
        await stage.settles()
        rows = sqlite3.connect(urlparse(stage.database_url).path)
        kept = rows.execute("select workspace from installations where token is not null").fetchall()
        rows.close()
        assert kept == [(stage.team.id,)]
        await stage.at("Mon 09:00")
        assert questions(stage, bridge) == 0
        assert (await front(stage).installs(org))[0] == 200
        await stage.at("Mon 09:30")
        assert questions(stage, bridge) == 1


async def test_the_token_of_an_organisation_is_renewed_once_for_all_its_workspaces(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        org, (bridge, engines, _) = await installed(stage, rotates=True)
        before, exchanged = org.token, len(stage.server.calls.of("oauth.v2.access"))
        stage.clock.set(stage.clock.now() + timedelta(hours=11, minutes=45))
        workspaces = stage.platform._workspaces
        both = await asyncio.gather(workspaces.of(bridge.team.id), workspaces.of(engines.team.id))
        assert org.token != before
        assert [one.client.token for one in both] == [org.token, org.token]
        assert len(stage.server.calls.of("oauth.v2.access")) == exchanged + 1


async def test_a_workspace_with_an_install_of_its_own_keeps_to_it(open_slack: OpenSlack) -> None:
    async with open_slack(over_http=True) as stage:
        org, (bridge, *_) = await installed(stage)
        bridge.team.token, bridge.team.installed = "xoxb-test-of-its-own", True
        assert (await front(stage).installs(bridge.team))[0] == 200
        stage.server.org_uninstalls(org)
        await stage.settles()
        assert (await stage.platform._workspaces.of(bridge.team.id)).client.token == "xoxb-test-of-its-own"


async def test_over_a_socket_the_token_of_an_organisation_counts_in_its_workspaces(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        org = stage.server.found_org("Starship", set(names()))
        bridge = study(stage, org, "Bridge")
        org.installed = True
        org.teams.add(bridge.team.id)
        pace = Pace(between_messages=0, tiers=False)
        workspaces = OneWorkspace(org.token, pace=pace, base_url=stage.server.base_url)
        await workspaces.open()
        one = await workspaces.of(bridge.team.id)
        assert (one.team, one.client.token) == (bridge.team.id, org.token)
        assert (await one.call("conversations.info", bridge.channel.id))["channel"]["id"] == bridge.channel.id
        assert await workspaces.of(bridge.team.id) is one
        await workspaces.close()


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ({"team_id": "T1", "authorizations": [{"team_id": "T1", "is_enterprise_install": False}]}, Source("T1")),
        # Somebody of another workspace writes in a channel that both share: whose bot it is counts.
        ({"team_id": "T9", "authorizations": [{"team_id": "T1", "is_enterprise_install": False}]}, Source("T1")),
        (
            {"team_id": "T1", "authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}]},
            Source("T1", "E1"),
        ),
        ({"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": "true"}, Source("T1", "E1")),
        (
            {"enterprise": {"id": "E1"}, "is_enterprise_install": True, "team": None, "user": {"team_id": "T1"}},
            Source("T1", "E1"),
        ),
        ({"team": {"id": "T1"}, "enterprise": {"id": "E1"}, "is_enterprise_install": False}, Source("T1")),
        ({"enterprise_id": "E1", "event": {"type": "app_uninstalled"}}, Source("", "E1")),
        ({"team_id": "E1", "event": {"type": "app_uninstalled"}}, Source("", "E1")),
    ],
)
def test_a_payload_tells_whose_bot_it_is_for(body: dict[str, Any], source: Source) -> None:
    assert inbound.source(body) == source
