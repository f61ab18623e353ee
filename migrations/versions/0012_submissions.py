"""Programs that members send, and their verdicts."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("message_key", sa.String(length=300), nullable=True),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("verdict", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("right", sa.Boolean(), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("judged_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_submissions_day_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_submissions_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_submissions_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.create_index("ix_submissions_day_id_member_id", ["day_id", "member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_judged_at"), ["judged_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_member_id"), ["member_id"], unique=False)
        batch_op.create_index("ix_submissions_state_id", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("submissions")
