"""Discord's refusals in the house's words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import discord

from bot.core.errors import DeliveryError, Refusal
from bot.core.ports import CannotLook

WHEN_UNAUTHORISED = 900.0  # seconds: many refused calls within ten minutes shut the whole address out
UNAUTHORISED_FOR = timedelta(seconds=WHEN_UNAUTHORISED)
WHEN_FULL = 600.0  # seconds until a server with too many open threads is tried again
TOO_MANY_THREADS, CLOSED, TOO_MANY_EDITS = 160006, 50007, 30046


class NotAgain(Exception):
    """A call that must not be repeated has failed without saying whether it was done."""


@asynccontextmanager
async def in_the_houses_words(reading: bool = False) -> AsyncIterator[None]:
    """Say Discord's refusals in the house's words; a history that may not be read cannot be looked into."""
    try:
        yield
    except discord.RateLimited as limited:
        raise DeliveryError(Refusal.busy, "rate limited", retry_after=limited.retry_after) from limited
    except discord.HTTPException as refused:
        if reading and refused.status == 403:
            raise CannotLook(_said(refused)) from refused
        raise delivery_error(refused) from refused
    except aiohttp.ClientConnectorError as error:
        raise DeliveryError(Refusal.busy, "no connection") from error
    except (NotAgain, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DeliveryError(Refusal.unclear, type(error).__name__) from error


def delivery_error(refused: discord.HTTPException) -> DeliveryError:
    """Sort a refusal: try later, settle first, or never again."""
    said = _said(refused)
    match refused.status, refused.code:
        case 401, _:
            return DeliveryError(Refusal.busy, "the token is not accepted", retry_after=WHEN_UNAUTHORISED)
        case _, code if code in (TOO_MANY_THREADS, TOO_MANY_EDITS):
            return DeliveryError(Refusal.busy, said, retry_after=WHEN_FULL)
        case 403, code if code == CLOSED:
            return DeliveryError(Refusal.forbidden, "private messages are closed")
        case 403, _:
            return DeliveryError(Refusal.forbidden, said)
        case 404, _:
            return DeliveryError(Refusal.gone, said)
        case 429, _:
            return DeliveryError(Refusal.busy, said, retry_after=_retry_after(refused))
        case status, _ if status >= 500:
            return DeliveryError(Refusal.unclear, said)
    return DeliveryError(Refusal.malformed, said)


def _retry_after(refused: discord.HTTPException) -> float:
    try:
        return float(refused.response.headers.get("Retry-After", ""))
    except ValueError:
        return WHEN_UNAUTHORISED  # a limit of the network before Discord, which says nothing and lasts


def _said(refused: discord.HTTPException) -> str:
    # The text of an invalid body may quote what a member wrote; the code alone says what was wrong.
    code = f" ({refused.code})" if refused.code else ""
    return f"{refused.status}{code}" if refused.status == 400 else f"{refused.status}{code} {refused.text[:80]}"
