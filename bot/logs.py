"""Logs: structured, to standard error, without texts and names.

What members write, and who they are, can reach a log by two ways, and both are closed here:
an error's own words   a traceback tells the kinds of the errors and where they were raised, never what they say
a library's line       its template stands here, not what was filled in; where that was done already, only its place
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

OURS = "bot."


def configure(*, json: bool = False, level: int = logging.INFO, to: TextIO | None = None) -> None:
    """Set up the logs of this process; libraries are heard from warnings on."""
    stream = to or sys.stderr
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _errors_without_their_words,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(to or sys.stderr),  # looked up anew: it may be replaced
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_ToStructlog()], force=True)


def _errors_without_their_words(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"], event["traceback"] = _kind(error), "\n".join(told(error))
    return event


def told(error: BaseException) -> Iterator[str]:
    """An error with those behind it: what kind each is, and the lines of code that it came through."""
    seen: set[int] = set()
    behind: BaseException | None = error
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        yield f"{_kind(behind)}, raised"
        yield from _places(behind.__traceback__)
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
        if behind is not None:
            yield "because of"


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _places(found: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(found):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'


class _ToStructlog(logging.Handler):
    """Takes what libraries log, without what they filled in."""

    def emit(self, record: logging.LogRecord) -> None:
        more: dict[str, Any] = {"logger": record.name}
        if record.name.startswith(OURS):
            said = record.getMessage()
        else:
            # A template is its author's words; a line without arguments may have been filled in already.
            said = str(record.msg) if record.args else "library_log"
            more["at"] = f"{record.module}:{record.lineno}"
        if record.exc_info:
            more["exc_info"] = record.exc_info[1]
        log = structlog.get_logger()
        log.log(max(record.levelno, logging.WARNING), said, **more)
