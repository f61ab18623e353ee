"""Posts of the day's question: the table and its SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    select,
    text,
    update,
)

from bot.core.refs import HomeId, MessageRef, Place
from bot.features.days.store import Day, DayId, days
from bot.features.homes.store import Home
from bot.storage.columns import Wire, metadata

posts = Table(
    "posts",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("day_id", ForeignKey("days.id"), nullable=False),
    Column("home_id", ForeignKey("homes.id"), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("workspace", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread", String(64)),
    Column("message", Wire),
    Column("changed", Boolean, nullable=False),
    UniqueConstraint("day_id", "home_id"),
    Index("ix_posts_thread", "platform", "workspace", "channel", "thread"),
)
Index("ix_posts_changed", posts.c.key, sqlite_where=text("changed = 1"), postgresql_where=posts.c.changed)

_SET_CHANGED = update(posts).where(posts.c.day_id == bindparam("of_day")).values(changed=True)


_INSERT = posts.insert()


@dataclass(frozen=True, slots=True)
class Post:
    """A day's question in one home; `thread` is known once it was opened."""

    key: str
    day: DayId
    home: HomeId
    place: Place
    thread: Place | None
    message: MessageRef | None


# --- posts --------------------------------------------------------------------------------------------------------


def post_key(day: Day, home: Home) -> str:
    """The key of a post: the same track, scheduled date and home are the same post, whatever happens."""
    return f"{day.track}:{day.on}:home{home.id}"


def add_post(tx: Connection, day: Day, home: Home) -> Post:
    """Write that a day's question is posted in a home."""
    place = home.place
    at = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
    row = {"key": post_key(day, home), "day_id": day.id, "home_id": home.id, "changed": False, **at}
    tx.execute(_INSERT, row)
    return Post(post_key(day, home), day.id, home.id, place, None, None)


def _post(row: Row[Any]) -> Post:
    place = Place(row.platform, row.workspace, row.channel)
    thread = Place(row.platform, row.workspace, row.channel, row.thread) if row.thread else None
    return Post(row.key, DayId(row.day_id), HomeId(row.home_id), place, thread, row.message)


def posts_of(tx: Connection, day: DayId) -> list[Post]:
    """Read a day's posts, one a home."""
    return [_post(row) for row in tx.execute(select(posts).where(posts.c.day_id == day).order_by(posts.c.home_id))]


def post_at(tx: Connection, thread: Place) -> Post | None:
    """Read the post whose thread this is."""
    if thread.thread is None:
        return None
    here = (
        posts.c.platform == thread.platform,
        posts.c.workspace == thread.workspace,
        posts.c.channel == thread.channel,
        posts.c.thread == thread.thread,
    )
    row = tx.execute(select(posts).where(*here)).first()
    return _post(row) if row else None


def set_message(tx: Connection, key: str, message: MessageRef | None) -> None:
    """Note where a post stands."""
    tx.execute(update(posts).where(posts.c.key == key).values(message=message))


def set_thread(tx: Connection, key: str, thread: Place) -> None:
    """Note which thread belongs to a post."""
    tx.execute(update(posts).where(posts.c.key == key).values(channel=thread.channel, thread=thread.thread))


def set_changed(tx: Connection, day: DayId) -> None:
    """Note that what a day's posts show is no longer true."""
    tx.execute(_SET_CHANGED, {"of_day": day})


_CHANGED = select(posts).where(posts.c.changed).order_by(posts.c.key).limit(bindparam("most"))


def changed(tx: Connection, most: int) -> list[Post]:
    """Read posts that show what is no longer true, and note that they are brought up to date."""
    rows = tx.execute(_CHANGED, {"most": most}).all()
    if rows:
        tx.execute(update(posts).where(posts.c.key.in_([row.key for row in rows])).values(changed=False))
    return [_post(row) for row in rows]


def threads_of_open_days(tx: Connection) -> list[Post]:
    """Read the posts whose day is open and whose thread is known."""
    query = (
        select(posts).join(days, days.c.id == posts.c.day_id).where(days.c.state == "open", posts.c.thread.is_not(None))
    )
    return [_post(row) for row in tx.execute(query.order_by(posts.c.key))]


def threads_to_reveal(tx: Connection, now: datetime) -> list[Post]:
    """Read the posts with a thread whose day is open and due to be revealed."""
    due = (days.c.state == "open", days.c.reveal_at <= now, posts.c.thread.is_not(None))
    query = select(posts).join(days, days.c.id == posts.c.day_id).where(*due)
    return [_post(row) for row in tx.execute(query.order_by(posts.c.key))]
