"""The benchmarks run, on very little, and give what their readers expect; how fast they are is not a test's to say."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot import bench
from bot.bench import discord, slack
from bot.bench.checkout import needed
from bot.bench.databases import POSTGRES
from bot.bench.paired import Pair, measured
from bot.bench.pictures import KINDS
from bot.bench.sizes import Sizes
from bot.core.errors import BatchmatesError
from tests.servers.discord.contract import absent

LITTLE = Sizes(
    answers=3, groups=60, questions=30, members=15, boards=2, ledger=100, grown=200, guilds=5, guild_members=3,
    workspaces=5, channel_messages=3,
    people=(4, 8), compared=(8,), rounds=3, seeds=2,
    programs=4, at_once=(1, 3), learners=6, days=12, pictures=10, first_pictures=5,
)  # fmt: skip


@pytest.fixture
def without_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is named."""
    monkeypatch.delenv(POSTGRES, raising=False)


@pytest.mark.usefixtures("without_postgresql")
async def test_core_gives_its_ratios_as_json_and_null_where_no_server_is_named() -> None:
    result = json.loads(json.dumps(await bench.run("core", 1, LITTLE)))
    assert result.keys() == {"bench", "ratios", "medians", "repetitions", "machine"}
    assert result["ratios"].pop("tick_vs_bare_sql_postgresql") is None
    assert result["ratios"].keys() == {"answer_vs_bare_sql", "tick_vs_bare_sql_sqlite"}
    assert min(result["ratios"].values()) > 0
    assert result["medians"]["event_loop_lag_p99_ms"] >= 0
    assert result["machine"].keys() >= {"cores", "python", "sqlite"}


@pytest.mark.usefixtures("without_postgresql")
async def test_boards_gives_its_ratios_as_json_and_null_for_the_large_ledger() -> None:
    result = json.loads(json.dumps(await bench.run("boards", 1, LITTLE)))
    assert result["bench"] == "boards"
    assert result["ratios"].pop("board_growth") > 0
    assert result["ratios"] == {"board_growth_10m": None, "groupby_speedup_10m": None}


@pytest.mark.usefixtures("without_postgresql")
async def test_the_board_of_the_large_ledger_says_what_adding_it_up_says() -> None:
    result = json.loads(json.dumps(await bench.run("boards", 1, replace(LITTLE, members=120, large=12_000))))
    assert result["ratios"]["groupby_speedup_10m"] > 0  # it fails where the two are not the same


@pytest.mark.usefixtures("without_postgresql")
async def test_mastery_gives_its_figures() -> None:
    result = json.loads(json.dumps(await bench.run("mastery", 1, LITTLE)))
    assert -1 <= result["ratios"]["rank_correlation"] <= 1
    assert result["ratios"].keys() >= {"rank_correlation_by_area", "inside_80_percent", "calibration_error", "brier"}


@pytest.mark.usefixtures("without_postgresql")
async def test_pictures_gives_every_kind_beside_a_plain_one_and_the_growth_of_memory() -> None:
    result = json.loads(json.dumps(await bench.run("pictures", 1, LITTLE)))
    kinds = ("board", "recap", "answers", "numbers", "progress")
    assert result["ratios"].keys() == {"memory_growth", *(f"{kind}_vs_plain" for kind in kinds)}
    assert result["ratios"]["memory_growth"] >= 1  # peaks never fall
    assert all(result["medians"][f"{kind}{side}_ms"] > 0 for kind in kinds for side in ("", "_plain"))
    assert result["medians"]["pictures"] == 10


def test_no_two_pictures_of_the_benchmark_are_alike() -> None:
    rng = Random(3)
    for make in KINDS.values():
        assert len({make(rng) for _ in range(50)}) == 50


@pytest.mark.usefixtures("without_postgresql")
async def test_bank_gives_its_ratios_and_what_loading_and_linting_take() -> None:
    result = json.loads(json.dumps(await bench.run("bank", 1, LITTLE)))
    assert result["ratios"].keys() == {"load_vs_bare_yaml", "lint_vs_load"}
    assert result["medians"].keys() == {"load_ms", "bare_yaml_ms", "lint_ms"}
    assert min(*result["ratios"].values(), *result["medians"].values()) > 0


