"""Questions of opened days as text."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _move("question", "asked", sa.Text())


def downgrade() -> None:
    _move("asked", "question", sa.JSON())


def _move(old: str, new: str, kind: sa.types.TypeEngine[str]) -> None:
    # Not by batch: that makes the table anew, which SQLite takes for deleting what other tables refer to.
    op.add_column("days", sa.Column(new, kind, nullable=True))
    as_kind = "JSON" if isinstance(kind, sa.JSON) else "TEXT"
    value = f"CAST({old} AS {as_kind})" if op.get_bind().dialect.name == "postgresql" else old
    op.execute(f"UPDATE days SET {new} = {value}")
    op.execute(f"ALTER TABLE days DROP COLUMN {old}")
