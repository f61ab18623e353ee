"""Something wrong? In words."""

from bot.core.forms import Choice, Form, Paragraph
from bot.core.messages import Button, Buttons, Message, Quote, Style, Verbatim, message, text

KINDS = (
    ("wrong-key", "The key is wrong"),
    ("ambiguous", "It can be read in two ways"),
    ("outdated", "It is out of date"),
    ("typo", "A slip in the text"),
    ("other", "Something else"),
)


def form(day: int) -> Form:
    """The form in which a member says what is wrong."""
    return Form(
        "Something wrong?",
        "send-flag",
        (
            Choice(name="what", label="What is wrong", options=KINDS),
            Paragraph(
                name="why", label="Tell us more", hint="what you would expect, and why", required=False, max_length=1000
            ),
        ),
        (str(day),),
    )


def thanks(*, pulled: bool) -> Message:
    """The answer to a flag."""
    more = " Others have said so too, so it is out of this group's plan until an organiser decides." if pulled else ""
    return message("**Thank you.** The organisers hear of it, and so does whoever keeps the bank." + more)


def to_organisers(title: str, question: str, what: str, why: str, id: int, *, pulled: bool) -> Message:
    """The note to organisers about a flag."""
    label = dict(KINDS)[what]
    state = "It is out of your plan until you decide." if pulled else "It stays in your plan unless you take it out."
    return message(
        text("**A question was flagged:** ", Verbatim(title), f" (`{question}`). {label}."),
        *([Quote(why)] if why else []),
        state,
        Buttons(
            (Button("Keep it", "flag-keep", (str(id),)), Button("Leave it out", "flag-out", (str(id),), Style.danger))
        ),
    )


def decided(question: str, *, out: bool) -> Message:
    """The answer to a decision."""
    return message(f"`{question}` {'is out of your plan' if out else 'stays in your plan'}.")
