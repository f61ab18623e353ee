"""Mock interviews: sessions, their times and timers, turns with kits, and feedback."""

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0010"
down_revision = "0009"
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
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("room", sa.JSON(), nullable=True),
        sa.Column("room_state", sa.String(length=10), nullable=False),
        sa.Column("room_at", sa.String(length=200), nullable=True),
        sa.Column("greeted", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_sessions_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_greeted"), ["greeted"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_room_at"), ["room_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_state"), ["state"], unique=False)

    op.create_table(
        "session_people",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("here_at", Instant(), nullable=True),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("absent_at", Instant(), nullable=True),
        sa.Column("let_down_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_session_people_member_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_session_people_session_id")),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_session_people")),
        sa.UniqueConstraint("session_id", "seat", name=op.f("uq_session_people_session_id_seat")),
    )
    with op.batch_alter_table("session_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_people_member_id"), ["member_id"], unique=False)

    op.create_table(
        "session_timers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_session_timers_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_timers")),
        sa.UniqueConstraint("session_id", "what", "number", name=op.f("uq_session_timers_session_id_what_number")),
    )
    with op.batch_alter_table("session_timers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_timers_session_id"), ["session_id"], unique=False)
        batch_op.create_index("ix_session_timers_what_at", ["what", "at"], unique=False)

    op.create_table(
        "session_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["members.id"], name=op.f("fk_session_times_by")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_session_times_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_times")),
        sa.UniqueConstraint("session_id", "offer", "number", name=op.f("uq_session_times_session_id_offer_number")),
    )
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fit", sa.String(length=10), nullable=False),
        sa.Column("kit_id", sa.String(length=80), nullable=False),
        sa.Column("kit", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.JSON(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=True),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("briefed_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("running_since", Instant(), nullable=True),
        sa.Column("banked", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["candidate_id"], ["members.id"], name=op.f("fk_turns_candidate_id")),
        sa.ForeignKeyConstraint(["interviewer_id"], ["members.id"], name=op.f("fk_turns_interviewer_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_turns_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_turns_session_id_number")),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turns_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turns_interviewer_id"), ["interviewer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turns_kit_id"), ["kit_id"], unique=False)

    op.create_table(
        "kit_ratings",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kit_id", sa.String(length=80), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_kit_ratings_member_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_kit_ratings_turn_id")),
        sa.PrimaryKeyConstraint("turn_id", "member_id", name=op.f("pk_kit_ratings")),
    )
    with op.batch_alter_table("kit_ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kit_ratings_kit_id"), ["kit_id"], unique=False)

    op.create_table(
        "session_yes",
        sa.Column("time_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_session_yes_member_id")),
        sa.ForeignKeyConstraint(["time_id"], ["session_times.id"], name=op.f("fk_session_yes_time_id")),
        sa.PrimaryKeyConstraint("time_id", "member_id", name=op.f("pk_session_yes")),
    )
    op.create_table(
        "sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("thanked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["about_id"], ["members.id"], name=op.f("fk_sheets_about_id")),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_sheets_author_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_sheets_session_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_sheets_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint("turn_id", "author_id", "sort", name=op.f("uq_sheets_turn_id_author_id_sort")),
    )
    with op.batch_alter_table("sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheets_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheets_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheets_session_id"), ["session_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheets_session_id"))
        batch_op.drop_index(batch_op.f("ix_sheets_author_id"))
        batch_op.drop_index(batch_op.f("ix_sheets_about_id"))

    op.drop_table("sheets")
    op.drop_table("session_yes")
    with op.batch_alter_table("kit_ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kit_ratings_kit_id"))

    op.drop_table("kit_ratings")
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turns_kit_id"))
        batch_op.drop_index(batch_op.f("ix_turns_interviewer_id"))
        batch_op.drop_index(batch_op.f("ix_turns_candidate_id"))

    op.drop_table("turns")
    op.drop_table("session_times")
    with op.batch_alter_table("session_timers", schema=None) as batch_op:
        batch_op.drop_index("ix_session_timers_what_at")
        batch_op.drop_index(batch_op.f("ix_session_timers_session_id"))

    op.drop_table("session_timers")
    with op.batch_alter_table("session_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_people_member_id"))

    op.drop_table("session_people")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_state"))
        batch_op.drop_index(batch_op.f("ix_sessions_room_at"))
        batch_op.drop_index(batch_op.f("ix_sessions_group_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_greeted"))

    op.drop_table("sessions")
