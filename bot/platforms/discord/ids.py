"""What stands in ids: the custom id of a button, the nonce of a message, the mark by which it is found again."""

import base64
import hashlib
from datetime import datetime

from bot.core import limits
from bot.core.errors import DeliveryError, Refusal
from bot.core.ports import Sending
from bot.core.refs import EVERYWHERE, Person, Place

DISCORD = "discord"
DIRECT = "@me"
"""The workspace of private conversations, which belong to no server; Discord's own word for them."""
AGAIN = "~again"
"""The action of our own button that opens a form; everything else is an action of a feature."""
_EPOCH = 1_420_070_400_000
_NONCE = 24  # characters; Discord takes 25


def person(user: int | str) -> Person:
    """The person behind an account."""
    return Person(DISCORD, EVERYWHERE, str(user))


def nonce(key: str) -> str:
    """The nonce of a message, the same for the same key."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:_NONCE].lower()


def mark(key: str) -> int:
    """The id of a message's first component: Discord keeps it, so that the message is found by its key in a history."""
    return int.from_bytes(hashlib.sha256(b"mark" + key.encode()).digest()[:4]) % (2**31 - 1) + 1


def custom_id(action: str, args: tuple[str, ...], at: str = "") -> str:
    """What a button carries; `at` is the channel that is meant where it is not the one in which the button stands."""
    own = ":".join((action, *args))
    whole = f"@{at}|{own}" if at else own
    return whole if len(whole) <= limits.ACTION_AND_ARGS else own


def read_custom_id(custom_id: str) -> tuple[str, tuple[str, ...], str]:
    """The action, its arguments, and the channel that is meant, if another one is."""
    at = ""
    if custom_id.startswith("@"):
        at, _, custom_id = custom_id[1:].partition("|")
    action, *args = custom_id.split(":")
    return action, tuple(args), at


def home_of(sending: Sending) -> Place:
    """The channel off which a room is opened, or on whose server an event is made."""
    if not isinstance(sending.target, Place):
        raise DeliveryError(Refusal.malformed, "this belongs to a channel of a server")
    return sending.target.outside


def snowflake(at: datetime) -> int:
    """The least id that Discord gives at a moment."""
    return max(int(at.timestamp() * 1000) - _EPOCH, 0) << 22
