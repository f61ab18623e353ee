"""Code is judged on every platform: sent by form and by file, told in private, shown to the group by whoever agrees."""

from tests.bank.programs import code_questions
from tests.platforms.conftest import AnyStage
from tests.sandbox import bubblewrap

QUESTION = "most-frequent-values"
ANSWER = code_questions()[QUESTION].answer


async def test_a_program_by_form_and_by_file_has_its_verdict_in_private(group: AnyStage) -> None:
    group.judged_by(await bubblewrap())
    await group.plans(QUESTION)
    await group.at("Mon 09:00")
    jonas, tom = group.person("Jonas"), group.person("Tom")
    assert "Received. The verdict comes to you in private" in await jonas.answers(ANSWER.mutants[0].solution)
    assert jonas.sees("Hidden tests that fail")
    before = len([text for text in jonas.reads() if "tests passed" in text])
    await jonas.sends("me.png", "not a program")
    assert len([text for text in jonas.reads() if "tests passed" in text]) == before  # it is left where it is
    await jonas.sends("answer.py", ANSWER.solution)
    total = len((*ANSWER.tests.public, *ANSWER.tests.hidden))
    assert jonas.sees(f"All {total} tests passed.")
    assert not tom.sees("tests passed")
    assert "After the reveal" in await jonas.presses("Show it after the reveal")
    await group.at("Tue 08:00")
    assert "The reference, slowest test" in await jonas.types("/solutions")


async def test_a_file_in_the_thread_counts_though_the_bot_was_away(group: AnyStage) -> None:
    group.judged_by(await bubblewrap())
    await group.person("Mira").types("/admin numbers code_in_thread yes")
    await group.plans(QUESTION)
    await group.at("Mon 09:00")
    jonas = group.person("Jonas")
    await group.stops()
    await jonas.sends("answer.py", ANSWER.solution, in_thread=True)
    await group.starts()
    total = len((*ANSWER.tests.public, *ANSWER.tests.hidden))
    assert jonas.sees(f"All {total} tests passed.")
    await group.stops()
    await jonas.sends("other.py", ANSWER.mutants[0].solution)
    await group.starts()  # he has sent a program before, so his private conversation is looked into
    assert jonas.sees("Hidden tests that fail")
    before = len(jonas.reads())
    await group.restarts()  # it is known now, and has not changed
    assert len(jonas.reads()) == before
