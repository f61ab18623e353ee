"""Rules 17 to 21 on code questions, as far as they can be told without running them; `runner` does the rest.

May touch: the standard library and the models of this room.
"""

import ast
import re
import sqlite3
from collections.abc import Callable, Iterator

from bot.bank.answers import Case
from bot.bank.problem import Problem
from bot.bank.schema import Code
from bot.bank.shelf import Entry

Runner = Callable[[Code], list[str]]

FEWEST_PUBLIC, FEWEST_HIDDEN = 3, 6  # brief, rule 18
LARGE = 200  # ours: elements in one argument that make a case a large one
EXTREME = 1e6  # ours: beyond this, or below its inverse, floating point loses digits that matter

_SAYS: dict[str, re.Pattern[str]] = {
    "empty": re.compile(r"\b(?:empty|no (?:rows?|values?|items?|elements?|points?|words?)|nothing)\b", re.I),
    "single": re.compile(r"\b(?:single|one|lone|only|alone|1)\b", re.I),
    "ties or duplicates": re.compile(
        r"\b(?:ties?|tied|duplicates?|equal|same|repeat\w*|constant|identical|twice)\b", re.I
    ),
    "large": re.compile(r"\b(?:large|long|big|huge|many|in time|thousands?|deep)\b", re.I),
}
_SHARED_STATE = re.compile(
    r"\brandom\.(?:random|randint|choice|shuffle|sample|gauss|uniform|seed)\(|\bnp\.random\.(?!Generator|default_rng\(\w)"
)
_SAYS_INPUT = re.compile(
    r"\b(?:unchanged|untouched|in place|re-?link\w*|mutat\w*|modif\w*|chang\w*|alter\w*"
    r"|copy|copies|copied|new (?:lists?|nodes?|value nodes?|dicts?|rows?))\b",
    re.I,
)
_SAYS_EXTREME = re.compile(r"\b(?:extreme|huge|tiny|magnitude|overflow|underflow|large|far from|offset|small)\b", re.I)


