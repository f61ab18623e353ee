"""A broken file of the bank is left out, the rest is asked, and organisers hear of it once."""

from pathlib import Path

import pytest

from tests.content import Content
from tests.stage import Stage


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A bank of three questions, one of which is broken."""
    content = Content(tmp_path / "content", ("reading-a-p-value", "batch-norm-when-serving", "rows-a-tree-never-saw"))
    content.file("reading-a-p-value").write_text("schema: 1\nkind: [")
    return content


def told(stage: Stage) -> list[str]:
    return [line for line in stage.said_since(0) if "content files are broken" in line]


async def test_the_rest_is_asked_and_each_organiser_hears_of_it_once(group: Stage, content: Content) -> None:
    await group.restarts(content.load())
    await group.at("Tue 12:00")
    assert len(group.questions) == 2
    await group.restarts()
    await group.at("Wed 12:00")
    assert len(told(group)) == 1
    assert told(group)[0].startswith("bot (to Mira): Some content files are broken")
    assert "questions/statistics/reading-a-p-value.yaml:" in told(group)[0]
    assert "broken content 1 problems" in await group.mira.types("/admin log")
    assert not group.jonas.sees("reading-a-p-value.yaml")


async def test_another_fault_is_told_again(group: Stage, content: Content) -> None:
    await group.restarts(content.load())
    content.file("batch-norm-when-serving").write_text("nonsense")
    await group.restarts(content.load())
    assert [line.count(".yaml:") for line in told(group)] == [1, 2]


async def test_a_group_that_is_founded_later_hears_of_it_too(stage: Stage, content: Content) -> None:
    await stage.restarts(content.load())
    assert told(stage) == []
    await stage.sets_up()
    assert len(told(stage)) == 1


async def test_a_sound_bank_is_no_news(group: Stage) -> None:
    await group.at("Mon 12:00")
    assert told(group) == []
