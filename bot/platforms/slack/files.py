"""The text files of a message, read where Slack keeps them."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import yarl

from bot.core.events import File
from bot.core.files import LARGEST, MOST, is_read, text_file
from bot.platforms.slack.calls import Workspace

Json = Mapping[str, Any]
READ_WITHIN = 2.0  # seconds for all of them: the event is acknowledged after it was kept, within three
_log = logging.getLogger(__name__)


async def files_of(workspace: Workspace, said: Json) -> tuple[File, ...]:
    """Those files of a message that may be programs; one that cannot be read now is left out."""
    if not said.get("files"):
        return ()
    found = await asyncio.gather(*(_file(workspace, file) for file in list(said.get("files") or ())[:MOST]))
    return tuple(file for file in found if file)


async def _file(workspace: Workspace, file: Json) -> File | None:
    name, size = str(file.get("name") or ""), int(file.get("size") or 0)
    address = yarl.URL(str(file.get("url_private_download") or ""))
    if not is_read(name, size) or not _is_slacks(address, workspace):
        return None
    try:
        return text_file(name, await _read(address, str(workspace.client.token)))
    except (aiohttp.ClientError, TimeoutError) as error:
        _log.warning("file_not_read error=%s", type(error).__name__)
        return None


def _is_slacks(address: yarl.URL, workspace: Workspace) -> bool:
    # The token goes along, so it goes to nobody but Slack.
    api = yarl.URL(str(workspace.client.base_url))
    same = (address.host, address.port) == (api.host, api.port)
    return address.scheme == api.scheme and (same or str(address.host).endswith(f".{api.host}"))


async def _read(address: yarl.URL, token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(READ_WITHIN)) as session,
        # Without the scope Slack leads to its page for signing in, which is no file.
        session.get(address, headers=headers, allow_redirects=False, raise_for_status=True) as answer,
    ):
        if answer.status != 200:
            raise aiohttp.ClientPayloadError(f"status {answer.status}")
        return await answer.content.read(LARGEST)
