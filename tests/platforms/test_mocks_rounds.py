"""Rounds of mock interviews and the live queue, told once and played on every platform."""

from datetime import timedelta

from tests.features.rounds.round import opens_now
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
    await group.app.work.run(opens_now, group.clock.now())
    await group.until(group.clock.now() + timedelta(seconds=5))


async def sign_up(group: AnyStage, *names: str, hours: str = EVENINGS) -> None:
    for name in names:
        await group.person(name).presses("Sign me up", under="who practises with whom")
        await group.person(name).fills(hours=hours)


async def test_a_round_from_its_button_to_its_pairs(group: AnyStage) -> None:
    await open_round(group)
    jonas, aiko, tom = (group.person(name) for name in ("Jonas", "Aiko", "Tom"))
    assert jonas.sees("Mock interviews: who practises with whom this time?")
    asked = await jonas.presses("Sign me up")
    assert "When could you meet? (your own time zone)" in asked
    assert "could not read “whenever”" in await jonas.fills(hours="whenever")
    said = await jonas.fills(hours="Tue Thu 18-21, Sat morning", wanted="ml-coding")
    assert "You are signed up." in said
    assert "Your hours: Tue Thu 18:00-21:00, Sat 08:00-12:00 (Europe/Berlin)." in said
    assert "Wanted: ML coding - Given: any type" in await jonas.types("/mock prefs")
    # A later sign-up is one press, also after a restart.
    assert "You are off the round." in await jonas.presses("Take my name off", under="You are signed up.")
    await group.restarts()
    assert "You are signed up." in await jonas.presses("Sign me up", under="who practises")
    assert "You are signed up for every round" in await jonas.presses("Every round")
    assert "You are in it." in await jonas.types("/mock status")
    await sign_up(group, "Aiko")
    await sign_up(group, "Tom", hours="Wed 06-08")
    await group.at(CLOSES)
    assert tom.sees("Mock interviews: the pairs until")
    assert tom.sees("Mock interviews: the pairs are announced.")
    assert not tom.sees("18:00-21:00")
    # Who is left out hears it in private, with the reason.
    assert tom.sees("your hours and those of the others do not meet")
    assert tom.sees("You are first in line next time.")
    assert not aiko.sees("No partner this time")


async def test_hours_and_blocks_are_chosen_from_lists_and_only_their_author_reads_of_them(group: AnyStage) -> None:
    await open_round(group)
    jonas, aiko = group.person("Jonas"), group.person("Aiko")
    await jonas.presses("My preferences")
    said = await jonas.chooses("Mon-Fri evenings", "Saturday, 8")
    assert "Hours: Mon-Fri 18:00-22:00, Sat 08:00-12:00" in said
    await jonas.presses("Sign me up", under="who practises with whom")
    await sign_up(group, "Aiko")
    await jonas.types("/mock block")
    assert "You will not be paired with Aiko" in await jonas.chooses("Aiko")
    said = await aiko.types("/mock pause 2026-12-24")
    assert "Paused until Thursday 24 December 2026" in said
    assert "You are not in it." in await aiko.types("/mock status")
    assert "You are no longer paused." in await aiko.presses("Go on now")
    assert "You are signed up." in await aiko.types("/mock join")
    await group.at(CLOSES)
    assert aiko.sees("No partner this time")
    assert not group.person("Tom").sees("the pairs until")
    assert not any("block" in said or "not be paired" in said for said in aiko.reads())
    await jonas.types("/mock unblock")
    assert "You may be paired with Aiko again." in await jonas.chooses("Aiko")


async def test_organisers_see_the_pairs_first_where_they_want_to_and_may_call_rounds_off(group: AnyStage) -> None:
    mira = group.person("Mira")
    await mira.types("/admin rounds approve=yes")
    await open_round(group)
    await sign_up(group, "Jonas", "Aiko")
    await group.at(CLOSES)
    assert mira.sees("The pairs, to be approved")
    assert not group.person("Jonas").sees("to be approved")
    assert "Everybody is being paired once more" in await mira.types("/admin round-rerun")
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert "Aiko, Jonas" in await mira.types("/admin round-preview")
    assert "Announced: 1 pair." in await mira.types("/admin round-approve")
    assert group.person("Tom").sees("Mock interviews: the pairs until")
    await group.at("Fri 20:00")
    await group.person("Jonas").types("/mock join")
    assert "No rounds of mock interviews." in await mira.types("/admin rounds on=no")
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert group.person("Jonas").sees("was called off by an organiser")
    assert group.person("Tom").sees("this round does not take place")


async def test_two_who_have_time_now_find_each_other_and_who_waits_in_vain_hears_a_kind_word(group: AnyStage) -> None:
    await open_round(group)
    jonas, aiko, tom = (group.person(name) for name in ("Jonas", "Aiko", "Tom"))
    assert "You are in the live queue until" in await jonas.types("/mock now")
    assert tom.sees("Somebody has time for a mock interview now")
    assert "You have a partner: Jonas." in await tom.presses("I have time now")
    assert jonas.sees("You have a partner: Tom.")
    assert not aiko.sees("You have a partner")
    await aiko.types("/mock now")
    await group.until(group.clock.now() + timedelta(hours=2, minutes=1))
    assert aiko.sees("Nobody who fits had time in these two hours.")
    assert "You are in the live queue" in await aiko.presses("Wait two hours more")
    assert "You are off the live queue." in await aiko.presses("Stop waiting")


async def test_who_leaves_the_group_or_the_workspace_before_the_closing_time_is_not_paired(group: AnyStage) -> None:
    await open_round(group)
    await sign_up(group, "Mira", "Jonas", "Aiko", "Tom")
    await group.person("Tom").types("/leave")
    await group.person("Aiko").leaves()
    await group.at(CLOSES)
    assert group.person("Jonas").sees("Mock interviews: the pairs until")
    assert not group.person("Jonas").sees("No partner this time")
    assert not group.person("Tom").sees("No partner this time")
