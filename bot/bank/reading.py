"""Reads one YAML file of the bank: text stays text, nothing is lost silently, every key knows its line.

May touch: the standard library, PyYAML and `bot.core.errors`.

PyYAML's own loader turns `no` into False, `12:30` into 750, `010` into 8 and lets the last of two equal keys win. This
one builds the values from the parser's events, so that only `true`, `false`, `null`, plain decimals and floats are not
text.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import yaml

from bot.core.errors import ContentError

Path = tuple[str | int, ...]

MAX_BYTES = 256 * 1024  # the longest honest item, a code question with its mutants, is below 20 kB
MAX_DEPTH = 24  # the deepest honest item, nested test arguments, is below 12

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,299})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]{1,3})?")  # as PyYAML: 1e-3 and 1.0e3 are text
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_WORDS: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}
_NOT_FINITE = {".nan": math.nan, ".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf}


class ReadingError(ContentError):
    """A file is not the YAML the bank reads; says the line, what is wrong and what to write."""

    def __init__(self, line: int, what: str, mend: str) -> None:
        super().__init__(f"line {line}: {what}; mend: {mend}")
        self.line = line
        self.what = what
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain values, with the line of every key path and the scalars that other loaders read differently."""

    value: dict[str, object]
    lines: dict[Path, int]
    doubtful: dict[Path, str] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """The line of the deepest part of the path that the file has."""
        known: Path = ()
        for step in path:
            if (*known, step) in self.lines:
                known = (*known, step)
        return self.lines.get(known, 1)


def read_document(raw: bytes) -> Document:
    """Reads a file's bytes as one mapping, or raises ReadingError."""
    text = _decoded(raw)
    builder = _Builder(text)
    try:
        value = builder.document()
    except yaml.MarkedYAMLError as error:
        raise _translated(error) from error
    except yaml.YAMLError as error:
        raise ReadingError(1, f"not YAML: {error}", "remove the character") from error
    if not isinstance(value, dict):
        raise ReadingError(1, "the file is not a mapping", "begin with `schema: 1`")
    return Document(value=value, lines=builder.lines, doubtful=builder.doubtful)


def _decoded(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise ReadingError(1, f"the file has more than {MAX_BYTES:,} bytes", "make it shorter")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ReadingError(line, "not UTF-8", "save the file as UTF-8") from error
    if "\t" in text:
        line = text.count("\n", 0, text.index("\t")) + 1
        raise ReadingError(line, "a tab", 'indent with spaces; inside text write "\\t" in double quotes')
    return text


def _translated(error: yaml.MarkedYAMLError) -> ReadingError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    what = " ".join(part for part in (error.context, error.problem) if part)
    return ReadingError(
        line, f"not YAML: {what}", "quote texts that hold `: ` or ` #`, or begin with a sign such as `[`"
    )


class _Builder:
    """Turns the parser's events into values, path by path."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {(): 1}
        self.doubtful: dict[Path, str] = {}
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> object:
        next(self._events)  # stream start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise ReadingError(1, "the file is empty", "begin with `schema: 1`")
        value = self._value(next(self._events), ())
        next(self._events)  # document end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise ReadingError(_line(after), "a second document", "write one document to a file, without `---`")
        return value

    def _value(self, event: yaml.Event, path: Path) -> object:
        if len(path) > MAX_DEPTH:
            raise ReadingError(_line(event), f"nested more than {MAX_DEPTH} deep", "write it flatter")
        if isinstance(event, yaml.AliasEvent):
            raise ReadingError(_line(event), "an alias (`*name`)", "write the value out")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise ReadingError(_line(event), f"a tag ({tag})", "remove it")
        if path not in self.lines:  # a value of a mapping has the line of its key
            self.lines[path] = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        raise ReadingError(_line(event), "not a value", "write text, a number, a list or `key: value` pairs")

    def _mapping(self, path: Path) -> dict[object, object]:
        found: dict[object, object] = {}
        places: dict[object, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise ReadingError(_line(event), "a key that is not text", "write `key: value`")
            own: Path = (*path, event.value)
            key = self._scalar(event, own)
            if isinstance(key, int) and not isinstance(key, bool):
                own = (*path, key)
            if key in found:
                what = f"`{event.value}` is given twice (first in line {places[key]})"
                raise ReadingError(_line(event), what, "keep one of them")
            self.lines[own] = places[key] = _line(event)
            found[key] = self._value(next(self._events), own)
        return found

    def _sequence(self, path: Path) -> list[object]:
        found: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return found

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        text: str = event.value
        if _UNKEEPABLE.search(text):
            raise ReadingError(_line(event), "a character that no database keeps", "remove the escape")
        if not event.implicit[0]:  # quoted or a block: always text
            return text
        value, doubtful = _plain(text)
        if doubtful:
            self.doubtful[path] = text
        return value


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


@lru_cache(maxsize=4096)  # keys and small values come again in every file; most of the scalars are among them
def _plain(text: str) -> tuple[object, bool]:
    """The value of a plain scalar, and whether PyYAML's safe_load makes something else of it."""
    value = _value_of(text)
    return value, _others_read_it_differently(text, value)


def _value_of(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if text.lower() in _NOT_FINITE:
        return _NOT_FINITE[text.lower()]
    return float(text) if _FLOAT.fullmatch(text) else text


def _others_read_it_differently(text: str, value: object) -> bool:
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    tag = next((tag for tag, pattern in resolvers if pattern.match(text)), "tag:yaml.org,2002:str")
    return bool(tag.rpartition(":")[2] != _tag(value))


def _tag(value: object) -> str:
    names = {str: "str", bool: "bool", int: "int", float: "float", type(None): "null"}
    return names[type(value)]
