"""Sessions of mock interviews, as far as pairing needs them."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("second_kind", sa.String(length=40), nullable=True),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_sessions_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_group_id"), ["group_id"], unique=False)
    op.create_table(
        "session_people",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_session_people_member_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_session_people_session_id")),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_session_people")),
        sa.UniqueConstraint("session_id", "seat", name=op.f("uq_session_people_session_id_seat")),
    )
    with op.batch_alter_table("session_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_people_member_id"), ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("session_people")
    op.drop_table("sessions")
