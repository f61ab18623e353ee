"""Interviews that nobody ends are ended by themselves, and old buttons go.

Those interviews that run already are asked about four hours from now.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LONGER_THAN_ANY = timedelta(hours=4)  # whatever began a moment ago is over by then


def upgrade() -> None:
    op.add_column("sessions", sa.Column("changed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_sessions_changed"), "sessions", ["changed"], unique=False)
    sessions = sa.table("sessions", sa.column("id", sa.Integer()), sa.column("state", sa.String()))
    timers = sa.table(
        "session_timers",
        sa.column("session_id", sa.Integer()),
        sa.column("what", sa.String()),
        sa.column("number", sa.Integer()),
        sa.column("at", Instant()),
    )
    at = sa.literal(datetime.now(UTC) + LONGER_THAN_ANY, Instant())
    running = sa.select(sessions.c.id, sa.literal("forgotten"), sa.literal(0), at).where(
        sessions.c.state.in_(["live", "paused"])
    )
    op.execute(timers.insert().from_select(["session_id", "what", "number", "at"], running))


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_changed"), table_name="sessions")
    op.drop_column("sessions", "changed")
    op.execute("DELETE FROM session_timers WHERE what = 'forgotten'")
