"""Rounds of mock interviews and the live queue, told once and played on every platform."""

from datetime import timedelta

import pytest

from tests.platforms.conftest import AnyStage

CLOSES = "Mon 20:00"
EVENINGS = "Mon-Sun 18-22"


async def open_round(group: AnyStage, **settings: str) -> None:
    """A round that closes on Monday evening, in a group of four."""
    for name in ("Jonas", "Aiko", "Tom"):
        await group.person(name).types("/join")
    await group.person("Mira").types("/admin rounds weekday=Mon closes=20:00")
    for name, value in settings.items():
        await group.person("Mira").types(f"/admin rounds {name}={value}")
    await group.until(group.clock.now() + timedelta(seconds=5))


async def sign_up(group: AnyStage, *names: str, hours: str = EVENINGS) -> None:
    for name in names:
        await group.person(name).presses("Sign me up", under="who practises with whom")
        await group.person(name).fills(hours=hours)


async def test_a_round_is_signed_up_for_by_its_button_and_its_pairs_are_announced(group: AnyStage) -> None:
    await open_round(group)
    jonas = group.person("Jonas")
    assert jonas.sees("Mock interviews: who practises with whom this time?")
    asked = await jonas.presses("Sign me up")
    assert "When could you meet? (your own time zone)" in asked
    said = await jonas.fills(hours="Tue Thu 18-21, Sat morning", wanted="ml-coding")
    assert "You are signed up." in said
    assert "Your hours: Tue Thu 18:00-21:00, Sat 08:00-12:00 (Europe/Berlin)." in said
    assert "Wanted: ML coding - Given: any type" in await jonas.types("/mock prefs")
    await sign_up(group, "Aiko")
    await group.at(CLOSES)
    assert group.person("Tom").sees("Mock interviews: the pairs until")
    assert group.person("Tom").sees("Mock interviews: the pairs are announced.")
    assert not group.person("Tom").sees("18:00-21:00")


async def test_hours_that_cannot_be_read_are_asked_for_again(group: AnyStage) -> None:
    await open_round(group)
    tom = group.person("Tom")
    await tom.presses("Sign me up")
    assert "could not read “whenever”" in await tom.fills(hours="whenever")
    assert "Your hours: Mon 18:00-20:00" in await tom.fills(hours="Mon 18-20")


async def test_hours_are_chosen_from_a_list(group: AnyStage) -> None:
    await open_round(group)
    await group.person("Tom").presses("My preferences")
    said = await group.person("Tom").chooses("Mon-Fri evenings", "Saturday, 8")
    assert "Hours: Mon-Fri 18:00-22:00, Sat 08:00-12:00" in said


async def test_a_later_sign_up_is_one_press_also_after_a_restart(group: AnyStage) -> None:
    await open_round(group)
    await sign_up(group, "Jonas")
    jonas = group.person("Jonas")
    assert "You are off the round." in await jonas.presses("Take my name off")
    await group.restarts()
    assert "You are signed up." in await jonas.presses("Sign me up", under="who practises")
    assert "You are signed up for every round" in await jonas.presses("Every round")
    assert "You are in it." in await jonas.types("/mock status")


async def test_whoever_is_left_out_hears_it_in_private(group: AnyStage) -> None:
    await open_round(group)
    await sign_up(group, "Jonas", "Aiko")
    await sign_up(group, "Tom", hours="Wed 06-08")
    await group.at(CLOSES)
    assert group.person("Tom").sees("your hours and those of the others do not meet")
    assert group.person("Tom").sees("You are first in line next time.")
    assert not group.person("Jonas").sees("No partner this time")


async def test_a_block_is_chosen_from_a_list_and_only_its_author_reads_of_it(group: AnyStage) -> None:
    await open_round(group)
    await sign_up(group, "Jonas", "Aiko")
    await group.person("Jonas").types("/mock block")
    assert "You will not be paired with Aiko" in await group.person("Jonas").chooses("Aiko")
    await group.at(CLOSES)
    assert group.person("Aiko").sees("No partner this time")
    assert not group.person("Tom").sees("the pairs until")
    assert not any("block" in said or "not be paired" in said for said in group.person("Aiko").reads())
    await group.person("Jonas").types("/mock unblock")
    assert "You may be paired with Aiko again." in await group.person("Jonas").chooses("Aiko")


async def test_a_pause_asks_for_its_date_and_takes_one_off_the_round(group: AnyStage) -> None:
    await open_round(group)
    await sign_up(group, "Jonas", "Aiko")
    jonas = group.person("Jonas")
    await jonas.types("/mock prefs")
    said = await jonas.types("/mock pause 2026-12-24")
    assert "Paused until Thursday 24 December 2026" in said
    assert "You are not in it." in await jonas.types("/mock status")
    assert "You are no longer paused." in await jonas.presses("Go on now")


async def test_organisers_see_the_pairs_first_where_they_want_to(group: AnyStage) -> None:
    await group.person("Mira").types("/admin rounds approve=yes")
    await open_round(group)
    await sign_up(group, "Jonas", "Aiko")
    await group.at(CLOSES)
    assert group.person("Mira").sees("The pairs, to be approved")
    assert not group.person("Jonas").sees("to be approved")
    assert "Everybody is being paired once more" in await group.person("Mira").types("/admin round-rerun")
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert "Aiko, Jonas" in await group.person("Mira").types("/admin round-preview")
    assert "Announced: 1 pair." in await group.person("Mira").types("/admin round-approve")
    assert group.person("Tom").sees("Mock interviews: the pairs until")


async def test_two_who_have_time_now_find_each_other(group: AnyStage) -> None:
    await open_round(group)
    assert "You are in the live queue until" in await group.person("Jonas").types("/mock now")
    assert group.person("Tom").sees("Somebody has time for a mock interview now")
    assert "You have a partner: Jonas." in await group.person("Tom").presses("I have time now")
    assert group.person("Jonas").sees("You have a partner: Tom.")
    assert not group.person("Aiko").sees("You have a partner")


async def test_after_two_hours_of_waiting_one_hears_a_kind_word(group: AnyStage) -> None:
    await open_round(group)
    await group.person("Jonas").types("/mock now")
    await group.until(group.clock.now() + timedelta(hours=2, minutes=1))
    assert group.person("Jonas").sees("Nobody who fits had time in these two hours.")
    assert "You are in the live queue" in await group.person("Jonas").presses("Wait two hours more")
    assert "You are off the live queue." in await group.person("Jonas").presses("Stop waiting")


@pytest.mark.parametrize("away", ["/leave", "leaves"])
async def test_who_leaves_before_the_closing_time_is_not_paired(group: AnyStage, away: str) -> None:
    await open_round(group)
    await sign_up(group, "Jonas", "Aiko", "Tom")
    tom = group.person("Tom")
    await (tom.leaves() if away == "leaves" else tom.types(away))
    await group.at(CLOSES)
    assert group.person("Jonas").sees("Mock interviews: the pairs until")
    assert not tom.sees("No partner this time")


async def test_rounds_that_are_switched_off_are_called_off(group: AnyStage) -> None:
    await open_round(group)
    await sign_up(group, "Jonas")
    assert "No rounds of mock interviews." in await group.person("Mira").types("/admin rounds on=no")
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert group.person("Jonas").sees("was called off by an organiser")
    assert group.person("Tom").sees("this round does not take place")
