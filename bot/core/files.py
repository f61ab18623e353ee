"""Text files that come with messages: which of them are read, and how."""

from bot.core.events import File

ENDINGS = (".py", ".sql", ".txt")
LARGEST = 65_536  # bytes; a program has at most 20,000 characters
MOST = 3  # of one message


def is_read(name: str, size: int) -> bool:
    """Whether a file may be a program: by its name, and small enough."""
    return name.lower().endswith(ENDINGS) and 0 < size <= LARGEST


def text_file(name: str, data: bytes) -> File:
    """The file with its text; what is no UTF-8 in it is marked."""
    return File(name[:100], data.decode("utf-8-sig", "replace").replace("\0", "\ufffd"))
