"""One moment's state goes into a file, and comes back into either database, to the letter."""

import gzip
import json
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, Date, Float, Integer, String, select, text

from bot.app import declared_schema
from bot.core.errors import BackupError
from bot.core.messages import Verbatim, message
from bot.core.messages import text as said
from bot.core.ports import Change, OpenThread, Send
from bot.core.refs import MessageRef, Place
from bot.resources import folder
from bot.storage import archive, backup, layout, locks, migrate, outbox, restored
from bot.storage.columns import Instant
from bot.storage.database import Database
from tests.storage.databases import postgresql_url, sqlite_url

MIGRATIONS = folder("migrations")
MADE = datetime(2026, 11, 23, 9, tzinfo=UTC)
RESTORED = MADE + timedelta(hours=2)
HERE = Place("local", "local", "c1")
JSON_TO_THE_LETTER = '{"b":  1.50, "a": "\\u00e9 \\ud83d\\udc4d", "b2": null}'
ODD = "Zoë 👍 \u2028 'quoted' \"twice\" \\ back"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Another database, empty."""
    if request.param == "sqlite":
        (tmp_path / "elsewhere").mkdir()
        yield sqlite_url(tmp_path / "elsewhere")
        return
    with postgresql_url() as url:
        yield url


def fill(tx: Connection) -> None:
    """A row in every table, with odd words and odd JSON; and in the outbox, rows that wait for all sorts of things."""
    revision = migrate.current_on(tx)
    assert revision
    for table in layout.tables_at(revision, MIGRATIONS, tx.dialect.name):
        if table.name not in ("outbox", "restores"):
            tx.execute(table.insert(), {c.name: some(c) for c in table.columns})
    for key, call, after in (
        ("daily:1", Send(message(said(Verbatim(ODD)))), None),
        ("thread:1", OpenThread("a thread"), "daily:1"),
        ("reveal:1", Send(message("the key"), in_thread=True), "thread:1"),
        ("show:1", Change(message("2 answered"), MessageRef(HERE, "m1")), None),
        ("later:1", Send(message("tomorrow")), None),
    ):
        later = MADE + timedelta(days=1) if key == "later:1" else None
        outbox.enqueue(tx, key, HERE, call, now=MADE, after=after, not_before=later)


def some(column: Column[Any]) -> Any:
    """A value for a column; whatever may be left out is left out in some rows of the outbox."""
    match column.type:
        case Boolean():
            return True
        case Integer():
            return 1
        case Float():
            return 0.1
        case Date():
            return MADE.date()
        case Instant():
            return MADE + timedelta(microseconds=123456)
        case String(length=int(length)):
            return ODD[:length]
    return JSON_TO_THE_LETTER


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, JSON as the text that it is."""
    with migrate.connected(url) as tx:
        revision = migrate.current_on(tx)
        assert revision
        tables = layout.tables_at(revision, MIGRATIONS, tx.dialect.name)
        return {t.name: [tuple(row) for row in tx.execute(select(t).order_by(*t.primary_key))] for t in tables}


@pytest.fixture
def house(url: str) -> str:
    """A database with rows in it."""
    migrate.upgrade(url, MIGRATIONS)
    with migrate.connected(url) as tx:
        fill(tx)
    return url


@pytest.fixture
def file(house: str, tmp_path: Path) -> Path:
    backup.make(house, tmp_path / "house.backup", migrations=MIGRATIONS, now=MADE)
    return tmp_path / "house.backup"


@pytest.fixture
def some_file(sqlite: str, tmp_path: Path) -> Path:
    """A backup where it does not matter of what."""
    migrate.upgrade(sqlite, MIGRATIONS)
    with migrate.connected(sqlite) as tx:
        fill(tx)
    backup.make(sqlite, tmp_path / "some.backup", migrations=MIGRATIONS, now=MADE)
    return tmp_path / "some.backup"


def restore(url: str, file: Path, *, replace: bool = False) -> archive.Header:
    return backup.restore(url, file, migrations=MIGRATIONS, replace=replace, now=RESTORED)


