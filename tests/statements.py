"""Statements that are compiled once in a run of the tests, as a bot compiles them once in its life.

Every test opens a bot on a database of its own, often several, and each would compile all that the bot asks every
beat once more, which took a third of a story's time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

MANY = 5_000  # statements; more than all that the house and its tests have, on both databases


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let all engines that are made meanwhile share what they have compiled, where they compile alike."""
    compiled: LRUCache[Any, Any] = LRUCache(MANY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", property(lambda _: compiled, lambda _, own: None), raising=False)
        # The cache asks for the dialect too, of which each engine has its own.
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: _kind(one) == _kind(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield


def _kind(dialect: object) -> tuple[object, ...]:
    """All that statements are compiled by; a dialect learns the version of its server from the first connection."""
    if not isinstance(dialect, DefaultDialect):
        return (dialect,)
    return (type(dialect), dialect.server_version_info, dialect.default_schema_name, dialect.compiler_linting)
