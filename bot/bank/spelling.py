"""Values and calls of test cases as the Python that makes them, for people to read and run."""

from collections.abc import Sequence

from bot.bank.answers import Case, CodeAnswer

FEW_NODES = 10  # of a linked list that is written out


def as_python(value: object) -> str:
    """The expression that gives this value, with every `$form` spelt out."""
    match value:
        case {"$range": list(bounds) | tuple(bounds)}:
            return f"list(range({', '.join(map(str, bounds))}))"
        case {"$repeat": [what, count]}:
            return f"{as_python(what)} * {count}"
        case {"$concat": list(parts) | tuple(parts)}:
            return " + ".join(as_python(part) for part in parts)
        case {"$iter": list(items) | tuple(items)}:
            return f"iter({as_python(list(items))})"
        case {"$list": list(items) | tuple(items)} if len(items) <= FEW_NODES:
            nodes = ", ".join(f"ListNode({as_python(item)}" for item in items)
            return nodes + ")" * len(items) if items else "None"
        case {"$list": items}:
            return f"a linked list of {as_python(items)}"
        case {"$rng": seed}:
            return f"random.Random({as_python(seed)})"
        case {"$frame": {"columns": [*columns], "rows": [*rows]}}:
            return as_python([dict(zip(columns, row, strict=True)) for row in rows])
        case dict():
            return "{" + ", ".join(f"{as_python(key)}: {as_python(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(as_python(item) for item in value) + "]"
        case float() if value != value or abs(value) == float("inf"):
            return f"float({str(value)!r})"
    return repr(value)


def as_call(name: str, args: Sequence[object]) -> str:
    """The call of a function with these arguments."""
    return f"{name}({', '.join(as_python(arg) for arg in args)})"


def as_called(answer: CodeAnswer, case: Case) -> str:
    """What a case does with a program: the call, the calls in sequence, or the tables on which a query runs."""
    match answer.shape, case.args:
        case "sql", [dict() as tables]:
            return "\n".join(f"{name}: {as_python(has['rows'])}" for name, has in tables.items())
        case "class", [list() | tuple() as made, *calls]:
            return "\n".join([f"it = {as_call(answer.entry_point, made)}", *map(_call_of, calls)])
    return as_call(answer.entry_point, case.args)


def _call_of(call: object) -> str:
    assert isinstance(call, list | tuple)
    return f"it.{as_call(str(call[0]), call[1:])}"
