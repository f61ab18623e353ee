"""A level for each track of a group."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tracks", sa.Column("level", sa.String(length=10), nullable=True))


def downgrade() -> None:
    op.drop_column("tracks", "level")
