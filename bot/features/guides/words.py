"""Pages and cards, in words."""

from collections.abc import Mapping, Sequence

from bot.bank.pages import SHELVES, Flashcard, Framework, Page, Step
from bot.core.limits import OPTION_LABEL, OPTIONS
from bot.core.messages import Button, Buttons, Message, Part, Select, SelectOption, Style, Verbatim, message, text
from bot.core.parsing import echo
from bot.features.guides.rules import Hit

TITLES = {"framework": "Frameworks", "guide": "Guides", "role": "Roles", "deck": "Decks"}
EMPTY = "There are no guides in this bank yet."
CHOOSE_ONE = "Wanted one page or card of the list. Run guide to see what there is."


def overview(pages: Mapping[str, Page]) -> Message:
    """What there is to read, shelf by shelf."""
    if not pages:
        return message(EMPTY)
    parts: list[Part | str] = [
        "**Guides**: read them card by card, or be asked about them. `guide topic` finds a card, such as "
        "`guide star`, `guide leakage` or `guide equity`."
    ]
    for shelf in SHELVES:
        found = [page for page in pages.values() if page.shelf == shelf]
        if found:
            parts += [f"**{TITLES[shelf]}**{_beyond(found)}", _select(found, TITLES[shelf])]
    return message(*parts)


def _beyond(found: Sequence[Page]) -> str:
    more = len(found) - OPTIONS
    return f" (and {more} more: name what you look for)" if more > 0 else ""


def _select(found: Sequence[Page], title: str) -> Select:
    options = tuple(SelectOption(page.id, page.title) for page in found[:OPTIONS])
    return Select("guide-open", options, (found[0].shelf,), placeholder=f"{title} ({len(found)})")


def card(page: Page, number: int, others: Sequence[Hit] = ()) -> Message:
    """One card, and the way on: the next one, a question, the list, and what else was found."""
    parts: list[Part | str] = [f"**{page.cards[number].title}** ({page.title}, {number + 1} of {len(page.cards)})"]
    parts += [_body(page, number)]
    if isinstance(page, Framework) and page.credit and number == 0:
        parts += [f"*{page.credit}*"]
    parts += [Buttons(tuple(_ways_on(page, number)))]
    if others:
        parts += [
            "Also found:",
            Select("guide-open", tuple(map(_option, others)), ("found",), placeholder="Other cards"),
        ]
    return message(*parts)


def _body(page: Page, number: int) -> str:
    shown = page.cards[number]
    if isinstance(shown, Flashcard):
        said = [f"**{shown.front}**", shown.back]
    else:
        said = [*_time(page, shown), shown.text] if isinstance(shown, Step) else [shown.text]
    listed = "\n".join(f"- {point}" for point in shown.points)
    return "\n\n".join([*said, listed] if listed else said)


def _time(page: Page, step: Step) -> list[str]:
    minutes = page.minutes if isinstance(page, Framework) else 0
    return [f"*About {max(1, round(minutes * step.share / 100))} of {minutes} minutes.*"] if minutes >= 5 else []


def _ways_on(page: Page, number: int) -> list[Button]:
    last = number + 1 == len(page.cards)
    to = page.cards[0 if last else number + 1].id
    return [
        Button("First card" if last else "Next", "guide-card", (page.id, to), Style.primary),
        Button("Quiz me", "guide-quiz", (page.id,)),
        Button("Back to list", "guide"),
    ]


def _option(hit: Hit) -> SelectOption:
    found = hit.page.cards[hit.number]
    label = f"{found.title} ({hit.page.title})"
    return SelectOption(f"{hit.page.id}/{found.id}", label if len(label) <= OPTION_LABEL else found.title)


def question(page: Page, number: int) -> Message:
    """The side of a card that asks."""
    return message(
        f"**{page.title}: a question**",
        page.question(number),
        "*Say your answer aloud or write it down, then look.*",
        Buttons(
            (
                Button("Show the answer", "guide-answer", (page.id, page.cards[number].id), Style.primary),
                Button("Back to list", "guide"),
            )
        ),
    )


def answer(page: Page, number: int) -> Message:
    """The side of a card that answers."""
    shown = page.cards[number]
    return message(
        f"**{shown.title}**",
        page.answer(number),
        Buttons(
            (
                Button("Another question", "guide-quiz", (page.id, shown.id), Style.primary),
                Button("Read the card", "guide-card", (page.id, shown.id)),
                Button("Back to list", "guide"),
            )
        ),
    )


def nothing(typed: str, near: Mapping[str, Hit]) -> Message:
    """That nothing was found, with what looks like it."""
    said = text("There is nothing about “", Verbatim(echo(typed)), "” in the guides.", " Did you mean:" if near else "")
    buttons = [Button(name, "guide-card", (hit.page.id, hit.page.cards[hit.number].id)) for name, hit in near.items()]
    return message(said, Buttons((*buttons, Button("All guides", "guide"))))
