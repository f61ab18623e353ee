"""What `content new` begins is valid but for the marks, and every mark is found by the linter."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bank.blank import begin, kinds
from bot.bank.lint import lint
from bot.bank.shelf import read_shelf
from bot.cli import app
from bot.core.errors import ContentError
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
    return begin(kind, ID, category=None, folder=content.folder, shelf=read_shelf([content.folder]))


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
    found = CliRunner().invoke(app, ["content", "new", "short", ID, "--into", str(fresh.folder)])
    assert found.stdout.strip() == str(fresh.folder / "questions/theory/a-new-item.yaml")
