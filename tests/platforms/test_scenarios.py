"""What happens to a study group, told once and played on every platform."""

from tests.platforms.conftest import AnyStage


async def test_setting_up_opens_a_form_and_greets_the_channel(stage: AnyStage) -> None:
    said = await stage.sets_up()
    assert "The group is set up." in said
    assert "Zone: Europe/Berlin" in said
    assert stage.person("Aiko").sees("This is now a study group for machine-learning interviews.")


async def test_a_question_is_posted_with_a_thread_and_answered_by_button(group: AnyStage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    jonas = group.person("Jonas")
    assert len(group.questions) == 1
    assert "Recorded: C" in await jonas.presses("C")
    assert jonas.sees("Welcome to")
    assert "Recorded: A" in await jonas.presses("A")
    assert "Your answer: A" in await jonas.presses("My result")
    await group.at("Mon 09:30")
    assert "1 answered" in group.words_of(group.questions[0])
