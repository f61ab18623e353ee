"""What an answer says of its member: the direction, the size, and the uncertainty."""

import math
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bench.mastery import calibration_error, mastery, spearman
from bot.bench.sizes import Sizes
from bot.features.mastery import rules
from bot.features.mastery.rules import Ability, Evidence, Mastery, Topic, advice, difficulty_of, estimate

ON = date(2026, 11, 23)
AREAS = ("sql", "theory")


def met(right: bool, area: str = "sql", after: int = 0, **more: Any) -> Evidence:
    return Evidence(ON + timedelta(days=after), area, right, **more)


def of(*evidence: Evidence) -> dict[str, Mastery]:
    return {one.area: one for one in estimate(evidence, AREAS)}


answered = st.lists(
    st.builds(
        Evidence,
        on=st.dates(ON, ON + timedelta(days=60)),
        area=st.sampled_from(AREAS),
        right=st.booleans(),
        difficulty=st.integers(1, 5),
        floor=st.sampled_from([0.0, 0.25]),
        hints=st.integers(0, 3),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(evidence=answered)
def test_a_right_answer_raises_every_estimate_and_a_wrong_one_lowers_it(evidence: list[Evidence]) -> None:
    last = max((one.on for one in evidence), default=ON)
    before = of(*evidence)
    for right, sign in ((True, 1), (False, -1)):
        after = of(*evidence, Evidence(last, "sql", right))
        assert all(sign * (after[area].ability - before[area].ability) > 0 for area in AREAS)
        assert all(after[area].deviation < before[area].deviation for area in AREAS)
        moved = {area: abs(after[area].ability - before[area].ability) for area in AREAS}
        assert moved["sql"] >= moved["theory"] - 1e-9


def test_without_answers_the_estimate_is_the_middle_and_wide() -> None:
    nothing = of()["sql"]
    assert nothing.chance == pytest.approx(0.5)
    assert nothing.deviation == pytest.approx(math.hypot(rules.GENERAL, rules.OF_AREA))
    assert not nothing.known


def test_a_right_answer_says_more_where_it_is_hard_cannot_be_guessed_and_had_no_hints() -> None:
    plain = of(met(True))["sql"].ability
    assert of(met(True, difficulty=5))["sql"].ability > plain
    assert of(met(True, hints=3))["sql"].ability < plain
    assert of(Evidence(ON, "sql", right=True, floor=0.25))["sql"].ability < plain


def test_how_the_others_did_corrects_what_the_author_says() -> None:
    said, doubt = difficulty_of(met(True))
    hard, sure = difficulty_of(met(True, others=40, others_right=4))
    easy, _ = difficulty_of(met(True, others=40, others_right=36))
    assert said == pytest.approx(0, abs=1e-9)
    assert hard > 1 > -1 > easy
    assert sure < doubt
    assert doubt == pytest.approx(rules.RATED**2, rel=0.01)


def test_moments_are_those_of_a_fine_integral() -> None:
    ability = Ability(AREAS)
    one = Evidence(ON, "sql", right=True, difficulty=4, floor=0.25)
    mean, variance = ability.of("sql")
    difficulty, doubt = difficulty_of(one)
    ability.learn(one)
    # The same posterior by brute force: over the ability itself, with the doubt about the difficulty folded in.
    fine = [mean + math.sqrt(variance) * x / 200 for x in range(-1400, 1401)]
    wide = [difficulty + math.sqrt(doubt) * x / 10 for x in range(-50, 51)]

    def likely(at: float) -> float:
        weights = [math.exp(-((b - difficulty) ** 2) / (2 * doubt)) for b in wide]
        rights = [0.25 + 0.75 / (1 + math.exp(b - at)) for b in wide]
        return sum(w * r for w, r in zip(weights, rights, strict=True)) / sum(weights)

    weights = [math.exp(-((at - mean) ** 2) / (2 * variance)) * likely(at) for at in fine]
    centre = sum(w * at for w, at in zip(weights, fine, strict=True)) / sum(weights)
    spread = sum(w * (at - centre) ** 2 for w, at in zip(weights, fine, strict=True)) / sum(weights)
    assert list(ability.of("sql")) == pytest.approx([centre, spread], abs=0.01)


def test_what_is_known_fades_slowly() -> None:
    ability = Ability(AREAS)
    for number in range(20):
        ability.learn(met(True, after=number))
    sure = ability.of("sql")[1]
    ability.learn(met(True, after=400))
    assert ability.of("sql")[1] > sure


def test_simulated_members_are_ranked_nearly_as_they_are_and_forecasts_hold() -> None:
    figures = mastery(Sizes(learners=60, days=90))
    assert (figures["rank_correlation"] or 0) > 0.8
    assert (figures["rank_correlation_by_area"] or 0) > (figures["rank_correlation_by_area_of_plain_share"] or 1)
    assert (figures["calibration_error"] or 1) < 0.05
    assert 0.7 < (figures["inside_80_percent"] or 0) < 0.9
    assert (figures["brier"] or 1) < (figures["brier_of_base_rate"] or 0)


def test_rank_correlation_and_calibration_are_what_they_say() -> None:
    assert spearman([1, 2, 3], [10, 20, 90]) == pytest.approx(1)
    assert spearman([1, 2, 3, 3], [4, 3, 1, 1]) == pytest.approx(-1)
    assert calibration_error([(0.5, True), (0.5, False)] * 10) == pytest.approx(0)
    assert calibration_error([(0.9, False)] * 10) == pytest.approx(0.9)


# --- advice ---------------------------------------------------------------------------------------------------------


def test_advice_names_the_weakest_area_its_topics_first_and_what_is_not_known() -> None:
    def about(area: str, topic: str, *rights: bool) -> list[Evidence]:
        return [Evidence(ON, area, right, topics=(topic,)) for right in rights]

    evidence = [
        *about("sql", "joins", False, False, False),
        *about("sql", "windows", False, True),
        *about("theory", "trees", *[True] * 12, False),
        *about("llm", "attention", False),
    ]
    found = advice(evidence, estimate(evidence, ("sql", "theory", "llm", "algorithm")))
    assert found.weakest is not None
    assert found.weakest.area == "sql"
    assert found.topics == (Topic("joins", 0, 3), Topic("windows", 1, 2), Topic("attention", 0, 1))
    assert [one.area for one in found.unknown] == ["llm", "algorithm"]
    nothing = advice([], estimate([], AREAS))
    assert (nothing.weakest, nothing.compared, nothing.topics) == (None, False, ())


def test_an_area_is_called_the_weakest_only_where_there_is_evidence_for_it() -> None:
    def weakest(**rights: str) -> tuple[str | None, bool]:
        met = [Evidence(ON, area, each == "x") for area, line in rights.items() for each in line]
        found = advice(met, estimate(met, AREAS))
        return found.weakest.area if found.weakest else None, found.compared

    assert weakest(sql="xxxx") == (None, False)
    assert weakest(sql="----", theory="xx") == (None, False)  # nothing to hold it against
    assert weakest(sql="xxxx", theory="x" * 30) == (None, True)  # the lower one of two without a mistake
    assert weakest(sql="xxx-", theory="xxxx") == (None, True)  # one mistake is no evidence
    assert weakest(sql="-----x", theory="x" * 10) == ("sql", True)
