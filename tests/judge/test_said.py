"""Whoever sends a wrong program is told what to look at, in the words of the question."""

import pytest

from bot.judge import differs, said
from bot.judge.guest import NoQuery, _call_sql
from bot.judge.judging import judge
from bot.judge.runner import Runner
from bot.judge.task import Refused, Rule, Shape, Task
from tests.judge.tasks import DOUBLE, case, task

TABLES = {
    "runs": {"columns": "pipeline text, run integer", "rows": [["etl", 1]]},
    "jobs": {"columns": "id", "rows": []},
}
SQL = task(case(TABLES, gives=[["etl", 1], ["web", 2]]), shape=Shape.sql)
CACHE = task(case([2], ["put", "a"], ["keys"], ["put", "b"], gives=[None, [], None]), shape=Shape.of_class)
WANTED = "Wanted a function called “f”"


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("def F(x): pass\ndef g(x): pass", f"{WANTED}; found “F” and “g”. If you mean “F”, rename it."),
        ("from math import floor\ndef other(x): pass", f"{WANTED}; found “other”."),
        (
            "class Solution:\n    def f(self, x): pass",
            f"{WANTED}, outside of any class; found “Solution.f” inside of one.",
        ),
        ("f = 3", f"{WANTED}; the name is there, but it stands for a value of type int."),
        ("x = 3", f"{WANTED}; found no function and no class."),
    ],
)
async def test_a_program_without_the_entry_point_hears_what_there_is(bwrap: Runner, program: str, says: str) -> None:
    verdict = await judge(bwrap, DOUBLE, program)
    assert (verdict.refused, verdict.said) == (Refused.entry, says)


async def test_a_class_hears_which_methods_it_lacks_where_it_is_not_right(bwrap: Runner) -> None:
    lacking = await judge(bwrap, CACHE, "class f:\n    def __init__(self, n): pass\n    def Put(self, x): pass")
    assert lacking.said == "The class “f” has no method called “put” or “keys”. If you mean “Put” by “put”, rename it."
    assert lacking.outcomes[0].differs == "Call 1, put('a'), raises AttributeError; wanted None."
    by_another_way = "class f:\n    def __init__(self, n): self.put, self.keys = (lambda x: None), list"
    right = await judge(bwrap, CACHE, by_another_way)
    assert (right.right, right.said) == (True, "")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("selec 1", "It cannot be read at “selec” (line 1, character 1)."),
        ("select a from runs\n  where ) = (", "It cannot be read at “)” (line 2, character 9)."),
        ("select a t t from runs", "It cannot be read at “t” (line 1, character 12)."),
        ("select 'a from runs", "Is a quote left open? It cannot be read at “'a from runs” (line 1, character 8)."),
        ("select (1", "It ends too early: something is missing at its end, or a bracket is left open."),
        ("-- nothing", "It ends too early: something is missing at its end, or a bracket is left open."),
        ("select 1; select 2", "Wanted one statement; it has several."),
        ("select * from run", "There is no table called “run”. Do you mean “runs”?"),
        ("select * from t", "There is no table called “t”. There are “runs” and “jobs”."),
        ("select r.pipelines from runs r", "There is no column called “r.pipelines”. Do you mean “pipeline”?"),
        ("select stddev(run) from runs", "SQLite has no function called “stddev”."),
        ("select run from runs a, runs b", "Several tables have a column called “run”: say which one you mean."),
    ],
)
def test_a_query_that_is_none_is_told_in_plain_words_with_its_place(query: str, says: str) -> None:
    with pytest.raises(NoQuery) as refused:
        _call_sql(query, [TABLES])
    assert said.query(str(refused.value), refused.value.at, TABLES) == says


async def test_a_query_that_is_none_is_refused_and_one_that_fails_as_it_runs_is_not(bwrap: Runner) -> None:
    verdict = await judge(bwrap, SQL, "select pipeline from runs gruop by 1")
    assert (verdict.refused, verdict.outcomes) == (Refused.query, ())
    assert "“by”" in verdict.said
    running = await judge(bwrap, SQL, "select json(pipeline) from runs")
    assert running.outcomes[0].got == "raises OperationalError: malformed JSON"


def difference(got: object, want: object, of: Task) -> str:
    return differs.words(got, want, of)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "It gives no row; wanted 2."),
        ([["a", 1, 2]], "It gives 3 columns; wanted 2."),
        ([["b", 2], ["a", 1]], "The rows are right, but in another order."),
        ([[1, "a"], [2, "b"]], "The columns are right, but in another order."),
        ([["a", 1]], "It gives 1 row; wanted 2."),
        ([["a", 1], ["b", 3]], "1 of 2 rows differ, the first is row 2."),
        ([["a", 1], "b"], ""),
    ],
)
def test_wrong_rows_are_told_apart(rows: list[object], says: str) -> None:
    assert difference(rows, [["a", 1], ["b", 2]], SQL) == says


@pytest.mark.parametrize(
    ("got", "want", "says"),
    [
        (None, [1], "It gives None: is there a return on every way through it?"),
        (2.0, 2, "The number is right, but it is of type float; wanted int."),
        ({"t": [1, 2, 3]}, [3, 2, 1], "The items are right, but in another order."),
        ({"g": []}, [3], "It has 0 items; wanted 1."),
        ([1, 2, 3, 5], [1, 2, 3, 4], "The first item that differs stands at index 3: 5; wanted 4."),
        ("a", "b", ""),
    ],
)
def test_a_difference_that_is_not_seen_at_once_is_said(got: object, want: object, says: str) -> None:
    assert difference(got, want, DOUBLE) == says


def test_near_numbers_in_another_order_are_told_as_that() -> None:
    rows = task(case(TABLES, gives=[]), shape=Shape.sql, rule=Rule("approx", abs=1e-6))
    assert difference([[2.0000001], [1.0]], [[1.0], [2.0]], rows) == "The rows are right, but in another order."
