"""A PostgreSQL cluster of our own, which may be restarted in the middle of everything."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=100 -c fsync=off"


@dataclass(frozen=True)
class Cluster:
    """A server on a free port of the loopback interface."""

    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql+psycopg://batchmates@127.0.0.1:{self.port}/postgres"

    def init(self) -> None:
        """Make it."""
        self._run("initdb", "-U", "batchmates", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c unix_socket_directories={self.folder} {OPTIONS}"
        self._run("pg_ctl", "start", "-l", str(self.folder / "log"), "-w", "-t", "60", "-o", options)

    def stop(self) -> None:
        """Stop it as a power cut would: nobody is waited for."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-w")

    def _run(self, program: str, *args: str) -> None:
        # The server refuses to run as root.
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*who, str(self.binaries / program), "-D", str(self.folder / "data"), *args]
        done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=90)
        if done.returncode:
            raise AssertionError(f"{program}: {done.stderr.decode()}")


def _binaries() -> Path:
    found = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not (found or versions):
        pytest.skip("there is no initdb of PostgreSQL on this machine")
    return Path(found or versions[-1]).resolve().parent


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster; skips where PostgreSQL is not installed."""
    binaries = _binaries()
    with tempfile.TemporaryDirectory(prefix="batchmates-postgres-") as name, socket.socket() as free:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        free.bind(("127.0.0.1", 0))
        made = Cluster(binaries, folder, free.getsockname()[1])
        free.close()
        made.init()
        made.start()
        try:
            yield made
        finally:
            made.stop()