def there_are_enough_cases(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 18: at least 3 public and 6 hidden cases."""
    tests = question.answer.tests
    for name, cases, least in (("public", tests.public, FEWEST_PUBLIC), ("hidden", tests.hidden, FEWEST_HIDDEN)):
        if len(cases) < least:
            what = f"{len(cases)} {name} cases"
            yield entry.problem("18", ("answer", "tests", name), what, f"write at least {least}")


def hidden_cases_cover_the_edges(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 18: the hidden cases have empty, single, tied, large, invalid (if the contract has errors), extreme."""
    hidden = question.answer.tests.hidden
    tests: dict[str, Callable[[Case], bool]] = {
        "empty": lambda case: any(_size(value) == 0 for value in case.args) or _says("empty", case),
        "single": lambda case: any(_size(value) == 1 for value in case.args) or _says("single", case),
        "ties or duplicates": lambda case: _says("ties or duplicates", case) or any(_repeats(v) for v in case.args),
        "large": lambda case: any((_size(value) or 0) >= LARGE for value in case.args) or _says("large", case),
    }
    if re.search(r"\w+Error\b|\braises?\b", question.answer.contract):
        tests["invalid input"] = lambda case: bool(_errors(case))
    if question.answer.compare.mode == "approx":
        tests["extreme magnitude"] = lambda case: _is_extreme(case.args) or bool(_SAYS_EXTREME.search(case.why))
    for name, holds in tests.items():
        if not any(holds(case) for case in hidden):
            mend = f"add a hidden case and say so in its `why`: {name}"
            yield entry.problem("18", ("answer", "tests", "hidden"), f"no hidden case for {name}", mend)


def floats_are_compared_with_tolerance(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 19: where floats are expected the comparison has a tolerance."""
    compare, tests = question.answer.compare, question.answer.tests
    if compare.mode == "exact" and any(_has_fraction(case.expected) for case in (*tests.public, *tests.hidden)):
        mend = "write `compare: {mode: approx, rel: 1.0e-9, abs: 1.0e-12}`"
        yield entry.problem("19", ("answer", "compare"), "fractions are compared exactly", mend)
    if compare.mode == "approx" and not (compare.rel or compare.abs):
        yield entry.problem(
            "19", ("answer", "compare"), "approx without rel or abs", "write `rel: 1.0e-9, abs: 1.0e-12`"
        )


def nan_is_spoken_of(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 19: where numbers are compared with tolerance, contract or comparison say what becomes of NaN."""
    answer = question.answer
    said = "nan" in answer.contract.lower() or "nan" in answer.compare.model_fields_set
    if answer.compare.mode == "approx" and not said:
        yield entry.problem("19", ("answer", "contract"), "it does not say what becomes of NaN", "say it in `contract`")


def random_numbers_come_from_the_caller(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 19: a solution draws from a passed generator, never from the module's own state."""
    if found := _SHARED_STATE.search(question.answer.solution):
        mend = "take a generator or a seed as an argument"
        yield entry.problem("19", ("answer", "solution"), f"`{found[0]}` draws from shared state", mend)


def programs_define_the_entry_point(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 20: starter, solution and mutants are Python that defines the entry point, or a query on the tables."""
    answer = question.answer
    programs = {("answer", "starter"): answer.starter, ("answer", "solution"): answer.solution}
    named: list[tuple[tuple[str | int, ...], str]] = list(programs.items())
    named += [(("answer", "mutants", n, "solution"), mutant.solution) for n, mutant in enumerate(answer.mutants)]
    for path, program in named:
        if answer.shape == "sql":
            if fault := _fault_of_query(program, answer.tests.public[0].args):
                yield entry.problem("20", path, fault, "write one query that SQLite runs on the tables of the cases")
        elif fault := _fault(program, answer.entry_point):
            yield entry.problem("20", path, fault, f"write Python 3.11 that defines `{answer.entry_point}`")


def contract_names_the_errors(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 21: every error that a case wants is in the contract, and so is the order where cases are about ties."""
    answer = question.answer
    said = f"{answer.contract} {question.prompt}"
    cases = (*answer.tests.public, *answer.tests.hidden)
    for error in sorted({error for case in cases for error in _errors(case)}):
        if error not in said:
            what = f"a case wants {error}, the contract does not name it"
            yield entry.problem("21", ("answer", "contract"), what, f"say when {error} is raised")
    if any(re.search(r"\bties?\b", case.why, re.I) for case in cases) and not re.search(
        r"\bties?\b|\btied\b|\bequal\b|\bsmaller\b|\bfirst\b|\bstable\b|\border", said, re.I
    ):
        yield entry.problem(
            "21", ("answer", "contract"), "cases are about ties, the contract is not", "say how ties end"
        )


def contract_speaks_of_the_input(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 21: where an argument can be changed, contract or prompt say whether it is."""
    cases = (*question.answer.tests.public, *question.answer.tests.hidden)
    said = f"{question.answer.contract} {question.prompt}"
    if question.answer.shape in {"in-place", "sql"}:
        return  # the one is there to change its input, and the other cannot
    if any(_can_change(value) for case in cases for value in case.args) and not _SAYS_INPUT.search(said):
        mend = "say in `contract` whether the input is changed"
        yield entry.problem("21", ("answer", "contract"), "it does not say what becomes of the input", mend)


def mutants_are_listed(entry: Entry, question: Code) -> Iterator[Problem]:
    """Rule 17: there are mutants for the hidden cases to catch."""
    if not question.answer.mutants:
        yield entry.problem("17", ("answer",), "there are no mutants", "add plausible wrong solutions under `mutants`")


def _errors(case: Case) -> set[str]:
    """The errors that a case wants, of the whole call or of single methods of a class."""
    wanted = case.expected if isinstance(case.expected, list | tuple) else ()
    single = {str(one["$error"]) for one in wanted if isinstance(one, dict) and "$error" in one}
    return single | ({case.error} if case.error else set())


def _fault(program: str, entry_point: str) -> str:
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError) as error:
        return f"not Python: {error}"
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    names |= {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return "" if entry_point in names else f"`{entry_point}` is not defined"


def _fault_of_query(program: str, args: tuple[object, ...]) -> str:
    database = sqlite3.connect(":memory:")
    try:
        match args:
            case [dict() as tables]:
                for table, has in tables.items():
                    database.execute(f'CREATE TABLE "{table}" ({has["columns"]})')
            case _:
                return "the first case has no mapping of tables as its one argument"
        database.execute(f"EXPLAIN {program}")
    except (sqlite3.Error, sqlite3.Warning, KeyError, TypeError) as error:
        return f"not a query on these tables: {error}"
    finally:
        database.close()
    return ""


def _says(name: str, case: Case) -> bool:
    return bool(_SAYS[name].search(case.why))


def _size(value: object) -> int | None:
    """How many elements an argument has; None for what is no collection."""
    match value:
        case {"$range": [a, b, *step]}:
            return len(range(_whole(a), _whole(b), _whole(step[0]) if step else 1))
        case {"$repeat": [part, count]}:
            return (_size(part) or 0) * _whole(count)
        case {"$concat": list(parts)}:
            return sum(_size(part) or 0 for part in parts)
        case {"$iter": inner} | {"$list": inner}:
            return _size(inner)
        case str() | list() | tuple() | dict():
            return len(value)
    return None


def _can_change(value: object) -> bool:
    """Whether an argument is an object that the function could change; what an iterator gives is used up anyway."""
    match value:
        case {"$repeat": [part, _]}:
            return _can_change(part)
        case {"$concat": list(parts)}:
            return any(_can_change(part) for part in parts)
        case {"$iter": _}:
            return False
    return isinstance(value, list | dict)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _repeats(value: object) -> bool:
    if isinstance(value, dict):
        return any(_repeats(item) for item in value.values())
    if isinstance(value, list | tuple | str):
        return len({repr(item) for item in value}) < len(value)
    return False


def _is_extreme(value: object) -> bool:
    match value:
        case bool():
            return False
        case int() | float():
            return abs(value) >= EXTREME or 0 < abs(value) <= 1 / EXTREME
        case dict():
            return any(_is_extreme(item) for item in value.values())
        case list() | tuple():
            return any(_is_extreme(item) for item in value)
    return False


def _has_fraction(value: object) -> bool:
    match value:
        case float():
            return value == value and not value.is_integer()
        case dict():
            return any(_has_fraction(item) for item in value.values())
        case list() | tuple():
            return any(_has_fraction(item) for item in value)
    return False
