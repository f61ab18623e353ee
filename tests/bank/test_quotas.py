"""The served bank is as large as the authors' brief wants it for a year of weekdays and a season of mock interviews."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.resources import folder

QUESTIONS = 310
KITS = 66
CATEGORIES = {
    "theory": 80,
    "statistics": 40,
    "llm": 45,
    "algorithm": 30,
    "ml-coding": 30,
    "sql": 12,
    "design": 28,
    "case": 20,
    "behavioural": 24,
}
KINDS = {"numeric": 36, "short": 31, "code": 72, "open": 20, "design-drill": 28, "behavioural": 24}
CHOICES = 98  # multiple choice, of which about ten want several
MULTI_SELECTS = range(8, 15)
LEVELS = {"junior": (35, ["junior"]), "mid": (40, ["mid"]), "senior": (25, ["senior", "staff"])}
POINTS = 5
TYPES = {
    "algorithm-coding": 8,
    "ml-coding": 8,
    "ml-knowledge": 8,
    "ml-system-design": 10,
    "genai-system-design": 6,
    "system-design": 4,
    "past-project": 4,
    "behavioural": 8,
    "sql-data": 4,
    "ml-debugging": 4,
    "negotiation": 2,
}
PLANS = {"year", "five-week", "twelve-week", "two-week", "between-jobs"}
FRAMEWORKS = {"nine-steps", "six-steps", "star"}
DECKS = {"ask-your-interviewer": 30, "myths": 15, "red-flags": 20}
GUIDES = {
    "interview-types",
    "production-cycle",
    "ten-mistakes",
    "design-pitfalls",
    "negotiation",
    "portfolio",
    "layoffs",
    "mock-interviews",
}
ROLES = 14


@pytest.fixture(scope="module")
def stats() -> dict[str, Any]:
    """What `content stats --json` says of the bank of this repository: only what is served is counted."""
    result = CliRunner().invoke(app, ["content", "stats", str(folder("content")), "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(("category", "wanted"), CATEGORIES.items())
def test_a_category_has_its_questions(stats: dict[str, Any], category: str, wanted: int) -> None:
    assert stats["category"][category] >= wanted


@pytest.mark.parametrize(("kind", "wanted"), KINDS.items())
def test_a_kind_has_its_questions(stats: dict[str, Any], kind: str, wanted: int) -> None:
    assert stats["kind"][kind] >= wanted


def test_there_are_questions_for_a_year_and_a_reserve(stats: dict[str, Any]) -> None:
    assert stats["questions"] == sum(stats["category"].values()) >= QUESTIONS


def test_there_are_choices_and_some_want_several(stats: dict[str, Any]) -> None:
    assert stats["kind"]["multiple-choice"] + stats["kind"]["multi-select"] >= CHOICES
    assert stats["kind"]["multi-select"] in MULTI_SELECTS


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_has_its_share(stats: dict[str, Any], level: str) -> None:
    wanted, names = LEVELS[level]
    share = 100 * sum(stats["level"].get(name, 0) for name in names) / stats["questions"]
    assert share == pytest.approx(wanted, abs=POINTS)


@pytest.mark.parametrize(("type", "wanted"), TYPES.items())
def test_an_interview_type_has_its_kits(stats: dict[str, Any], type: str, wanted: int) -> None:
    assert stats["type"][type] >= wanted


def test_there_are_kits_for_a_season(stats: dict[str, Any]) -> None:
    assert stats["kits"] == sum(stats["type"].values()) >= KITS


def test_the_plans_are_there(stats: dict[str, Any]) -> None:
    assert set(stats["plans"]) >= PLANS


def test_the_frameworks_the_guides_and_the_roles_are_served(stats: dict[str, Any]) -> None:
    assert set(stats["cards"]) >= FRAMEWORKS | GUIDES
    assert stats["page"]["role"] >= ROLES


@pytest.mark.parametrize(("deck", "wanted"), DECKS.items())
def test_a_deck_has_its_cards(stats: dict[str, Any], deck: str, wanted: int) -> None:
    assert stats["cards"][deck] >= wanted
