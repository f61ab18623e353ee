"""Commands that cannot do what was asked say so in one line, with the mend, and leave nothing behind."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.resources import folder
from bot.storage import migrate
from tests.hosting.running import ROOT
from tests.hosting.test_run import command
from tests.storage.databases import sqlite_url


def refused(*words: str, database: str = "sqlite:////nowhere/x.db") -> str:
    """The one line that a command ends with."""
    status, said = command(*words, database=database)
    (line,) = said.splitlines()
    assert (status, line.partition(": ")[0]) == (2, "batchmates")
    return line


@pytest.mark.parametrize("words", [("content", "flags"), ("db", "backup", "{place}/x.backup")])
def test_a_database_without_a_schema_is_refused_with_the_mend_and_not_made(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    given = [word.format(place=tmp_path) for word in words]
    assert refused(*given, database=sqlite_url(tmp_path)).endswith("is not there yet: run batchmates db upgrade")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    line = refused(*given, database=f"sqlite:///{tmp_path}/empty.db")
    assert line.endswith(": run batchmates db upgrade")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("demo", "--headless", "--world", "foo"), "--world: wanted one of nonce, history, bare"),
        (("demo", "--kill", "3"), "--kill: goes with --headless only"),
        (("content", "export", "json", "--out", "/nowhere/x"), "cannot be written: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(words: tuple[str, ...], wanted: str) -> None:
    assert wanted in refused(*words)


def test_a_database_that_is_missing_has_not_been_checked(tmp_path: Path) -> None:
    assert command("db", "check", database=sqlite_url(tmp_path))[0] == 1
    migrate.upgrade(sqlite_url(tmp_path), folder("migrations"))
    assert command("db", "check", database=sqlite_url(tmp_path))[0] == 0


def test_a_backup_replaces_an_older_one_only_where_that_is_wanted(tmp_path: Path) -> None:
    url, file = sqlite_url(tmp_path), tmp_path / "a.backup"
    migrate.upgrade(url, folder("migrations"))
    file.write_text("the only one")
    assert "is there already: choose another name, or add --replace" in refused("db", "backup", str(file), database=url)
    assert file.read_text() == "the only one"
    assert command("db", "backup", str(file), "--replace", database=url)[0] == 0
    assert file.read_bytes() != b"the only one"


def test_a_revision_without_a_change_writes_nothing_and_touches_no_database(tmp_path: Path) -> None:
    before = sorted((folder("migrations") / "versions").iterdir())
    status, said = command("db", "revision", "nothing", database=sqlite_url(tmp_path))
    assert (status, "nothing was written" in said) == (0, True)
    assert sorted((folder("migrations") / "versions").iterdir()) == before
    assert list(tmp_path.iterdir()) == []


def test_a_sqlite_file_is_its_owners_alone(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    with migrate.connected(url) as connection:
        migrate.upgrade_on(connection, folder("migrations"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert len(modes) == 3
    assert set(modes.values()) == {0o600}, modes


def test_each_line_of_several_faults_is_prefixed_alike() -> None:
    status, said = command("run", database="mysql://x")
    several = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=ROOT,
        env={**os.environ, "BATCHMATES_WEB": "x", "BATCHMATES_DATABASE_URL": "x"},
        capture_output=True,
        text=True,
    )
    assert (status, said.startswith("batchmates: BATCHMATES_DATABASE_URL: ")) == (2, True)
    assert [line.split(": ")[:2] for line in sorted(several.stderr.splitlines())] == [
        ["batchmates", "BATCHMATES_DATABASE_URL"],
        ["batchmates", "BATCHMATES_WEB"],
    ]


def test_the_version_is_said() -> None:
    done = subprocess.run([sys.executable, "-m", "bot", "--version"], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == f"batchmates {version('batchmates')}\n"
