"""The tokens of Socket Mode as a host sets them: accepted, or refused in one clear line that does not show them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot import on_slack
from bot.core.clock import SetClock
from bot.core.errors import PlatformAway, SettingsError
from bot.core.events import Event
from bot.core.ports import Answer
from bot.platforms.slack.access import names
from bot.settings import Settings, read
from tests.servers.slack.contract import SlackContract
from tests.servers.slack.server import SlackServer
from tests.servers.slack.web_api import APP_TOKEN
from tests.stage import MONDAY

pytestmark = pytest.mark.contract


@pytest.fixture
async def server(slack_contract: SlackContract) -> AsyncIterator[SlackServer]:
    """A test Slack with one workspace."""
    server = SlackServer(SetClock(MONDAY), slack_contract)
    await server.start()
    server.found_team("Study", set(names()))
    yield server
    await server.stop()
    assert not server.violations


def given(server: SlackServer, *, bot: str = "", app: str = APP_TOKEN) -> Settings:
    (team,) = server.teams.values()
    return read({"SLACK_BOT_TOKEN": bot or team.token, "SLACK_APP_TOKEN": app})


async def handle(_: Event) -> Answer:
    return Answer(None)


async def keep(_: Event) -> object:
    raise AssertionError("nothing happens here")


async def test_good_tokens_connect(server: SlackServer) -> None:
    async with AsyncExitStack() as stack:
        platform = await on_slack.open_platform(given(server), stack, base_url=server.base_url)
        assert not server.sockets  # a process that only sends does no more
        await platform.start(handle, keep)  # type: ignore[arg-type]
        await server.linked.wait()
        assert len(server.calls.of("apps.connections.open")) == 1
        await platform.stop()


async def test_a_bot_token_that_is_not_accepted_is_named(server: SlackServer) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(
            SettingsError, match=r"^SLACK_BOT_TOKEN: Slack does not accept this token \(invalid_auth\)$"
        ):
            await on_slack.open_platform(given(server, bot="xoxb-of-nobody"), stack, base_url=server.base_url)


async def test_an_app_token_that_is_not_accepted_is_named(server: SlackServer) -> None:
    async with AsyncExitStack() as stack:
        settings = given(server, app="xapp-of-nobody")
        platform = await on_slack.open_platform(settings, stack, base_url=server.base_url)
        with pytest.raises(SettingsError, match=r"^SLACK_APP_TOKEN: Slack does not accept this token"):
            await platform.start(handle, keep)  # type: ignore[arg-type]


async def test_a_slack_that_does_not_answer_is_no_wrong_token(
    server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.calls.fail_next("auth.test", status=503)
    async with AsyncExitStack() as stack:
        with pytest.raises(PlatformAway, match=r"^Slack cannot be reached: 503$"):
            await on_slack.open_platform(given(server), stack, base_url=server.base_url)
        platform = await on_slack.open_platform(given(server), stack, base_url=server.base_url)
        monkeypatch.setattr("bot.platforms.slack.transport.LINK_PAUSES", (0.01, 0.01))
        server.calls.fail_next("apps.connections.open", status=503, times=3)
        with pytest.raises(PlatformAway, match=r"^Slack cannot be reached: 503$"):
            await platform.start(handle, keep)  # type: ignore[arg-type]
        server.calls.fail_next("apps.connections.open", status=503, times=2)
        await platform.start(handle, keep)  # type: ignore[arg-type]
        await platform.stop()
