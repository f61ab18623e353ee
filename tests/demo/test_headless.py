import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import SettingsError
from bot.demo.headless import run_headless
from bot.demo.kill import run_killed
from bot.demo.run import check_limits
from bot.storage import migrate


async def test_the_same_seed_gives_the_same_bytes_twice() -> None:
    written = [io.StringIO(), io.StringIO()]
    for out in written:
        assert await run_headless(days=3, members=5, seed=1, out=out, progress=io.StringIO()) == 0
    first, second = (out.getvalue() for out in written)
    assert first == second
    assert re.search(r"\d{4}-\d\d-\d\dT|/tmp|127\.0\.0\.1|\bu\d+\b", first) is None
    verdict = json.loads(first.splitlines()[-1])
    assert (verdict["posts"], verdict["reveals"]) == (3, 2)
    assert (verdict["lost"], verdict["doubled"], verdict["maybe_doubled"], verdict["errors"]) == (0, 0, 0, 0)
    assert {name for name, _ in verdict["board"]} == {"Mira", "Jonas", "Aiko", "Tomás", "Priya"}


async def test_another_seed_gives_another_run() -> None:
    written = [io.StringIO(), io.StringIO()]
    for seed, out in enumerate(written):
        assert await run_headless(days=1, members=3, seed=seed, out=out, progress=io.StringIO()) == 0
    assert written[0].getvalue().splitlines()[1:] != written[1].getvalue().splitlines()[1:]


@pytest.mark.parametrize(("members", "days"), [(1, 1), (2, 3)])
async def test_small_groups_play_too_in_a_database_that_is_named(members: int, days: int, tmp_path: Path) -> None:
    out, url = io.StringIO(), f"sqlite:///{tmp_path / 'kept.db'}"
    told = {"out": out, "progress": io.StringIO()}
    assert await run_headless(days=days, members=members, seed=5, database_url=url, **told) == 0
    assert migrate.holds_rows(url, "groups")


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        ({"days": 0, "members": 1}, "days: wanted 1 to 366; got 0"),
        ({"days": 367, "members": 201}, "members: wanted 1 to 200; got 201"),
        ({"days": 1, "members": 1, "kills": 1001}, "kill: wanted 0 to 1000; got 1001"),
    ],
)
def test_what_is_out_of_bounds_is_named(limits: dict[str, Any], wanted: str) -> None:
    with pytest.raises(SettingsError, match=wanted):
        check_limits(**limits)


@pytest.mark.parametrize("world", ["nonce", "history", "bare"])
async def test_killed_again_and_again_the_bot_loses_nothing(world: str) -> None:
    out, progress = io.StringIO(), io.StringIO()
    ended = await run_killed(days=2, members=4, seed=2, kills=10, world_mode=world, out=out, progress=progress)
    verdict = json.loads(out.getvalue().splitlines()[-1])
    assert (ended, verdict["lost"], verdict["errors"], verdict["kills"]) == (0, 0, 0, 10), progress.getvalue()
    assert out.getvalue().count("-- the bot is killed") == 10
    assert verdict["doubled"] == 0 or world == "bare"
    assert verdict["posts"] - 2 <= verdict["doubled"]
