"""Whom a post notifies on Discord: the role that was chosen, and those who have a partner now; nobody else."""

import pytest

from bot.core.messages import RoleMention, Verbatim, message, text
from bot.platforms.discord.access import permissions
from bot.platforms.discord.render import render
from tests.platforms.conftest import OpenDiscord
from tests.platforms.test_mocks_rounds import CLOSES, open_round, sign_up
from tests.servers.discord.permissions import May

pytestmark = pytest.mark.contract


@pytest.mark.parametrize("forum", [False, True], ids=["channel", "forum"])
async def test_a_question_notifies_the_chosen_role_and_no_other(open_discord: OpenDiscord, forum: bool) -> None:
    async with open_discord(forum=forum) as stage:
        role, other = (stage.server.make_role(stage.guild, name) for name in ("Learners", "Others"))
        await stage.sets_up()
        await stage.at("Mon 09:00")
        assert stage.questions[-1].mention_roles == []
        await stage.person("Mira").types(f"/admin role {role}")
        await stage.at("Tue 09:00")
        assert stage.questions[-1].mention_roles == [role]
        assert f"<@&{role}>" in str(stage.questions[-1].components)
        assert other not in str(stage.questions[-1].components)
        # The name of the post is the question's, and no role is named in it.
        assert "<@" not in stage.thread.name


async def test_a_role_that_not_everybody_may_mention_is_named_and_not_notified(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        role = stage.server.make_role(stage.guild, "Quiet", mentionable=False)
        await stage.sets_up()
        said = await stage.person("Mira").types(f"/admin role {role}")
        assert "only if everybody may mention the role" in said
        await stage.at("Mon 09:00")
        assert (f"<@&{role}>" in str(stage.questions[-1].components), stage.questions[-1].mention_roles) == (True, [])
        assert not May(permissions().value) & May.MENTION_EVERYONE


async def test_the_role_of_everybody_is_refused(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        assert "would notify everybody" in await stage.person("Mira").types(f"/admin role {stage.guild.id}")


async def test_who_is_paired_is_notified_in_the_channel_and_who_is_not_is_not(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        await open_round(stage)
        await sign_up(stage, "Jonas", "Aiko")
        await sign_up(stage, "Tom", hours="Wed 06-08")
        await stage.at(CLOSES)
        (pairs,) = (one for one in stage.server.messages.values() if "the pairs until" in str(one.components))
        assert sorted(pairs.mentions) == sorted(stage.person(name).user.id for name in ("Jonas", "Aiko"))


async def test_only_a_role_that_we_name_ourselves_may_be_notified() -> None:
    allowed = dict(render(message(text(RoleMention("7"), Verbatim(" <@&8> @everyone")))).mentions.to_dict())
    assert allowed == {"parse": [], "roles": ["7"], "users": []}
    typed = render(message(text(RoleMention("mentors")))).mentions.to_dict()
    assert typed["roles"] == []
