"""What of a message is still of use.

May touch: the vocabulary.
"""

from collections.abc import Callable

from bot.core.messages import Button, Buttons, Message, Part


def of_use(message: Message, works: Callable[[Button], bool]) -> Message:
    """The same message without the buttons that can do nothing any more."""
    parts: list[Part] = []
    for part in message.parts:
        if not isinstance(part, Buttons):
            parts.append(part)
        elif left := tuple(button for button in part.buttons if works(button)):
            parts.append(Buttons(left))
    return Message(tuple(parts))
