"""A plan repeats nothing before the bank is used up, gives nothing away, and chooses the same for the same."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bank.load import Bank
from bot.bank.plans import HORIZON, Served, choose, left
from bot.bank.schema import Question, parse_question
from bot.bank.taxonomy import Plan, Taxonomy, Week
from bot.bank.terms import Level, QuestionId
from tests.bank import items

MONDAY = date(2026, 11, 23)
YEAR = Plan.model_validate(
    {
        "schema": 1,
        "id": "year",
        "title": "Year",
        "description": "A year.",
        "weekdays": {"monday": ["theory"], "tuesday": ["algorithm", "sql"]},
    }
)
WEEKS = YEAR.model_copy(
    update={
        "weeks": (
            Week(title="Data", weekdays={"monday": ("sql",)}),
            Week(title="Cases", weekdays={"monday": ("case",)}),
        )
    }
)
ONCE = YEAR.model_copy(update={"repeat": False})
BASE = items.question(items.OPEN).model_dump(mode="json")
CATEGORIES = ("theory", "algorithm", "sql", "case")
SEEDS = st.text("abc", max_size=3)


def item(number: int, *, category: str = "case", level: str = "mid", excludes: Sequence[str] = ()) -> Question:
    """A question called `item-<number>`."""
    return parse_question(
        BASE | {"id": f"item-{number}", "category": category, "level": level, "excludes": list(excludes)}
    )


def bank_of(questions: Sequence[Question], private: Collection[str] = ()) -> Bank:
    """A bank of these questions."""
    return Bank(
        questions={question.key: question for question in questions},
        kits={},
        plans={},
        taxonomy=Taxonomy(schema=1),
        revision="0" * 12,
        private_ids=frozenset(QuestionId(key) for key in private),
    )


def run(bank: Bank, days: int, *, plan: Plan = YEAR, seed: str = "s", log: Sequence[Served] = ()) -> list[Served]:
    """The log after this many further days."""
    found = list(log)
    first = max((served.on for served in log), default=MONDAY - timedelta(days=1)) + timedelta(days=1)
    for number in range(days):
        on = first + timedelta(days=number)
        chosen = choose(bank=bank, plan=plan, seed=seed, level=Level.mid, on=on, log=found)
        found += [Served(on, key) for key in [chosen] if key is not None]
    return found


def pick(
    bank: Bank, on: date = MONDAY, *, seed: str = "s", level: Level = Level.mid, log: Sequence[Served] = ()
) -> str:
    """The id chosen for one date."""
    return str(choose(bank=bank, plan=YEAR, seed=seed, level=level, on=on, log=log))


BANKS = st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=25).map(
    lambda categories: [item(number, category=category) for number, category in enumerate(categories)]
)


@given(BANKS, SEEDS)
def test_nothing_repeats_before_the_bank_is_used_up(questions: list[Question], seed: str) -> None:
    served = [entry.question for entry in run(bank_of(questions), len(questions), seed=seed)]
    assert sorted(served) == sorted(question.key for question in questions)


@given(BANKS, st.integers(0, 24), st.integers(0, 5), st.integers(0, 5))
def test_nothing_repeats_though_items_come_and_go_midway(
    questions: list[Question], days: int, come: int, go: int
) -> None:
    log = run(bank_of(questions), min(days, len(questions)))
    after = questions[go:] + [item(100 + number) for number in range(come)]
    unused = [question.key for question in after if question.key not in {entry.question for entry in log}]
    added = run(bank_of(after), len(unused), log=log)[len(log) :]
    assert sorted(entry.question for entry in added) == sorted(unused)


@given(BANKS, st.integers(1, 60))
def test_no_question_is_ever_two_passes_ahead_of_another(questions: list[Question], days: int) -> None:
    counts = Counter(entry.question for entry in run(bank_of(questions), days))
    uses = [counts[question.key] for question in questions]
    assert max(uses) - min(uses) <= 1


@given(BANKS, SEEDS, st.integers(0, 400))
def test_the_same_inputs_give_the_same_choice(questions: list[Question], seed: str, days: int) -> None:
    on = MONDAY + timedelta(days=days)
    assert pick(bank_of(questions), on, seed=seed) == pick(bank_of(questions[::-1]), on, seed=seed)


@given(BANKS, SEEDS)
def test_removing_an_item_that_was_not_chosen_changes_nothing(questions: list[Question], seed: str) -> None:
    chosen = pick(bank_of(questions), seed=seed)
    fewer = [question for question in questions[1:] if question.id != chosen]
    kept = [question for question in questions if question.id == chosen]
    assert pick(bank_of(fewer + kept), seed=seed) == chosen


@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=12), SEEDS)
@settings(max_examples=40)
def test_what_excludes_another_is_never_within_a_fortnight_of_it(pairs: list[tuple[int, int]], seed: str) -> None:
    questions = [
        item(number, excludes=[f"item-{other}" for one, other in pairs if one == number and other != one])
        for number in range(40)
    ]
    days = {entry.question: entry.on for entry in run(bank_of(questions), 20, seed=seed)}
    apart = [
        abs((days[question.key] - days[QuestionId(other)]).days)
        for question in questions
        for other in question.excludes
        if question.key in days and other in days
    ]
    assert all(gap > HORIZON for gap in apart)


def test_what_is_planned_for_later_counts_as_near_too() -> None:
    bank = bank_of([item(0, excludes=["item-1"]), item(1), item(2)])
    planned = [Served(MONDAY + timedelta(days=3), QuestionId("item-0"))]
    assert {pick(bank, seed=str(seed), log=planned) for seed in range(20)} == {"item-2"}


@pytest.mark.parametrize(
    ("served", "kept"), [("item-0", {"item-2"}), ("item-1", {"item-2"}), ("item-2", {"item-0", "item-1"})]
)
def test_an_exclusion_holds_whichever_of_the_two_was_served_first(served: str, kept: set[str]) -> None:
    bank = bank_of([item(0, excludes=["item-1"]), item(1), item(2)])
    log = [Served(MONDAY - timedelta(days=1), QuestionId(served))]
    assert {pick(bank, seed=str(seed), log=log) for seed in range(30)} == kept


def test_an_exclusion_gives_way_when_nothing_else_is_left() -> None:
    bank = bank_of([item(0, excludes=["item-1"]), item(1)])
    assert len({entry.question for entry in run(bank, 2)}) == 2


def test_a_new_pass_does_not_begin_with_what_was_served_lately() -> None:
    bank = bank_of([item(number) for number in range(30)])
    log = run(bank, 60)
    last = {served.question: served.on for served in log[:30]}
    assert min((served.on - last[served.question]).days for served in log[30:45]) > HORIZON


def test_the_theme_of_the_weekday_wins() -> None:
    bank = bank_of([item(number, category=category) for number, category in enumerate(CATEGORIES)])
    chosen = {pick(bank, MONDAY, seed=str(seed)) for seed in range(20)}
    assert chosen == {"item-0"}


def test_the_second_category_stands_in_for_the_first() -> None:
    bank = bank_of([item(0, category="sql"), item(1, category="case")])
    assert {pick(bank, MONDAY + timedelta(days=1), seed=str(seed)) for seed in range(20)} == {"item-0"}


def test_any_category_stands_in_for_an_empty_theme() -> None:
    bank = bank_of([item(0, category="case"), item(1, category="sql")])
    assert {pick(bank, MONDAY, seed=str(seed)) for seed in range(20)} == {"item-0", "item-1"}


@pytest.mark.parametrize(
    ("days", "since", "wanted"),
    [
        (0, MONDAY, {"item-2"}),  # the first week asks for sql on a Monday
        (7, MONDAY, {"item-3"}),  # the second one for cases
        (14, MONDAY, {"item-0"}),  # after its weeks the plan goes on with its weekdays
        (1, MONDAY, {"item-1"}),  # a weekday that the week leaves out
        (7, MONDAY + timedelta(days=3), {"item-2"}),  # begun on a Thursday: the Monday after is still of week one
        (0, MONDAY + timedelta(days=3), {"item-0"}),  # before it began
        (0, None, {"item-0"}),  # nobody noted since when
    ],
)
def test_weeks_count_from_the_day_on_which_the_plan_was_taken(days: int, since: date | None, wanted: set[str]) -> None:
    bank = bank_of([item(number, category=category) for number, category in enumerate(CATEGORIES)])
    on = MONDAY + timedelta(days=days)
    chosen = {
        choose(bank=bank, plan=WEEKS, seed=str(seed), level=Level.mid, on=on, log=[], since=since) for seed in range(9)
    }
    assert chosen == wanted


@given(BANKS, SEEDS, st.integers(0, 30), st.integers(0, 30))
def test_weeks_repeat_nothing_and_are_chosen_again_the_same(
    questions: list[Question], seed: str, begun: int, days: int
) -> None:
    def served() -> list[QuestionId]:
        log: list[Served] = []
        for number in range(len(questions)):
            on = MONDAY + timedelta(days=days + number)
            since = MONDAY + timedelta(days=begun)
            key = choose(bank=bank_of(questions), plan=WEEKS, seed=seed, level=Level.mid, on=on, log=log, since=since)
            assert key is not None
            log.append(Served(on, key))
        return [entry.question for entry in log]

    assert sorted(served()) == sorted(question.key for question in questions)
    assert served() == served()


def test_private_questions_come_first() -> None:
    bank = bank_of([item(number) for number in range(10)], private=["item-7", "item-8"])
    assert {entry.question for entry in run(bank, 2)} == {"item-7", "item-8"}


def test_the_level_is_a_weight_and_not_a_filter() -> None:
    bank = bank_of([item(0, level="junior"), item(1, level="mid"), item(2, level="senior"), item(3, level="staff")])
    picked = Counter(pick(bank, seed=str(seed), level=Level.junior) for seed in range(4_000))
    shares = [round(picked[f"item-{number}"] / 500) for number in range(4)]
    assert shares == [4, 2, 1, 1]


def test_a_plan_that_does_not_repeat_ends() -> None:
    bank = bank_of([item(number) for number in range(3)])
    assert len(run(bank, 10, plan=ONCE)) == 3


def test_an_empty_bank_has_nothing_to_choose() -> None:
    assert choose(bank=bank_of([]), plan=YEAR, seed="s", level=Level.mid, on=MONDAY, log=[]) is None


def test_what_is_left_falls_to_none_at_the_end_of_a_pass_and_starts_again() -> None:
    bank = bank_of([item(number) for number in range(3)])
    assert [left(bank, run(bank, days)) for days in range(7)] == [3, 2, 1, 0, 2, 1, 0]
    twice = run(bank, 2)
    assert left(bank, [*twice, twice[0]]) == 1, "what an organiser asks again begins no new pass"


def test_an_edit_of_the_bank_moves_only_dates_not_yet_planned() -> None:
    questions = [item(number) for number in range(30)]
    planned = run(bank_of(questions), 14)
    assert run(bank_of([*questions, item(99)]), 5, log=planned)[:14] == planned
