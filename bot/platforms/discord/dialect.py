"""Our small Markdown to Discord's, and other people's words as they are.

The two dialects share bold, italic, code, lists and fences. Whatever else Discord would read as markup is escaped: in
our own words outside of code, in a member's words everywhere.
"""

import re

_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`|https?://\S+)", re.DOTALL)
_OURS = re.compile(r"([\\_~|<\[])")
_OURS_AT_START = re.compile(r"^(\s*)(#{1,3} |> |>>> |-# )", re.MULTILINE)
_THEIRS = re.compile(r"([\\*_~|`<\[\]])")
_THEIRS_AT_START = re.compile(r"^(\s*)([#>+-])", re.MULTILINE)
_NUMBER_AT_START = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
_BREAK = "\u200b"  # a space of no width: parts what Discord would read as one sign


def ours(text: str) -> str:
    """Our own words; what stands in code and in addresses is left alone, since a backslash would show there."""
    pieces = _CODE.split(text)
    return "".join(piece if number % 2 else _escaped(piece) for number, piece in enumerate(pieces))


def _escaped(text: str) -> str:
    return _OURS_AT_START.sub(r"\1\\\2", _OURS.sub(r"\\\1", text))


def theirs(text: str) -> str:
    """A member's words, read as nothing: no markup, no mention, no list."""
    escaped = _THEIRS_AT_START.sub(r"\1\\\2", _THEIRS.sub(r"\\\1", text))
    return _NUMBER_AT_START.sub(r"\1\\\2", escaped).replace("@", f"@{_BREAK}")


def quote(text: str) -> str:
    """A member's text as a block."""
    return "\n".join(f"> {theirs(line)}" for line in text.split("\n"))


def code(text: str, language: str) -> str:
    """A block of code; a fence inside is parted, so that it does not end the block."""
    return f"```{language}\n{text.replace('```', f'`{_BREAK}`{_BREAK}`')}\n```"


def heading(text: str) -> str:
    """A line that stands out."""
    return f"## {theirs(' '.join(text.split()))}"
