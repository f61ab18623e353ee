"""Alembic, called from the program: a database is brought up to date before anything else touches it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, event, literal, make_url, select
from sqlalchemy import table as table_

from bot.storage.database import prepare_sqlite
from bot.storage.locks import alone_in_this_transaction


def upgrade(url: str, migrations: Path, to: str = "head") -> None:
    """Bring a database to a schema, by default the newest, in one transaction; processes that start together wait."""
    with connected(url) as connection:
        alone_in_this_transaction(connection)
        upgrade_on(connection, migrations, to)


def upgrade_on(connection: Connection, migrations: Path, to: str = "head") -> None:
    """Bring a database to a schema, within the transaction of this connection."""
    command.upgrade(_config(migrations, connection), to)


def current_on(connection: Connection) -> str | None:
    """The schema revision that a database has; None where it has none of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions(migrations: Path) -> set[str]:
    """Every schema revision that this version knows."""
    config = Config()
    _set_paths(config, migrations)
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def pending(url: str, migrations: Path) -> bool:
    """Whether a database is not at the newest schema."""
    with connected(url) as connection:
        script = ScriptDirectory.from_config(_config(migrations, connection))
        return current_on(connection) != script.get_current_head()


def revision(url: str, migrations: Path, what: str) -> Path:
    """Write the next migration from the difference between the declared schema and an up-to-date database."""
    with connected(url) as connection:
        config = _config(migrations, connection)
        heads = ScriptDirectory.from_config(config).get_current_head()
        number = f"{int(heads or 0) + 1:04}"
        script = command.revision(config, message=what, autogenerate=True, rev_id=number)
    if script is None or isinstance(script, list):
        raise RuntimeError("one migration was wanted")
    return Path(script.path)


def holds_rows(url: str, table: str) -> bool:
    """Whether a table of an up-to-date database has any row."""
    with connected(url) as connection:
        return connection.execute(select(literal(1)).select_from(table_(table)).limit(1)).first() is not None


def differences(url: str, metadata: MetaData) -> list[object]:
    """What the declared schema has otherwise than the database."""
    with connected(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def _config(migrations: Path, connection: Connection) -> Config:
    config = Config()
    _set_paths(config, migrations)
    config.attributes["connection"] = connection
    return config


def _set_paths(config: Config, migrations: Path) -> None:
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")


def _make_private(database: str | None) -> None:
    """Let nobody but its owner read a file that is new: it holds what members write."""
    # SQLite gives its -wal and -shm the permissions of the file. Where it cannot be made, SQLite says so itself.
    if database and database != ":memory:" and os.access(Path(database).absolute().parent, os.W_OK):
        os.close(os.open(database, os.O_RDONLY | os.O_CREAT, 0o600))


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection in one writing transaction, which is committed at the end unless something is raised."""
    target = make_url(url)
    sqlite = target.get_backend_name() == "sqlite"
    engine = create_engine(target.set(drivername="sqlite" if sqlite else "postgresql+psycopg"), hide_parameters=True)
    if sqlite:
        _make_private(target.database)
        event.listen(engine, "connect", lambda connection, _: prepare_sqlite(connection))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
