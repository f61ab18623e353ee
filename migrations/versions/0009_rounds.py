"""Rounds of mock interviews: schedules, sign-ups, what members set, turns, the live queue."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0009"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _schedules()
    _rounds()
    _members()
    _hold_weekly_rounds()


def _schedules() -> None:
    op.create_table(
        "round_schedules",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("approve", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_round_schedules_group_id")),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_round_schedules")),
    )
    op.create_index(op.f("ix_round_schedules_next_at"), "round_schedules", ["next_at"], unique=False)


def _rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.String(length=60), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("approve", sa.Boolean(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_rounds_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("group_id", "closes_on", name=op.f("uq_rounds_group_id_closes_on")),
    )
    op.create_index(op.f("ix_rounds_next_at"), "rounds", ["next_at"], unique=False)
    op.create_index(op.f("ix_rounds_changed"), "rounds", ["changed"], unique=False)
    op.create_table(
        "round_sign_ups",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_round_sign_ups_member_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_sign_ups_round_id")),
        sa.PrimaryKeyConstraint("round_id", "member_id", name=op.f("pk_round_sign_ups")),
    )
    op.create_index(op.f("ix_round_sign_ups_member_id"), "round_sign_ups", ["member_id"], unique=False)


def _members() -> None:
    op.create_table(
        "mock_preferences",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("giving", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("every_round", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mock_preferences_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mock_preferences")),
    )
    op.create_table(
        "mock_blocks",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["blocked_id"], ["members.id"], name=op.f("fk_mock_blocks_blocked_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mock_blocks_member_id")),
        sa.PrimaryKeyConstraint("member_id", "blocked_id", name=op.f("pk_mock_blocks")),
    )
    op.create_index(op.f("ix_mock_blocks_blocked_id"), "mock_blocks", ["blocked_id"], unique=False)
    op.create_table(
        "mock_turns",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("waited_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mock_turns_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mock_turns")),
    )
    op.create_table(
        "mock_queue",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_mock_queue_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_mock_queue_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_mock_queue")),
    )
    op.create_index(op.f("ix_mock_queue_group_id"), "mock_queue", ["group_id"], unique=False)
    op.create_index(op.f("ix_mock_queue_until"), "mock_queue", ["until"], unique=False)


def _hold_weekly_rounds() -> None:
    """Groups that are there already hold rounds as new ones do; the first look at the calendar finds their date."""
    groups = sa.table("groups", sa.column("id", sa.Integer))
    schedules = sa.table(
        "round_schedules",
        sa.column("group_id", sa.Integer),
        sa.column("is_on", sa.Boolean),
        sa.column("weekday", sa.Integer),
        sa.column("closes", sa.String),
        sa.column("approve", sa.Boolean),
        sa.column("minutes", sa.Integer),
        sa.column("next_at", Instant),
    )
    rest = {"is_on": True, "weekday": 6, "closes": "18:00", "approve": False, "minutes": 60}
    ids = op.get_bind().execute(sa.select(groups.c.id)).scalars().all()
    op.bulk_insert(schedules, [{"group_id": id, "next_at": datetime.now(UTC), **rest} for id in ids])


def downgrade() -> None:
    for table in (
        "mock_queue",
        "mock_turns",
        "mock_blocks",
        "mock_preferences",
        "round_sign_ups",
        "rounds",
        "round_schedules",
    ):
        op.drop_table(table)
