"""Alembic's environment: runs on the connection that `bot.storage.migrate` hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from bot.app import declared_schema


def plain_types(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database: a migration never changes with the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=declared_schema(),
    render_as_batch=True,  # SQLite changes a column by making the table anew
    render_item=plain_types,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
