"""A broken content file stops nothing: the rest is served, and what was asked stays as it was asked."""

from pathlib import Path

import pytest

from tests.content import Content
from tests.stage import Stage

BROKEN = ["kind: [", "schema: 2\nid: x\n", "- a list", "\x00\x01", "", "a: &a [*a]", "schema: 1\nkind: no-such-kind\n"]


@pytest.mark.parametrize("text", BROKEN)
def test_each_kind_of_broken_file_is_one_that_is_left_out(tmp_path: Path, text: str) -> None:
    content = Content(tmp_path / "content", ("reading-a-p-value", "batch-norm-when-serving"))
    content.file("reading-a-p-value").write_text(text)
    bank = content.load()
    assert list(bank.questions) == ["batch-norm-when-serving"]
    assert {problem.file for problem in bank.problems} == {"questions/statistics/reading-a-p-value.yaml"}


async def test_an_open_question_whose_file_breaks_is_answered_and_revealed(group: Stage, tmp_path: Path) -> None:
    content = Content(tmp_path / "content")
    await group.plans("reading-a-p-value")
    await group.at("Mon 09:00")
    content.file("reading-a-p-value").write_text("kind: [")
    await group.restarts(content.load())
    await group.jonas.presses("C")
    await group.at("Tue 08:00")
    assert "First right: Jonas." in group.in_thread()
    await group.at("Tue 09:00")
    assert len(group.questions) == 2
