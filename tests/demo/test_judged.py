"""On the demo page a member's code is run, where it can be; where not, that is said."""

from bot.demo.page import judged, living
from bot.judge.backends import Backend
from tests.bank.programs import code_questions
from tests.sandbox import bubblewrap

QUESTION = "most-frequent-values"


async def test_a_program_has_its_verdict_on_the_page() -> None:
    await bubblewrap()
    said: list[str] = []
    async with living(members=3, seed=1, fresh=True, database_url=None) as scene:
        async with judged(scene, Backend.bwrap, said.append):
            pass
        assert said == ["Answers to code questions are run and judged here, in the sandbox bwrap."]
        world, mira = scene.stage.world, scene.stage.users[0]
        await scene.stage.set_up()
        await world.run(mira, scene.stage.channel, f"admin swap 2026-11-23 {QUESTION}")
        await world.run(mira, scene.stage.channel, "admin next")
        await scene.rest()
        dm = f"dm-{mira}"
        program = code_questions()[QUESTION].answer.solution
        await world.say(mira, dm, "", None, None, (("answer.py", program),))
        await scene.rest()
        await scene.rest()
        shown = [str(message) for message in world.view(mira)["messages"] if message["channel"] == dm]
        assert "tests passed." in shown[-1]


async def test_where_nothing_is_run_the_page_says_so() -> None:
    said: list[str] = []
    async with (
        living(members=3, seed=1, fresh=True, database_url=None) as scene,
        judged(scene, Backend.off, said.append),
    ):
        pass
    assert said == ["Answers to code questions are not run here; batchmates doctor says why."]
