"""What a host sets for Discord, and the link that they get."""

import base64

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.errors import SettingsError
from bot.on_discord import invite
from bot.platforms.discord.access import permissions
from bot.settings import read

TOKEN = f"{base64.b64encode(b'123456789012345678').decode()}.GabcdE.{'x' * 38}"


def test_the_command_prints_the_invite_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    done = CliRunner().invoke(app, ["discord", "invite"])
    assert done.exit_code == 0
    assert "client_id=123456789012345678" in done.output
    assert f"permissions={permissions().value}" in done.output
    assert "scope=bot+applications.commands" in done.output


def test_without_a_token_the_link_says_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="DISCORD_TOKEN: is not set"):
        invite(read({}))


def test_a_token_that_is_none_is_never_said_back() -> None:
    with pytest.raises(SettingsError, match="DISCORD_TOKEN: wanted a bot token") as caught:
        invite(read({"DISCORD_TOKEN": "no-token-" * 8}))
    assert "no-token" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("given", "wanted"), [("", None), ("0-3", [0, 1, 2, 3]), ("5, 0-1", [0, 1, 5]), ("2", [2])], ids=str
)
def test_shards_are_numbers_and_ranges(given: str, wanted: list[int] | None) -> None:
    assert read({"BATCHMATES_DISCORD_SHARD_IDS": given}).discord_shard_numbers == wanted


@pytest.mark.parametrize("given", ["3-1", "a", "1-", "-1", "1.5"])
def test_what_is_no_range_of_shards_is_told_by_name(given: str) -> None:
    with pytest.raises(SettingsError, match="BATCHMATES_DISCORD_SHARD_IDS: wanted numbers of shards"):
        read({"BATCHMATES_DISCORD_SHARD_IDS": given})
