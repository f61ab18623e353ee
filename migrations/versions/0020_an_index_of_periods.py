"""An index of the periods in which a topic has points."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NAME = "ix_scores_periods"


def upgrade() -> None:
    op.create_index(NAME, "scores", ["group_id", "period", "topic", "period_key"])


def downgrade() -> None:
    op.drop_index(NAME, "scores")
