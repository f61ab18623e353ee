"""A small chat platform in memory: channels, threads and messages, people, a bot, and what can go wrong.

It knows of the bot only what a platform would. What a message that is sent twice becomes is its mode:
nonce    a nonce used in the same channel in the last five minutes gives the first message back and posts nothing
history  a nonce stands beside the message as its key, and the bot finds it there when it looks
bare     neither
"""

from bot.platforms.local.faults import OnCall
from bot.platforms.local.hands import Hands


class World(Hands):
    """All of it; the faults are set here."""

    @property
    def on_call(self) -> OnCall | None:
        """The hook that stands around every write of the bot."""
        return self.faults.on_call

    @on_call.setter
    def on_call(self, hook: OnCall | None) -> None:
        self.faults.on_call = hook

    def refuse_next(self, call: str, status: int, times: int = 1, retry_after: float | None = None) -> None:
        """Refuse the bot's next calls of this name: post, open_thread, edit, react, answer, history, replies, ..."""
        self.faults.refuse_next(call, status, times, retry_after)

    def close_dms(self, user: str) -> None:
        """Let a person take no private messages."""
        self.faults.closed.add(f"dm-{user}")

    def open_dms(self, user: str) -> None:
        """Let a person take private messages again."""
        self.faults.closed.discard(f"dm-{user}")

    def take_permission(self, channel: str, permission: str) -> None:
        """Take from the bot: read messages, send messages, open threads or add reactions."""
        self.faults.taken.add((channel, permission))

    def give_permission(self, channel: str, permission: str) -> None:
        """Give a permission back."""
        self.faults.taken.discard((channel, permission))

    def forget_what_waits(self) -> None:
        """Let the events that no bot has taken be gone, as on platforms that deliver to who is there."""
        self.line.forget()

    def delete_channel(self, channel: str) -> None:
        """Delete a channel with all that stands in it; the bot finds out when it writes there."""
        gone = self.channel(channel)
        self.messages = {key: entry for key, entry in self.messages.items() if entry.channel != channel}
        self.threads = {key: thread for key, thread in self.threads.items() if thread.channel != channel}
        del self.channels[channel]
        self.tell("channel deleted", gone.people, channel=gone.to_json())

    def delete_thread(self, thread: str) -> None:
        """Delete a thread with all that stands in it."""
        gone = self.threads.pop(thread)
        self.messages = {key: entry for key, entry in self.messages.items() if entry.thread != thread}
        if gone.message in self.messages:
            self.messages[gone.message].thread_id = None
        self.tell("thread deleted", self.channels[gone.channel].people, thread=gone.to_json())

    def drop_bot(self) -> None:
        """End the bot's session, as when its process dies."""
        self.line.drop_now()
