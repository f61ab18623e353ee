"""Authors can hold the bank against other texts; the tool finds what eight words in a row have in common."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ITEM = """\
id: an-item
title: A title of the item that says what it is about in short
prompt: >-
  We ask: what is the smallest batch that keeps both cards busy all night,
  and why? Call `one two three four five six seven eight nine` with 1 2 3 4 5 6 7 8 9.
answer:
  solution: return the smallest batch that keeps both cards busy all night
"""


def compare(tmp_path: Path, other: str) -> subprocess.CompletedProcess[str]:
    """Run the tool over one item and one other text."""
    for name, text in (("content/an-item.yaml", ITEM), ("texts/deep/other.md", other)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "tools/shared_words.py", str(tmp_path / "texts"), str(tmp_path / "content")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_shared_wording_is_told_once_at_its_full_length(tmp_path: Path) -> None:
    found = compare(tmp_path, "So **What** is the smallest batch,\nthat keeps both cards busy — all night (and how)?")
    assert found.returncode == 1
    assert found.stdout.splitlines() == [
        "an-item.yaml prompt: “what is the smallest batch that keeps both cards busy all night and” stands in "
        "deep/other.md too",
        "1 stretches of 8 or more words are shared",
    ]


@pytest.mark.parametrize(
    "other",
    [
        "it is the smallest batch, that keeps both lamps busy all night and why",  # seven at most
        "call one two three four five six seven eight nine",  # code
        "with 1 2 3 4 5 6 7 8 9",  # numbers
        "call with one two three: then why call with 1 and 2, not 3",  # words on both sides of code
        "return the smallest batch that runs",
    ],
)
def test_fewer_words_code_and_figures_are_nobodys(tmp_path: Path, other: str) -> None:
    assert compare(tmp_path, other).returncode == 0


def test_a_folder_is_wanted(tmp_path: Path) -> None:
    command = [sys.executable, "tools/shared_words.py", str(tmp_path / "none")]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 2
    assert "FOLDER" in found.stderr
