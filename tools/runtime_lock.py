"""Writes deploy/requirements.lock: the pins of requirements.lock that a running bot needs, without those of developers.

`make lock` runs it. What needs what is read from the installed packages, so the environment must be the lock's; the
lines themselves, versions and hashes, are copied as they stand. `--check` only says whether the file is as it should.
"""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK, RUNTIME = ROOT / "requirements.lock", ROOT / "deploy" / "requirements.lock"


def pins() -> dict[str, str]:
    """Each pin with its hashes, by the package's name; a package may have several, for several platforms."""
    found: dict[str, str] = {}
    for pin in re.findall(r"^[^\s#].*(?:\n\s+.*)*\n", LOCK.read_text(), re.MULTILINE):
        name = canonicalize_name(re.split(r"[=\s\[;]", pin, maxsplit=1)[0])
        found[name] = found.get(name, "") + pin
    return found


def needed(wanted: list[str], locked: dict[str, str]) -> set[str]:
    """The names of everything that these requirements need, on any platform for which the lock has pins."""
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if name in locked and (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [r for r in _of(name) if _applies(r, extra)]
    return {name for name, _ in seen}


def _of(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:
        return []  # for another platform than this one; such packages need nothing further


def _applies(requirement: Requirement, extra: str) -> bool:
    # Only extras decide: a marker for another platform is the lock's business, which keeps the marker beside the pin.
    asked = re.findall(r"extra\s*==\s*['\"]([^'\"]+)['\"]", str(requirement.marker or ""))
    return extra in asked if asked else not extra


def runtime() -> str:
    """What deploy/requirements.lock should say."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = pins()
    names = needed(project["dependencies"], locked)
    return "".join(pin for name, pin in locked.items() if name in names)


def main() -> int:
    wanted = runtime()
    if "--check" not in sys.argv:
        RUNTIME.write_text(wanted)
        return 0
    if RUNTIME.is_file() and RUNTIME.read_text() == wanted:
        return 0
    print("deploy/requirements.lock is not what requirements.lock gives: python tools/runtime_lock.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
