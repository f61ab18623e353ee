"""Kits, seats, stages and growth: the decisions that ask nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bank.load import Bank
from bot.bank.schema import Kit
from bot.core.dialect import Fenced, blocks
from bot.core.messages import Text
from bot.core.refs import GroupId, MemberId
from bot.features.appointments.rules import LENGTH, NOTICE, OFFERED, offered_times
from bot.features.feedback import rules as feedback
from bot.features.feedback import words
from bot.features.feedback.rules import Scored, Sort
from bot.features.feedback.store import Sheet, SheetId
from bot.features.interviews import rules
from bot.features.interviews import words as interview_words
from bot.features.interviews.rules import Fit, choose, extended, seats, stage
from bot.features.interviews.store import Turn, TurnId
from bot.features.sessions.rules import State
from bot.features.sessions.store import Session, SessionId
from bot.platforms.discord.render import render

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KIND = "ml-system-design"


def of_type(bank: Bank, kind: str) -> list[Kit]:
    return [kit for kit in bank.kits.values() if kit.type == kind]


def pick(bank: Bank, candidate: set[str] = set(), interviewer: set[str] = set(), **more: object) -> rules.Chosen | None:  # noqa: B006
    given = {"without": (), "level": "mid", "seed": "s", **more}
    return choose(
        bank.kits.values(),
        KIND,
        candidate_saw=candidate,
        interviewer_saw=interviewer,
        **given,  # type: ignore[arg-type]
    )


# --- kits -----------------------------------------------------------------------------------------------------------


def test_a_kit_that_neither_has_seen_comes_first(bank: Bank) -> None:
    own = of_type(bank, KIND)
    known = {kit.id for kit in own[1:]}
    chosen = pick(bank, interviewer=known)
    assert chosen is not None
    assert (chosen.kit.id, chosen.fit) == (own[0].id, Fit.fresh)


def test_then_one_that_the_candidate_has_not_seen(bank: Bank) -> None:
    own = of_type(bank, KIND)
    everything = {kit.id for kit in own}
    chosen = pick(bank, candidate=everything - {own[2].id}, interviewer=everything)
    assert chosen is not None
    assert (chosen.kit.id, chosen.fit) == (own[2].id, Fit.known)


def test_then_one_of_the_nearest_type_and_it_is_said(bank: Bank) -> None:
    chosen = pick(bank, candidate={kit.id for kit in of_type(bank, KIND)})
    assert chosen is not None
    assert (chosen.kit.type, chosen.fit) == (rules.NEAREST[KIND][0], Fit.near)


def test_at_last_one_from_before(bank: Bank) -> None:
    chosen = pick(bank, candidate=set(bank.kits))
    assert chosen is not None
    assert (chosen.kit.type, chosen.fit) == (KIND, Fit.again)


def test_a_kit_of_another_session_ahead_is_never_used(bank: Bank) -> None:
    assert pick(bank, without=set(bank.kits)) is None
    own = of_type(bank, KIND)
    chosen = pick(bank, candidate=set(bank.kits), without={kit.id for kit in own[1:]})
    assert chosen is not None
    assert chosen.kit.id == own[0].id


def test_the_level_decides_among_kits_that_are_as_new(bank: Bank) -> None:
    for level in ("junior", "mid", "senior", "staff"):
        chosen = pick(bank, level=level)
        assert chosen is not None
        apart = {
            kit.id: abs(rules.LEVELS.index(kit.level.value) - rules.LEVELS.index(level)) for kit in of_type(bank, KIND)
        }
        assert apart[chosen.kit.id] == min(apart.values())


def test_the_same_seed_draws_the_same_kit_and_others_draw_others(bank: Bank) -> None:
    drawn = {seed: pick(bank, seed=seed) for seed in map(str, range(40))}
    assert drawn == {seed: pick(bank, seed=seed) for seed in drawn}
    assert len({chosen.kit.id for chosen in drawn.values() if chosen}) > 1


def test_every_type_has_a_nearest_one_and_the_bank_has_kits_of_all(bank: Bank) -> None:
    assert set(rules.NEAREST) == {kit.type for kit in bank.kits.values()}
    for kind, near in rules.NEAREST.items():
        assert near
        assert kind not in near
        assert set(near) <= set(rules.NEAREST)


# --- seats and stages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3])
def test_everybody_interviews_once_and_is_a_candidate_once(count: int) -> None:
    people = [MemberId(n) for n in range(1, count + 1)]
    found = seats(people)
    assert found[0].interviewer == people[0]
    assert sorted(one.candidate for one in found) == people
    assert sorted(one.interviewer for one in found if one.interviewer) == people
    assert all(one.interviewer != one.candidate for one in found)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 12_000))
def test_a_stage_is_the_one_whose_time_it_is(minutes: list[int], seconds: int) -> None:
    found = stage(minutes, timedelta(seconds=seconds))
    before = sum(minutes[: found.phase]) * 60
    if seconds >= sum(minutes) * 60:
        assert found.over
        assert found.left == timedelta(0)
    else:
        assert before <= seconds < before + minutes[found.phase] * 60
        assert found.left == timedelta(seconds=before + minutes[found.phase] * 60 - seconds)


def test_a_stage_is_extended_by_half_an_hour_at_most() -> None:
    minutes: list[int] | None = [5, 10]
    times = 0
    while minutes is not None and (minutes := extended(minutes, [5, 10], 1, rules.EXTENDED_BY)) is not None:
        times += 1
    assert times == rules.MOST_EXTENDED // rules.EXTENDED_BY


def test_the_clock_stands_still_while_it_is_paused() -> None:
    assert rules.elapsed(90, None, NOW) == timedelta(seconds=90)
    assert rules.elapsed(90, NOW - timedelta(seconds=10), NOW) == timedelta(seconds=100)
    assert rules.elapsed(90, NOW + timedelta(seconds=10), NOW) == timedelta(seconds=90)


# --- times ----------------------------------------------------------------------------------------------------------

hours = st.integers(0, 24 * 9)


@given(st.lists(st.tuples(hours, st.integers(1, 12)), max_size=8), st.lists(hours, max_size=4))
def test_offered_times_fit_and_meet_nothing_else(stretches: list[tuple[int, int]], others: list[int]) -> None:
    shared = [(NOW + timedelta(hours=a), NOW + timedelta(hours=a + long)) for a, long in stretches]
    taken = [(NOW + timedelta(hours=a), NOW + timedelta(hours=a) + LENGTH) for a in others]
    times = offered_times(shared, LENGTH, NOW, taken=taken)
    assert len(times) <= OFFERED
    assert times == sorted(set(times))
    for start in times:
        assert start >= NOW + NOTICE
        assert any(begins <= start and start + LENGTH <= ends for begins, ends in shared)
        assert all(start + LENGTH <= begins or ends <= start for begins, ends in taken)


def test_the_times_are_on_days_of_their_own_where_there_are_enough() -> None:
    shared = [(NOW + timedelta(days=day), NOW + timedelta(days=day, hours=3)) for day in range(1, 6)]
    assert len({start.date() for start in offered_times(shared, LENGTH, NOW)}) == OFFERED
    one_day = [(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=6))]
    assert len(offered_times(one_day, LENGTH, NOW)) == OFFERED


# --- feedback -------------------------------------------------------------------------------------------------------


def test_every_rubric_is_asked_in_forms_that_every_platform_takes(bank: Bank) -> None:
    for kit in bank.kits.values():
        asked = feedback.asked_in(Sort.rubric, kit)
        planned = feedback.steps(Sort.rubric, asked)
        assert [one for step in planned for one in step] == list(asked)
        assert all(2 * len(step) <= 5 for step in planned)
    assert len(feedback.INTERVIEWING) + 2 == 5


def test_growth_compares_the_first_with_the_last() -> None:
    (one,) = feedback.growth([{"Framing": 1}, {"framing": 3}])
    assert (one.name, one.first, one.latest, one.times) == ("framing", 1, 3, 2)
    (many,) = feedback.growth([{"framing": score} for score in (1, 2, 2, 4)])
    assert (many.first, many.latest) == (1.5, 3.0)
    assert feedback.growth([]) == []


def test_the_whole_score_is_weighed_as_the_rubric_says(bank: Bank) -> None:
    kit = of_type(bank, KIND)[0]
    top = {one.dim: Scored(4, "x") for one in kit.rubric}
    assert feedback.average(kit, top) == 4
    heavy = max(kit.rubric, key=lambda one: one.weight)
    mixed = {**{one.dim: Scored(1, "x") for one in kit.rubric}, heavy.dim: Scored(4, "x")}
    assert feedback.average(kit, mixed) == pytest.approx(1 + 3 * heavy.weight / sum(one.weight for one in kit.rubric))
    assert feedback.average(kit, {}) is None


def test_every_program_in_a_brief_is_one_block_of_code(bank: Bank) -> None:
    at, one, other = datetime(2026, 11, 23, tzinfo=UTC), MemberId(1), MemberId(2)
    programs = 0
    for kit in bank.kits.values():
        turn = Turn(TurnId(1), SessionId(1), 1, kit.type, Fit.fresh, kit, (45,), one, other, None, at, None, 0, None)
        brief = interview_words.brief_of_interviewer(turn, "Aiko")
        spans = [part.spans for part in brief.parts if isinstance(part, Text)]
        read = [block for each in spans for block in blocks(each, lambda span: {"said": span}, str)]
        fenced = [block for block in read if isinstance(block, Fenced)]
        briefs = [kit.brief_candidate, *(said for said in kit.brief_interviewer.values() if isinstance(said, str))]
        assert len(fenced) == sum(said.count("```") for said in briefs) / 2, kit.id
        assert all(block.text.strip() for block in fenced), kit.id
        assert not any("```" in str(block) for block in read), kit.id
        programs += len(fenced)
    assert programs


def test_the_feedback_of_three_kits_fits_into_one_message_of_discord(bank: Bank) -> None:
    longest = sorted(bank.kits.values(), key=lambda kit: -len(kit.rubric))[:3]
    at, one, other = datetime(2026, 11, 23, tzinfo=UTC), MemberId(1), MemberId(2)
    turns = {
        n: Turn(TurnId(n), SessionId(1), n, kit.type, Fit.fresh, kit, (45,), one, other, None, at, None, 2_700, at)
        for n, kit in enumerate(longest, start=1)
    }
    own = [
        Sheet(
            SheetId(n), SessionId(1), TurnId(n), one, other, Sort.rubric, n > 1,
            {dimension.dim: Scored(3, "seen") for dimension in turn.kit.rubric}, "a strength", "a gap", None, None,
        )
        for n, turn in turns.items()
    ]  # fmt: skip
    session = Session(
        SessionId(1), GroupId(1), "loop", None, (), "partners", State.debrief, at, "uid", 0, 1, at, None, None, "open",
        (other, one), frozenset(), at,
    )  # fmt: skip
    overview = words.overview(session, own, turns, {one: "Jonas", other: "Tom"})
    render(overview)  # raises where there are more components than Discord takes in one message
    assert str(overview).count("'Send'") == 1
