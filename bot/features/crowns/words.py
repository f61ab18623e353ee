"""The sentences about the role of champions."""

from bot.core.messages import Button, Buttons, Message, RoleMention, message, text


def champions(role: str) -> Message:
    """The answer to a role of champions that was set."""
    if not role:
        return message("Champions get no role any more; it is taken from those who have it.")
    return message(
        text("Whoever wins a season has ", RoleMention(role), " until the next one is won."),
        "For this I need the permission “Manage Roles”, which my invitation does not ask for, and a role of mine that "
        "stands above this one. Where I am refused, the organisers hear of it once.",
    )


def champions_now(role: str) -> Message:
    """The role that champions get, and how that is changed."""
    if not role:
        return message("Champions get no role. admin champions with one gives it to them.")
    return message(
        text("Whoever wins a season has ", RoleMention(role), " until the next one is won."),
        "admin champions with another role gives that instead.",
        Buttons((Button("No role any more", "no-champions"),)),
    )


def refused(why: str) -> Message:
    """What organisers read when a champion could not be given the role."""
    return message(
        f"I could not give or take the role of champions ({why}). I need the permission “Manage Roles”, and my own "
        "role has to stand above this one. admin champions shows the role and ends it, too."
    )
