"""What came in from Slack, as its payloads are, to a core event and to where its answer goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.events import (
    ActionPressed,
    Closed,
    Closing,
    CommandInvoked,
    CommandTyped,
    Deleted,
    Edited,
    Event,
    FormSubmitted,
    Left,
    Posted,
    Renamed,
    Reopened,
)
from bot.core.refs import Place
from bot.platforms.slack import commands, dialect, ids
from bot.platforms.slack.files import attached
from bot.platforms.slack.forms import Meant, values
from bot.platforms.slack.people import Profile

Json = Mapping[str, Any]
WRITTEN = frozenset({None, "file_share"})
"""The subtypes of what a person writes; a reply that is sent to the channel as well is none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an act came from, and how it can be answered."""

    team: str
    user: str
    place: Place
    url: str = ""
    trigger: str = ""
    message: str = ""
    """The message on which the button stands, which an edit replaces."""
    view: Json | None = None
    """The modal or the home in which it was done."""
    opens_view: bool = False
    """Whether the answer is shown in a modal, since the act belongs to no channel."""

    @property
    def direct(self) -> bool:
        """Whether it was done in a private conversation, or nowhere in particular."""
        return ids.is_direct(self.place.channel)

    @property
    def meant(self) -> Meant:
        """What a form that is opened now has to carry."""
        if self.opens_view:
            return Meant()
        return Meant("", self.place.channel, self.place.thread or "", self.url)


# --- whose ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """The workspace that a payload comes from, and the organisation through whose installation it came, if any."""

    team: str
    enterprise: str = ""

    @property
    def installation(self) -> str:
        """What gave us the token: the organisation where it has the bot, else the workspace."""
        return self.enterprise or self.team


def source(body: Json) -> Source:
    """Read where a payload comes from; of a shared channel's event, the workspace that has the bot counts."""
    authorized: Sequence[Json] = body.get("authorizations") or ()
    given = authorized[0] if authorized else body
    team = next(filter(_is_team, (str(given.get("team_id")), team_of(body))), "")
    if team and not _is_org_wide(given):
        return Source(team)
    enterprise = body.get("enterprise") or {}
    named = (given.get("enterprise_id"), enterprise.get("id"), body.get("enterprise_id"), body.get("team_id"))
    return Source(team, next((str(id) for id in named if id and not _is_team(str(id))), ""))


def _is_org_wide(given: Json) -> bool:
    return str(given.get("is_enterprise_install")).lower() == "true"  # a form says it as a word


def _is_team(id: str) -> bool:
    return id.startswith("T")


# --- interactions -----------------------------------------------------------------------------------------------------


def team_of(body: Json) -> str:
    """The workspace that a payload is about; what came through an organisation's installation may name none itself."""
    team, view, user = body.get("team"), body.get("view") or {}, body.get("user")
    named = (
        team.get("id") if isinstance(team, Mapping) else body.get("team_id"),
        view.get("team_id"),
        user.get("team_id") if isinstance(user, Mapping) else None,
    )
    return next((str(id) for id in named if id and _is_team(str(id))), "")


def meant_by(body: Json) -> Meant:
    """What the view of a payload carries; nothing where there is none."""
    return Meant.read((body.get("view") or {}).get("private_metadata") or "")


def slash_origin(body: Json) -> Origin:
    """Where a slash command was typed."""
    team, channel = team_of(body), str(body["channel_id"])
    return Origin(
        team=team,
        user=str(body["user_id"]),
        place=ids.place(team, channel),
        url=str(body["response_url"]),
        trigger=str(body["trigger_id"]),
    )


def acted_origin(body: Json) -> Origin:
    """Where a button was pressed, a form was sent, or a shortcut used; what belongs to no channel is private."""
    team, user = team_of(body), str(body["user"]["id"])
    trigger = str(body.get("trigger_id") or "")
    view = body.get("view")
    if view is not None:
        meant = meant_by(body)
        place = Place(ids.SLACK, team, meant.channel or ids.UNKNOWN_DIRECT, meant.thread or None)
        return Origin(
            team=team,
            user=user,
            place=place,
            url=meant.url,
            trigger=trigger,
            view=view,
            opens_view=not meant.channel,
        )
    if "channel" not in body:
        nowhere = ids.place(team, ids.UNKNOWN_DIRECT)
        return Origin(team=team, user=user, place=nowhere, trigger=trigger, opens_view=True)
    container, message = body.get("container") or {}, body.get("message") or {}
    ts = str(container.get("message_ts") or message.get("ts") or "")
    thread = container.get("thread_ts") or message.get("thread_ts")
    return Origin(
        team=team,
        user=user,
        place=ids.place(team, str(body["channel"]["id"]), ts, thread),
        url=str(body.get("response_url") or ""),
        trigger=trigger,
        message=ts,
    )


def typed(origin: Origin, profile: Profile, text: str, id: str, at: datetime) -> CommandTyped:
    """Somebody typed a command."""
    return CommandTyped(text=dialect.written(text), **_common(origin, profile, id, at))


