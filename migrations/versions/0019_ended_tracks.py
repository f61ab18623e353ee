"""Tracks that have ended, and may begin again."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tracks", sa.Column("ended_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("tracks", "ended_at")
