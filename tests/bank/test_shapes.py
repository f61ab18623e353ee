"""Questions that are no plain function: what the linter asks of them, and how members see their tests."""

from datetime import date
from pathlib import Path

import pytest

from bot.bank.lint import lint
from bot.bank.shelf import read_taxonomy
from bot.features.daily.words import _examples
from bot.resources import folder
from tests.bank.programs import CONTENT, code_questions


def findings(tmp_path: Path, id: str, before: str, after: str) -> list[str]:
    """What the linter says of a question of the bank in which something was changed."""
    [path] = CONTENT.glob(f"*/{id}.yaml")
    text = path.read_text("utf-8")
    assert before in text
    target = tmp_path / "questions" / path.parent.name / path.name
    target.parent.mkdir(parents=True)
    target.write_text(text.replace(before, after, 1), "utf-8")
    found = lint([tmp_path], today=date(2026, 11, 27), taxonomy=read_taxonomy([folder("content")]))
    return [f"{one.rule}: {one.what}" for one in found]


@pytest.mark.parametrize(
    ("id", "before", "after", "found"),
    [
        ("median-latency-of-every-model", "FROM requests AS r", "FROM request AS r", "20: not a query on these tables"),
        ("median-latency-of-every-model", "ORDER BY r.model", "ORDER BY r.model; SELECT 1", "20: not a query"),
        ("blocks-of-a-shared-cache", "class BlockTable:", "class Blocks:", "20: `BlockTable` is not defined"),
        ("moments-that-can-be-merged", '"$error": "ValueError"', '"$error": "KeyError"', "21: a case wants KeyError"),
    ],
)
def test_the_linter_knows_the_shape(tmp_path: Path, id: str, before: str, after: str, found: str) -> None:
    assert [one for one in findings(tmp_path, id, before, after) if found in one]


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        (
            "median-latency-of-every-model",
            "-- requests: [['b', None], ['b', None]]\n-- gives [['b', 0, None]]",
        ),
        (
            "blocks-of-a-shared-cache",
            "it = BlockTable(2, 2)\nit.append('a', 3)  # gives [0, 1]\nit.append",
        ),
        ("rows-moved-into-a-given-order", "reorder(['a', 'b', 'c'], [2, 0, 1])  # leaves ['c', 'a', 'b'] in the first"),
        ("passages-that-share-their-edges", "passages(iter([1, 2]), 2, 2)  # raises ValueError"),
    ],
)
def test_public_tests_are_shown_as_they_are_called(id: str, shown: str) -> None:
    assert shown in str(_examples(code_questions()[id])[2]).replace("\\n", "\n")
