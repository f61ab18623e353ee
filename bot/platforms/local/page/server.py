"""The page's server: what a member sees, what they do, and the clock; on loopback, for the page itself only."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.core import limits
from bot.core.files import ENDINGS, LARGEST, is_read
from bot.platforms.local.formats import Json, Refused
from bot.platforms.local.page.asked import Asked
from bot.platforms.local.page.guard import MOST_BYTES, add_headers, errors_as_json, json_body, only_the_page
from bot.platforms.local.page.stream import Streams
from bot.platforms.local.world import World

STATIC = Path(__file__).parent / "static"
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")  # everything else is downloaded, never opened here
FARTHEST = timedelta(days=366)

Commands = Callable[[], list[Json]]
Move = Callable[[datetime], Awaitable[None]]
NextEvent = Callable[[], Awaitable[datetime | None]]
GroupZone = Callable[[], Awaitable[str | None]]
Acted = Callable[[str], None]


async def _no_zone() -> None:
    return None


def _nobody_hears(_user: str) -> None:
    pass


def make_app(
    world: World,
    *,
    commands: Commands,
    move: Move,
    next_event: NextEvent,
    zone: GroupZone = _no_zone,
    acted: Acted = _nobody_hears,
) -> web.Application:
    """Make the page's application.

    `commands` gives {"name", "help"} of every command; `move` moves the clock and does what is due on the way;
    `next_event` tells when something is due next; `zone` names the group's zone, once there is a group; `acted` hears
    as whom somebody is about to do something on the page.
    """
    page = _Page(world, commands, move, next_event, zone, acted)
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[only_the_page, errors_as_json])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(page.watching)
    app.on_shutdown.append(page.closing)
    app.add_routes(
        [
            web.get("/", page.index),
            web.get("/api/view", page.view),
            web.get("/api/stream", page.stream),
            web.get("/api/file/{file}", page.file),
            web.post("/api/do", page.do),
            web.post("/api/clock", page.clock),
            web.static("/static", STATIC),
        ]
    )
    return app


class _Page:
    def __init__(
        self, world: World, commands: Commands, move: Move, next_event: NextEvent, zone: GroupZone, acted: Acted
    ) -> None:
        self._world = world
        self._commands = commands
        self._move = move
        self._next_event = next_event
        self._zone = zone
        self._acted = acted
        self._streams = Streams()
        self._moving = asyncio.Lock()

    async def watching(self, _app: web.Application) -> AsyncIterator[None]:
        """Hear of the world's changes as long as the server runs."""
        stop = self._world.watch(self._streams.changed)
        yield
        stop()

    async def closing(self, _app: web.Application) -> None:
        """End the streams, so that the server can stop at once."""
        self._streams.close()

    # --- looking --------------------------------------------------------------------------------------------------

    async def index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def view(self, request: web.Request) -> web.StreamResponse:
        seen = self._world.view(self._member(request))
        zone = await self._zone() or seen["me"]["zone"]
        return web.json_response({**seen, "zone": zone, "commands": self._commands()})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        return await self._streams.serve(request, self._member(request))

    async def file(self, request: web.Request) -> web.StreamResponse:
        try:
            file = self._world.file(self._member(request), request.match_info["file"])
        except Refused as refused:
            raise web.HTTPNotFound(text=refused.what) from refused
        tag = f'"{hashlib.sha256(file.data).hexdigest()[:32]}"'
        if tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers={"ETag": tag})
        shown = "inline" if file.media_type in SHOWN else "attachment"
        headers = {"ETag": tag, "Content-Type": file.media_type, "Content-Disposition": shown}
        return web.Response(body=file.data, headers=headers)

    def _member(self, request: web.Request) -> str:
        user = request.query.get("as") or self._first()
        try:
            return self._world.person(user).id
        except Refused as refused:
            raise web.HTTPNotFound(text=refused.what) from refused

    def _first(self) -> str:
        """Who one is to begin with: somebody who may set the group up."""
        here = sorted((who for who in self._world.people.values() if who.here), key=lambda who: not who.manager)
        return here[0].id if here else ""

    # --- doing ----------------------------------------------------------------------------------------------------

    async def do(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(await json_body(request))
        try:
            reply = await self._done(asked)
        except Refused as refused:
            reply = {"type": "failed", "why": refused.what}
        return web.json_response(reply)

    async def _done(self, asked: Asked) -> Json:
        """Do what was asked and give the bot's reply; acts that the bot does not answer give type none."""
        world, user = self._world, asked.text("as")
        self._acted(user)
        match asked.text("verb"):
            case "say":
                said = _fitting(asked.text("text"))
                answered, file = asked.maybe("reply_to"), _readable(asked.maybe_by_name("file"))
                await world.say(user, asked.text("channel"), said, asked.maybe("thread"), answered, file)
            case "edit":
                await world.edit_message(user, asked.text("message"), _fitting(asked.text("text")))
            case "delete":
                await world.delete_message(user, asked.text("message"))
            case "press":
                return await world.press(user, asked.text("message"), asked.text("button"))
            case "choose":
                return await world.choose(user, asked.text("message"), asked.text("select"), asked.texts("values"))
            case "submit":
                place = (asked.text("channel"), asked.maybe("thread"))
                return await world.submit(user, asked.text("form"), asked.by_name("values"), *place)
            case "run":
                return await world.run(user, asked.text("channel"), asked.text("text"), asked.maybe("thread"))
            case "shortcut":
                return await world.shortcut(user, asked.text("message"), asked.text("shortcut"))
            case verb:
                raise web.HTTPBadRequest(text=f"Nobody can {verb[:40]!r} here.")
        return {"type": "none"}

    # --- the clock ------------------------------------------------------------------------------------------------

    async def clock(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(await json_body(request))
        async with self._moving:
            to = await self._wanted(asked)
            if to is None:
                return web.json_response({"type": "failed", "why": "Nothing is planned yet. Begin with /setup."})
            now = self._world.clock.now()
            if not now <= to <= now + FARTHEST:
                return web.json_response({"type": "failed", "why": "The clock goes forward only, by at most a year."})
            await self._move(to)
        self._streams.ping_all()
        return web.json_response({"type": "none", "now": self._world.now()})

    async def _wanted(self, asked: Asked) -> datetime | None:
        if asked.has("by"):
            return self._world.clock.now() + timedelta(seconds=asked.number("by"))
        if asked.has("to"):
            return await self._read(asked.text("to"))
        if asked.has("next"):
            return await self._next_event()
        raise web.HTTPBadRequest(text="Wanted one of: by (seconds), to (a time), next.")

    async def _read(self, typed: str) -> datetime:
        try:
            at = datetime.fromisoformat(typed)
        except ValueError as error:
            raise web.HTTPBadRequest(text="to: wanted a time such as 2026-11-23T09:00.") from error
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(await self._zone() or "UTC"))
        try:
            return at.astimezone(UTC)
        except OverflowError as error:
            raise web.HTTPBadRequest(text="to: wanted a time of this calendar.") from error


def _readable(file: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The file that goes with a message, if any: such as the bot reads."""
    if not file:
        return ()
    name, text = file.get("name", ""), file.get("text", "")
    if not is_read(name, len(text.encode())):
        endings = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise Refused(400, f"Wanted a file that ends with {endings}, with 1 to {LARGEST:,} bytes.")
    return ((name[:100], text.replace("\0", "\ufffd")),)


def _fitting(text: str) -> str:
    if len(text) > limits.POSTED:
        raise Refused(400, f"A message has at most {limits.POSTED:,} characters; this one has {len(text):,}.")
    return text
