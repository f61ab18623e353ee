"""The role of champions: given and taken with a season where the bot may, and said once where it may not."""

from typing import Any
from unittest.mock import MagicMock

import discord
import pytest

from bot.platforms.discord.access import may_give
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
        await jonas.types("/settings seen_by=nobody")
        await stage.at("2026-12-01 09:05")
        assert not any(stage.guild.given.values())


def role(id: int, position: int, *may: str, **more: bool) -> dict[str, Any]:
    """A role as the gateway tells it."""
    value = str(discord.Permissions(**dict.fromkeys(may, True)).value)
    shown = {"id": str(id), "name": f"Role {id}", "color": 0, "colors": {"primary_color": 0}, "hoist": False}
    return {**shown, "position": position, "permissions": value, "managed": False, "mentionable": False, **more}


@pytest.mark.parametrize(
    ("holds", "gives"),
    [
        ([], set()),
        ([20], {2}),
        ([30], set()),
        ([20, 50], {2, 5}),
        ([40, 50], {2, 5}),
    ],
    ids=["nobody", "may manage roles", "may manage the server alone", "from higher up", "administrator"],
)
def test_who_may_give_a_role_is_as_discord_says_and_no_such_role_moderates(holds: list[int], gives: set[int]) -> None:
    roles = [
        role(1, 0, "send_messages"),
        role(2, 1, "send_messages"),
        role(3, 2, "moderate_members"),
        role(4, 2, managed=True),
        role(20, 4, "manage_roles"),
        role(30, 4, "manage_guild"),
        role(40, 4, "administrator"),
        role(5, 5),
        role(50, 6),
    ]
    state: Any = MagicMock()
    data: Any = {"id": "1", "name": "Study", "owner_id": "9", "roles": roles}
    guild = discord.Guild(data=data, state=state)
    user = {"id": "8", "username": "ana", "discriminator": "0", "global_name": None, "avatar": None}
    known: Any = {"user": user, "roles": [str(one) for one in holds], "joined_at": None, "flags": 0}
    who = discord.Member(data=known, guild=guild, state=state)
    assert {id for id in (1, 2, 3, 4, 5, 6) if may_give(who, id)} == gives


async def test_nobody_has_the_bot_give_a_role_that_they_could_not_give_by_hand(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        champions = stage.server.make_role(stage.guild, "Champions")
        moderators = stage.server.make_role(stage.guild, "Moderators", may=May.MANAGE_MESSAGES)
        await stage.sets_up()
        mira, jonas = stage.person("Mira"), stage.person("Jonas")
        stage.guild.managers.add(jonas.user.id)  # may manage the server, but no roles
        assert "Wanted a role that you could give by hand" in await jonas.types(f"/admin champions {champions}")
        assert "Wanted a role that you could give by hand" in await mira.types(f"/admin champions {moderators}")
        assert "Champions get no role. " in await mira.types("/admin champions")
        assert "Whoever wins a season has" in await mira.types(f"/admin champions {champions}")
        assert "gives that instead" in await mira.types("/admin champions")
        assert "Champions get no role any more" in await mira.presses("No role any more")
