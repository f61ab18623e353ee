"""Seasons and their winners, and what keeps a streak: absences of the bot and of members."""

import re
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

QUARTER = re.compile(r"\d{4}-Q[1-4]")


def upgrade() -> None:
    op.create_table(
        "seasons",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=7), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("look_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_seasons_group_id")),
        sa.PrimaryKeyConstraint("group_id", "key", name=op.f("pk_seasons")),
    )
    op.create_index("ix_seasons_look_at", "seasons", ["look_at"], unique=False)
    op.create_table(
        "winners",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=7), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_winners_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_winners_member_id")),
        sa.PrimaryKeyConstraint("group_id", "key", "member_id", name=op.f("pk_winners")),
    )
    op.create_index(op.f("ix_winners_member_id"), "winners", ["member_id"], unique=False)
    op.create_table(
        "alive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alive")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_until"), "absences", ["until"], unique=False)
    op.create_table(
        "aways",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_aways_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aways")),
    )
    op.create_index(op.f("ix_aways_member_id"), "aways", ["member_id"], unique=False)
    _fill_seasons()
    _fill_aways()


def _fill_aways() -> None:
    """Whoever is away now has been since today, as far as anybody noted."""
    members = sa.table("members", sa.column("id"), sa.column("away_until", sa.Date()))
    aways = sa.table("aways", sa.column("member_id"), sa.column("first_on", sa.Date()), sa.column("last_on", sa.Date()))
    today = sa.literal(datetime.now(UTC).date(), sa.Date())
    away = sa.select(members.c.id, today, members.c.away_until).where(members.c.away_until >= today)
    op.get_bind().execute(aways.insert().from_select(["member_id", "first_on", "last_on"], away))


def _fill_seasons() -> None:
    """Every quarter in which a group has points; the bot archives those that are over when it looks at them."""
    ledger = sa.table("ledger", sa.column("group_id"), sa.column("season"))
    seasons = sa.table(
        "seasons",
        sa.column("group_id"),
        sa.column("key"),
        sa.column("first_on", sa.Date()),
        sa.column("last_on", sa.Date()),
        sa.column("look_at", Instant()),
    )
    tx = op.get_bind()
    now = datetime.now(UTC)
    for group, key in tx.execute(sa.select(ledger.c.group_id, ledger.c.season).distinct()).all():
        if not QUARTER.fullmatch(key):
            continue  # nothing that this bot has written
        first, last = _quarter(key)
        row = {"group_id": group, "key": key, "first_on": first, "last_on": last, "look_at": now}
        tx.execute(seasons.insert().values(row))


def _quarter(key: str) -> tuple[date, date]:
    year, quarter = int(key[:4]), int(key[-1])
    first = date(year, 3 * quarter - 2, 1)
    after = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
    return first, after - timedelta(days=1)


def downgrade() -> None:
    for table in ("aways", "absences", "alive", "winners", "seasons"):
        op.drop_table(table)
