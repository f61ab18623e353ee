"""Which doubles of a test are run.

Every story is told on SQLite, every scenario on the page, on Discord and on Slack. Their doubles on PostgreSQL, in a
forum and over Slack's other transport take as long again and seldom tell more, so one in `BATCHMATES_TEST_SHARE` of
them is run, 1 being all of them. Which ones is drawn by `BATCHMATES_TEST_SEED`.

What only two processes or a real server can show has no double, and races are always run on both databases.
"""

import os
from collections.abc import Mapping, Sequence
from zlib import crc32

import pytest

SHARE, SEED = "BATCHMATES_TEST_SHARE", "BATCHMATES_TEST_SEED"
USUAL_SHARE = 3
DOUBLES = {"features": "postgresql", "dialogues": "postgresql", "regressions": "postgresql"}
OTHER_FRONTS = ("discord-forum", "slack-http")
OVER_PLATFORMS = ("test_dialogues.py", "test_scenarios.py", "test_mocks_")


def is_double(nodeid: str) -> bool:
    """Whether a test is one of those that are told once more on another database or by another way."""
    file, _, name = nodeid.partition("::")
    room = file.removeprefix("tests/").split("/")
    if "race" in room[-1] or "[" not in name:
        return False
    values = name.partition("[")[2]
    if room[0] == "platforms":
        return room[1].startswith(OVER_PLATFORMS) and any(front in values for front in OTHER_FRONTS)
    return room[0] in DOUBLES and DOUBLES[room[0]] in values


def is_run(nodeid: str, share: int, seed: str) -> bool:
    """Whether a test is run; whatever is no double always is."""
    return not is_double(nodeid) or crc32(f"{seed} {nodeid}".encode()) % share == 0


def shared_out(
    items: Sequence[pytest.Item], environment: Mapping[str, str] = os.environ
) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests that are run, and those that are not."""
    share, seed = int(environment.get(SHARE) or USUAL_SHARE), environment.get(SEED) or "1"
    if share < 1:
        raise pytest.UsageError(f"{SHARE}: wanted a whole number from 1; got {share}")
    run = [item for item in items if is_run(item.nodeid, share, seed)]
    return run, [item for item in items if not is_run(item.nodeid, share, seed)]
