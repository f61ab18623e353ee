"""What single signs in members' words do to the words around them: piles of marks, blanks, links, directions."""

import re
import unicodedata

MARKS = 3  # on one letter: Vietnamese, Thai, Hebrew and Arabic with vowels need no more; stacks of dozens are a prank

# Letters or signs by category, but without ink: fillers of Hangul, Braille's empty cell, blanks of rare scripts.
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U00013441\U00013442\U0001d159")
_WITHOUT_INK = frozenset({"Cc", "Cf", "Co", "Cs"})
_LINK = re.compile(r":(?=//)|\bwww\.(?=\S)", re.IGNORECASE)
_BACKWARDS = frozenset({"R", "AL", "AN"})
_TURNING = re.compile("[\u202a-\u202e]")
_ISOLATES = frozenset("\u2066\u2067\u2068")
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def is_mark(sign: str) -> bool:
    """Whether a sign stands on the one before it and takes no room of its own."""
    return unicodedata.category(sign) in ("Mn", "Me")


def parts_piles(sign: str) -> bool:
    """Whether marks that follow this sign stand on another letter than those before it."""
    return unicodedata.category(sign) not in ("Mn", "Me", "Mc", "Cf")


def without_piles(text: str) -> str:
    """Leave at most three marks on each letter, so that none reaches into the lines above and below."""
    kept: list[str] = []
    marks = 0
    for sign in text:
        marks = 0 if parts_piles(sign) else marks + is_mark(sign)
        if marks <= MARKS or not is_mark(sign):
            kept.append(sign)
    return "".join(kept)


def has_ink(text: str) -> bool:
    """Whether anything of a text is seen; marks alone are not, since nothing carries them."""
    return any(map(_is_seen, text))


def _is_seen(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category == "Cn":
        # Emoji newer than this Python have no category yet; these places never get anything that is seen.
        return not ("\U000e0000" <= sign <= "\U000e0fff" or "\ufff0" <= sign <= "\ufff8" or sign == "\u2065")
    return category[0] not in "ZM" and category not in _WITHOUT_INK and sign not in BLANK_LETTERS


def without_links(text: str) -> str:
    """Part what platforms would make a link of by a space that everybody sees."""
    return _LINK.sub(r"\g<0> ", text)


def isolated(text: str) -> str:
    """Words of either direction inside a sentence of ours, so that they turn nothing around but themselves.

    Signs that turn what follows go, and of those that isolate whatever has no partner in its line; around a line with
    letters that run from right to left stand two that isolate it. Everything else stays as it is.
    """
    if text.isascii():
        return text
    return "\n".join(map(_isolated_line, _TURNING.sub("", text).split("\n")))


def _paired(line: str) -> str:
    """Leave out the isolating signs of a line that are never closed, or close nothing."""
    opened: list[int] = []
    alone: set[int] = set()
    for place, sign in enumerate(line):
        if sign in _ISOLATES:
            opened.append(place)
        elif sign == POP_ISOLATE and opened:
            opened.pop()
        elif sign == POP_ISOLATE:
            alone.add(place)
    alone.update(opened)
    return "".join(sign for place, sign in enumerate(line) if place not in alone) if alone else line


def _isolated_line(line: str) -> str:
    line = _paired(line)
    # A platform would take the closing sign for a part of an address that ends the line.
    backwards = any(unicodedata.bidirectional(sign) in _BACKWARDS for sign in line)
    if not backwards or "://" in line.rsplit(maxsplit=1)[-1]:
        return line
    return f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}"
