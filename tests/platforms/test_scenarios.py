"""What happens to a study group, told once and played on every platform; the dialogues tell the rest of it."""

import pytest

from tests.platforms.conftest import AnyStage

PICKED, CHOSEN, NUMBER = "reading-a-p-value", "when-fraud-becomes-rarer", "two-detectors-in-a-row"
OPEN, CODE, SHORT = "result-you-had-to-withdraw", "most-frequent-values", "customers-without-orders"


async def test_setting_up_opens_a_form_and_greets_the_channel(stage: AnyStage) -> None:
    said = await stage.sets_up()
    assert "The group is set up." in said
    assert "Zone: Europe/Berlin" in said
    assert stage.person("Aiko").sees("This is now a study group for machine-learning interviews.")


async def test_a_question_is_posted_with_a_thread_and_answered_by_button(group: AnyStage) -> None:
    await group.plans(PICKED)
    await group.at("Mon 09:00")
    jonas = group.person("Jonas")
    assert len(group.questions) == 1
    assert "Recorded: C" in await jonas.presses("C")
    assert jonas.sees("Welcome to")
    assert "Recorded: A" in await jonas.presses("A")
    assert "Your answer: A" in await jonas.presses("My result")
    await group.at("Mon 09:30")
    assert jonas.sees("1 answered")


@pytest.mark.parametrize(
    ("question", "answer"),
    [(NUMBER, "65"), (SHORT, "anti join"), (OPEN, "I said so to everybody."), (CODE, "def f():\n    return {}  # *_`")],
    ids=["numeric", "short", "open", "code"],
)
async def test_an_answer_by_form_is_kept_as_it_was_typed(group: AnyStage, question: str, answer: str) -> None:
    await group.plans(question)
    await group.at("Mon 09:00")
    assert f"Recorded: {' '.join(answer.split())}" in await group.person("Aiko").answers(answer)
    assert not group.person("Tom").sees("Recorded")


async def test_several_options_are_chosen_from_a_select(group: AnyStage) -> None:
    await group.plans(CHOSEN)
    await group.at("Mon 09:00")
    assert "Recorded: A, C" in await group.person("Jonas").chooses("A", "C")


async def test_a_reply_in_the_thread_is_an_answer_that_can_be_changed_and_withdrawn(group: AnyStage) -> None:
    await group.plans(OPEN)
    await group.at("Mon 09:00")
    jonas = group.person("Jonas")
    said = await jonas.says("First thought.", in_thread=True)
    assert "First thought." in await jonas.presses("My result")
    await jonas.edits("Second thought.", message=said)
    assert "Second thought." in await jonas.presses("My result")
    await jonas.deletes(said)
    assert "You have not answered this one." in await jonas.presses("My result")


async def test_another_message_counts_as_the_answer_where_its_author_says_so(group: AnyStage) -> None:
    await group.plans(OPEN)
    await group.at("Mon 09:00")
    aiko = group.person("Aiko")
    await aiko.says("Only talk.", in_thread=True)
    await aiko.says("My real answer.", in_thread=True)
    assert "Recorded" in await aiko.counts()
    assert "My real answer." in await aiko.presses("My result")


async def test_the_reveal_comes_into_the_thread_with_the_key_and_the_board_follows(group: AnyStage) -> None:
    await group.plans(PICKED)
    await group.at("Mon 09:00")
    await group.person("Jonas").presses("C")
    await group.person("Aiko").presses("B")
    await group.at("Tue 08:00")
    assert "Answer: C" in group.in_thread()
    assert "First right: Jonas." in group.in_thread()
    assert "1. Jonas, 12 points, you" in await group.person("Jonas").types("/board all")


async def test_what_a_member_writes_is_shown_as_written_and_pings_nobody(group: AnyStage) -> None:
    await group.plans(OPEN)
    await group.at("Mon 09:00")
    words = "@everyone **bold** _under_ <@1> # heading [link](https://example.org) ||spoiler||"
    said = await group.person("Jonas").answers(words)
    assert words in said


async def test_what_was_written_while_the_bot_was_away_counts(group: AnyStage) -> None:
    await group.plans(OPEN)
    await group.at("Mon 09:00")
    await group.stops()
    jonas = group.person("Jonas")
    await jonas.says("Nobody hears this now.", in_thread=True)
    await group.starts()
    assert "Nobody hears this now." in await jonas.presses("My result")


async def test_an_edit_after_the_moment_of_the_reveal_is_late_though_the_bot_was_away_then(group: AnyStage) -> None:
    await group.plans(OPEN)
    await group.at("Mon 09:00")
    jonas, aiko, tom = group.person("Jonas"), group.person("Aiko"), group.person("Tom")
    heard = await jonas.says("Heard in time.", in_thread=True)
    await group.stops()
    unheard = [await aiko.says("Written in time.", in_thread=True), await tom.says("As early.", in_thread=True)]
    group.clock.set(group.moment("Mon 12:00"))
    await tom.edits("Changed in time.", message=unheard[1])
    group.clock.set(group.moment("Tue 08:02"))
    await jonas.edits("Changed too late.", message=heard)
    await aiko.edits("Changed as late.", message=unheard[0])
    await group.starts()
    await group.at("Tue 08:30")
    assert "Heard in time." in await jonas.presses("My result")
    late = await aiko.presses("My result")
    # A platform that keeps what the bot has not heard tells what she wrote first; others know the last text alone.
    assert "Written in time." in late or ("Changed as late." in late and "It was given after the reveal." in late)
    in_time = await tom.presses("My result")
    assert "Changed in time." in in_time
    assert "after the reveal" not in in_time


async def test_a_button_a_select_and_a_form_from_before_a_restart_work_after_it(group: AnyStage) -> None:
    await group.plans(PICKED, CHOSEN, OPEN)
    await group.at("Wed 09:00")
    tom = group.person("Tom")
    await tom.presses("Answer")
    await group.restarts()
    assert "Recorded: Typed before, sent after." in await tom.fills("Typed before, sent after.")
    assert "B" in await tom.presses("B", under="Reading a p-value")
    assert "A" in await tom.chooses("A", under="Select all that apply")


async def test_who_leaves_the_server_is_off_the_board_and_returns_with_the_points(group: AnyStage) -> None:
    await group.plans(PICKED)
    await group.at("Mon 09:00")
    await group.person("Jonas").presses("C")
    await group.at("Tue 08:00")
    await group.person("Jonas").leaves()
    assert "Jonas" not in await group.person("Mira").types("/board all")
    await group.person("Jonas").returns()
    await group.person("Jonas").types("/join")
    assert "12 points" in await group.person("Jonas").types("/board all")


async def test_me_tells_the_streak_with_its_rule_the_answers_and_what_comes_next(group: AnyStage) -> None:
    await group.plans(PICKED, NUMBER)
    await group.at("Mon 09:00")
    await group.person("Jonas").presses("C")
    await group.at("Wed 08:00")
    said = await group.person("Jonas").types("/me")
    assert "Streak: 1 day (longest 1 day)." in said
    assert "Freezes left in November: 1 of 2; used for 24 Nov." in said
    assert "How streaks count." in said
    assert "Statistics: 1 of 1 right" in said
    assert "Hardly known, with fewer than 4 graded answers:" in said
    assert "You are not in this group yet." in await group.person("Tom").types("/me")
