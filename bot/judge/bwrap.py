"""The back end for a Linux server: bubblewrap, seccomp and limits, as a user without rights.

May touch: the standard library and this room.

A guest has namespaces of its own for everything: no network, no process but itself, no file but an interpreter and its
libraries, read-only, nothing to write to, no environment. Where the bot runs as root it gives its rights up before
bubblewrap begins, since a limit on processes does not bind root. Guests are started ahead, since starting one takes
longer than most programs run, and each serves one program.
"""

import asyncio
import contextlib
import json
import os
import pwd
import secrets
import shutil
import sys
from dataclasses import dataclass
from typing import Any

from bot.judge import guest as inside
from bot.judge import seccomp
from bot.judge.runner import PipedGuest, Unavailable

OLDEST = (3, 11)  # what questions promise their writers
STARTED_WITHIN = 20.0  # seconds, on a machine that is busy
NOBODY = 65_534
HIDDEN = ("site-packages", "dist-packages")  # folders of the library in which a guest finds nothing
UID = 1_000  # what the program believes to be
_LOOK = """
import json, sys, sysconfig
for name in ("_ctypes", "_sqlite3", "zlib", "_bz2", "_lzma", "_decimal", "math", "_hashlib", "_uuid"):
    try: __import__(name)
    except ImportError: pass
mapped = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if line.count("/") and ".so" in line}
print(json.dumps({"version": sys.version_info[:2], "executable": sys.executable, "mapped": sorted(mapped),
    "stdlib": sorted({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that the sandbox's user can read, with the folders of its library and of what it links to."""

    executable: str
    stdlib: tuple[str, ...]
    libraries: tuple[str, ...]


class Bwrap:
    """Programs in bubblewrap; `warm` guests are kept ready."""

    name = "bwrap"

    def __init__(self, *, warm: int = 0) -> None:
        self.token = secrets.token_hex(8)
        """Stands in the command line of every guest, so that one which is left over is found."""
        self._warm: asyncio.Queue[PipedGuest] = asyncio.Queue()
        self._most = warm
        self._starting: set[asyncio.Task[None]] = set()
        self._command: list[str] = []
        self._filter = b""

    async def start(self) -> None:
        """Prove that it works here, and keep some guests warm; raises `Unavailable`."""
        found = shutil.which("bwrap")
        if sys.platform != "linux" or found is None:
            raise Unavailable("bubblewrap is not installed (apt-get install bubblewrap)")
        self._filter = seccomp.program()
        self._command = [*_command(found, await _interpreter()), self.token]
        await self._prove()
        self._keep_some()

    def another(self, *, warm: int = 0) -> "Bwrap":
        """One more of these, started without proving again what this one has proved."""
        other = Bwrap(warm=warm)
        other._filter, other._command = self._filter, [*self._command[:-1], other.token]
        other._keep_some()
        return other

    def _keep_some(self) -> None:
        for _ in range(self._most):
            self._start_one()

    async def _prove(self) -> None:
        guest = await self._spawn()
        guest.begin("probe")
        order = {"marker": "probe", "program": "def f():\n    return 7", "entry_point": "f", "shape": "function"}
        loaded = await guest.ask({**order, "limits": {}}, seconds=STARTED_WITHIN)
        answer = await guest.ask({"args": []}, seconds=STARTED_WITHIN) if not loaded.broken else loaded
        said = guest.first_words
        await guest.close()
        if answer.said.get("got") != 7:
            raise Unavailable(f"bubblewrap does not start here: {said or 'it says nothing'} ({_mend(said)})")

    async def guest(self, marker: str) -> PipedGuest:
        """A fresh guest whose outputs stand under this marker."""
        taken = None
        while taken is None and not self._warm.empty():
            ready = self._warm.get_nowait()
            if ready.alive:
                taken = ready
            else:
                await ready.close()
        if len(self._starting) + self._warm.qsize() < self._most:
            self._start_one()
        taken = taken or await self._spawn()
        taken.begin(marker)
        return taken

    def _start_one(self) -> None:
        task = asyncio.create_task(self._keep_one())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _keep_one(self) -> None:
        with contextlib.suppress(OSError):  # the next one who needs a guest starts it, and is told
            ready = await self._spawn()
            if self._most:
                self._warm.put_nowait(ready)
            else:  # everything was stopped meanwhile
                await ready.close()

    async def _spawn(self) -> PipedGuest:
        with seccomp.handed_over(self._filter) as descriptor:
            command = (str(descriptor) if part == _FILTER else part for part in self._command)
            return await PipedGuest.spawn(*command, pass_fds=(descriptor,), cwd="/", env={}, **without_rights())

    async def stop(self) -> None:
        """Kill every guest that waits."""
        self._most = 0
        if self._starting:
            await asyncio.wait(self._starting, timeout=STARTED_WITHIN)
        while not self._warm.empty():
            await self._warm.get_nowait().close()


