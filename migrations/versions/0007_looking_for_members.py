"""Looking for members who left without a word."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("look_at", Instant(), nullable=True))
        batch_op.create_index(batch_op.f("ix_members_look_at"), ["look_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_members_look_at"))
        batch_op.drop_column("look_at")