def test_every_table_of_the_house_is_in_a_backup(file: Path) -> None:
    assert set(archive.verified(file).tables) == set(declared_schema().tables)


def test_what_comes_back_is_what_was_there_to_the_letter(house: str, file: Path, elsewhere: str) -> None:
    before = everything(house)
    header = restore(elsewhere, file)
    after = everything(elsewhere)
    for name in before.keys() - {"outbox", "restores"}:
        assert after[name] == before[name]
    assert [row[:7] for row in after["outbox"]] == [row[:7] for row in before["outbox"]]
    assert header.tables == {name: len(rows) for name, rows in before.items()}
    assert header.created_at == MADE
    assert migrate.differences(elsewhere, declared_schema()) == []


async def test_new_rows_are_numbered_behind_those_that_came_back(file: Path, elsewhere: str) -> None:
    restore(elsewhere, file)
    database = Database(elsewhere)
    await database.write(lambda tx: outbox.enqueue(tx, "new:1", HERE, Send(message("new")), now=RESTORED))
    numbers = await database.read(lambda tx: tx.execute(select(outbox.outbox.c.id)).scalars().all())
    await database.close()
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


async def test_what_was_still_to_be_sent_is_unsettled_since_the_backup(file: Path, elsewhere: str) -> None:
    restore(elsewhere, file)
    database = Database(elsewhere)
    columns = (outbox.outbox.c.key, outbox.outbox.c.state, outbox.outbox.c.since)
    rows = await database.read(lambda tx: {row.key: (row.state, row.since) for row in tx.execute(select(*columns))})
    waiting = await database.read(restored.awaiting)
    await database.close()
    assert rows == {
        "daily:1": ("sending", MADE),
        "thread:1": ("pending", None),  # opening a thread guards itself
        "reveal:1": ("pending", None),  # it waits for the thread, and is looked for once that stands
        "show:1": ("pending", None),  # a change overwrites
        "later:1": ("pending", None),  # nobody can have sent it yet
    }
    assert waiting == restored.Restore(MADE, None)


def test_a_backup_is_read_by_its_owner_only(some_file: Path) -> None:
    assert stat.S_IMODE(some_file.stat().st_mode) == 0o600


def test_nothing_else_is_left_beside_it(some_file: Path) -> None:
    assert [path.name for path in some_file.parent.iterdir() if path.name.startswith(".")] == []


def test_a_backup_that_fails_leaves_the_older_one_as_it_was(house: str, file: Path) -> None:
    before = file.read_bytes()
    with migrate.connected(house) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BackupError, match="no schema that this version knows"):
        backup.make(house, file, migrations=MIGRATIONS, now=MADE)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("cut", [0.0, 0.01, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_refused_and_nothing_is_changed(some_file: Path, tmp_path: Path, cut: float) -> None:
    whole = some_file.read_bytes()
    some_file.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(BackupError, match=r"not whole|cannot be read"):
        restore(sqlite_url(tmp_path / "new"), some_file)
    assert not (tmp_path / "new").exists()


def test_a_file_in_which_a_letter_was_changed_is_refused(some_file: Path, elsewhere: str) -> None:
    lines = gzip.decompress(some_file.read_bytes()).decode()
    some_file.write_bytes(gzip.compress(lines.replace("the key", "the kex").encode()))
    with pytest.raises(BackupError, match="checksum"):
        restore(elsewhere, some_file)


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        ({"format": "other"}, "no backup"),
        ({"format": "batchmates backup", "version": 2}, "newer version"),
    ],
)
def test_other_files_are_named_as_what_they_are(tmp_path: Path, first: Any, wanted: str) -> None:
    file = tmp_path / "other"
    file.write_bytes(gzip.compress(json.dumps(first).encode() + b"\n"))
    with pytest.raises(BackupError, match=wanted):
        archive.verified(file)


def test_a_backup_of_a_newer_schema_is_refused(elsewhere: str, tmp_path: Path) -> None:
    with archive.written(tmp_path / "newer") as to:
        to.header(archive.Header("9999", MADE, {}))
        to.end()
    with pytest.raises(BackupError, match="newer than this version"):
        restore(elsewhere, tmp_path / "newer")


