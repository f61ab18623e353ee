"""Column types that both databases share."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData
from sqlalchemy.types import TypeDecorator

from bot.core import wire

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A point in time: aware on our side, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        # SQLite keeps text that sorts only while every row has the same zone, so none is written.
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a value that this version cannot read, such as one that a newer version wrote."""

    why: str


class Wire(TypeDecorator[Any]):
    """A value of the vocabulary, kept as JSON; what cannot be read is `Unreadable`, and harms no other row."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return wire.to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        try:
            return wire.from_json(value)
        except Exception as error:
            # Raised here it would end the whole query, and with it the rows of everybody else.
            return Unreadable(type(error).__name__)
