"""An index of the members whom not everybody sees."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "ix_members_hidden"
SOME = sa.text("left_at IS NOT NULL OR seen_by != 'public'")


def upgrade() -> None:
    op.create_index(NAME, "members", ["group_id"], sqlite_where=SOME, postgresql_where=SOME)


def downgrade() -> None:
    op.drop_index(NAME, "members")
