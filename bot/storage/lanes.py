"""Which rows of the outbox leave in order, one after the other: those of one lane."""

from bot.core.ports import (
    Call,
    Change,
    DropEvent,
    GiveRole,
    LetIn,
    LetOut,
    MakeEvent,
    OpenRoom,
    React,
    Send,
)
from bot.core.refs import MessageRef, Target


def lane_of(target: Target, call: Call, after: str | None) -> str:
    """The lane of a call; `after` is the key of the row whose receipt it waits for."""
    match call:
        case React():
            return f"{call.to.place} reactions"
        case Change(of=MessageRef(place, id)):
            return f"{place}#{id} changes"
        case Change():
            return f"{after} changes"
        case Send(in_thread=True):
            return f"{after} thread"
        case OpenRoom() | MakeEvent():
            return f"{target} rooms"
        case LetIn() | LetOut() | DropEvent():
            return f"{after or target} people"
        case GiveRole():
            return f"{target} roles"
        case _:
            return str(target)
