"""Installations with sealed tokens, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.storage import installations
from bot.storage.database import Database
from bot.storage.installations import Installation
from bot.storage.vault import CannotOpen, Vault

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FIRST = Vault("the first key of a host, long enough")


def given(workspace: str = "T1", token: str = "xoxb-secret") -> Installation:
    return Installation(
        workspace=workspace, bot_user="U1", bot_id="B1", scopes="a,b", token=token, expires_at=NOW + timedelta(hours=12)
    )


async def test_an_installation_is_read_as_it_was_put_and_replaced_by_the_next(database: Database) -> None:
    await database.write(installations.put, "slack", given(), FIRST, NOW)
    assert await database.read(installations.find, "slack", "T1", FIRST) == given()
    await database.write(installations.put, "slack", given(token="xoxb-other"), FIRST, NOW)
    assert await database.read(installations.find, "slack", "T1", FIRST) == given(token="xoxb-other")
    assert await database.read(installations.find, "slack", "T2", FIRST) is None


async def test_what_is_forgotten_is_erased(database: Database) -> None:
    await database.write(installations.put, "slack", given(), FIRST, NOW)
    await database.write(installations.forget, "slack", "T1", NOW)
    assert await database.read(installations.find, "slack", "T1", FIRST) is None


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(given())


def test_the_first_key_seals_and_any_opens() -> None:
    new, old = Vault("a" * 32), Vault("b" * 32)
    both = Vault(f"{'a' * 32},{'b' * 32}")
    sealed = old.seal("token")
    assert both.open(sealed) == "token"
    with pytest.raises(CannotOpen):
        new.open(sealed)
    assert new.open(both.sealed_anew(sealed)) == "token"


def test_what_is_too_old_or_altered_is_not_opened() -> None:
    sealed = FIRST.seal("state")
    assert FIRST.open(sealed, within=60) == "state"
    for altered in (sealed[:-4] + "AAAA", "nonsense", ""):
        with pytest.raises(CannotOpen):
            FIRST.open(altered)
