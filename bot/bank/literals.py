"""Values of test cases: any value that YAML can write, kept whole through JSON.

May touch: the standard library and pydantic.

JSON has no NaN, no infinity and no key but text, so these are written as `{"$float": "nan"}` and
`{"$dict": [[key, value], ...]}`. The forms `$range`, `$repeat`, `$concat`, `$iter` and `$list` stay as they are
written; the judge spreads them out when it runs a case. So do `$rng` (a `random.Random` of this seed), `$frame` (a
data frame of `columns` and `rows`, or the rows as dicts where no pandas is), `$error` (what a call of a class raises)
and `$n` (a factor of the size, in `growth`).
"""

import math
from typing import Annotated

from pydantic import AfterValidator, PlainSerializer
from pydantic_core import PydanticCustomError

MOST_VALUES = 20_000  # ours: more is written as $range or $repeat
FORMS = frozenset({"$range", "$repeat", "$concat", "$iter", "$list", "$rng", "$frame", "$error", "$n"})


def to_json(value: object) -> object:
    """The value in a form that any JSON database keeps."""
    match value:
        case float() if not math.isfinite(value):
            return {"$float": str(value)}
        case list() | tuple():
            return [to_json(item) for item in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {key: to_json(item) for key, item in value.items()}
        case dict():
            return {"$dict": [[to_json(key), to_json(item)] for key, item in value.items()]}
    return value


def from_json(value: object) -> object:
    """The value that `to_json` was given."""
    match value:
        case {"$float": str(text), **rest} if not rest:
            return float(text)
        case {"$dict": list(pairs), **rest} if not rest:
            return {from_json(key): from_json(item) for key, item in pairs}
        case dict():
            return {key: from_json(item) for key, item in value.items()}
        case list() | tuple():
            return [from_json(item) for item in value]
    return value


def unknown_forms(value: object) -> set[str]:
    """The `$names` within the value that mean nothing to the judge."""
    if isinstance(value, dict):
        own = {key for key in value if isinstance(key, str) and key.startswith("$") and key not in FORMS}
        return own.union(*(unknown_forms(item) for item in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(unknown_forms(item) for item in value))
    return set()


def _read(value: object) -> object:
    try:
        read = from_json(value)
    except (TypeError, ValueError) as error:
        raise _refused(f"not a value of a test case: {error}", "write plain YAML values") from error
    if strange := unknown_forms(read):
        raise _refused(f"{', '.join(sorted(strange))} is not a known form", f"use one of {', '.join(sorted(FORMS))}")
    if _count(read) > MOST_VALUES:
        raise _refused(f"more than {MOST_VALUES:,} values", "write them as `$range` or `$repeat`")
    return read


def _refused(what: str, mend: str) -> PydanticCustomError:
    return PydanticCustomError("refused", "{what}", {"what": what, "mend": mend, "rule": "1"})


def _count(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(_count(item) for item in value.values())
    if isinstance(value, list):
        return 1 + sum(_count(item) for item in value)
    return 1


Literal = Annotated[object, AfterValidator(_read), PlainSerializer(to_json)]
