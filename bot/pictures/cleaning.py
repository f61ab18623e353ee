"""Makes text that anybody may have typed safe to draw: nothing invisible, nothing that turns the line around."""

import re
import unicodedata
from collections.abc import Callable

from bot.core import signs

LONGEST = 400  # ours, in characters: no line or pair of lines on a card shows more
COMBINING = 1  # ours, marks of no script beside those that Unicode writes as one character with the letter

_COMPLEX = "\u0600-\u06ff\u0900-\u0dff"  # Arabic and the scripts of India, where joiners change letters
_JOINER = re.compile(f"(?<=[{_COMPLEX}])[\u200c\u200d](?=[{_COMPLEX}])")
_EMOJI_TAIL = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]*\u200d[\u2190-\u2bff\U0001f000-\U0001faff]")
_FIRST_FLAG, _LAST_FLAG = 0x1F1E6, 0x1F1FF
_UNKNOWN_LETTERS = re.compile("\ufffd+")


def clean(text: str, drawable: Callable[[str], bool]) -> str:
    """Give the text as one line that can be drawn; a word of an unknown script becomes dots, other signs go."""
    shown = "".join(_kept(unicodedata.normalize("NFC", _EMOJI_TAIL.sub("", text[: 4 * LONGEST]))))
    drawn = "".join(_drawn(sign, drawable) for sign in shown)
    return " ".join(_UNKNOWN_LETTERS.sub("•••", drawn).split())[:LONGEST]


def _kept(text: str) -> list[str]:
    """Leave out what has no ink or does harm; keep the joiners that a script needs."""
    joiners = {match.start() for match in _JOINER.finditer(text)}
    kept: list[str] = []
    marks = 0
    for place, sign in enumerate(text):
        category = unicodedata.category(sign)
        marks = 0 if signs.parts_piles(sign) else marks + signs.is_mark(sign)
        if sign.isspace():
            kept.append(" ")
        elif place in joiners or not (category[0] == "C" or sign in signs.BLANK_LETTERS or _is_extra(sign, marks)):
            kept.append(sign)
    return kept


def _is_extra(sign: str, marks: int) -> bool:
    """Tell variation selectors, skin tones, and marks that strike letters out or pile up on them."""
    if not signs.is_mark(sign):
        return "\U0001f3fb" <= sign <= "\U0001f3ff"
    # Scripts keep some marks of their own; those called combining belong to none.
    foreign = unicodedata.name(sign, "").startswith("COMBINING")
    stacked = marks > signs.MARKS or (foreign and (marks > COMBINING or unicodedata.combining(sign) == 1))
    return stacked or "\ufe00" <= sign <= "\ufe0f"


def _drawn(sign: str, drawable: Callable[[str], bool]) -> str:
    if _FIRST_FLAG <= ord(sign) <= _LAST_FLAG:
        return chr(ord("A") + ord(sign) - _FIRST_FLAG)
    if drawable(sign):
        return sign
    plain = unicodedata.normalize("NFKC", sign)
    if plain != sign and all(map(drawable, plain)):
        return plain
    bare = unicodedata.normalize("NFKD", sign)[0]
    if bare != sign and drawable(bare):
        return bare
    return "\ufffd" if unicodedata.category(sign)[0] in "LN" else ""
