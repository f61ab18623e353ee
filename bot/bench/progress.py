"""What a benchmark is at, said on standard error, since standard output is the JSON's."""

import sys


def say(what: str) -> None:
    """Say a line."""
    sys.stderr.write(f"bench: {what}\n")
    sys.stderr.flush()
