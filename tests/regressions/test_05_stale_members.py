"""Members who leave at an awkward moment: boards, reveals and reminders go on without them."""

from tests.stage import Stage


async def test_who_leaves_before_the_reveal_is_not_named_in_it_and_the_board_still_works(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("C")
    await group.at("Mon 10:00")
    await group.aiko.presses("C")
    await group.jonas.leaves()
    await group.at("Tue 08:00")
    assert "2 answered, 2 right" in group.in_thread()
    await group.aiko.types("/board all")
    assert not group.aiko.sees("Jonas")
    await group.jonas.returns()
    assert "12 points" in await group.jonas.presses("My result", under="Reading")


async def test_who_left_gets_no_reminder_and_no_message(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.jonas.types("/settings")
    await group.jonas.presses("Reminders and privacy")
    await group.jonas.fills(remind_posted="yes", remind_reveal="yes")
    await group.jonas.types("/leave")
    mark = len(group.transcript.lines)
    await group.at("Wed 10:00")
    assert [line for line in group.said_since(mark) if "to Jonas" in line] == []


async def test_an_organiser_who_left_organises_no_more(group: Stage) -> None:
    await group.mira.types("/leave")
    await group.jonas.types("/join")
    assert "organisers" in await group.jonas.types("/admin pause")
    mark = len(group.transcript.lines)
    await group.jonas.presses("Join")
    await group.at("Mon 09:00")
    await group.jonas.presses("Something wrong?")
    await group.jonas.fills(what="typo")
    assert [line for line in group.said_since(mark) if "to Mira" in line] == []


async def test_a_new_name_is_on_the_board_from_the_next_answer_on(group: Stage) -> None:
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    await group.jonas.presses("A")
    group.world.people[group.jonas.id].name = "Jona"
    await group.jonas.presses("C")
    await group.at("Tue 08:00")
    assert "First right: Jona." in group.in_thread()
