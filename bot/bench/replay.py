"""What a story told the database, told again without us: the same statements and parameters through the same engine."""

from collections.abc import Sequence
from time import perf_counter
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.storage.database import Database

Statement = tuple[str, Any]
"""The text as the driver gets it, and its parameters."""


class Recorder:
    """Notes every statement that goes to one database, from `with` to its end."""

    def __init__(self, database: Database) -> None:
        self._name = database.url.database
        self._statements: list[Statement] = []

    def __enter__(self) -> "Recorder":
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def take(self) -> Sequence[Statement]:
        """What was noted since it was last taken: one transaction, where it is taken after each."""
        taken, self._statements = self._statements, []
        return taken

    def _note(self, connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        # `Database.write` begins the transaction of a replay as well.
        if connection.engine.url.database == self._name and not statement.startswith("BEGIN"):
            self._statements.append((statement, parameters))


async def replay(database: Database, statements: Sequence[Statement]) -> float:
    """Run the statements in one transaction; give the seconds that it took."""
    began = perf_counter()
    await database.write(_tell, statements)
    return perf_counter() - began


def _tell(tx: Connection, statements: Sequence[Statement]) -> None:
    for statement, parameters in statements:
        result = tx.exec_driver_sql(statement, parameters)
        if result.returns_rows:
            result.all()
