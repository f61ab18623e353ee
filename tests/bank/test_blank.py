"""What `content new` begins is valid but for the marks, and every mark is found by the linter."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bank.blank import begin, kinds
from bot.bank.lint import lint
from bot.bank.load import load_bank
from bot.bank.shelf import read_shelf
from bot.cli import app
from bot.core.errors import ContentError, SettingsError
from bot.resources import folder
from tests.bank.items import TODAY, Content

ID = "a-new-item"


@pytest.fixture
def fresh(tmp_path: Path) -> Content:
    """A folder with the real closed lists and nothing else."""
    content = Content(tmp_path / "fresh")
    content.write("taxonomy.yaml", (folder("content") / "taxonomy.yaml").read_text(encoding="utf-8"))
    return content


def begun(content: Content, kind: str) -> Path:
    usual = {"numeric": "statistics", "code": "ml-coding", "open": "case", "kit": "ml-system-design"}
    apart = {"design-drill": None, "behavioural": None}
    category = (usual | apart).get(kind, "theory")
    return begin(kind, ID, category=category, folder=content.folder, shelf=read_shelf([content.folder]))


@pytest.mark.parametrize("kind", kinds())
def test_a_new_file_lints_but_for_what_must_be_written(fresh: Content, kind: str) -> None:
    lines = begun(fresh, kind).read_text(encoding="utf-8").splitlines()
    marked = {
        number for number, line in enumerate(lines, start=1) if "WRITE:" in line.split("#")[0] or "write-" in line
    }
    found = lint([fresh.folder], today=TODAY)
    assert [str(finding) for finding in found if finding.line not in marked] == []
    assert marked - {finding.line for finding in found} == set()


def test_the_category_names_the_folder(fresh: Content) -> None:
    path = begin("numeric", ID, category="llm", folder=fresh.folder, shelf=read_shelf([fresh.folder]))
    assert path.relative_to(fresh.folder).as_posix() == "questions/llm/a-new-item.yaml"
    assert "category: llm\n" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "id", "category", "wanted"),
    [
        ("essay", ID, None, "one of the kinds multiple-choice"),
        ("open", "An Id", None, "an id of small letters"),
        ("open", "../up", None, "an id of small letters"),
        ("open", ID, "../up", "a category"),
        ("short", ID, None, "--category: wanted one of "),
        ("open", "attention-score-scaling", None, "is taken"),
        ("open", "old-one", None, "is taken"),
    ],
)
def test_what_cannot_be_begun_is_told(content: Content, kind: str, id: str, category: str | None, wanted: str) -> None:
    content.write("retired.yaml", "old-one: {reason: ambiguous}\n")
    with pytest.raises(ContentError, match=wanted):
        begin(kind, id, category=category, folder=content.folder, shelf=read_shelf([content.folder]))


def test_a_file_that_is_there_is_never_written_over(fresh: Content) -> None:
    path = begun(fresh, "open")
    path.write_text(": : :")
    with pytest.raises(ContentError, match="is there already"):
        begun(fresh, "open")
    assert path.read_text() == ": : :"


def test_the_command_prints_where_the_new_file_is(fresh: Content) -> None:
    found = CliRunner().invoke(
        app, ["content", "new", "short", ID, "--category", "theory", "--into", str(fresh.folder)]
    )
    assert found.stdout.strip() == str(fresh.folder / "questions/theory/a-new-item.yaml")


def test_without_a_folder_of_ones_own_nothing_is_written_into_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BATCHMATES_CONTENT", raising=False)
    found = CliRunner().invoke(app, ["content", "new", "short", ID, "--category", "theory"])
    assert isinstance(found.exception, SettingsError)
    assert str(found.exception).startswith("--into: wanted the folder of your own content")
    assert not list(folder("content").rglob(f"{ID}.yaml"))


@pytest.mark.parametrize("kind", kinds())
def test_what_is_half_written_is_not_served_though_it_says_live(fresh: Content, kind: str) -> None:
    path = begun(fresh, kind)
    path.write_text(path.read_text(encoding="utf-8").replace("status: draft", "status: live"), encoding="utf-8")
    bank = load_bank([fresh.folder], today=TODAY)
    assert (len(bank.questions), len(bank.kits), len(bank.pages)) == (0, 0, 0)
    assert [problem.what for problem in bank.problems] == ["this is still to be written"]


def test_a_topic_that_is_only_a_mark_keeps_a_question_from_being_served(fresh: Content) -> None:
    path = begun(fresh, "short")
    text = path.read_text(encoding="utf-8").replace("status: draft", "status: live").replace("WRITE: ", "")
    path.write_text(text, encoding="utf-8")
    bank = load_bank([fresh.folder], today=TODAY)
    assert not bank.questions
    assert [problem.what for problem in bank.problems] == ["`write-one` is still to be written"]


def test_a_folder_of_ones_own_is_held_against_the_public_taxonomy(tmp_path: Path) -> None:
    own = Content(tmp_path / "own")
    begun(own, "behavioural")
    found = CliRunner().invoke(app, ["content", "lint", str(own.folder)])
    assert "category" not in found.output
    assert "this is still to be written" in found.output
