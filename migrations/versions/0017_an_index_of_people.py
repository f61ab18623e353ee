"""An index of people, who are looked for over all groups."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = "ix_identities_who"


def upgrade() -> None:
    op.create_index(NAME, "identities", ["person", "workspace", "platform"])


def downgrade() -> None:
    op.drop_index(NAME, "identities")
