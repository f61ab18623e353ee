"""A file is read after its event was acknowledged, again where that fails, and named where it cannot be read."""

from datetime import timedelta

import pytest

from tests.bank.programs import code_questions
from tests.judge.forger import Forger
from tests.platforms.conftest import OpenSlack
from tests.platforms.slack.stage import SlackStage

QUESTION = "most-frequent-values"
PROGRAM = code_questions()[QUESTION].answer.solution
A_FILE = "a file"  # as the test server calls what is fetched


async def asked(stage: SlackStage) -> None:
    """A question of code is open, and nobody waits long for a further try."""
    stage.judged_by(Forger({"got": 0}))
    stage.app.files.pauses = (0.01, 0.01)
    await stage.sets_up()
    await stage.plans(QUESTION)
    await stage.person("Jonas").types("/join")
    await stage.at("Mon 09:00")


async def test_a_slow_file_holds_no_acknowledgement_up(open_slack: OpenSlack) -> None:
    async with open_slack() as stage:
        await asked(stage)
        stage.server.calls.slow(A_FILE, 1.0)
        await stage.person("Jonas").sends("answer.py", PROGRAM)
        assert stage.server.told[-1].acks[0] < 0.9
        assert stage.person("Jonas").sees("tests passed")


NAMED = "Your file answer.py could not be fetched. Wanted it once more"


@pytest.mark.parametrize(("status", "times", "says"), [(503, 2, "tests passed"), (503, 3, NAMED), (404, 1, NAMED)])
async def test_a_file_that_cannot_be_read_is_tried_again_or_named(
    open_slack: OpenSlack, status: int, times: int, says: str
) -> None:
    async with open_slack() as stage:
        await asked(stage)
        stage.server.calls.fail_next(A_FILE, status=status, times=times)
        await stage.person("Jonas").sends("answer.py", PROGRAM)
        assert stage.person("Jonas").sees(says)


async def test_a_slow_file_holds_no_beat_up_but_the_reveal_for_which_it_was_in_time(
    open_slack: OpenSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.HANDLED_WITHIN", 0.01)
    async with open_slack() as stage:
        await stage.sets_up()
        await stage.plans("result-you-had-to-withdraw")
        await stage.until(stage.moment("Tue 08:00") - timedelta(seconds=30))
        jonas, server = stage.person("Jonas"), stage.server
        server.calls.slow(A_FILE, 1.0)
        sent = server.user_sends_file(
            jonas.user, stage.here, "plot.txt", "...", thread=stage.thread, said="See the plot."
        )
        await server.quiet()
        await stage.app.beat()
        assert not sent.reactions, "the beat has not waited until it is handled"
        server.calls.fail_next("conversations.replies", status=503, times=9)  # what was heard is all that there is
        stage.clock.set(stage.moment("Tue 08:00"))
        await stage.app.beat()
        await stage.settles()
        assert sent.reactions
        assert "Streak: 1 day" in await jonas.types("/me")
