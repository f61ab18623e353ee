"""The folders that travel with the program: content/ and migrations/."""

from pathlib import Path

import bot


def folder(name: str) -> Path:
    """The folder in an installed wheel, else the one at the root of a checkout."""
    package = Path(bot.__file__).parent
    found = next((path for path in (package / "_data" / name, package.parent / name) if path.is_dir()), None)
    if found is None:
        raise FileNotFoundError(f"the folder {name} is neither in the package nor beside it")
    return found
