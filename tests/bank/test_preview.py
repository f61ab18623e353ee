"""`content preview` shows an item to its author as each platform shows it to its readers."""

import re

import pytest
from typer.testing import CliRunner

from bot.bank.shelf import read_shelf
from bot.cli import app
from bot.core.errors import UserError
from bot.core.messages import (
    Attachment,
    Button,
    Buttons,
    Code,
    Divider,
    Facts,
    Heading,
    Picture,
    Quote,
    Select,
    SelectOption,
    message,
)
from bot.core.pictures import Bar, BarChart
from bot.features.interviews.words import heading_of
from bot.preview import BETWEEN_MESSAGES, BETWEEN_READERS, PLATFORMS, lines, preview
from bot.resources import folder
from tests.bank.items import Content

CALL = """\
brief_interviewer:
  after_the_call: "The other side had room up to 99."
  question_2_peeking: ["looked daily, stopped at the first hit"]
"""


def shown(content: Content, id: str, platform: str = "local") -> str:
    """What the author reads."""
    return "\n".join(lines(preview(read_shelf([content.folder]), id), platform))


def asked(content: Content, id: str, *options: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, ["content", "preview", id, str(content.folder), *options], catch_exceptions=False)
    return result.stdout


def test_the_parts_of_a_kit_stand_apart_and_the_candidates_one_gives_nothing_away(content: Content) -> None:
    candidate, interviewer = shown(content, "kit-delivery-time").split(BETWEEN_READERS)
    assert "Design the system that shows a delivery time at checkout." in candidate
    assert "INTERVIEWER" not in candidate
    for secret in ("2 million orders a day.", "A feature is null", "quantile loss", "stop rules", "splits the orders"):
        assert secret not in candidate
        assert secret in interviewer
    assert "against what one assumes" in interviewer


def test_the_brief_keeps_the_order_of_the_file_but_for_what_follows_the_call(content: Content) -> None:
    content.plant("talk", "brief_interviewer:\n", CALL)
    interviewer = shown(content, "kit-result-you-doubted").split(BETWEEN_READERS)[1]
    order = ["1. ", "Question 2: peeking", "Listen for", "Do not ask", "Red flags", "For the debrief", "After the call"]
    assert sorted(order, key=interviewer.index) == order
    assert interviewer.index("The other side had room") > interviewer.index("name one thing to repeat")


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("if_stuck", "If stuck"),
        ("turn_1", "Turn 1"),
        ("question_2_p_value", "Question 2: p value"),
        ("reference_solution_1", "Reference solution 1"),
    ],
)
def test_a_key_becomes_a_readable_heading(name: str, heading: str) -> None:
    assert heading_of(name) == heading


@pytest.mark.parametrize(("name", "id"), [("kit", "kit-delivery-time"), ("short", "rows-a-tree-never-saw")])
@pytest.mark.parametrize(("status", "note"), [("draft", "draft: not served"), ("retired", "retired: not served")])
def test_what_is_not_served_is_shown_and_says_so(content: Content, name: str, id: str, status: str, note: str) -> None:
    assert "not served" not in shown(content, id)
    content.plant(name, "status: live", f"status: {status}")
    assert shown(content, id).startswith(note)


def test_discord_shows_its_markdown_and_its_buttons(content: Content) -> None:
    found = shown(content, "attention-score-scaling", "discord")
    assert "**A title**" in found or "## A title" in found
    assert "[A]" in found
    assert "[A]" not in shown(content, "attention-score-scaling", "local")


def test_slack_shows_its_styles_as_words_and_its_buttons(content: Content) -> None:
    found = shown(content, "attention-score-scaling", "slack")
    assert "A title" in found
    assert "**" not in found
    assert "[A]" in found


@pytest.mark.parametrize("platform", ["discord", "slack"])
def test_every_part_of_a_message_is_shown(platform: str) -> None:
    choice = (SelectOption("a", "First"), SelectOption("b", "Second"))
    said = message(
        Heading("A heading"),
        "Some **words**, see https://example.org/x\n\n- one\n- two",
        Quote("quoted"),
        Code("x = 1", "python"),
        Facts((("Zone", "Europe/Berlin"),)),
        Picture(BarChart("t", (Bar("A", 1),)), alt="A: 1 answer"),
        Attachment("notes.txt", "text"),
        Divider(),
        Select("one", choice, placeholder="One of"),
        Select("some", choice, placeholder="Some of", at_most=2),
        Buttons((Button("Press", "pick"),)),
    )
    found = "\n".join(PLATFORMS[platform](said))
    order = ["A heading", "words", "https://example.org/x", "one\n", "quoted", "x = 1", "Europe/Berlin"]
    order += ["[picture: A: 1 answer]", "[One of: | First | Second]", "[Some of: | First | Second]", "[Press]"]
    assert sorted(order, key=found.index) == order
    assert re.search(r"\[file: .*notes\.txt]", found)


def test_all_platforms_are_shown_one_after_the_other(content: Content) -> None:
    found = asked(content, "rows-a-tree-never-saw", "--platform", "all")
    assert [line for line in found.splitlines() if line.startswith("### ")] == [f"### {name}" for name in PLATFORMS]
    assert found.count("the rows a tree never saw?") == len(PLATFORMS)


def test_one_platform_is_shown_without_its_name(content: Content) -> None:
    found = asked(content, "rows-a-tree-never-saw")
    assert "### " not in found
    assert found.count(BETWEEN_MESSAGES) == 2


def test_an_unknown_platform_or_id_is_told(content: Content) -> None:
    with pytest.raises(UserError, match="local, discord, slack"):
        asked(content, "rows-a-tree-never-saw", "--platform", "telegraph")
    for id in ("year", "no-such-item"):
        with pytest.raises(UserError, match=id):
            asked(content, id)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_item_of_the_bank_is_shown_on_every_platform(platform: str) -> None:
    shelf = read_shelf([folder("content")])
    for entry, kit in shelf.kits():
        said = list(lines(preview(shelf, entry.item.id), platform))
        candidate, interviewer = said[: said.index(BETWEEN_READERS)], said[said.index(BETWEEN_READERS) :]
        assert sum(map(len, candidate)) >= len(kit.brief_candidate) / 2
        assert sum(map(len, interviewer)) > 500
    for entry in [entry for entry, _ in [*list(shelf.questions())[::9], *shelf.pages()]]:
        assert len(list(lines(preview(shelf, entry.item.id), platform))) >= 4
