"""A round from its opening to its end, and everything that may happen in between."""

from datetime import timedelta

import pytest

from bot.features.appointments import store as appointments
from bot.features.rounds import store
from bot.features.rounds.rules import State
from bot.features.rounds.store import RoundId
from bot.features.sessions import store as sessions
from bot.features.sessions.store import SessionId
from tests.features.rounds.round import (
    CLOSES,
    GROUP,
    OPENS,
    did_not_come,
    id_of,
    newest,
    opened,
    owed,
    pairs,
    round_is_closed,
    round_is_open,
    signs_up,
    state,
)
from tests.stage import Stage

# --- opening and signing up -----------------------------------------------------------------------------------------


async def test_a_new_group_holds_a_round_every_week(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.at("Thu 18:00")
    assert "Mock interviews: who practises with whom this time? Sign up until Sun 29 Nov 18:00" in group.in_channel()
    first = await newest(group)
    assert (first.starts_at.isoformat(), first.ends_at.isoformat()) == (
        "2026-11-29T23:00:00+00:00",
        "2026-12-06T23:00:00+00:00",
    )
    await group.at("Sun 18:00")
    await group.at("Thu 18:00")
    assert (await newest(group)).closes_on - first.closes_on == timedelta(days=7)


async def test_the_first_sign_up_asks_what_one_wants_and_later_ones_are_one_press(group: Stage) -> None:
    await round_is_open(group)
    assert "When could you meet?" in await group.jonas.presses("Sign me up")
    said = await group.jonas.fills(hours="Tue Thu 18-21, Sat morning", wanted="ml-coding behavioural", level="senior")
    assert "You are signed up." in said
    assert "Your hours: Tue Thu 18:00-21:00, Sat 08:00-12:00 (Europe/Berlin)." in said
    await group.jonas.types("/mock leave")
    assert "You are signed up." in await group.jonas.presses("Sign me up", under="who practises")
    shown = await group.jonas.types("/mock prefs")
    assert "Hours: Tue Thu 18:00-21:00, Sat 08:00-12:00" in shown
    assert "Wanted: ML coding, Behavioural - Given: any type - Level: senior" in shown


async def test_hours_that_cannot_be_read_go_back_with_what_was_typed(group: Stage) -> None:
    await round_is_open(group)
    await group.jonas.types("/mock join")
    assert "could not read “whenever”" in await group.jonas.fills(hours="whenever")
    assert "You are signed up." in await group.jonas.fills(hours="Mon 18-20")


async def test_hours_are_chosen_from_a_list_as_well(group: Stage) -> None:
    await round_is_open(group, "Jonas")
    await group.jonas.types("/mock prefs")
    assert "Saved" in await group.jonas.chooses("Mon-Fri evenings", "Sunday, 8")
    assert "Hours: Mon-Fri 18:00-22:00, Sun 08:00-12:00" in await group.jonas.types("/mock prefs")


async def test_whoever_signs_up_from_outside_becomes_a_member(group: Stage) -> None:
    await round_is_open(group)
    kim = group.comes("Kim")
    assert "You are signed up." in await signs_up(kim)
    assert await id_of(group, "Kim")


async def test_signing_up_twice_is_one_sign_up_and_the_post_counts(group: Stage) -> None:
    await round_is_open(group, "Jonas")
    assert "You are signed up already." in await group.jonas.types("/mock join")
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert "1 signed up" in group.in_channel()


async def test_hours_that_are_shorter_than_a_session_are_said_to_be(group: Stage) -> None:
    await round_is_open(group)
    said = await signs_up(group.jonas, "Mon 18:00-18:45")
    assert "None of these stretches is as long as a session, which takes 60 minutes." in said


async def test_another_zone_of_the_group_moves_the_next_opening(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.mira.types("/setup")
    await group.mira.fills(zone="Asia/Tokyo")
    await group.at("Thu 10:01")
    assert "Mock interviews: who practises with whom this time?" in group.in_channel()


async def test_a_group_of_one_has_no_round(group: Stage) -> None:
    await group.at("Thu 18:00")
    assert "Mock interviews" not in group.in_channel()
    assert "No round is open now; the next one opens Thu 03 Dec 18:00." in await signs_up(group.mira)


async def test_a_round_that_would_be_open_for_less_than_half_a_day_is_left_out(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.away("Sun 07:00")
    await group.at("Sun 17:00")
    assert "Mock interviews" not in group.in_channel()
    await group.at("Thu 18:00")
    assert "Sign up until Sun 06 Dec 18:00" in group.in_channel()


async def test_a_round_opens_late_after_an_absence(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.away("Sat 07:00")
    await group.at("Sat 07:01")
    assert "Sign up until Sun 29 Nov 18:00" in group.in_channel()


async def test_a_paused_group_opens_no_round(group: Stage) -> None:
    await group.jonas.types("/join")
    await group.mira.types("/admin pause")
    await group.at("Fri 12:00")
    assert "Mock interviews" not in group.in_channel()


# --- pairing and announcing -----------------------------------------------------------------------------------------


async def test_at_the_closing_time_everybody_has_a_partner_and_a_session(group: Stage) -> None:
    await round_is_closed(group, "Mira", "Jonas", "Aiko", "Tom")
    assert await state(group) is State.announced
    found = await pairs(group)
    assert sorted(name for pair in found for name in pair) == ["Aiko", "Jonas", "Mira", "Tom"]
    assert "Mock interviews: the pairs until Tue 01 Dec 00:00" in group.in_channel()
    assert "Mock interviews: the pairs are announced." in group.in_channel()
    first, second = await opened(group)
    assert (first.source, first.source_id, first.state) == ("round", (await newest(group)).id, "proposed")
    assert "You have not practised together before." in first.why
    assert second.second_kind


async def test_an_odd_one_makes_a_pair_three(group: Stage) -> None:
    await round_is_closed(group, "Jonas", "Aiko", "Tom")
    (three,) = await pairs(group)
    assert sorted(three) == ["Aiko", "Jonas", "Tom"]
    (session,) = await opened(group)
    assert any(line.startswith("You are three") for line in session.why)


async def test_three_are_offered_times_that_leave_room_for_three_interviews(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko", "Tom", hours="Tue Wed 18-20:30, Thu 18-20")
    await group.at(CLOSES)
    (session,) = await opened(group)
    offered = await group.read(appointments.offered, await group.read(sessions.get, SessionId(session.id)))
    starts = [one.at.astimezone(group.zone) for one in offered]
    assert [f"{at:%a %H:%M}" for at in starts] == ["Tue 18:00", "Wed 18:00"]


async def test_whoever_has_no_partner_hears_why_and_is_first_next_time(group: Stage) -> None:
    await round_is_open(group)
    await signs_up(group.jonas, "Mon 18-20")
    await signs_up(group.aiko, "Mon 18-20")
    await signs_up(group.tom, "Tue 06:00-08:00")
    await group.at(CLOSES)
    assert group.tom.sees("No partner this time, in the study group: your hours and those of the others do not meet")
    assert group.tom.sees("You are first in line next time.")
    assert not group.jonas.sees("No partner this time")
    assert (await owed(group, "Tom"), await owed(group, "Jonas")) == (1, 0)
    assert "You come first when the next pairs are made." in await group.tom.types("/mock status")
    await group.at(OPENS)
    for who in (group.jonas, group.aiko, group.tom):
        await who.types("/mock prefs")
        await who.presses("Change")
        await who.fills(hours="Mon 18-20")
    await group.mira.types("/mock join")
    await group.mira.fills(hours="Mon 18-19")
    for who in (group.jonas, group.aiko, group.tom):
        await who.types("/mock join")
    await group.at(CLOSES)
    assert any("Tom" in pair for pair in await pairs(group))
    assert await owed(group, "Tom") == 0


async def test_two_who_met_last_week_are_not_paired_again_where_others_fit(group: Stage) -> None:
    await round_is_open(group, "Mira", "Jonas", "Aiko", "Tom")
    for who in (group.mira, group.jonas, group.aiko, group.tom):
        await who.types("/mock join every=yes")
    for _ in range(3):
        await group.at(CLOSES)
        await group.at(OPENS)
    met = [frozenset(pair) for pair in await pairs(group)]
    assert len(met) == len(set(met)) == 6


async def test_the_announcement_says_nothing_private_and_does_not_name_who_hides(group: Stage) -> None:
    await round_is_open(group)
    await signs_up(group.jonas, "Mon 18:05-20:05", wanted="negotiation", language="Klingon")
    await signs_up(group.aiko, "Mon 18:05-20:05")
    await group.mira.types("/settings seen_by=nobody")
    await signs_up(group.mira, "Wed 18-20")
    await signs_up(group.tom, "Wed 18-20")
    await group.at(CLOSES)
    assert "2 others have been told in private" in group.in_channel()
    for private in ("18:05", "Negotiation", "Klingon", "Mira", group.mira.id):
        assert private not in group.in_channel()
    assert not group.tom.sees("18:05")


async def test_a_round_for_which_nobody_signs_up_is_cancelled_without_noise(group: Stage) -> None:
    await round_is_open(group)
    await group.at(CLOSES)
    assert await state(group) is State.cancelled
    assert "this round does not take place" in group.in_channel()


async def test_somebody_alone_hears_that_nobody_else_signed_up(group: Stage) -> None:
    await round_is_closed(group, "Jonas")
    assert group.jonas.sees("No partner this time, in the study group: nobody else signed up.")
    assert await state(group) is State.announced
    assert "the pairs until" not in group.in_channel()


async def test_a_round_ends_with_its_week(group: Stage) -> None:
    await round_is_closed(group, "Jonas", "Aiko")
    await group.until((await group.read(store.get, RoundId(1))).ends_at + timedelta(seconds=5))
    assert (await group.read(store.get, RoundId(1))).state is State.done


async def test_a_round_whose_closing_time_passed_in_an_absence_is_announced_late_with_days_enough(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    await group.away("2026-11-30 12:00")
    await group.at("2026-11-30 12:01")
    late = await group.read(store.get, RoundId(1))
    assert late.state is State.announced
    assert late.ends_at - group.clock.now() > timedelta(days=2, hours=23)
    assert len(await pairs(group)) == 1


# --- leaving, pausing, blocking -------------------------------------------------------------------------------------


async def test_who_takes_their_name_off_before_closing_is_not_paired(group: Stage) -> None:
    await round_is_open(group, "Mira", "Jonas", "Aiko")
    assert "You are off the round." in await group.aiko.types("/mock leave")
    await group.at(CLOSES)
    assert [set(pair) for pair in await pairs(group)] == [{"Mira", "Jonas"}]
    assert not group.aiko.sees("No partner this time")


async def test_who_leaves_the_group_or_the_workspace_before_closing_is_not_paired(group: Stage) -> None:
    await round_is_open(group, "Mira", "Jonas", "Aiko", "Tom")
    await group.aiko.types("/leave")
    await group.tom.leaves()
    await group.at(CLOSES)
    assert [set(pair) for pair in await pairs(group)] == [{"Mira", "Jonas"}]


async def test_a_pause_takes_one_off_the_round_and_a_sign_up_ends_it(group: Stage) -> None:
    await round_is_open(group, "Mira", "Jonas", "Aiko")
    said = await group.aiko.types("/mock pause 2026-12-10")
    assert "Paused until Thursday 10 December 2026; what you have set is kept. You are off the round" in said
    assert "paused until 2026-12-10" in await group.aiko.types("/mock prefs")
    assert "You are signed up." in await group.aiko.types("/mock join")
    assert "paused" not in await group.aiko.types("/mock prefs")
    await group.aiko.types("/mock pause 2026-12-10")
    said = await group.aiko.types("/mock status")
    assert "You are not in it. - The next round opens" in said
    assert "You are paused until Thursday 10 December 2026." in said
    assert "You are no longer paused." in await group.aiko.types("/mock resume")
    assert "You are not paused." in await group.aiko.types("/mock resume")


async def test_a_pause_has_a_date_ahead(group: Stage) -> None:
    await group.jonas.types("/join")
    for until in ("2026-11-23", "2028-11-23"):
        assert "Wanted a date after" in await group.jonas.types(f"/mock pause {until}")


async def test_who_is_in_every_round_is_signed_up_by_itself_except_while_paused(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    assert "You are signed up for every round" in await group.jonas.presses("Every round")
    await group.aiko.types("/mock join yes")
    await group.aiko.types("/mock pause 2026-12-02")
    await group.at(CLOSES)
    said = await group.aiko.types("/mock status")
    assert "You are signed up for every round" in said
    assert "Sign me up" not in said
    await group.at(OPENS)
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert "1 signed up" in group.in_channel()
    assert "You are in it." in await group.jonas.types("/mock status")
    assert "You are not in it." in await group.aiko.types("/mock status")
    await group.at(CLOSES)
    await group.at(OPENS)
    assert "You are in it." in await group.aiko.types("/mock status")


async def test_two_of_whom_one_has_blocked_the_other_are_never_paired_and_nobody_hears_of_it(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    assert "You will not be paired with Aiko. They are not told" in await group.jonas.types("/mock block aiko")
    await group.at(CLOSES)
    assert await pairs(group) == []
    assert group.aiko.sees("No partner this time, in the study group: no two of those who signed up")
    assert not group.aiko.sees("paired among themselves")
    assert not group.aiko.sees("block")
    assert "Mock interviews: there is no pair this time." in group.in_channel()
    said = await group.jonas.types("/mock status")
    assert "The round is over, and there was no pair in it. 2 signed up." in said
    assert "The next round opens Fri 27 Nov 20:00" in said
    assert "Aiko" not in group.in_channel()


async def test_somebody_is_blocked_from_a_list_and_the_block_is_taken_back(group: Stage) -> None:
    await round_is_open(group)
    await group.tom.types("/settings seen_by=nobody")
    shown = await group.jonas.types("/mock block")
    assert "<Aiko>" in shown
    assert "Tom" not in shown
    assert "You will not be paired with Aiko" in await group.jonas.chooses("Aiko")
    assert "Never paired with: 1 of the group" in await group.jonas.types("/mock prefs")
    assert "Aiko" not in await group.jonas.types("/mock block")
    assert "<Aiko>" in await group.jonas.types("/mock unblock")
    assert "You may be paired with Aiko again." in await group.jonas.chooses("Aiko")
    assert "You have blocked nobody." in await group.jonas.types("/mock unblock")


async def test_a_name_that_nobody_has_is_answered_with_those_near(group: Stage) -> None:
    await round_is_open(group)
    assert "got “Aikko”. Did you mean Aiko?" in await group.jonas.types("/mock block Aikko")
    assert "That is you" in await group.jonas.types("/mock block Jonas")
    assert "You have not blocked “Aiko”." in await group.jonas.types("/mock unblock Aiko")
    # Who hides stands in no list, and yet is never met by whoever names them.
    await group.tom.types("/settings seen_by=nobody")
    assert "You will not be paired with Tom" in await group.jonas.types("/mock block Tom")
    assert "You have blocked “tom” already." in await group.jonas.types("/mock block tom")
    assert "You have not blocked “Tm”. Did you mean Tom?" in await group.jonas.types("/mock unblock Tm")


async def test_after_the_pairs_are_announced_a_name_cannot_be_taken_off(group: Stage) -> None:
    await round_is_closed(group, "Jonas", "Aiko")
    assert "You are in no round that can still be left." in await group.jonas.types("/mock leave")
    assert len(await pairs(group)) == 1
    said = await group.jonas.types("/mock status")
    assert "You had a partner in it; how that stands is below." in said
    assert ", with Aiko: looking for a time." in said
    assert "Take my name off" not in said
    await group.aiko.types("/mock cancel")
    await group.aiko.fills("")
    assert "You had a partner in it, and that is over now." in await group.jonas.types("/mock status")


# --- approval -------------------------------------------------------------------------------------------------------


async def in_preview(group: Stage, *names: str) -> None:
    async def preview() -> None:
        await group.mira.types("/admin rounds approve=yes")
        await round_is_open(group, *names)
        await group.at(CLOSES)

    await group.reaches(f"pairs of {names} to be approved", preview)
    assert await state(group) is State.preview


async def test_organisers_see_the_pairs_first_and_announce_them(group: Stage) -> None:
    await in_preview(group, "Jonas", "Aiko")
    assert group.mira.sees("The pairs, to be approved - Aiko, Jonas")
    assert not group.jonas.sees("to be approved")
    assert await pairs(group) == []
    assert "to be approved - Aiko, Jonas" in await group.mira.types("/admin round-preview")
    assert "This is for the group's organisers." in await group.jonas.types("/admin round-approve")
    assert "Announced: 1 pair." in await group.mira.presses("Announce them")
    assert (await state(group), len(await pairs(group))) == (State.announced, 1)
    await group.until(group.clock.now() + timedelta(seconds=10))
    last = [said for said in group.mira.reads() if "Without your word they are announced after a day." in said]
    assert ["[Announce them]" in said for said in last] == [False]  # nothing waits for a word any more
    assert "There is no round now" in await group.mira.types("/admin round-approve")


async def test_pairs_that_nobody_approves_are_announced_after_a_day(group: Stage) -> None:
    await in_preview(group, "Jonas", "Aiko")
    await group.at("Tue 19:59")
    assert await state(group) is State.preview
    await group.at("Tue 20:00")
    assert (await state(group), len(await pairs(group))) == (State.announced, 1)
    assert "announced without approval" in await group.mira.types("/admin log")


async def test_organisers_have_everybody_paired_once_more_with_another_lot(group: Stage) -> None:
    await in_preview(group, "Mira", "Jonas", "Aiko", "Tom")
    before = await newest(group)
    assert "once more" in await group.mira.types("/admin round-rerun")
    await group.until(group.clock.now() + timedelta(seconds=10))
    after = await newest(group)
    assert after.state is State.preview
    last = [said for said in group.mira.reads() if "Without your word they are announced after a day." in said]
    assert ["[Announce them]" in said for said in last] == [False, True]
    assert after.lot != before.lot
    assert after.attempt == before.attempt + 1
    assert await pairs(group) == []


@pytest.mark.parametrize("act", ["/mock leave", "/leave", "/mock pause 2027-01-01", "/mock block Aiko"])
async def test_pairs_that_hold_no_more_are_made_anew_before_they_are_announced(group: Stage, act: str) -> None:
    await in_preview(group, "Jonas", "Aiko")
    await group.jonas.types(act)
    await group.mira.types("/admin round-approve")
    await group.until(group.clock.now() + timedelta(days=2))
    assert await pairs(group) == []
    assert group.aiko.sees("No partner this time")


async def test_organisers_see_how_it_would_be_while_a_round_is_open(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    assert "as they would be now - Aiko, Jonas" in await group.mira.types("/admin round-preview")
    assert "No pairs wait for your word" in await group.mira.types("/admin round-approve")
    assert "No pairs wait for your word" in await group.mira.types("/admin round-rerun")
    assert await state(group) is State.open


async def test_where_no_round_is_there_is_nothing_to_preview(group: Stage) -> None:
    assert "There is no round now" in await group.mira.types("/admin round-preview")


# --- the schedule ---------------------------------------------------------------------------------------------------


async def test_organisers_set_when_rounds_close(group: Stage) -> None:
    await group.jonas.types("/join")
    said = await group.mira.types("/admin rounds weekday=Wed closes=20:00 minutes=90")
    assert "close every Wed at 20:00 (Europe/Berlin). - A session takes 90 minutes." in said
    assert "The next round opens Sun 29 Nov 20:00." in said  # that of this week would be open already
    assert "This is for the group's organisers." in await group.jonas.types("/admin rounds on=no")
    await group.at("Mon 12:00")
    assert "Sign up until" not in group.in_channel()
    await group.at("Sun 20:00")
    assert "Sign up until Wed 02 Dec 20:00" in group.in_channel()
    # A round that is open follows, so that there are never two to sign up for.
    said = await group.mira.types("/admin rounds weekday=Fri approve=yes")
    assert "The round that is open closes Fri 04 Dec 20:00. - The next round opens Tue 08 Dec 20:00." in said
    await group.until(group.clock.now() + timedelta(seconds=10))
    assert "Sign up until Fri 04 Dec 20:00" in group.in_channel()
    assert "Sign up until Wed" not in group.in_channel()
    assert (await newest(group)).approve


async def test_a_schedule_that_makes_no_sense_is_refused(group: Stage) -> None:
    for given, wanted in (
        ("minutes=5", "30 to 180 minutes"),
        ("weekday=Mon-Fri", "Wanted one day"),
        ("closes=25:00", "Wanted a time"),
    ):
        assert wanted in await group.mira.types(f"/admin rounds {given}")


async def test_rounds_that_are_switched_off_cancel_the_open_one_and_tell_who_signed_up(group: Stage) -> None:
    await round_is_open(group, "Jonas")
    assert "No rounds of mock interviews." in await group.mira.types("/admin rounds on=no")
    assert await state(group) is State.cancelled
    assert group.jonas.sees("was called off by an organiser")
    assert "This group holds no rounds" in await group.jonas.types("/mock join")
    await group.at("Tue 12:00")
    assert (await newest(group)).id == 1
    await group.mira.types("/admin rounds on=yes")
    await group.at(OPENS)
    assert (await newest(group)).id == 2


# --- reliability ----------------------------------------------------------------------------------------------------


async def test_who_missed_two_sessions_waits_for_one_round_and_nobody_else_hears_why(group: Stage) -> None:
    await round_is_open(group, "Jonas", "Aiko")
    for _ in range(2):
        for who in (group.jonas, group.aiko):
            await who.types("/mock join")
        await group.at(CLOSES)
        await did_not_come(group, "Jonas")
        await group.at(OPENS)
    for who in (group.jonas, group.aiko, group.tom):
        await signs_up(who) if who is group.tom else await who.types("/mock join")
    await group.at(CLOSES)
    assert group.jonas.sees("you missed more than one session lately, so you wait for one round")
    assert [set(pair) for pair in (await pairs(group))[2:]] == [{"Aiko", "Tom"}]
    assert not group.aiko.sees("missed")
    assert await owed(group, "Jonas") == 0
    await group.at(OPENS)
    for who in (group.jonas, group.aiko):
        await who.types("/mock join")
    await group.at(CLOSES)
    assert {"Jonas", "Aiko"} in [set(pair) for pair in await pairs(group)]


async def test_who_was_let_down_is_put_first(group: Stage) -> None:
    await round_is_closed(group, "Jonas", "Aiko")
    member, now = await id_of(group, "Aiko"), group.clock.now() + timedelta(days=1)
    mine = sessions.session_people.c.member_id == member
    update = sessions.session_people.update().where(mine).values(let_down_at=now)
    await group.app.work.run(lambda tx: tx.execute(update).rowcount)
    await group.at(OPENS)
    assert "You come first when" in await group.aiko.types("/mock status")
    assert "You come first when" not in await group.jonas.types("/mock status")
    assert (await group.read(sessions.let_down, GROUP, now - timedelta(days=1))) == {member}
