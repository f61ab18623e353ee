"""Values of test cases as the Python that makes them, for people to read and run."""


def as_python(value: object) -> str:
    """The expression that gives this value, with `$range`, `$repeat`, `$concat`, `$iter` and `$list` spelt out."""
    match value:
        case {"$range": list(bounds) | tuple(bounds)}:
            return f"list(range({', '.join(map(str, bounds))}))"
        case {"$repeat": [what, count]}:
            return f"{as_python(what)} * {count}"
        case {"$concat": list(parts) | tuple(parts)}:
            return " + ".join(as_python(part) for part in parts)
        case {"$iter": list(items) | tuple(items)}:
            return f"iter({as_python(list(items))})"
        case {"$list": list(items) | tuple(items)}:
            return f"linked({as_python(list(items))})"
        case dict():
            return "{" + ", ".join(f"{as_python(key)}: {as_python(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(as_python(item) for item in value) + "]"
        case float() if value != value or abs(value) == float("inf"):
            return f"float({str(value)!r})"
    return repr(value)
