"""The counts of a bank, and what of an inventory it serves today."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bank.load import load_bank
from bot.bank.shelf import read_shelf
from bot.bank.stats import Coverage, by_axis, by_status, coverage, key_positions, read_inventory
from bot.cli import app
from bot.core.errors import ContentError
from tests.bank.items import TODAY, Content

INVENTORY = "items:\n" + "".join(f"- id: {key}\n" for key in ("one", "two", "three", "four", "five"))


def covered(content: Content, *inventory: str) -> Coverage:
    return coverage(read_shelf([content.folder]), inventory, TODAY)


def test_the_served_bank_is_counted_by_each_axis(content: Content) -> None:
    content.plant("short", "status: live", "status: draft")
    found = by_axis(load_bank([content.folder], today=TODAY))
    assert found["category"] == {
        "behavioural": 1,
        "case": 1,
        "design": 1,
        "llm": 2,
        "ml-coding": 1,
        "statistics": 1,
    }
    assert found["kind"]["multiple-choice"] == 1
    assert found["level"] == {"mid": 7}
    assert found["topic"] == {"attention": 7}
    assert found["type"] == {"behavioural": 1, "ml-system-design": 1}
    assert found["page"] == {"deck": 1, "framework": 1, "role": 1}


def test_what_is_not_served_is_counted_by_status(content: Content) -> None:
    content.plant("short", "status: live", "status: draft")
    content.plant("guide", "status: live", "status: retired")
    assert by_status(read_shelf([content.folder])) == {
        "questions": {"draft": 1, "live": 7},
        "kits": {"live": 2},
        "pages": {"live": 2, "retired": 1},
    }


def test_the_place_of_the_key_counts_from_one(content: Content) -> None:
    assert key_positions(load_bank([content.folder], today=TODAY)) == {"llm": {"1": 1}}


def test_an_id_is_served_excused_or_neither(content: Content) -> None:
    content.plant("choice", "covers: []", "covers: [one]")
    content.plant("plan", "covers: []", "covers: [two]")
    content.plant("deck", "covers: []", "covers: [three]")
    content.plant("deck", "status: live", "status: draft")
    content.write("coverage.yaml", "four: no room\n")
    assert covered(content, "one", "two", "three", "four", "five") == Coverage(
        served=("one", "two"), excused=("four",), unserved=("five", "three"), drafted=("three",)
    )


def test_what_has_expired_serves_nothing(content: Content) -> None:
    content.plant("choice", "covers: []", "covers: [one]\nexpires_on: 2026-11-22")
    assert covered(content, "one").unserved == ("one",)


@pytest.mark.parametrize("text", ["items: 3\n", "- one\n", "items: [one]\n", ": : :"])
def test_a_file_that_is_no_inventory_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "inventory.yaml").write_text(text)
    with pytest.raises(ContentError):
        read_inventory(tmp_path / "inventory.yaml")


def test_an_inventory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="cannot be read"):
        read_inventory(tmp_path / "inventory.yaml")


def test_the_command_prints_one_json_object(content: Content, tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    content.plant("choice", "covers: []", "covers: [one]")
    asked = ["content", "stats", str(content.folder), "--json", "--inventory", str(tmp_path / "inventory.yaml")]
    found = json.loads(CliRunner().invoke(app, asked).stdout)
    assert (found["questions"], found["kits"], found["pages"]) == (8, 2, 3)
    assert found["coverage"]["served"] == ["one"]
    assert found["plans"] == ["year"]
    assert found["cards"] == {"half-truths": 2, "three-steps": 3, "what-a-referee-does": 2}
    assert {"category", "kind", "level", "topic", "type", "page", "status", "key_positions", "revision"} <= found.keys()


def test_the_command_prints_a_table(content: Content) -> None:
    found = CliRunner().invoke(app, ["content", "stats", str(content.folder)])
    assert "8 questions, 2 kits, 3 pages" in found.stdout


def test_the_linter_command_holds_covers_against_an_inventory(content: Content, tmp_path: Path) -> None:
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    content.plant("choice", "covers: []", "covers: [six]")
    found = CliRunner().invoke(
        app, ["content", "lint", str(content.folder), "--inventory", str(tmp_path / "inventory.yaml")]
    )
    assert (found.exit_code, "the inventory has no `six`" in found.stdout) == (1, True)


def test_a_page_is_previewed_card_by_card_whatever_its_status(content: Content) -> None:
    content.plant("framework", "status: live", "status: draft")
    found = CliRunner().invoke(app, ["content", "preview", "three-steps", str(content.folder)])
    shown = ("Goal (Three steps, 1 of 3)", "Three steps: a question", "───\n")
    assert [found.stdout.count(words) for words in shown] == [1, 3, 9]
