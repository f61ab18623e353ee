"""From when to when members were out of their group, for those who come back."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("left_at", Instant(), nullable=False),
        sa.Column("back_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_departures_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
    )
    op.create_index(op.f("ix_departures_member_id"), "departures", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("departures")