def test_a_database_with_rows_is_refused_unless_it_shall_be_replaced(house: str, file: Path) -> None:
    with migrate.connected(house) as tx:
        tx.execute(text("UPDATE groups SET name = 'changed since'"))
    before = everything(house)
    with pytest.raises(BackupError, match="--replace"):
        restore(house, file)
    assert everything(house) == before
    restore(house, file, replace=True)
    assert [row[1] for row in everything(house)["groups"]] == [ODD[:100]]


def test_a_database_that_was_only_migrated_is_empty(some_file: Path, elsewhere: str) -> None:
    migrate.upgrade(elsewhere, MIGRATIONS)
    assert restore(elsewhere, some_file).rows > 0


def test_a_backup_of_an_older_schema_is_upgraded(elsewhere: str, tmp_path: Path) -> None:
    old = sqlite_url(tmp_path)
    migrate.upgrade(old, MIGRATIONS, "0001")
    with migrate.connected(old) as tx:
        fill(tx)
    backup.make(old, tmp_path / "old", migrations=MIGRATIONS, now=MADE)
    assert restore(elsewhere, tmp_path / "old").revision == "0001"
    assert migrate.differences(elsewhere, declared_schema()) == []
    assert len(everything(elsewhere)["outbox"]) == 5


def test_a_restore_that_fails_half_way_changes_nothing(house: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    with archive.written(broken) as to:
        to.header(archive.Header("0001", MADE, {"groups": 0, "nowhere": 1}))
        to.table("nowhere", ["id"])
        to.row([1])
        to.end()
    before = everything(house)
    with pytest.raises(BackupError, match="no table 'nowhere'"):
        restore(house, broken, replace=True)
    assert everything(house) == before


def test_a_sqlite_file_on_which_a_bot_runs_is_refused(some_file: Path, sqlite: str) -> None:
    with locks.alone(sqlite), pytest.raises(locks.InUse, match="another process runs on"):
        restore(sqlite, some_file, replace=True)


@pytest.mark.postgres
def test_a_postgresql_database_on_which_a_bot_runs_is_refused(postgresql: str, tmp_path: Path) -> None:
    source = sqlite_url(tmp_path)
    migrate.upgrade(source, MIGRATIONS)
    backup.make(source, tmp_path / "some", migrations=MIGRATIONS, now=MADE)
    with migrate.connected(locks.named(postgresql)), pytest.raises(BackupError, match="a bot runs on this database"):
        restore(postgresql, tmp_path / "some")
    assert restore(postgresql, tmp_path / "some").rows == 0


def test_a_database_that_is_not_there_cannot_be_backed_up(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no such database"):
        backup.make(sqlite_url(tmp_path), tmp_path / "file", migrations=MIGRATIONS, now=MADE)
    with pytest.raises(BackupError, match="no such folder"):
        backup.make(sqlite_url(tmp_path), tmp_path / "no" / "file", migrations=MIGRATIONS, now=MADE)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_sees_one_moment_while_a_writer_is_in_the_middle(house: str, tmp_path: Path) -> None:
    with migrate.connected(house) as writing:
        writing.execute(text("UPDATE groups SET name = 'not yet'"))
        writing.execute(text("DELETE FROM outbox"))
        header = backup.make(house, tmp_path / "during", migrations=MIGRATIONS, now=MADE)
    assert (header.tables["groups"], header.tables["outbox"]) == (1, 5)


def test_a_column_of_an_unknown_kind_is_a_loud_error(tmp_path: Path) -> None:
    migrations = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    (migrations / "versions" / "9000_odd.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9000'\ndown_revision = "
        f"{max(migrate.revisions(MIGRATIONS))!r}\nbranch_labels = depends_on = None\n"
        "def upgrade():\n    op.create_table('odd', sa.Column('at', sa.Time(), primary_key=True))\n"
    )
    with pytest.raises(TypeError, match="teach it in"):
        layout.tables_at("9000", migrations, "sqlite")
