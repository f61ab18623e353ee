"""The sentences about a home that its organisers read."""

from bot.core.events import Closing
from bot.core.messages import Button, Buttons, Message, Verbatim, message, text

CLOSED = {
    Closing.archived: "it was archived",
    Closing.deleted: "it was deleted",
    Closing.removed: "I was taken out of it",
}
_MEND = {
    Closing.archived: "When it is open again, invite me if I am not in it any more, and resume here.",
    Closing.deleted: "Run *setup* in another channel, and a group begins there; what was earned here stays on record.",
    Closing.removed: "Invite me to it again, and resume here.",
}


def post_refused(why: str, most: int) -> Message:
    """What the organisers hear when a question was refused in its home for the first time."""
    return message(
        text("**Today's question could not be posted in your channel.** The platform says: ", Verbatim(why)),
        "Run *setup* in the channel: it names every permission that I lack there. The next question is tried as "
        f"planned; after {most} refusals in a row I pause this channel. Nothing is deleted.",
    )


def home_paused(why: str, refusals: int) -> Message:
    """What the organisers hear, once, when a home is paused by itself."""
    return message(
        text(
            f"**I have paused your channel: {refusals} questions in a row were refused.** The platform says: ",
            Verbatim(why),
        ),
        "Everything is kept, and no streak breaks while the group is paused. When I may write there again, run *setup* "
        "in the channel, or resume here.",
        Buttons((Button("Resume", "admin resume"),)),
    )


def removed() -> Message:
    """What the organisers hear when the bot was taken out of the place where their group lives."""
    return message(
        "**I was removed from the place where your group lives, so it is paused.** Everything is kept, and no streak "
        "breaks meanwhile. Invite me again and run *setup* in the channel, and it goes on."
    )


def closed(why: Closing) -> Message:
    """What the organisers hear, once, when a channel in which their group lives can be written in no more."""
    return message(
        f"**I post no more in your channel, since {CLOSED[why]}.** Everything is kept, and no streak breaks while the "
        "group is paused.",
        _MEND[why],
        *(() if why is Closing.deleted else (Buttons((Button("Resume", "admin resume"),)),)),
    )


def reopened() -> Message:
    """What the organisers hear when the channel of a paused home is open again."""
    return message(
        "**Your channel is open again.** It is still paused here. Invite me if I am not in it any more, and press "
        "*Resume* when questions shall be posted there.",
        Buttons((Button("Resume", "admin resume"),)),
    )
