"""A sending as one call of the world, and the world's refusals as delivery errors."""

from dataclasses import replace
from typing import assert_never

from bot.core.errors import DeliveryError, Refusal
from bot.core.ports import (
    CannotLook,
    Change,
    DropEvent,
    GiveRole,
    LetIn,
    LetOut,
    MakeEvent,
    OpenRoom,
    OpenThread,
    React,
    Receipt,
    Send,
    Sending,
)
from bot.core.refs import MessageRef, Person, Place
from bot.platforms.local.formats import BotSide, Json, Mode, Refused
from bot.platforms.local.render import Draw, render_later


async def deliver(side: BotSide, sending: Sending, draw: Draw) -> Receipt:
    """Make the one call; a thread that stands there already is the thread that was wanted."""
    match sending.call:
        case Send():
            return await _send(side, sending, sending.call, draw)
        case OpenThread(name):
            return await _open_thread(side, _sent_before(sending), name)
        case Change(message, of):
            ref = of or _sent_before(sending)
            rendered = await render_later(message, draw)
            await side.edit(ref.place.channel, ref.id, rendered.blocks, rendered.files)
            return replace(sending.before, message=ref)
        case React(to, reaction):
            await side.react(to.place.channel, to.id, reaction)
            return replace(sending.before, message=to)
        case OpenRoom():
            return await _open_room(side, sending, sending.call)
        case LetIn():
            return sending.before  # a room is opened with its people
        case LetOut(person):
            room = sending.before.thread or _home(sending)
            await side.let_out(room.channel, person.id)
            return Receipt(thread=room)
        case MakeEvent() | DropEvent():
            raise DeliveryError(Refusal.forbidden, "there are no events here")
        case GiveRole():
            raise DeliveryError(Refusal.forbidden, "people have no roles here that a bot can give")
        case _:
            assert_never(sending.call)


async def _send(side: BotSide, sending: Sending, call: Send, draw: Draw) -> Receipt:
    rendered = await render_later(call.message, draw)
    target = _target(sending, call)
    if isinstance(target, Person):
        posted = await side.post(None, None, rendered.blocks, rendered.files, sending.key, target.id)
    else:
        posted = await side.post(target.channel, target.thread, rendered.blocks, rendered.files, sending.key)
    return _receipt(sending, call, posted)


async def _open_thread(side: BotSide, on: MessageRef, name: str) -> Receipt:
    try:
        opened = await side.open_thread(on.place.channel, on.id, name)
        thread = str(opened["thread"])
    except Refused as refused:
        if refused.thread is None:
            raise
        thread = refused.thread
    return Receipt(message=on, thread=replace(on.place, thread=thread))


async def _open_room(side: BotSide, sending: Sending, call: OpenRoom) -> Receipt:
    # As on real platforms no nonce guards a room: where rooms are listed, what may stand there already is looked for.
    if side.mode is not Mode.bare and (found := await _room(side, sending, call)):
        return found
    channel = _home(sending).channel
    opened = await side.open_room(channel, [person.id for person in call.people], call.name)
    return Receipt(thread=replace(_home(sending), channel=str(opened["channel"])))


async def _room(side: BotSide, sending: Sending, call: OpenRoom) -> Receipt | None:
    rooms = await side.rooms(_home(sending).channel)
    found = next((room for room in rooms if room["name"] == call.name), None)
    return Receipt(thread=replace(_home(sending), channel=str(found["id"]))) if found else None


def _home(sending: Sending) -> Place:
    if isinstance(sending.target, Person):
        raise DeliveryError(Refusal.malformed, "a room opens off a channel")
    return sending.target.outside


async def look_back(side: BotSide, sending: Sending) -> Receipt | None:
    """Find what was sent under this key; a call that changes nothing when made twice is simply not found."""
    call = sending.call
    if isinstance(call, OpenRoom) and side.mode is not Mode.bare:
        return await _room(side, sending, call)
    if not isinstance(call, Send | OpenRoom):
        return None
    if isinstance(call, OpenRoom) or side.mode is not Mode.history:
        raise CannotLook("messages carry no key here")
    target = _target(sending, call)
    channel, thread = (f"dm-{target.id}", None) if isinstance(target, Person) else (target.channel, target.thread)
    # The key alone decides: the clocks of the bot and of the world need not agree.
    said = await side.history(channel, thread)
    found = next((message for message in said if message.get("key") == sending.key), None)
    return _receipt(sending, call, found) if found else None


def _target(sending: Sending, call: Send) -> Place | Person:
    if not call.in_thread:
        return sending.target
    if sending.before.thread is None:
        raise DeliveryError(Refusal.malformed, "the row before opened no thread")
    return sending.before.thread


def _sent_before(sending: Sending) -> MessageRef:
    if sending.before.message is None:
        raise DeliveryError(Refusal.malformed, "the row before sent no message")
    return sending.before.message


def _receipt(sending: Sending, call: Send, posted: Json) -> Receipt:
    place = Place(sending.target.platform, sending.target.workspace, posted["channel"], posted["thread"])
    return Receipt(message=MessageRef(place, posted["id"]), thread=sending.before.thread if call.in_thread else None)


def delivery_error(refused: Refused) -> DeliveryError:
    """Say a refusal of the world in the house's words."""
    match refused.status:
        case 403:
            refusal = Refusal.forbidden
        case 404:
            refusal = Refusal.gone
        case 429 | 500 | 502 | 503 | 504:
            refusal = Refusal.busy
        case _:
            refusal = Refusal.malformed
    return DeliveryError(refusal, refused.what, retry_after=refused.retry_after)