@pytest.mark.usefixtures("without_postgresql")
async def test_matching_gives_its_ratios_and_a_season_of_each_policy() -> None:
    result = json.loads(json.dumps(await bench.run("matching", 1, LITTLE)))
    assert result["ratios"].keys() == {"repeats_vs_shuffle", "networkx_speedup_8"}
    assert result["ratios"]["repeats_vs_shuffle"] >= 0
    assert result["ratios"]["networkx_speedup_8"] > 0
    for policy in ("ours", "shuffle", "greedy"):
        assert 0 <= result["medians"][f"{policy}_free_8_repeated"] <= 1
        assert 0 <= result["medians"][f"{policy}_limited_8_left_out"] <= 1


@pytest.mark.contract
async def test_discord_gives_its_ratio_as_json() -> None:
    if why := absent():
        pytest.skip(why)
    result = json.loads(json.dumps(await bench.run("discord", 1, LITTLE)))
    assert (result["bench"], result["why"]) == ("discord", None)
    assert result["ratios"]["posts_vs_rate_limit"] > 0
    seen = result["medians"]
    assert (seen["guilds"], seen["requests"], seen["limited"], seen["errors"]) == (5, 10, 0, 0)
    assert seen["memory_ready_mb"] > 0


async def test_discord_gives_null_and_why_where_there_is_no_checkout(tmp_path: Path) -> None:
    ratios, seen, why = await discord.posts_vs_rate_limit(LITTLE, tmp_path)
    assert (ratios, seen) == ({"posts_vs_rate_limit": None}, {})
    assert why == "there is no tools/bench_discord.py here: it is measured from a checkout"


async def test_slack_gives_its_ratio_as_json_and_keeps_the_limits() -> None:
    result = json.loads(json.dumps(await bench.run("slack", 1, LITTLE)))
    assert (result["bench"], result["why"]) == ("slack", None)
    assert result["ratios"]["posts_vs_rate_limit"] > 0
    seen = result["medians"]
    assert (seen["workspaces"], seen["requests"], seen["limited"], seen["errors"]) == (5, 15, 0, 0)
    assert seen.keys() >= {"memory_per_100_workspaces_mb", "memory_after_posting_mb"}


async def test_slack_gives_null_and_why_where_there_is_no_checkout(tmp_path: Path) -> None:
    ratios, _, why = await slack.posts_vs_rate_limit(LITTLE, tmp_path)
    assert ratios == {"posts_vs_rate_limit": None}
    assert why == "there is no tools/bench_slack.py here: it is measured from a checkout"


async def test_discord_gives_null_and_why_where_the_measurement_fails(tmp_path: Path) -> None:
    for name in needed(discord.TOOL, discord.SERVER):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("raise SystemExit('no contract here')")
    ratios, _, why = await discord.posts_vs_rate_limit(LITTLE, tmp_path)
    assert ratios == {"posts_vs_rate_limit": None}
    assert why == "tools.bench_discord ended with 1: no contract here"


async def test_an_unknown_benchmark_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(BatchmatesError, match="core, boards, bank"):
        await bench.run("cor", 1)


def test_a_ratio_is_the_median_over_the_repetitions_of_the_ratio_of_medians() -> None:
    pairs = [Pair(2, 1), Pair(2, 1), Pair(30, 10), Pair(30, 10), Pair(90, 10), Pair(90, 10)]
    assert measured(pairs, 3).ratio == 3


@pytest.mark.slow
async def test_judge_gives_its_ratio_and_the_latency_of_many_at_once() -> None:
    result = json.loads(json.dumps(await bench.run("judge", 1, LITTLE)))
    if result["ratios"]["verdict_vs_bare_python"] is None:
        pytest.skip(f"bubblewrap does not work here: {result['why']}")
    assert result["ratios"]["verdict_vs_bare_python"] > 0
    assert {"verdicts_per_s_at_1", "latency_ms_at_3", "event_loop_lag_p99_ms_at_3"} <= result["medians"].keys()