def pressed(body: Json, origin: Origin, profile: Profile, at: datetime) -> ActionPressed:
    """Somebody pressed a button or chose from a list."""
    did = body["actions"][0]
    action, args = ids.read_custom_id(did["action_id"])
    one = [did["selected_option"]["value"]] if did.get("selected_option") else []
    several = [option["value"] for option in did.get("selected_options") or ()]
    return ActionPressed(
        **_common(origin, profile, ids.once("act", origin.team, origin.trigger, str(did.get("action_ts"))), at),
        action=action,
        args=args,
        chosen=(*one, *several),
        message=ids.message(origin.team, origin.place.channel, origin.message, origin.place.thread)
        if origin.message
        else None,
    )


def submitted(body: Json, origin: Origin, profile: Profile, at: datetime) -> FormSubmitted:
    """Somebody sent a form."""
    view = body["view"]
    action, args = ids.read_custom_id(Meant.read(view.get("private_metadata") or "").action)
    id = ids.once("form", origin.team, str(view["id"]), origin.trigger or str(view.get("hash")))
    return FormSubmitted(**_common(origin, profile, id, at), action=action, args=args, values=values(view))


def counted(body: Json, origin: Origin, profile: Profile, at: datetime) -> ActionPressed:
    """Somebody used the shortcut on a message."""
    said = body["message"]
    ts, thread = str(said["ts"]), said.get("thread_ts")
    return ActionPressed(
        **_common(origin, profile, ids.once("count", origin.team, origin.trigger), at),
        action=commands.COUNT,
        message=ids.message(origin.team, origin.place.channel, ts, thread),
        text=dialect.written(str(said.get("text") or "")),
        author=ids.person(origin.team, str(said["user"])) if said.get("user") else None,
    )


def invoked(origin: Origin, profile: Profile, command: str, id: str, at: datetime) -> CommandInvoked:
    """Somebody did what a command does, without typing it."""
    return CommandInvoked(**_common(origin, profile, id, at), command=command)


def _common(origin: Origin, profile: Profile, id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": id,
        "who": ids.person(origin.team, origin.user),
        "name": profile.name,
        "place": origin.place,
        "at": at,
        "zone": profile.zone,
        "manager": profile.manager,
        "direct": origin.direct,
    }


# --- what is written --------------------------------------------------------------------------------------------------


def is_written(message: Json) -> bool:
    """Whether a person wrote this: no bot, no line of Slack's own, no reply that was sent to the channel as well."""
    return message.get("subtype") in WRITTEN and not message.get("bot_id") and bool(message.get("user"))


def posted(team: str, channel: str, message: Json, profile: Profile) -> Posted:
    """Somebody wrote a message; its id is the same whether it is told or read back."""
    ts, edited = str(message["ts"]), message.get("edited")
    return Posted(
        **_author(team, channel, message, profile, ids.once("posted", team, channel, ts), ids.moment(ts)),
        text=dialect.written(str(message.get("text") or "")),
        attached=attached(message),
        edited_at=ids.moment(str(edited["ts"])) if edited else None,
    )


def edited(team: str, channel: str, message: Json, profile: Profile) -> Edited:
    """Somebody changed their message."""
    ts, changed = str(message["ts"]), str(message["edited"]["ts"])
    return Edited(
        **_author(team, channel, message, profile, ids.once("edited", team, channel, ts, changed), ids.moment(changed)),
        text=dialect.written(str(message.get("text") or "")),
    )


def deleted(team: str, channel: str, event: Json, profile: Profile, at: datetime) -> Deleted:
    """A message was deleted; Slack tells what it was."""
    ts = str(event["deleted_ts"])
    before = {**(event.get("previous_message") or {}), "ts": ts}
    return Deleted(**_author(team, channel, before, profile, ids.once("deleted", team, channel, ts), at))


def _author(team: str, channel: str, message: Json, profile: Profile, id: str, at: datetime) -> dict[str, Any]:
    ref = ids.message(team, channel, str(message["ts"]), message.get("thread_ts"))
    return {
        "id": id,
        "who": ids.person(team, str(message.get("user") or "")),
        "name": profile.name,
        "place": ref.place,
        "at": at,
        "zone": profile.zone,
        "direct": ids.is_direct(channel),
        "message": ref,
    }


def left(team: str, user: str, channel: str, profile: Profile, id: str, at: datetime) -> Event:
    """Somebody left a channel, or the workspace where none is named."""
    place = Place(ids.SLACK, team, channel)
    return Left(
        id=ids.once("left", team, channel, user, id), who=ids.person(team, user), name=profile.name, place=place, at=at
    )


# --- channels ---------------------------------------------------------------------------------------------------------


def closed(team: str, channel: str, user: str, why: Closing, id: str, at: datetime) -> Closed:
    """A channel was archived or deleted, or the bot was taken out of it."""
    return Closed(**_of_channel(team, channel, user, id, at), why=why)


def reopened(team: str, channel: str, user: str, id: str, at: datetime) -> Reopened:
    """A channel that was archived is open again."""
    return Reopened(**_of_channel(team, channel, user, id, at))


def renamed(team: str, channel: str, title: str, id: str, at: datetime) -> Renamed:
    """A channel has another name."""
    return Renamed(**_of_channel(team, channel, "", id, at), title=title)


def _of_channel(team: str, channel: str, user: str, id: str, at: datetime) -> dict[str, Any]:
    # Nobody's name is needed for what happens to a channel.
    once = ids.once("channel", team, channel, id)
    return {"id": once, "who": ids.person(team, user), "name": "", "place": Place(ids.SLACK, team, channel), "at": at}
