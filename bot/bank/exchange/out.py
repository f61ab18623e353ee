"""The served questions in every format that they can be written in.

May touch: the standard library, `bot.core.errors` and the models of the bank.
"""

from collections.abc import Callable, Iterable

from bot.bank.exchange import anki, gift, moodle, whole
from bot.bank.exchange.item import exchanged
from bot.bank.schema import Question
from bot.core.errors import ContentError

WRITERS: dict[str, Callable[[list[Question]], str]] = {
    "gift": lambda questions: gift.write(map(exchanged, questions)),
    "moodle": lambda questions: moodle.write(map(exchanged, questions)),
    "anki": lambda questions: anki.write(map(exchanged, questions)),
    "json": whole.write,
}


def send(questions: Iterable[Question], form: str) -> str:
    """The questions, by category and id, in this format."""
    if form not in WRITERS:
        raise ContentError(f"Wanted one of the formats {', '.join(WRITERS)}; got “{form[:40]}”.")
    return WRITERS[form](sorted(questions, key=lambda question: (question.category, question.id)))
