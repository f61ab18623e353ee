"""A platform that was away when the bot began, and comes back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot import serve
from bot.app import App
from bot.connections import Opened
from bot.core.errors import PlatformAway, SettingsError
from bot.core.ports import Platform
from bot.platforms.local.adapter import LocalPlatform
from bot.storage.database import Database
from bot.web.server import LateRoutes
from tests.stage import Stage


async def test_what_was_due_and_said_meanwhile_is_taken_up_once_a_platform_joins(group: Stage) -> None:
    await group.plans("result-you-had-to-withdraw")
    await group.at("Mon 09:00")
    await group.stops()
    await group.jonas.says("Said while nobody listened.", in_thread=True)
    group.clock.set(group.moment("Tue 08:00") - timedelta(hours=1))
    group.app = App(database=Database(group.database_url), bank=group.bank, platforms={}, clock=group.clock)
    await group.app.start()
    await group.app.beat()
    await group.app.join("local", group.platforms()["local"])
    group.awake = True
    await group.settles()
    await group.at("Tue 09:00")
    assert "Streak: 1 day" in await group.jonas.types("/me")
    assert len(group.questions) == 2


class OutOfReach(LocalPlatform):
    """A platform that cannot be listened to at the first try."""

    tried = 0

    async def start(self, *given: Any, **more: Any) -> None:
        """Begin to listen, at the second try."""
        self.tried += 1
        if self.tried == 1:
            raise PlatformAway("Slack cannot be reached: 503")
        await super().start(*given, **more)


@pytest.mark.parametrize("late", [False, True], ids=["at the start", "later"])
async def test_a_platform_that_cannot_be_heard_at_once_is_heard_soon_and_ends_nothing(
    group: Stage, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    monkeypatch.setattr("bot.app.HEARD_AGAIN_AFTER", 0.01)
    await group.stops()
    platform = OutOfReach(group.world, group.draw)
    there: dict[str, Platform] = {} if late else {"local": platform}
    group.app = App(database=Database(group.database_url), bank=group.bank, platforms=there, clock=group.clock)
    await group.app.start()
    if late:
        await group.app.join("local", platform)
    else:
        await asyncio.wait_for(asyncio.gather(*group.app._deaf), 10)
    group.awake = True
    assert "You are in the study group." in await group.jonas.types("/join")


async def test_a_token_that_turns_out_wrong_later_is_no_secret(group: Stage) -> None:
    async def refused() -> Opened:
        raise SettingsError("SLACK_BOT_TOKEN: Slack does not accept this token")

    with pytest.raises(SettingsError, match="does not accept"):
        await serve.join_late(group.app, "slack", asyncio.create_task(refused()), LateRoutes())
    assert set(group.app.platforms) == {"local"}


class WronglySetUp(OutOfReach):
    """A platform that is away at first, and refuses the token then."""

    async def start(self, *given: Any, **more: Any) -> None:
        """Be away, then refuse."""
        if self.tried:
            raise SettingsError("SLACK_APP_TOKEN: Slack does not accept this token")
        await super().start(*given, **more)


async def test_a_token_that_is_refused_once_the_platform_answers_is_not_kept_quiet(
    group: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.HEARD_AGAIN_AFTER", 0.01)
    await group.stops()
    there: dict[str, Platform] = {"local": WronglySetUp(group.world, group.draw)}
    group.app = App(database=Database(group.database_url), bank=group.bank, platforms=there, clock=group.clock)
    await group.app.start()
    with pytest.raises(SettingsError, match="does not accept"):
        await asyncio.wait_for(group.app.listens(), 10)
