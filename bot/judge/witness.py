"""What stands around a sandbox while somebody tries to get out of it: things to reach, and a note of who came.

May touch: the standard library and this room. Everything is on loopback or in a temporary folder.
"""

import asyncio
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import bot
from bot.judge.bwrap import without_rights

VARIABLE = "BATCHMATES_ATTACK_TOKEN"
ARRIVES_WITHIN = 0.05  # seconds that a packet or a signal may take to come here
CAUGHT = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)


class Witness:
    """Servers, a folder, a process and a token; `goal` tells a program where they are."""

    def __init__(self, token: str, folder: Path) -> None:
        self.token = token
        self.folder = folder
        self.goal: dict[str, Any] = {}
        self._came: list[str] = []
        self._alive: asyncio.subprocess.Process | None = None

    @classmethod
    @asynccontextmanager
    async def there(cls) -> AsyncIterator["Witness"]:
        """Put everything up, and take it away afterwards."""
        async with AsyncExitStack() as stack:
            witness = cls(
                secrets.token_hex(16), Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attack-")))
            )
            secret = witness._lay_out()
            await witness._listen(stack)
            await witness._keep_alive(stack)
            stack.enter_context(witness._watched())
            witness.goal |= {
                "file": str(secret),
                "folder": str(witness.folder),
                "parent": os.getpid(),
                "host": socket.gethostname(),
                "bot": str(Path(bot.__file__).parent),
            }
            yield witness

    def _lay_out(self) -> Path:
        self.folder.chmod(0o777)  # so that a program that gets out would be able to write there
        secret = self.folder / "secret.txt"
        secret.write_text(self.token)
        secret.chmod(0o644)
        return secret

    async def _listen(self, stack: AsyncExitStack) -> None:
        async def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._came.append("a connection was made")
            writer.close()

        loop = asyncio.get_running_loop()
        name = f"batchmates-{self.token}"
        tcp = await asyncio.start_server(met, "127.0.0.1", 0)
        unix = await asyncio.start_unix_server(met, f"\0{name}")
        udp, _ = await loop.create_datagram_endpoint(lambda: _Packets(self._came), local_addr=("127.0.0.1", 0))
        for server in (tcp, unix):
            stack.callback(server.close)
        stack.callback(udp.close)
        self.goal |= {
            "tcp": tcp.sockets[0].getsockname()[1],
            "udp": udp.get_extra_info("sockname")[1],
            "unix": name,
        }

    async def _keep_alive(self, stack: AsyncExitStack) -> None:
        # As the user that the sandbox has, so that nothing but the sandbox keeps a signal from it.
        self._alive = await asyncio.create_subprocess_exec("sleep", "120", cwd="/", env={}, **without_rights())
        self.goal["pid"] = self._alive.pid

        async def end() -> None:
            assert self._alive is not None
            if self._alive.returncode is None:
                os.kill(self._alive.pid, signal.SIGKILL)
            await self._alive.wait()

        stack.push_async_callback(end)

    def _watched(self) -> ExitStack:
        """Note signals instead of dying of them, and put the token into the environment."""
        stack = ExitStack()
        for number in CAUGHT:
            before = signal.signal(number, lambda got, _: self._came.append(f"signal {got} arrived"))
            stack.callback(signal.signal, number, before)
        os.environ[VARIABLE] = self.token
        stack.callback(os.environ.pop, VARIABLE, None)
        return stack

    async def seen(self) -> str:
        """What somebody did here who should not have been able to; empty where nobody was."""
        await asyncio.sleep(ARRIVES_WITHIN)
        if self._alive is not None and self._alive.returncode is not None:
            self._came.append("a process of the host was ended")
        if (written := sorted(os.listdir(self.folder))) != ["secret.txt"]:
            self._came.append(f"the host's folder holds {written}")
        return "; ".join(self._came)


class _Packets(asyncio.DatagramProtocol):
    def __init__(self, came: list[str]) -> None:
        self._came = came

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._came.append("a packet arrived")
