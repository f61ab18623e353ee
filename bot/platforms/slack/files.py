"""The text files of a message, and reading them where Slack keeps them."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import yarl

from bot.core.errors import DeliveryError, Refusal
from bot.core.events import Attached, File
from bot.core.files import LARGEST, MOST, is_read, text_file
from bot.platforms.slack.calls import Workspace

Json = Mapping[str, Any]


def attached(said: Json) -> tuple[Attached, ...]:
    """Those files of a message that may be programs, and where they lie."""
    given = list(said.get("files") or ())[:MOST]
    named = [(str(one.get("name") or ""), int(one.get("size") or 0), one.get("url_private_download")) for one in given]
    return tuple(Attached(name, size, str(address)) for name, size, address in named if address and is_read(name, size))


async def read_file(workspace: Workspace, file: Attached) -> File:
    """Read a file; raises `DeliveryError` where that cannot be done now, or ever."""
    address = yarl.URL(file.address)
    if not _is_slacks(address, workspace):
        raise DeliveryError(Refusal.malformed, "a file lies somewhere else than at Slack")
    try:
        return text_file(file.name, await _read(address, str(workspace.client.token)))
    except aiohttp.ClientError as error:
        raise DeliveryError(Refusal.unclear, type(error).__name__) from error


def _is_slacks(address: yarl.URL, workspace: Workspace) -> bool:
    # The token goes along, so it goes to nobody but Slack.
    api = yarl.URL(str(workspace.client.base_url))
    same = (address.host, address.port) == (api.host, api.port)
    return address.scheme == api.scheme and (same or str(address.host).endswith(f".{api.host}"))


async def _read(address: yarl.URL, token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status != 200:
            raise DeliveryError(_refusal(answer.status), f"a file: status {answer.status}")
        return await answer.content.read(LARGEST)


def _refusal(status: int) -> Refusal:
    # Without the scope Slack leads to its page for signing in.
    of_one = {404: Refusal.gone, 410: Refusal.gone, 429: Refusal.busy}
    return of_one.get(status) or (Refusal.unclear if status >= 500 else Refusal.forbidden)
