"""Of the doubles of stories and scenarios a share is run, of everything else all."""

import pytest

from tests.share import is_double, is_run

DOUBLES = [f"tests/features/rounds/test_rounds.py::test_{number}[postgresql]" for number in range(300)]


@pytest.mark.parametrize(
    "nodeid",
    [
        "tests/features/rounds/test_rounds.py::test_a[postgresql]",
        "tests/dialogues/test_dialogues.py::test_b[postgresql-help]",
        "tests/platforms/test_dialogues.py::test_c[slack-http-help]",
        "tests/platforms/test_mocks_rounds.py::test_d[discord-forum]",
    ],
)
def test_stories_on_postgresql_and_scenarios_by_another_way_are_doubles(nodeid: str) -> None:
    assert is_double(nodeid)


@pytest.mark.parametrize(
    "nodeid",
    [
        "tests/features/rounds/test_rounds.py::test_a[sqlite]",
        "tests/features/rounds/test_races.py::test_b[postgresql]",
        "tests/storage/test_outbox.py::test_c[postgresql]",
        "tests/crash/test_points.py::test_d[postgresql-nonce]",
        "tests/platforms/test_scenarios.py::test_e[discord]",
        "tests/platforms/slack/test_events.py::test_f[slack-http]",
        "tests/features/days/test_choice.py::test_without_a_database",
    ],
)
def test_everything_else_is_always_run(nodeid: str) -> None:
    assert not is_double(nodeid)
    assert is_run(nodeid, share=1_000, seed="any")


def test_one_in_so_many_is_run_and_another_seed_draws_others() -> None:
    first = {nodeid for nodeid in DOUBLES if is_run(nodeid, share=3, seed="1")}
    second = {nodeid for nodeid in DOUBLES if is_run(nodeid, share=3, seed="2")}
    assert 70 < len(first) < 130
    assert first != second


def test_a_share_of_one_is_all() -> None:
    assert all(is_run(nodeid, share=1, seed="1") for nodeid in DOUBLES)
