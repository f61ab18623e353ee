"""How typed words become values, and what is said when they do not."""

import difflib
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.core import limits
from bot.core.commands import Catalogue, Declared, Parameter
from bot.core.errors import UserError

YEARS = frozenset(map(str, range(1970, 3000)))  # a date of these, with weeks and zones added, is one that Python has
_MARKS = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


def plain_line(typed: str) -> str:
    """What somebody typed on one line, without characters that steer a terminal or the direction of text."""
    return " ".join("".join(c for c in typed if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"}).split())


def echo(typed: str, most: int = 40) -> str:
    """What somebody typed, short and on one line, to be said back to them."""
    words = " ".join(typed.split())
    return words if len(words) <= most else words[: most - 1] + "…"


def plain(typed: str) -> str:
    """What was typed without zero-width and direction marks and outer white space."""
    return typed.translate(_MARKS).strip()


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Up to three known words that look like this one, ignoring case."""
    lower = {item.lower(): item for item in known}
    return [lower[hit] for hit in difflib.get_close_matches(word.lower(), lower, n=3, cutoff=0.6)]


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    return _guess(nearest(word, known))


def _guess(near: Sequence[str]) -> str:
    return f" Did you mean {' or '.join(near)}?" if near else ""


# --- values -------------------------------------------------------------------------------------------------------


def read(parameter: Parameter, typed: str) -> Any:
    """Read one value; raise `UserError` that says what was wanted."""
    if len(typed) > parameter.option.max_length:
        raise UserError(f"At most {parameter.option.max_length:,} characters fit here; these are {len(typed):,}.")
    if parameter.type is str and not parameter.choices and not parameter.option.parse:
        return typed if parameter.option.paragraph else typed.strip()
    typed = plain(typed)
    if parameter.option.parse:
        return parameter.option.parse(typed)
    if parameter.choices:
        return _read_choice(parameter, typed)
    return _READERS[parameter.type](typed)


def _read_choice(parameter: Parameter, typed: str) -> Any:
    by_word = {word.lower(): value for value, label in parameter.choices for word in (label, value)}
    if typed.lower() not in by_word:
        words = ", ".join(value for value, _ in parameter.choices)
        raise UserError(f"Wanted one of {words}; got “{echo(typed)}”.{_guess(_near_choices(typed, by_word))}")
    value = by_word[typed.lower()]
    if parameter.type is bool:
        return value == "yes"
    return parameter.type(value) if isinstance(parameter.type, type) and issubclass(parameter.type, StrEnum) else value


def _near_choices(typed: str, by_word: Mapping[str, str]) -> list[str]:
    """Up to three values, each once: those of which what was typed is a word, else those that look like it."""
    part = [value for word, value in by_word.items() if typed.lower() in re.split(r"[\s-]", word)]
    return list(dict.fromkeys(part or (by_word[hit] for hit in nearest(typed, by_word))))[:3]


def read_int(typed: str) -> int:
    """Read a whole number of at most nine digits."""
    if not re.fullmatch(r"[+-]?\d{1,9}", typed):
        raise UserError(f"Wanted a whole number such as 3; got “{echo(typed)}”.")
    return int(typed)


def read_date(typed: str) -> date:
    """Read a date as YYYY-MM-DD, in a year that calendars know."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed) and typed[:4] in YEARS:
            return date.fromisoformat(typed)
    except ValueError:
        pass  # such as 2027-02-30: said below, in the same words
    raise UserError(f"Wanted a date of the calendar as year-month-day, such as 2027-03-15; got “{echo(typed)}”.")


def read_time(typed: str) -> time:
    """Read a time of day as hours and minutes: 9:00, 09.00, 9, 9 pm, 21:30."""
    hit = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap])?\.?m?\.?", typed.lower())
    hour, minute = (int(hit[1]), int(hit[2] or 0)) if hit else (24, 0)
    if hit and hit[3]:
        hour = hour % 12 + (12 if hit[3] == "p" else 0) if 1 <= hour <= 12 else 24
    if hour > 23 or minute > 59:
        raise UserError(f"Wanted a time of day between 00:00 and 23:59, such as 09:00; got “{echo(typed)}”.")
    return time(hour, minute)


@cache
def _zones() -> tuple[str, ...]:
    return tuple(
        sorted(
            zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))
        )
    )


def suggest_zones(typed: str) -> list[str]:
    """Time zones that hold what was typed, at most 25, those that start with it first."""
    word = typed.strip().lower().replace(" ", "_")
    hits = [zone for zone in (*_zones(), "UTC") if word in zone.lower()]
    return sorted(hits, key=lambda zone: (not zone.lower().split("/")[-1].startswith(word), zone))[:25]


def read_zone(typed: str) -> ZoneInfo:
    """Read an IANA time zone; an offset such as UTC+2 is refused, since it cannot know about clock changes."""
    by_lower = {zone.lower(): zone for zone in (*_zones(), "UTC")}
    name = by_lower.get(typed.lower().replace(" ", "_"))
    if name is None:
        by_city = {zone.split("/")[-1].lower(): zone for zone in _zones()}
        near = suggest_zones(typed)[:3] if len(typed) >= 3 else []
        near = near or [by_city[city] for city in nearest(typed.replace(" ", "_"), by_city)] or nearest(typed, _zones())
        hint = (
            f" Did you mean {' or '.join(near)}?" if near else " A city near you is in the list of tz database zones."
        )
        raise UserError(
            f"Wanted a time zone by name, such as Europe/Berlin (not an offset); got “{echo(typed)}”.{hint}"
        )
    return ZoneInfo(name)


_READERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: read_int,
    date: read_date,
    time: read_time,
    ZoneInfo: read_zone,
    tuple: lambda v: tuple(v.split()),
}


# --- commands as text ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command and what was typed for each of its parameters."""

    command: Declared
    options: Mapping[str, str]


def parse(typed: str, catalogue: Catalogue) -> Invocation:
    """Read a command typed as text: `admin swap 2026-12-01`, `board week topic=attention`."""
    typed = plain(typed)
    if len(typed) > limits.COMMAND_TEXT:
        raise UserError(f"A command has at most {limits.COMMAND_TEXT} characters; this one has {len(typed)}.")
    words = _words(typed) or ["help"]
    for length in (2, 1):
        name = " ".join(words[:length]).lower()
        if len(words) >= length and name in catalogue.commands:
            command = catalogue.commands[name]
            return Invocation(command, _options(command, words[length:]))
    in_group = sorted(name for name in catalogue.commands if name.startswith(words[0].lower() + " "))
    if in_group:
        raise UserError(f"Wanted one of: {', '.join(in_group)}.{_did_you_mean(' '.join(words[:2]), in_group)}")
    raise UserError(
        f"There is no command “{echo(words[0])}”.{_did_you_mean(words[0], catalogue.commands)} "
        "Run help to see what there is."
    )


def _words(typed: str) -> list[str]:
    # shlex knows straight quotes and plain spaces; people's phones type curly ones, and spaces that do not break.
    straight = typed.translate({ord("“"): '"', ord("”"): '"', ord("„"): '"', 0xA0: " ", 0x202F: " "})
    lexer = shlex.shlex(straight, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.quotes, lexer.escape = True, "", '"', ""
    try:
        return list(lexer)
    except ValueError:
        return straight.replace('"', " ").split()  # an open quote: the words are still what was meant


def _options(command: Declared, words: list[str]) -> dict[str, str]:
    known = {parameter.name: parameter for parameter in command.parameters}
    named: dict[str, str] = {}
    bare: list[str] = []
    coming = list(words)
    naming = False
    while coming:
        word = coming.pop(0)
        name, equals, value = word.partition("=")
        if equals and name.lower() in known:
            named[name.lower()] = value
        elif word.lower() in known and known[word.lower()].type is bool:
            # `admin blackout 2026-12-24 off`, and `off yes`
            named[word.lower()] = coming.pop(0) if coming and coming[0].lower() in {"yes", "no"} else "yes"
        elif not bare and (name := _meant([p for p in command.parameters if p.name not in named], word, naming)):
            naming = name == word.lower()
            named[name] = _value_of(known, name, coming) if naming else word
        elif not bare and (over := _passed_over([p for p in command.parameters if p.name not in named], word)):
            choice, name = over
            if coming and _fits(known[choice], coming[-1]):  # `board statistics month`
                named[choice] = coming.pop()
            coming.insert(0, word)
            named[name] = _value_of(known, name, coming)
        else:
            bare.append(word)
    free = [name for name in known if name not in named]
    if free and len(bare) > len(free) and known[free[-1]].type is str:
        bare[len(free) - 1 :] = [" ".join(bare[len(free) - 1 :])]
    if len(bare) > len(free):
        wanted = " ".join(f"[{name}]" for name in known) or "nothing more"
        raise UserError(f"{command.name} takes {wanted}; there is no place for “{echo(bare[len(free)])}”.")
    return named | dict(zip(free, bare, strict=False))


def _meant(free: Sequence[Parameter], word: str, naming: bool) -> str:
    """The option that a word names (`settings seen_by nobody`) or is a choice of (`settings nobody`); else empty.

    Only a word that the option whose turn it is cannot be, so that no free text is taken for a name; but whoever is
    `naming` options goes on so.
    """
    if not naming and (len(free) < 2 or _fits(free[0], word)):
        return ""
    chosen = [p.name for p in free if p.choices and _fits(p, word)]
    return next((p.name for p in free if p.name == word.lower()), chosen[0] if len(chosen) == 1 else "")


def _passed_over(free: Sequence[Parameter], word: str) -> tuple[str, str] | None:
    """The only choice and the last option, where a word is not of that choice and looks like none (`board statistics`).

    Only a last one whose values are suggested: what is free text could be a choice that was misspelt.
    """
    match free:
        case [Parameter(required=False) as choice, Parameter(type=kind) as last] if kind is str and choice.choices:
            suggested = last.option.suggest or last.option.suggest_from
            if suggested and not last.choices and not _fits(choice, word):
                by_word = {word.lower(): value for value, label in choice.choices for word in (label, value)}
                return None if _near_choices(word, by_word) else (choice.name, last.name)
    return None


def _fits(parameter: Parameter, word: str) -> bool:
    try:
        read(parameter, word)
    except UserError:
        return False
    return True


def _value_of(known: Mapping[str, Parameter], name: str, coming: list[str]) -> str:
    """Take the words that follow an option's name: one, or all where it is the last option and free text."""
    if not coming:
        wanted = ", ".join(value for value, _ in known[name].choices)
        raise UserError(f"Wanted {f'one of {wanted}' if wanted else 'a value'} after {name}.")
    whole = name == list(known)[-1] and known[name].type is str and not known[name].choices
    last = next((at for at, word in enumerate(coming) if word.partition("=")[0].lower() in known), len(coming))
    taken = coming[: max(1, last) if whole else 1]
    del coming[: len(taken)]
    return " ".join(taken)
