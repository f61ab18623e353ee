"""Weeks that are still to be told, in the home and to members."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recaps",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("look_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_recaps_group_id")),
        sa.PrimaryKeyConstraint("group_id", "monday", name=op.f("pk_recaps")),
    )
    op.create_index(op.f("ix_recaps_look_at"), "recaps", ["look_at"], unique=False)
    op.add_column("members", sa.Column("note_at", Instant(), nullable=True))
    op.create_index(op.f("ix_members_note_at"), "members", ["note_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_members_note_at"), table_name="members")
    op.drop_column("members", "note_at")
    op.drop_table("recaps")
