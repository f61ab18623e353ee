"""Every value of the vocabulary to plain JSON and back.

A value becomes {"_": its class, field: value, ...}; a field that has its default is left out, so that a row written by
an older version reads as the newer one means it. Reading knows only the classes listed here: a row can never name
another one.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from bot.core import events, forms, messages, pictures, ports, refs


def _vocabulary() -> dict[str, type]:
    rooms = (refs, pictures, messages, forms, events, ports)
    named = {name: value for room in rooms for name, value in vars(room).items() if isinstance(value, type)}
    return {name: value for name, value in named.items() if dataclasses.is_dataclass(value) or issubclass(value, Enum)}


_CLASSES = _vocabulary()
_PLAIN = frozenset({str, int, bool, float, type(None)})
_FIELDS = {
    value: [(field.name, field.default) for field in dataclasses.fields(value)]
    for value in _CLASSES.values()
    if dataclasses.is_dataclass(value)
}


def to_json(value: Any) -> Any:
    """Turn a value of the vocabulary into what `json.dumps` takes."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind in _FIELDS:
        fields = [(name, getattr(value, name), default) for name, default in _FIELDS[kind]]
        return {"_": kind.__name__} | {name: to_json(item) for name, item, default in fields if item != default}
    match value:
        case Enum():
            return {"_": kind.__name__, "value": value.value}
        case bool() | int() | float() | str():  # of a class of its own, such as an id's
            return value
        case datetime():
            return {"_": "datetime", "at": value.isoformat()}
        case date():
            return {"_": "date", "on": value.isoformat()}
        case Mapping():
            return {"_": "mapping", "items": [[to_json(key), to_json(item)] for key, item in value.items()]}
        case tuple() | list() | frozenset():
            return [to_json(item) for item in value]
    raise TypeError(f"{kind.__name__} is not in the vocabulary")


def from_json(data: Any) -> Any:
    """Read back what `to_json` wrote; sequences become tuples."""
    if isinstance(data, list):
        return tuple(from_json(item) for item in data)
    if not isinstance(data, dict):
        return data
    fields = dict(data)
    match fields.pop("_"):
        case "datetime":
            return datetime.fromisoformat(fields["at"])
        case "date":
            return date.fromisoformat(fields["on"])
        case "mapping":
            return {from_json(key): from_json(item) for key, item in fields["items"]}
        case name:
            return _CLASSES[name](**{key: from_json(item) for key, item in fields.items()})
