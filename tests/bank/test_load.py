"""A bank serves what is reviewed and fresh, private folders first, and survives broken files."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.bank.load import Bank, load_bank
from bot.core.errors import UserError
from tests.bank.items import FILES, GUIDE, MULTIPLE_CHOICE, NAMES, SHORT, TODAY, Content, filled


def bank_of(content: Content, today: date = TODAY) -> Bank:
    return load_bank([content.folder], today=today)


def test_a_clean_folder_is_served_whole(content: Content) -> None:
    bank = bank_of(content)
    assert (len(bank.questions), len(bank.kits), len(bank.plans), bank.problems) == (8, 2, 1, ())


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_what_is_not_reviewed_is_not_served(content: Content, status: str) -> None:
    content.plant("choice", "status: live", f"status: {status}")
    assert "attention-score-scaling" not in bank_of(content).questions


def test_what_is_reviewed_is_served(content: Content) -> None:
    content.plant("choice", "status: live", "status: reviewed")
    assert "attention-score-scaling" in bank_of(content).questions


def test_the_day_of_expiry_is_the_last_one_served(content: Content) -> None:
    content.plant("choice", "reviewed_on: 2026-11-01", f"expires_on: {TODAY}")
    after = TODAY + timedelta(days=1)
    served = ["attention-score-scaling" in bank_of(content, day).questions for day in (TODAY, after)]
    assert served == [True, False]


@pytest.mark.parametrize("broken", [": : :", "\x00", "[]", "kind: essay", "schema: 1", "a: *b", "- " * 9_000, ""])
def test_a_broken_file_never_stops_the_others(content: Content, broken: str) -> None:
    content.write(NAMES["open"], broken)
    bank = bank_of(content)
    assert len(bank.questions) == 7
    assert {problem.file for problem in bank.problems} == {NAMES["open"]}


def test_a_broken_taxonomy_never_stops_the_questions(content: Content) -> None:
    content.write("taxonomy.yaml", "topics: no")
    assert len(bank_of(content).questions) == 8


def test_a_problem_names_file_line_fault_and_mend(content: Content) -> None:
    file = content.plant("choice", "minutes: 3", "minutes: three")
    (problem,) = bank_of(content).problems
    assert str(problem) == (
        f"{file}:11: `minutes`: wanted a number, got 'three' (mend: write a plain decimal such as 8, 0.5 or 1.0e-3)"
    )


def test_private_folders_come_first_and_win(content: Content, tmp_path: Path) -> None:
    private = Content(tmp_path / "private")
    private.write(NAMES["short"], SHORT.replace("title: A title", "title: Ours"))
    bank = load_bank([private.folder, content.folder], today=TODAY)
    assert next(iter(bank.questions)) == "rows-a-tree-never-saw"
    assert bank.question("rows-a-tree-never-saw").title == "Ours"
    assert bank.private_ids == {"rows-a-tree-never-saw"}
    assert [problem.rule for problem in bank.problems] == ["2"]


def test_a_single_folder_is_the_public_one(content: Content) -> None:
    assert bank_of(content).private_ids == frozenset()


def test_frameworks_decks_and_guides_are_pages(content: Content) -> None:
    assert {(key, page.shelf) for key, page in bank_of(content).pages.items()} == {
        ("three-steps", "framework"),
        ("half-truths", "deck"),
        ("what-a-referee-does", "role"),
    }


def test_a_private_page_wins(content: Content, tmp_path: Path) -> None:
    private = Content(tmp_path / "private")
    private.write(NAMES["guide"], GUIDE.replace("title: What a referee does", "title: Ours"))
    assert load_bank([private.folder, content.folder], today=TODAY).page("what-a-referee-does").title == "Ours"


@pytest.mark.parametrize(
    ("old", "new"),
    [("status: live", "status: draft"), ("covers: []", f"covers: []\nexpires_on: {TODAY - timedelta(1)}")],
)
def test_a_page_that_is_not_reviewed_or_has_expired_is_not_served(content: Content, old: str, new: str) -> None:
    content.plant("deck", old, new)
    assert bank_of(content).pages.keys() == {"three-steps", "what-a-referee-does"}


def test_a_broken_page_never_stops_the_others(content: Content) -> None:
    content.write(NAMES["deck"], "id: half-truths\ncards: [1]\n")
    bank = bank_of(content)
    assert (len(bank.pages), {problem.file for problem in bank.problems}) == (2, {NAMES["deck"]})


def test_a_page_that_is_gone_says_what_to_do(content: Content) -> None:
    with pytest.raises(UserError, match="Run guide"):
        bank_of(content).page("nothing")


def test_the_two_sides_of_a_card(content: Content) -> None:
    pages = bank_of(content).pages
    asked = [(page.question(1), page.answer(1)) for page in pages.values()]
    assert asked == [
        ("With which proposal do you begin?", "With the simplest one that could work."),
        (
            "A larger model overfits.\n\nDoes it hold?",
            "It can, and it need not: regularisation and early stopping decide.\n- look at a validation curve",
        ),
        ("Which three things does a remark name?", "Line, harm and mend."),
    ]


def test_taxonomies_are_joined(content: Content, tmp_path: Path) -> None:
    private = Content(tmp_path / "private")
    private.write("taxonomy.yaml", 'topics: {house-rules: {title: "House rules"}}\n')
    bank = load_bank([private.folder, content.folder], today=TODAY)
    assert {"house-rules", "attention"} <= bank.taxonomy.topics.keys()


def test_an_unknown_id_says_what_was_wanted(content: Content) -> None:
    with pytest.raises(UserError, match="Wanted the id of a question"):
        bank_of(content).question("nothing")


def test_the_revision_ignores_layout_comments_and_place(content: Content, tmp_path: Path) -> None:
    other = filled(tmp_path / "other")
    other.write(NAMES["short"], "# a comment\n" + SHORT)
    assert bank_of(content).revision == bank_of(other).revision


def test_the_revision_follows_the_contents(content: Content) -> None:
    before = bank_of(content).revision
    content.plant("choice", "title: A title", "title: Another title")
    assert (len(before), bank_of(content).revision == before) == (12, False)


def test_a_file_that_ends_in_yml_is_a_problem(content: Content) -> None:
    content.write("questions/llm/other.yml", MULTIPLE_CHOICE)
    (problem,) = bank_of(content).problems
    assert problem.mend == "end it in .yaml"


def test_the_clean_files_are_those_on_disk(content: Content) -> None:
    assert {path.relative_to(content.folder).as_posix() for path in content.folder.rglob("*.yaml")} == set(FILES)
