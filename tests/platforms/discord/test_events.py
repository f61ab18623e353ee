"""Scheduled events of a server: on request, without names, and only where the bot was let make them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.platforms.discord.access import invite, permissions
from tests.platforms.conftest import OpenDiscord
from tests.platforms.discord.stage import DiscordStage
from tests.platforms.test_mocks_sessions import met, session
from tests.servers.discord.permissions import May

pytestmark = pytest.mark.contract


@asynccontextmanager
async def agreed(open_discord: OpenDiscord, *, allowed: bool = True) -> AsyncIterator[DiscordStage]:
    """Jonas and Aiko have agreed on a time, in a server that lets the bot make events, or does not."""
    async with open_discord() as stage:
        if allowed:
            stage.guild.bot_may |= May.CREATE_EVENTS
        await stage.sets_up()
        await met(stage)
        for name in ("Jonas", "Aiko"):
            await stage.person(name).presses("1 works")
        yield stage


async def test_an_event_stands_while_its_time_does_and_names_nobody(open_discord: OpenDiscord) -> None:
    async with agreed(open_discord) as stage:
        jonas = stage.person("Jonas")
        assert "Asked." in await jonas.types("/mock event")
        assert "asked for already" in await stage.person("Aiko").types("/mock event")
        (event,) = stage.guild.events.values()
        starts_at = (await session(stage)).starts_at
        assert starts_at is not None
        assert event["scheduled_start_time"] == starts_at.isoformat()
        assert event["scheduled_end_time"] == (starts_at + timedelta(minutes=90)).isoformat()
        assert event["entity_metadata"] == {"location": "a room of their own"}
        assert not any(name in str(event) for name in ("Jonas", "Aiko"))
        await jonas.presses("Other time")
        await jonas.fills(on="2026-11-28", at="19:30")
        assert stage.guild.events  # the agreed time stands
        await stage.person("Aiko").presses("1 works", under="asks for another time")
        assert not stage.guild.events
        channel = "https://discord.com/channels/1/2"
        await jonas.presses("Meeting link")
        await jonas.fills(channel)
        await jonas.types("/mock event")
        (event,) = stage.guild.events.values()
        assert event["entity_metadata"] == {"location": channel}
        await jonas.types("/mock cancel")
        await jonas.fills()
        assert not stage.guild.events
        used = May(0)
        for call in stage.server.calls.made:
            used |= call.needs
        assert used & ~May(permissions().value) == May.CREATE_EVENTS


async def test_an_event_whose_making_failed_unclearly_is_made_once(open_discord: OpenDiscord) -> None:
    async with agreed(open_discord) as stage:
        stage.server.calls.fail_next(r"POST /guilds/\d+/scheduled-events$", 502, after=True)
        await stage.person("Jonas").types("/mock event")
        await stage.until(stage.clock.now() + timedelta(minutes=10))
        assert len(stage.guild.events) == 1


async def test_an_event_that_somebody_deleted_is_gone_and_nobody_minds(open_discord: OpenDiscord) -> None:
    async with agreed(open_discord) as stage:
        await stage.person("Jonas").types("/mock event")
        stage.guild.events.clear()
        await stage.person("Jonas").types("/mock cancel")
        await stage.person("Jonas").fills()
        assert "event-off" not in await stage.person("Mira").types("/admin log")


async def test_without_the_permission_both_hear_why_there_is_no_event(open_discord: OpenDiscord) -> None:
    async with agreed(open_discord, allowed=False) as stage:
        await stage.person("Jonas").types("/mock event")
        assert not stage.guild.events
        assert stage.person("Aiko").sees("I need the permission Create Events")


def test_the_invite_asks_for_events_only_where_they_are_wanted() -> None:
    plain, more = permissions(), permissions(with_events=True)
    assert not plain.create_events
    assert more.value == plain.value | May.CREATE_EVENTS
    assert f"permissions={more.value}" in invite(1, with_events=True)
