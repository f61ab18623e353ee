"""The sentences about a home that its organisers read."""

from bot.core.messages import Button, Buttons, Message, Verbatim, message, text


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
