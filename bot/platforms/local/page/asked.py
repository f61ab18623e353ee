"""What the page asked for, read field by field; anything else than what was wanted is refused with its name."""

import re
from collections.abc import Mapping
from typing import TypeGuard

from aiohttp import web

_HALVES = re.compile("[\ud800-\udfff]")  # half a character, which can neither be stored nor sent on


class Asked:
    """A JSON object whose fields are read by the type that is wanted."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self._body = body

    def has(self, name: str) -> bool:
        """Tell whether the field is given."""
        return self._body.get(name) is not None

    def text(self, name: str) -> str:
        """Read a text."""
        value = self._body.get(name)
        if not _is_text(value):
            raise _wanted(name, "a text")
        return value

    def maybe(self, name: str) -> str | None:
        """Read a text that may be missing."""
        return self.text(name) if self.has(name) else None

    def texts(self, name: str) -> list[str]:
        """Read a list of texts."""
        values = self._body.get(name)
        if not isinstance(values, list):
            raise _wanted(name, "a list of texts")
        texts = [value for value in values if _is_text(value)]
        if len(texts) != len(values):
            raise _wanted(name, "a list of texts")
        return texts

    def by_name(self, name: str) -> dict[str, str]:
        """Read an object whose values are texts."""
        values = self._body.get(name)
        if not isinstance(values, dict):
            raise _wanted(name, "an object of texts")
        texts = {key: value for key, value in values.items() if _is_text(value)}
        if len(texts) != len(values):
            raise _wanted(name, "an object of texts")
        return texts

    def maybe_by_name(self, name: str) -> dict[str, str]:
        """Read an object whose values are texts, and that may be missing."""
        return self.by_name(name) if self.has(name) else {}

    def number(self, name: str) -> float:
        """Read a number of sensible size."""
        value = self._body.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 <= value <= 1e9:
            raise _wanted(name, "a number")
        return float(value)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and not _HALVES.search(value)


def _wanted(name: str, what: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=f"{name}: wanted {what}.")
