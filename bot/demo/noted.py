"""Bugs, as they are logged: every error that any part of the bot notes while it runs here."""

import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog

Heard = Callable[[str], None]
_BUGS = frozenset({"error", "exception", "critical"})


class _Handler(logging.Handler):
    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.ERROR)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard(record.getMessage())


@contextmanager
def noting(to: TextIO, heard: Heard) -> Iterator[None]:
    """Log to this stream, never to standard output, and hear of every bug, until the end of the block."""

    def hear(_: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if method in _BUGS:
            heard(" ".join(str(event.get(name, "")) for name in ("event", "kind", "story", "key")).strip())
        return event

    before = structlog.get_config()
    structlog.configure(
        processors=[hear, structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.PrintLoggerFactory(to),
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Handler(heard)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.configure(**before)
