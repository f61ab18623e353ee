"""Alembic, called from the program: a database is brought up to date before anything else touches it."""

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


def upgrade(url: str, migrations: Path) -> None:
    """Bring a database to the newest schema, in one transaction where the database can."""
    with _connection(url) as connection:
        command.upgrade(_config(migrations, connection), "head")


def pending(url: str, migrations: Path) -> bool:
    """Whether a database is not at the newest schema."""
    with _connection(url) as connection:
        script = ScriptDirectory.from_config(_config(migrations, connection))
        return MigrationContext.configure(connection).get_current_revision() != script.get_current_head()


def revision(url: str, migrations: Path, what: str) -> Path:
    """Write the next migration from the difference between the declared schema and an up-to-date database."""
    with _connection(url) as connection:
        config = _config(migrations, connection)
        heads = ScriptDirectory.from_config(config).get_current_head()
        number = f"{int(heads or 0) + 1:04}"
        script = command.revision(config, message=what, autogenerate=True, rev_id=number)
    if script is None or isinstance(script, list):
        raise RuntimeError("one migration was wanted")
    return Path(script.path)


def holds_rows(url: str, table: str) -> bool:
    """Whether a table of an up-to-date database has any row."""
    with _connection(url) as connection:
        return connection.execute(select(literal(1)).select_from(table_(table)).limit(1)).first() is not None


def differences(url: str, metadata: MetaData) -> list[object]:
    """What the declared schema has otherwise than the database."""
    with _connection(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def _config(migrations: Path, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    target = make_url(url)
    sqlite = target.get_backend_name() == "sqlite"
    engine = create_engine(target.set(drivername="sqlite" if sqlite else "postgresql+psycopg"), hide_parameters=True)
    if sqlite:
        event.listen(engine, "connect", lambda connection, _: prepare_sqlite(connection))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
