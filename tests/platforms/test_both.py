"""One process that serves Discord and Slack at once: both groups live, and nothing crosses."""

import pytest

from tests.platforms.conftest import OpenDiscord, OpenSlack
from tests.platforms.discord.stage import DiscordStage
from tests.platforms.slack.stage import SlackStage

pytestmark = pytest.mark.contract


async def together(slack: SlackStage, discord: DiscordStage) -> None:
    """Let one bot, over one database and by one clock, speak to both."""
    await slack.stops()
    await discord.stops()
    discord.clock = discord.server.clock = slack.clock
    slack_alone, heard = slack.platforms, slack.heard

    async def heard_both() -> None:
        await heard()
        await discord.server.quiet()
        await discord.platform.settled()

    slack.platforms = lambda: {**slack_alone(), **discord.platforms()}  # type: ignore[method-assign]
    slack.heard = discord.heard = heard_both  # type: ignore[method-assign]
    await slack.starts()
    discord.app, discord.awake = slack.app, True


async def test_two_groups_on_two_platforms_know_nothing_of_each_other(
    open_slack: OpenSlack, open_discord: OpenDiscord
) -> None:
    async with open_discord() as discord, open_slack() as slack:
        await together(slack, discord)
        await slack.sets_up()
        await discord.person("Mira").types("/setup")
        assert "The group is set up." in await discord.person("Mira").fills(zone="Europe/Berlin")
        await slack.at("Mon 09:00")
        assert (len(slack.questions), len(discord.questions)) == (1, 1)
        await slack.person("Jonas").types("/join")
        await discord.person("Aiko").types("/join")
        await slack.at("Tue 09:00")
        assert (len(slack.questions), len(discord.questions)) == (2, 2)
        assert "Aiko" not in await slack.person("Mira").types("/board all")
        assert "Jonas" not in await discord.person("Mira").types("/board all")
        discord.awake = False
        assert not slack.server.violations
        assert not discord.server.violations
