"""What the bot must be allowed: scopes with what stops without each, the events it hears, and what is missing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.core.ports import Missing


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope of the bot's token, what it is used for, and what stops without it."""

    name: str
    uses: tuple[str, ...]
    """The methods and the events that need it."""
    stops: str


SCOPES = (
    Scope("commands", ("/study", "shortcuts"), "/study and the shortcuts do not exist"),
    Scope(
        "chat:write",
        ("chat.postMessage", "chat.postEphemeral", "chat.update"),
        "questions, reveals and reminders cannot be posted",
    ),
    Scope("im:write", ("conversations.open",), "nobody can be written to in private"),
    Scope(
        "mpim:write", ("conversations.open",), "a mock interview gets no room and goes by private messages to each one"
    ),
    Scope(
        "mpim:history",
        ("conversations.history",),
        "what was sent to the room of a mock interview before a crash may stand there twice",
    ),
    Scope("app_mentions:read", ("app_mention",), "commands typed after @ are not heard, which threads need"),
    Scope(
        "channels:history",
        ("message.channels", "conversations.history", "conversations.replies"),
        "answers written in the threads of public channels are not read",
    ),
    Scope(
        "groups:history",
        ("message.groups", "conversations.history", "conversations.replies"),
        "answers written in the threads of private channels are not read",
    ),
    Scope("im:history", ("message.im", "conversations.history"), "commands typed in private are not heard"),
    Scope(
        "channels:read",
        (
            "channel_archive",
            "channel_deleted",
            "channel_rename",
            "channel_unarchive",
            "conversations.info",
            "member_left_channel",
            "users.conversations",
        ),
        "those who leave a public channel stay on boards, and nobody is warned where the bot is not in it",
    ),
    Scope(
        "groups:read",
        (
            "conversations.info",
            "group_archive",
            "group_deleted",
            "group_rename",
            "group_unarchive",
            "member_left_channel",
            "users.conversations",
        ),
        "those who leave a private channel stay on boards, and nobody is warned where the bot is not in it",
    ),
    Scope("reactions:write", ("reactions.add",), "an answer written in a thread gets no mark that it counts"),
    Scope(
        "users:read",
        ("users.info", "team_join", "user_change"),
        "members are shown by their ids, and nobody can set up",
    ),
    Scope("files:read", ("file_share",), "a program that is sent as a file is not read"),
    Scope(
        "files:write",
        ("files.getUploadURLExternal", "files.completeUploadExternal"),
        "pictures of boards and reveals stand as text",
    ),
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_rename",
    "group_unarchive",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "team_access_granted",
    "team_access_revoked",
    "team_join",
    "tokens_revoked",
    "user_change",
)
MEMBERSHIP = Missing("membership of this channel: /invite the bot", "nothing can be posted or read here")
ARCHIVED = Missing("a channel that is not archived", "nothing can be posted here")


def names() -> list[str]:
    """Every scope that is used, and no other."""
    return [scope.name for scope in SCOPES]


def lacking(granted: Collection[str]) -> Iterator[Missing]:
    """The scopes that a token does not have."""
    return (Missing(scope.name, scope.stops) for scope in SCOPES if scope.name not in granted)
