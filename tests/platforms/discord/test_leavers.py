"""Who leaves a server of which the bot does not hear, since it lacks the Members intent."""

import pytest
from sqlalchemy import Connection

from bot.core.errors import DeliveryError, Refusal
from bot.core.refs import GroupId
from bot.features.members import store as members
from bot.platforms.discord import ids
from tests.platforms.conftest import OpenDiscord

pytestmark = pytest.mark.contract
CONTENT = 1 << 19


def names(tx: Connection) -> list[str]:
    return [member.name for member in members.active(tx, GroupId(1))]


async def test_who_left_is_found_by_the_daily_look(open_discord: OpenDiscord) -> None:
    async with open_discord(flags=CONTENT) as stage:
        await stage.sets_up()
        for name in ("Jonas", "Aiko"):
            await stage.person(name).types("/join")
        await stage.person("Jonas").leaves()
        assert await stage.read(names) == ["Mira", "Jonas", "Aiko"]
        await stage.at("Tue 08:00")
        assert await stage.read(names) == ["Mira", "Aiko"]
        assert len(stage.server.calls.of(r"GET /guilds/\d+/members/")) == 3


async def test_an_account_that_is_gone_is_looked_for_at_once(open_discord: OpenDiscord) -> None:
    async with open_discord(flags=CONTENT) as stage:
        await stage.sets_up()
        tom = stage.server.users.pop(stage.person("Tom").user.id)
        stage.guild.people.remove(tom.id)
        stage.server.users[tom.id] = tom
        joined = stage.person("Tom").types("/join")
        stage.server.calls.fail_next(r"POST /users/@me/channels", 404, {"code": 10013, "message": "Unknown User"})
        await joined
        assert await stage.read(names) == ["Mira"]
        assert "your private messages are closed" not in stage.in_channel()


async def test_a_server_that_took_the_bot_out_says_nothing_about_its_members(open_discord: OpenDiscord) -> None:
    async with open_discord(flags=CONTENT) as stage:
        await stage.sets_up()
        stage.guild.has_bot = False
        with pytest.raises(DeliveryError) as refused:
            await stage.platform.still_here(ids.person(stage.person("Mira").user.id), stage.place)
        assert refused.value.refusal is Refusal.gone
        stage.guild.has_bot = True
        assert await stage.platform.still_here(ids.person(stage.person("Mira").user.id), stage.place)
        assert not await stage.platform.still_here(ids.person(7), stage.place)


async def test_a_closed_private_conversation_gets_a_mention_in_the_room(open_discord: OpenDiscord) -> None:
    async with open_discord() as stage:
        await stage.sets_up()
        tom = stage.person("Tom")
        tom.user.takes_messages = False
        await tom.types("/join")
        (hint,) = [m for m in stage.server.messages.values() if "closed to me" in str(m.components)]
        assert (hint.channel, hint.mentions) == (stage.here.id, [tom.user.id])
        assert "first one comes" in await tom.presses("Today's question")
