"""What is wrong in a content file, said so that its author can mend it.

May touch: the standard library, pydantic, `reading.py`.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.bank.reading import Document


class Severity(StrEnum):
    """Whether a fault must be mended, or looked at."""

    error = "error"
    warning = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one file: the path relative to the content folder, and the rule's number in the authors' brief."""

    file: str
    line: int
    what: str
    mend: str
    rule: str = "1"
    severity: Severity = Severity.error

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} (mend: {self.mend})"


@dataclass(frozen=True, slots=True)
class Fault:
    """One validation error in words: where in the values, what, how to mend, and the brief's rule."""

    path: tuple[str | int, ...]
    what: str
    mend: str
    rule: str = "1"

    def __str__(self) -> str:
        return f"{self.what} (mend: {self.mend})"


def faults(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Every validation error in the words of an author."""
    return [_fault(details, model) for details in error.errors(include_url=False)]


def problems(found: Iterable[Fault], *, file: str, document: Document) -> list[Problem]:
    """The faults with the file and the line."""
    return [Problem(file, document.line(*one.path), one.what, one.mend, one.rule) for one in found]


def _fault(details: ErrorDetails, model: type[BaseModel]) -> Fault:
    path = tuple(step for step in details["loc"] if not str(step).startswith(("(", "[")))  # tags of unions, `[key]`
    name = _dotted(path)
    context = details.get("ctx", {})
    if "mend" in context:  # raised by our own validators, see `terms.refused`
        return Fault(path, f"{name}{details['msg']}", str(context["mend"]), str(context.get("rule", "1")))
    words = _WORDS.get(details["type"])
    if words is None:
        return Fault(path, f"{name}{details['msg']}", "see the schema in bot/bank/schema.py")
    what, mend = words(details, context)
    if details["type"] == "extra_forbidden":
        mend = _nearest(str(details["loc"][-1]), model) or mend  # the path is empty where a key looks like a tag
    return Fault(path, f"{name}{what}", mend)


def _dotted(path: tuple[str | int, ...]) -> str:
    return f"`{'.'.join(str(step) for step in path)}`: " if path else ""


def _nearest(key: str, model: type[BaseModel]) -> str:
    known = [info.alias or name for name, info in model.model_fields.items()]
    close = difflib.get_close_matches(key, known, n=1)
    return f"did you mean `{close[0]}`?" if close else ""


def _got(details: ErrorDetails) -> str:
    given = repr(details["input"])
    return given if len(given) <= 60 else given[:57] + "..."


Words = Callable[[ErrorDetails, Mapping[str, object]], tuple[str, str]]


def _missing(_details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return "is missing", "add it"


def _extra(_details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return "is not a known key", "remove it or mend its spelling"


def _not_text(details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return f"wanted text, got {_got(details)}", "write text; put it in quotes"


def _not_number(details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return f"wanted a number, got {_got(details)}", "write a plain decimal such as 8, 0.5 or 1.0e-3"


def _not_truth(details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return f"wanted true or false, got {_got(details)}", "write true or false"


def _not_list(details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return f"wanted a list, got {_got(details)}", "write `[one, two]`"


def _not_mapping(details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return f"wanted `key: value` pairs, got {_got(details)}", "write `key: value` pairs"


def _long_text(details: ErrorDetails, context: Mapping[str, object]) -> tuple[str, str]:
    return f"has {len(details['input']):,} characters", f"write at most {context['max_length']:,}"


def _short_text(_details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return "is empty", "write something or remove the key"


def _many(_details: ErrorDetails, context: Mapping[str, object]) -> tuple[str, str]:
    return f"has {context['actual_length']} entries", f"keep at most {context['max_length']}"


def _few(_details: ErrorDetails, context: Mapping[str, object]) -> tuple[str, str]:
    return f"has {context['actual_length']} entries", f"write at least {context['min_length']}"


def _pattern(details: ErrorDetails, _context: Mapping[str, object]) -> tuple[str, str]:
    return f"{_got(details)} has a form that is not allowed", "write small letters, digits and single hyphens"


def _choice(details: ErrorDetails, context: Mapping[str, object]) -> tuple[str, str]:
    return f"{_got(details)} is not one of the allowed words", f"write {context['expected']}"


def _bound(sign: str, key: str) -> Words:
    def words(details: ErrorDetails, context: Mapping[str, object]) -> tuple[str, str]:
        return f"{_got(details)} is out of range", f"write a number {sign} {context[key]}"

    return words


_WORDS: dict[str, Words] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_type": _not_text,
    "string_too_long": _long_text,
    "string_too_short": _short_text,
    "string_pattern_mismatch": _pattern,
    "int_type": _not_number,
    "float_type": _not_number,
    "bool_type": _not_truth,
    "tuple_type": _not_list,
    "list_type": _not_list,
    "dict_type": _not_mapping,
    "mapping_type": _not_mapping,
    "model_type": _not_mapping,
    "model_attributes_type": _not_mapping,
    "too_long": _many,
    "too_short": _few,
    "literal_error": _choice,
    "enum": _choice,
    "greater_than": _bound("above", "gt"),
    "greater_than_equal": _bound("of at least", "ge"),
    "less_than": _bound("below", "lt"),
    "less_than_equal": _bound("of at most", "le"),
}
