"""The role of champions: given and taken with a season where the bot may, and said once where it may not."""

import pytest

from tests.platforms.conftest import OpenDiscord
from tests.servers.discord.permissions import May

pytestmark = pytest.mark.contract


@pytest.mark.parametrize("allowed", [True, False], ids=["with Manage Roles", "without it"])
async def test_the_champion_of_a_season_gets_the_role_where_the_bot_may_give_it(
    open_discord: OpenDiscord, allowed: bool
) -> None:
    async with open_discord() as stage:
        role = stage.server.make_role(stage.guild, "Champions")
        if allowed:
            stage.guild.bot_may |= May.MANAGE_ROLES
        await stage.sets_up()
        mira, jonas = stage.person("Mira"), stage.person("Jonas")
        assert "Whoever wins a season has" in await mira.types(f"/admin champions {role}")
        await mira.types("/admin season month")
        await stage.plans("reading-a-p-value")
        await mira.types("/admin blackout 2026-11-24 2026-11-30")
        await stage.at("Mon 09:00")
        await jonas.presses("C")
        await stage.at("2026-12-01 09:01")
        assert stage.guild.given == ({jonas.user.id: {role}} if allowed else {})
        told = [line for line in mira.reads() if "I could not give or take the role of champions" in line]
        assert len(told) == (not allowed)
