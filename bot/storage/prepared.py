"""Long statements whose text is made once.

SQLAlchemy finds what it has compiled of a statement by all of the statement's parts, each time that it is run: for the
one of a board, with its ten selects, that took a tenth of a millisecond, a sixth of what reading a board took.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase

Value = int | str | None


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement for one kind of database: the names of its parameters in their order where they are not named."""

    sql: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Value]

    def parameters(self, values: Mapping[str, Value]) -> Mapping[str, Value] | tuple[Value, ...]:
        given = {**self.constants, **values}
        return given if self.order is None else tuple(given[name] for name in self.order)


class Prepared:
    """A query that is run as text, by values that are numbers or strings; its columns come as the driver gives them."""

    def __init__(self, query: SelectBase) -> None:
        self.query = query
        self._texts: dict[str, _Text] = {}

    def rows(self, tx: Connection, values: Mapping[str, Value]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Run it; give all of its rows."""
        text = self._texts.get(tx.dialect.name)
        if text is None:
            text = self._texts[tx.dialect.name] = self._text(tx)
        return tx.exec_driver_sql(text.sql, text.parameters(values)).all()

    def _text(self, tx: Connection) -> _Text:
        compiled = self.query.compile(tx)
        assert isinstance(compiled, SQLCompiler)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise TypeError("a statement whose text depends on its values cannot be prepared")
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        order = tuple(compiled.positiontup or ()) if compiled.positional else None
        return _Text(compiled.string, order, constants)
