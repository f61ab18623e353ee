"""The roles of champions that were given."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant, Wire

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crowns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("place", Wire(), nullable=False),
        sa.Column("call", Wire(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_crowns_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_crowns_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crowns")),
    )
    op.create_index(op.f("ix_crowns_member_id"), "crowns", ["member_id"])
    op.create_index("ix_crowns_taken_at_group_id", "crowns", ["taken_at", "group_id"])


def downgrade() -> None:
    op.drop_table("crowns")
