"""The manifest and the settings of Slack, as a host meets them."""

import json
from contextlib import AsyncExitStack

import pytest
from typer.testing import CliRunner

from bot import on_slack, settings
from bot.cli import app
from bot.core.errors import SettingsError
from bot.platforms.slack import access, commands


def printed(*options: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["slack", "manifest", *options])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.output)
    return found


def test_the_manifest_is_for_socket_mode_where_no_address_is_given() -> None:
    found = json.dumps(printed())
    assert '"socket_mode_enabled": true' in found
    assert "request_url" not in found
    assert "redirect_urls" not in found


def test_with_an_address_everything_is_reached_there() -> None:
    found = json.dumps(printed("--address", "https://study.example.org/"))
    assert '"socket_mode_enabled": false' in found
    assert found.count("https://study.example.org/slack/events") == 3
    assert "https://study.example.org/slack/oauth_redirect" in found


def test_an_address_that_slack_would_not_take_is_refused() -> None:
    with pytest.raises(SettingsError, match="https"):
        on_slack.manifest("Batchmates", "http://study.example.org")


def test_the_manifest_stays_within_slacks_limits() -> None:
    found = on_slack.manifest("Batchmates")
    assert len(found["display_information"]["description"]) <= 140
    assert len(found["display_information"]["name"]) <= 35
    shortcuts = found["features"]["shortcuts"]
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)
    assert [one["callback_id"] for one in shortcuts] == [commands.ANSWER, commands.COUNT]
    assert len(found["features"]["slash_commands"][0]["usage_hint"]) <= 1000


def test_every_event_has_a_scope_that_lets_it_be_heard() -> None:
    used = {use for scope in access.SCOPES for use in scope.uses}
    without = {"app_home_opened", "app_uninstalled", "team_access_granted", "team_access_revoked", "tokens_revoked"}
    assert set(access.EVENTS) - used == without


async def test_both_tokens_are_needed() -> None:
    given = settings.read({"SLACK_BOT_TOKEN": "xoxb-1"})
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN"):
        await on_slack.open_platform(given, AsyncExitStack())