_FILTER = "{filter}"


def without_rights() -> dict[str, Any]:
    """How a child is started as a user without rights, where this process is root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("nobody")
        uid, gid = user.pw_uid, user.pw_gid
    except KeyError:
        uid = gid = NOBODY
    return {"user": uid, "group": gid, "extra_groups": []}


def _command(bwrap: str, python: Interpreter) -> list[str]:
    return [
        bwrap,
        *("--unshare-all", "--unshare-user", "--cap-drop", "ALL", "--clearenv"),
        *("--new-session", "--die-with-parent", "--as-pid-1", "--uid", str(UID), "--gid", str(UID)),
        *("--hostname", "judge", "--setenv", "LD_LIBRARY_PATH", ":".join(python.libraries)),
        *_binds(python),
        *("--remount-ro", "/", "--chdir", "/", "--seccomp", _FILTER, "--"),
        *(python.executable, "-I", "-S", "-B", "-X", "utf8", "-c", inside.text()),
    ]


def _binds(python: Interpreter) -> list[str]:
    bound = [python.executable, *python.stdlib, *python.libraries]
    parts = [part for path in bound for part in ("--ro-bind", path, path)]
    for link in ("/lib", "/lib64", "/usr/lib64"):
        if os.path.islink(link):
            parts += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            parts += ["--ro-bind", link, link]
    for folder in (*python.stdlib, *python.libraries):
        # Whatever else is installed there is none of a member's business: it may be this bot, with its questions.
        for packages in HIDDEN:
            if os.path.isdir(f"{folder}/{packages}"):
                # Each by itself, since what is mounted upon the root is left as it is when the root is made read-only.
                parts += ["--tmpfs", f"{folder}/{packages}", "--remount-ro", f"{folder}/{packages}"]
    return parts


def _candidates() -> list[str]:
    return list(dict.fromkeys((os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3")))


async def _interpreter() -> Interpreter:
    """The first Python, of this process or of the system, that a user without rights can run."""
    tried: list[str] = []
    for path in _candidates():
        try:
            found = json.loads(await _output_of(path, "-I", "-S", "-c", _LOOK))
        except (OSError, ValueError) as error:
            tried.append(f"{path}: {type(error).__name__}")
            continue
        if tuple(found["version"]) >= OLDEST:
            return _laid_out(found)
        tried.append(f"{path}: Python {'.'.join(map(str, found['version']))}")
    mend = "install python3 of the system, in a folder that everybody may read"
    raise Unavailable(f"no Python of {OLDEST[0]}.{OLDEST[1]} or newer for a user without rights: {tried} ({mend})")


def _laid_out(found: dict[str, Any]) -> Interpreter:
    stdlib = tuple(found["stdlib"])
    beside = {os.path.dirname(path) for path in found["mapped"]}
    libraries = sorted(path for path in beside if not any(path.startswith(root) for root in stdlib))
    return Interpreter(os.path.realpath(found["executable"]), stdlib, tuple(libraries))


async def _output_of(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={},
        **without_rights(),
    )
    try:
        async with asyncio.timeout(STARTED_WITHIN):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    return out


def _mend(said: str) -> str:
    if "namespace" in said or "Operation not permitted" in said or "uid map" in said:
        return "allow user namespaces, or use the back end wasi; docs/judge.md tells both"
    return "docs/judge.md tells what it needs"
