"""The rules of the house, each broken once somewhere: what a message says is what to do instead."""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bot
from bot.app import FEATURES

BOT = Path(bot.__file__).parent
ROOT = BOT.parent
MODULES = sorted(path for path in BOT.rglob("*.py") if "_data" not in path.parts)
INNER = ("core", "storage", "bank", "judge", "pictures", "features", "jobs", "platforms")
OUTSIDE = {
    "demo",
    "bench",
    "cli",
    "cli_content",
    "cli_judge",
    "__main__",
}  # they put the house together, or stand before it
LINES, FUNCTION_LINES = 400, 50

MAY_IMPORT = {
    "core": {"core"},
    "storage": {"core", "storage"},
    "bank": {"core", "bank"},
    "judge": {"core", "judge"},
    "pictures": {"core", "pictures"},
    "features": {"core", "storage", "bank", "judge", "pictures", "features"},
    "jobs": {"core", "storage", "bank", "judge", "pictures", "features", "jobs"},
    "platforms": {"core", "platforms"},
}
INSTEAD = {
    "core": "core is plain values and rules: move what needs more into the room that has it, behind a Protocol",
    "storage": "storage knows rows, not features: hand what it needs in as an argument",
    "bank": "the bank is content in memory: what needs the database belongs to a feature",
    "judge": "the judge runs code: what it must know comes as an argument",
    "pictures": "a picture is drawn from its specification in core.pictures alone",
    "features": "a feature is handed its platform as a service of core.ports, and jobs call features",
    "jobs": "jobs see platforms through core.ports; app puts them together",
    "platforms": "a platform hands events in and takes sendings out, both of core; app gives it the rest",
}


def room(module: str) -> str:
    """The room of a module: `storage` of `bot.storage.outbox`, `app` of `bot.app`."""
    return [*module.split("."), ""][1]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(path)))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the full name of everything that a module imports, `from a import b` as a.b."""
    for node in nodes_of(path):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in names)
            case ast.ImportFrom():
                yield node.lineno, "a relative import"


def in_rooms(*rooms: str) -> list[Path]:
    return [path for path in MODULES if room(name_of(path)) in rooms]


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


# --- imports run one way --------------------------------------------------------------------------------------------


def test_imports_run_one_way() -> None:
    broken = [
        f"{where(path, line)} imports {wanted}: {INSTEAD[own]}"
        for path in in_rooms(*INNER)
        for own in [room(name_of(path))]
        for line, wanted in imports(path)
        if wanted.startswith("bot.") and room(wanted) not in MAY_IMPORT[own] | ({"resources"} - {"core"})
    ]
    assert broken == []


def test_the_core_needs_the_standard_library_only() -> None:
    broken = [
        f"{where(path, line)} imports {wanted}: give core a Protocol or a plain value, and use the library outside"
        for path in in_rooms("core")
        for line, wanted in imports(path)
        if wanted.split(".")[0] not in sys.stdlib_module_names | {"bot"}
    ]
    assert broken == []


def test_one_feature_uses_another_only_through_its_store_rules_or_words() -> None:
    broken = [
        f"{where(path, line)} imports {wanted}: move what both need into the other's store, rules or words"
        for path in in_rooms("features")
        for line, wanted in imports(path)
        if wanted.startswith("bot.features.")
        and wanted.split(".")[2] != name_of(path).split(".")[2]
        and not {"store", "rules", "words"} & set(wanted.split(".")[3:5])
    ]
    assert broken == []


def test_a_platform_knows_no_other_platform() -> None:
    broken = [
        f"{where(path, line)} imports {wanted}: what two platforms share belongs to core"
        for path in in_rooms("platforms")
        for line, wanted in imports(path)
        if wanted.startswith("bot.platforms.") and name_of(path).split(".")[2:3] not in [[], [wanted.split(".")[2]]]
    ]
    assert broken == []


def test_no_room_is_reached_by_a_relative_import() -> None:
    broken = [where(path, line) for path in MODULES for line, wanted in imports(path) if wanted == "a relative import"]
    assert broken == [], "write the whole name, so that a search for a module finds all who use it"


def test_rules_ask_nobody_for_the_time_or_for_rows() -> None:
    broken = [
        f"{where(path, line)} imports {wanted}: a rule takes values and gives values; its story loads and saves"
        for path in MODULES
        if path.name == "rules.py"
        for line, wanted in imports(path)
        if wanted.split(".")[0] in {"sqlalchemy", "random"} or wanted.startswith(("bot.storage", "bot.core.clock"))
    ]
    assert broken == []


# --- the same shape everywhere --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "feature", sorted(path.parent for path in (BOT / "features").glob("*/__init__.py")), ids=lambda p: p.name
)
def test_every_feature_has_the_same_file_names(feature: Path) -> None:
    names = {path.stem for path in feature.iterdir() if path.suffix == ".py"}
    known = {"__init__", "commands", "rules", "store", "words", "jobs"}
    assert names - known == set(), (
        "stories go to commands or jobs, decisions to rules, SQL to store, sentences to words"
    )
    assert "__init__" in names


def test_a_moment_in_a_key_has_its_year() -> None:
    moments = [
        (f"{path.name}:{line}", found)
        for path in (BOT / "features").glob("*/*.py")
        if path.stem != "words"
        for line, text in enumerate(path.read_text().splitlines(), start=1)
        for found in re.findall(r"\{[^{}]*:(%[^{}]*%d[^{}]*|%d[^{}]*)\}", text)
    ]
    assert moments
    assert [one for one in moments if "%Y" not in one[1]] == [], "the same minute of another year is another moment"


def test_every_feature_that_declares_something_is_part_of_the_house() -> None:
    said = {path.parent.name for room in ("commands", "jobs") for path in (BOT / "features").glob(f"*/{room}.py")}
    assert said <= set(FEATURES), (
        f"name these in app.FEATURES, or nothing of them is ever heard: {said - set(FEATURES)}"
    )


def test_no_module_is_too_long() -> None:
    long = {where(path, 0): lines for path in MODULES if (lines := len(path.read_text().splitlines())) > LINES}
    assert long == {}, f"over {LINES} lines a module has two ideas: part them and name both"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes_of(path):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node


def test_no_function_is_too_long() -> None:
    long = {
        f"{where(path, node.lineno)} {node.name}": size
        for path in MODULES
        for node in functions(path)
        if (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}, f"over {FUNCTION_LINES} lines a story misses a noun: find it and give it a function"


def test_only_the_command_line_prints() -> None:
    printed = [
        f"{where(path, node.lineno)}: log it with structlog, or give it back to who asked"
        for path in MODULES
        if room(name_of(path)) not in OUTSIDE
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printed == []


def test_everything_public_says_what_it_promises() -> None:
    silent = [
        f"{where(path, line)} {name}: one full sentence that ends in a full stop"
        for path in MODULES
        for line, name, said in public(path)
        if not said.split("\n\n")[0].rstrip().endswith((".", ":"))
    ]
    assert silent == []


def public(path: Path) -> Iterator[tuple[int, str, str]]:
    """What is public of a module, with its docstring: functions, classes and their methods."""
    tree = tree_of(path)
    for node in tree.body:
        match node:
            case ast.ClassDef(body=body) if not node.name.startswith("_"):
                yield node.lineno, node.name, ast.get_docstring(node) or ""
                yield from (found for item in body for found in _function(item) if not _inherits(node))
            case _:
                yield from _function(node)


def _function(node: ast.stmt) -> Iterator[tuple[int, str, str]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() if not node.name.startswith("_"):
            yield node.lineno, node.name, ast.get_docstring(node) or ""


def _inherits(node: ast.ClassDef) -> bool:
    """Whether a base class has said already what the methods promise."""
    return any(ast.unparse(base) not in {"Protocol", "StrEnum"} for base in node.bases)


def test_nothing_of_the_word_list_is_in_a_name() -> None:
    empty = ("Manager", "Helper", "Util", "Impl", "Info")
    named = [
        f"{where(path, node.lineno)} {node.name}: name it by what it is for the study group"
        for path in MODULES
        for node in nodes_of(path)
        if isinstance(node, ast.ClassDef) and node.name.endswith(empty)
    ]
    assert named == []


def test_no_moment_is_asked_of_the_machine_inside_the_house() -> None:
    """The clock is handed in: only the clocks themselves and the jobs that sleep know the machine's."""
    asked = [
        f"{where(path, node.lineno)}: take `now` as an argument, or a core.clock.Clock"
        for path in in_rooms("core", "storage", "bank", "pictures", "features", "platforms")
        if path.relative_to(BOT).as_posix() != "core/clock.py"
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    ]
    assert asked == []


