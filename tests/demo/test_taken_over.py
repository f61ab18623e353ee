"""Whoever acts as a member on the demo page has that member for themselves."""

import io
from datetime import timedelta

from aiohttp import ClientSession

from bot.demo import cast
from bot.demo.calendar import ZONE
from bot.demo.group import midnight, public_bank
from bot.demo.page import living, served
from bot.demo.play import Play
from bot.demo.script import Script
from bot.demo.transcript import Transcript


async def test_a_member_as_whom_a_visitor_acted_does_nothing_by_the_script_any_more() -> None:
    async with living(members=4, seed=1, fresh=True, database_url=None) as scene, served(scene, 0) as address:
        stage, begins = scene.stage, midnight(scene.stage.start)
        await stage.set_up()
        script = Script(1, 4, begins, begins + timedelta(hours=10), [])
        play = scene.play = Play(stage, script, public_bank(), scene, Transcript(io.StringIO(), stage.clock, ZONE))
        play.begin()
        act = {"as": stage.users[cast.REMINDED], "verb": "run", "channel": stage.channel, "text": "help"}
        async with ClientSession() as session, session.post(f"{address}api/do", json=act) as answered:
            assert (await answered.json())["type"] == "message"
        await scene.move(script.ends)
        assert [deed.member for deed in play.deeds] == [cast.HIDDEN, cast.HIDDEN, cast.ORGANISER]
