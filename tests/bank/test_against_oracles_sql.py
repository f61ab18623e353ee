"""The SQL questions, held against SQLite: reference solutions on drawn tables, keys on the statement of the prompt."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bank.schema import Numeric
from tests.bank.programs import question, solution

often = settings(max_examples=80)
Table = tuple[str, Iterable[Sequence[object]]]  # columns, rows


def answered(statement: str, **tables: Table) -> list[dict[str, Any]]:
    """What SQLite answers to a statement."""
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    for name, (columns, rows) in tables.items():
        database.execute(f"CREATE TABLE {name} ({columns})")
        database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in columns.split(','))})", rows)
    answer = [dict(row) for row in database.execute(statement)]
    database.close()
    return answer


def statement_of(id: str) -> str:
    """The SQL statement in the prompt of a question."""
    [statement] = re.findall(r"```sql\n(.*?)```", question(id).prompt, re.DOTALL)
    return str(statement)


maybe = st.none() | st.integers(-5, 5)
movements = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4), maybe), max_size=10)


@often
@given(movements, st.randoms(use_true_random=False))
def test_window_columns_are_sqlites(drawn: list[tuple[Any, ...]], random: Any) -> None:
    rows = [(id, *rest) for id, rest in enumerate(drawn)]
    random.shuffle(rows)
    statement = """
        SELECT *, SUM(amount) OVER (PARTITION BY account ORDER BY day) AS running,
            LAG(amount) OVER (PARTITION BY account ORDER BY day, id) AS previous,
            RANK() OVER (PARTITION BY account ORDER BY day) AS place
        FROM movements ORDER BY id"""
    names = ("id", "account", "day", "amount")
    given_rows = [dict(zip(names, row, strict=True)) for row in rows]
    wanted = answered(statement, movements=(", ".join(names), rows))
    assert solution("balances-with-window-columns")(given_rows) == wanted


versions = st.tuples(st.integers(-2, 2), st.none() | st.sampled_from(["2026-01-05", "2026-02-01"]), st.integers(0, 2))


@often
@given(st.lists(versions, max_size=10))
def test_the_newest_row_has_row_number_one(drawn: list[tuple[Any, ...]]) -> None:
    statement = """
        SELECT id, updated_at, version, place FROM (
            SELECT *, ROW_NUMBER() OVER (
                PARTITION BY id ORDER BY updated_at DESC NULLS LAST, version DESC, place DESC
            ) AS n FROM feed
        ) WHERE n = 1 ORDER BY id"""
    names = ("id", "updated_at", "version", "place")
    rows = [(*row, place) for place, row in enumerate(drawn)]
    given_rows = [dict(zip(names, row, strict=True)) for row in rows]
    wanted = answered(statement, feed=(", ".join(names), rows))
    assert solution("newest-version-of-every-row")(given_rows) == wanted


@often
@given(st.lists(st.tuples(st.sampled_from("uv"), st.integers(0, 30)), max_size=12), st.integers(0, 8))
def test_sessions_are_gaps_and_islands(rows: list[tuple[str, int]], gap: int) -> None:
    statement = f"""
        WITH flagged AS (
            SELECT *, t - LAG(t) OVER (PARTITION BY user ORDER BY t) > {gap} AS starts FROM events
        ), numbered AS (
            SELECT *, SUM(starts) OVER (PARTITION BY user ORDER BY t) AS session FROM flagged
        )
        SELECT user, MIN(t) AS start, MAX(t) AS "end", COUNT(*) AS events
        FROM numbered GROUP BY user, COALESCE(session, 0) ORDER BY user, start"""
    wanted = answered(statement, events=("user, t", rows))
    assert solution("sessions-from-click-times")([{"user": user, "t": t} for user, t in rows], gap) == wanted


@often
@given(st.lists(st.tuples(st.sampled_from([None, "", "a", "B"]), maybe), max_size=12), st.integers(0, 3))
def test_groups_and_aggregates_are_sqlites(rows: list[tuple[Any, Any]], least: int) -> None:
    statement = f"""
        SELECT country, COUNT(*) AS n, COUNT(amount) AS paid, SUM(amount) AS total, AVG(amount) AS mean
        FROM payments GROUP BY country HAVING COUNT(*) >= {least} ORDER BY country NULLS FIRST"""
    wanted = answered(statement, payments=("country, amount", rows))
    found = solution("spend-by-country-with-gaps")([{"country": c, "amount": a} for c, a in rows], least)
    assert found == [pytest.approx(row) for row in wanted]


@often
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 34)), max_size=12), st.integers(0, 3), st.integers(0, 34)
)
def test_retention_counts_users_week_by_week(drawn: list[tuple[str, int]], last_week: int, until: int) -> None:
    first = date(2025, 12, 15)  # a Monday, so that the turn of the year lies within
    rows = [(user, (first + timedelta(days=n)).isoformat()) for user, n in drawn]
    as_of = (first + timedelta(days=until)).isoformat()
    statement = f"""
        WITH weeks AS (
            SELECT DISTINCT user, DATE(day, 'weekday 0', '-6 days') AS week FROM events WHERE day <= '{as_of}'
        ), cohorts AS (SELECT user, MIN(week) AS cohort FROM weeks GROUP BY user)
        SELECT cohort, k, DATE(cohort, '+' || (7 * k + 6) || ' days') <= '{as_of}' AS over,
            COUNT(DISTINCT cohorts.user) AS size, COUNT(DISTINCT weeks.user) AS active
        FROM cohorts CROSS JOIN numbers
        LEFT JOIN weeks ON weeks.user = cohorts.user AND week = DATE(cohort, '+' || (7 * k) || ' days')
        WHERE DATE(cohort, '+6 days') <= '{as_of}'
        GROUP BY cohort, k ORDER BY cohort, k"""
    cells = answered(statement, events=("user, day", rows), numbers=("k", [(k,) for k in range(last_week + 1)]))
    wanted = [
        {"cohort": cell["cohort"], "size": cell["size"], "active": [c["active"] if c["over"] else None for c in row]}
        for cell in cells[:: last_week + 1]
        for row in [[c for c in cells if c["cohort"] == cell["cohort"]]]
    ]
    found = solution("weekly-retention-with-open-weeks")([{"user": u, "day": d} for u, d in rows], last_week, as_of)
    assert found == wanted


clicks = st.tuples(st.sampled_from([None, "", "u", "v"]), st.sampled_from("abcx"), st.integers(0, 12))


@often
@given(st.lists(clicks, max_size=14), st.integers(0, 8))
def test_the_funnel_is_a_join_of_the_events_with_themselves(rows: list[tuple[Any, ...]], window: int) -> None:
    statement = f"""
        SELECT COUNT(DISTINCT a.user) AS a, COUNT(DISTINCT b.user) AS b, COUNT(DISTINCT c.user) AS c
        FROM events AS a
        LEFT JOIN events AS b ON b.step = 'b' AND b.user = a.user AND b.t > a.t AND b.t <= a.t + {window}
        LEFT JOIN events AS c ON c.step = 'c' AND c.user = b.user AND c.t > b.t AND c.t <= a.t + {window}
        WHERE a.step = 'a'"""
    [counts] = answered(statement, events=("user, step, t", rows))
    events = [dict(zip(("user", "step", "t"), row, strict=True)) for row in rows]
    found = solution("users-through-ordered-steps")(events, ["a", "b", "c"], window)
    assert found == [{"step": step, "users": counts[step]} for step in "abc"]


VIEWS = [
    ("a", 1, 120), ("a", 1, 300), ("a", 2, 90), ("b", 3, 150), ("b", None, 200), ("b", 4, None),
    ("c", 5, 110), ("c", 6, 400), ("d", 7, 500), ("d", None, 700), ("d", 8, 101),
]  # fmt: skip
SCORES = [(0.9, "EU"), (0.9, None), (0.1, None), (None, "US"), (None, "EU"), (0.1, "US")]
TABLES: dict[str, dict[str, Table]] = {
    "fees-counted-several-times": {
        "orders": ("id, fee", [(1, 5), (2, 5), (3, 8)]),
        "items": ("order_id, price", [(1, 1), (1, 1), (2, 1), (2, 1), (2, 1)]),
        "payments": ("order_id, paid", [(1, 1), (1, 1), (2, 1)]),
    },
    "rows-that-are-not-both": {"scores": ("score, region", SCORES)},
}


@pytest.mark.parametrize("id", TABLES)
def test_the_key_is_the_number_that_sqlite_returns(id: str) -> None:
    asked = question(id)
    assert isinstance(asked, Numeric)
    [[number]] = [row.values() for row in answered(statement_of(id), **TABLES[id])]
    assert number == asked.answer.value


def test_two_pages_pass_where_and_having() -> None:
    asked = question("pages-with-several-readers")
    assert isinstance(asked, Numeric)
    assert len(answered(statement_of(asked.id), views=("page, user_id, ms", VIEWS))) == asked.answer.value


def test_a_null_in_the_list_empties_the_result_of_not_in() -> None:
    tables: dict[str, Table] = {"customers": ("id", [(1,), (2,), (3,)]), "orders": ("customer_id", [(1,), (None,)])}
    assert answered(statement_of("customers-without-orders"), **tables) == []


def test_a_filter_on_the_right_table_undoes_the_left_join() -> None:
    orders = [(10, 1, 2026), (11, 1, 2026), (12, 2, 2025), (13, 4, 2025), (14, 4, 2026)]
    tables: dict[str, Table] = {
        "customers": ("id", [(1,), (2,), (3,), (4,)]),
        "orders": ("id, customer_id, year", orders),
    }
    assert answered(statement_of("customers-lost-after-a-left-join"), **tables) == [
        {"id": 1, "n": 2},
        {"id": 4, "n": 1},
    ]


def test_peers_share_the_running_total() -> None:
    found = answered(
        statement_of("running-total-that-jumps"), sales=("day, amount", [(1, 10), (2, 20), (2, 5), (3, 7)])
    )
    assert sorted(row["total"] for row in found) == [10, 35, 35, 42]
