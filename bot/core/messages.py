"""What the bot says: messages as plain data that every platform renders in its own way.

Our own words are `str` in a small Markdown dialect: **bold**, *italic*, `code`, lists that start with "- ",
fenced code. Everything that a member wrote travels as `Verbatim` or `Quote` and is never read as Markdown, so that it
can neither ping anyone nor format its way out.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core import limits
from bot.core.pictures import PictureSpec
from bot.core.refs import Person, Place


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, named so that they are notified."""

    person: Person


@dataclass(frozen=True, slots=True)
class RoleMention:
    """A role of the platform, named so that its holders are notified; only ever one that the organisers chose."""

    role: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Somebody's own words inside a sentence: shown as they are, read as nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, shown in each reader's own zone where the platform can, else in `zone`."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as members run it, with what may stand behind it; each platform writes it in its own way."""

    command: str
    options: str = ""


@dataclass(frozen=True, slots=True)
class ChannelLink:
    """A channel, named so that whoever may see it can go there; nobody is notified."""

    place: Place


Span = str | Mention | RoleMention | Verbatim | Moment | Typed | ChannelLink


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or several, as spans."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A short line that stands out; plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A member's own text as a block: shown as they wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code or of preformatted text."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a label and a value; both plain text."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a small specification, drawn at delivery; `alt` says everything that it shows."""

    spec: PictureSpec
    alt: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small text file to download."""

    name: str
    text: str
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two parts."""


class Style(StrEnum):
    """How much a button asks to be pressed."""

    plain = "plain"
    primary = "primary"
    danger = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button that makes an `ActionPressed`; `args` are ids only, so that it works after any restart."""

    label: str
    action: str
    args: tuple[str, ...] = ()
    style: Style = Style.plain

    def __post_init__(self) -> None:
        limits.check_action(self.action, self.args)
        limits.check_length("a button's label", self.label, limits.BUTTON_LABEL)


@dataclass(frozen=True, slots=True)
class Buttons:
    """Up to five rows of five buttons."""

    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        limits.check_count("buttons", len(self.buttons), limits.BUTTONS)


@dataclass(frozen=True, slots=True)
class SelectOption:
    """One line of a select."""

    value: str
    label: str

    def __post_init__(self) -> None:
        limits.check_length("a select's label", self.label, limits.OPTION_LABEL)


@dataclass(frozen=True, slots=True)
class Select:
    """A list to choose from; choosing makes an `ActionPressed` whose `chosen` holds the values."""

    action: str
    options: tuple[SelectOption, ...]
    args: tuple[str, ...] = ()
    placeholder: str = ""
    at_least: int = 1
    at_most: int = 1

    def __post_init__(self) -> None:
        limits.check_action(self.action, self.args)
        limits.check_count("options", len(self.options), limits.OPTIONS)


Part = Text | Heading | Quote | Code | Facts | Picture | Attachment | Divider | Buttons | Select


@dataclass(frozen=True, slots=True)
class Message:
    """What the bot says in one go."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A reply that replaces the message whose button was pressed."""

    message: Message


def text(*spans: Span) -> Text:
    """Make a paragraph of our own words and other people's: text("Welcome, ", Verbatim(name), ".")."""
    return Text(spans)


def message(*parts: Part | str) -> Message:
    """Make a message; a plain `str` is a paragraph of our own words."""
    return Message(tuple(Text((part,)) if isinstance(part, str) else part for part in parts))
