"""What stands in ids: places, people, the action of a button, the mark by which a message is found again."""

import hashlib
from datetime import UTC, datetime

from bot.core.refs import MessageRef, Person, Place

SLACK = "slack"
UNKNOWN_DIRECT = "D"
"""Stands for somebody's private conversation with the bot while its id is not known."""
MARKED = "batchmates_sent"
"""The event type of the metadata that every message of ours carries."""


def person(team: str, user: str) -> Person:
    """The person behind an account of a workspace."""
    return Person(SLACK, team, user)


def place(team: str, channel: str, ts: str = "", thread_ts: str | None = None) -> Place:
    """A channel, or the thread in which a message of it stands: the first message of a thread stands in the channel."""
    return Place(SLACK, team, channel, thread_ts if thread_ts and thread_ts != ts else None)


def message(team: str, channel: str, ts: str, thread_ts: str | None = None) -> MessageRef:
    """A message, which Slack names by its channel and its moment."""
    return MessageRef(place(team, channel, ts, thread_ts), ts)


def moment(ts: str) -> datetime:
    """The moment that a timestamp of Slack's is."""
    return datetime.fromtimestamp(float(ts), UTC)


def timestamp(at: datetime) -> str:
    """A moment as Slack writes it."""
    return f"{at.timestamp():.6f}"


def is_direct(channel: str) -> bool:
    """Whether a channel is a conversation between two."""
    return channel.startswith("D")


def mark(key: str) -> str:
    """The id of a message's first block, by which it is found where its metadata is not shown."""
    return f"k-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def custom_id(action: str, args: tuple[str, ...]) -> str:
    """What a button carries."""
    return ":".join((action, *args))


def read_custom_id(carried: str) -> tuple[str, tuple[str, ...]]:
    """The action and its arguments."""
    action, *args = carried.split(":")
    return action, tuple(args)


def once(*parts: str) -> str:
    """The id of an event that is the same when Slack delivers it again."""
    return f"slack-{hashlib.sha256(':'.join(parts).encode()).hexdigest()[:32]}"
