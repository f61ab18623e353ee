"""Indexes of the posts and members that a beat looks for among all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CHANGED = {"sqlite_where": sa.text("changed = 1"), "postgresql_where": sa.text("changed")}
NEW = {"sqlite_where": sa.text("welcomed = 0"), "postgresql_where": sa.text("NOT welcomed")}


def upgrade() -> None:
    op.create_index("ix_posts_changed", "posts", ["key"], **CHANGED)
    op.create_index("ix_members_new", "members", ["id"], **NEW)


def downgrade() -> None:
    op.drop_index("ix_members_new", "members")
    op.drop_index("ix_posts_changed", "posts")