# --- nothing happens at import --------------------------------------------------------------------------------------

HEAVY = ("discord", "slack_bolt", "slack_sdk", "PIL", "rustworkx", "cryptography", "aiohttp")


def test_a_day_of_the_month_is_written_in_one_way() -> None:
    day = re.compile("%d %[aAbB]")
    lines = ((path, n, line) for path in MODULES for n, line in enumerate(path.read_text().splitlines(), 1))
    written = [where(path, n) for path, n, line in lines if day.search(line)]
    assert written == [], f"bot.core.dates writes dates for people, without a zero in front of the day: {written}"


def test_importing_the_house_loads_no_platform_and_nothing_heavy() -> None:
    code = f"import sys, bot.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert (found.stdout.strip(), found.stderr) == ("[]", ""), "import it in the function that uses it"


def test_importing_every_room_opens_no_file_socket_or_database(tmp_path: Path) -> None:
    names = [name_of(path) for path in in_rooms(*INNER, "app", "settings")]
    code = (
        "import sys, importlib\n"
        f"names = {names!r}\n"
        "import sqlalchemy.dialects.postgresql, sqlalchemy.dialects.sqlite\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(event) if event in watched else None)\n"
        "watched = {'socket.connect', 'socket.bind', 'sqlite3.connect', 'subprocess.Popen', 'os.mkdir'}\n"
        "[importlib.import_module(name) for name in names]\n"
        "print(seen)\n"
    )
    # -B: an interpreter that keeps what it compiled makes folders for it, which is not ours.
    found = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (found.stdout.strip(), found.stderr) == ("[]", ""), "open it when it is used"
    assert list(tmp_path.iterdir()) == []


# --- what is shipped ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_wheel_carries_content_and_migrations(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=110, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("content", "migrations"):
        here = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if shipped(path)}
        assert here
        assert {f"bot/_data/{name}" for name in here} <= inside
    assert {path.relative_to(ROOT).as_posix() for path in MODULES} <= inside
    assert not [name for name in inside if name.startswith(("tests/", "content/", "migrations/"))]


def shipped(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts
