"""Who may use the page: this machine only, and only the page itself, since any other page could try to."""

import ipaddress
import json
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

MOST_BYTES = 256 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@web.middleware
async def only_the_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what does not come from this machine, or comes from a page that is not ours."""
    if why := _foreign(request):
        return web.json_response({"error": why}, status=403)
    return await handler(request)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say in JSON what the server itself refuses: unknown paths, methods, and bodies that are too long."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        most = MOST_BYTES // 1024
        return web.json_response({"error": f"That is too long: at most {most} KB fit into one request."}, status=413)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return web.json_response({"error": error.text or error.reason}, status=error.status, headers=_allow(error))


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser to run nothing but our own files, and to ask again before it uses a stored one."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-cache")


async def json_body(request: web.Request) -> dict[str, object]:
    """Read the object that was sent; refuse anything else."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Wanted a body of type application/json.")
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(text="Wanted a body that is JSON.") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="Wanted a JSON object.")
    return body


def _foreign(request: web.Request) -> str:
    if not _is_loopback(request.remote or ""):
        return "This page is for this machine only."
    # The name is checked too: a foreign name may be made to lead to this machine.
    if not _is_loopback(_host_of(f"//{request.headers.get('Host', '')}")):
        return "Wanted a Host that is this machine: 127.0.0.1 or localhost."
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.headers['Host']}":
        return "This request comes from another page."
    # A link or a typed address may lead here; a picture, a frame or a script of another page may not.
    opened = request.path == "/" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin") and not opened:
        return "This request comes from another page."
    return ""


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _allow(error: web.HTTPException) -> dict[str, str]:
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
