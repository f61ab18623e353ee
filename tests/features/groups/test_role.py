"""The role that questions name: off at first, chosen by organisers, kept in every change of the post."""

from tests.stage import Stage


async def test_a_question_names_no_role_until_one_is_chosen(group: Stage) -> None:
    await group.at("Mon 09:00")
    assert "@" not in group.words_of(group.questions[-1])
    assert "Every question now names @mentors" in await group.mira.types("/admin role @mentors")
    await group.plans("reading-a-p-value")
    await group.at("Tue 09:00")
    assert group.words_of(group.questions[-1]).startswith("@mentors")
    await group.jonas.presses("C")
    await group.at("Tue 09:30")
    assert "1 answered" in group.words_of(group.questions[-1])
    assert group.words_of(group.questions[-1]).startswith("@mentors")
    # Whoever asks for the question in private names nobody.
    assert "@mentors" not in await group.jonas.types("/question")


async def test_a_button_ends_it_and_looking_at_it_does_not(group: Stage) -> None:
    await group.mira.types("/admin role mentors")
    assert "Every question names @mentors" in await group.mira.types("/admin role")
    assert await group.mira.presses("No role any more") == "Questions name no role."
    assert "Questions name no role. admin role with one" in await group.mira.types("/admin role")
    await group.mira.types("/admin role mentors")
    assert await group.mira.types("/admin role none") == "Questions name no role."
    await group.at("Mon 09:00")
    assert "@" not in group.words_of(group.questions[-1])
    assert "role none" in await group.mira.types("/admin log")


async def test_everybody_is_no_role(group: Stage) -> None:
    for word in ("@everyone", "here", "local"):
        assert "would notify everybody" in await group.mira.types(f"/admin role {word}")
    await group.at("Mon 09:00")
    assert "@" not in group.words_of(group.questions[-1])


async def test_only_organisers_choose_and_only_in_the_home(group: Stage) -> None:
    await group.jonas.types("/join")
    assert "organisers" in await group.jonas.types("/admin role mentors")
    assert "belongs to a place" in await group.mira.types("/admin role mentors", private=True)
