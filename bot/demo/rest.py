"""Letting the bot do all that there is to do at this moment, and nothing where there is nothing."""

from datetime import datetime

from bot.app import App
from bot.jobs.tick import next_delivery


class Rest:
    """Beats like `App.settle`, and remembers when the next beat has something to do."""

    def __init__(self, app: App, *, alone: bool = True) -> None:
        self._app = app
        self._alone = alone  # otherwise another process may have written what is due, and died
        self._due: datetime | None = None
        self._stirred = True
        app.work.on_effect.append(self._stir)

    def _stir(self) -> None:
        self._stirred = True

    async def take(self) -> None:
        """Come to rest."""
        app = self._app
        now = app.clock.now()
        self._stirred |= not self._alone or (self._due is not None and self._due <= now)
        while self._stirred:
            self._stirred = False
            await app.inbox.drain()
            await app.read_back.before_reveals(now, first=app.inbox.drain)
            due = await app.tick.run(now)
            self._stirred |= bool(await app.delivery.drain())
            # A row that waits for another one may be due for a long while without leaving.
            waiting = await app.work.read(next_delivery, now)
            self._due = min((at for at in (due, waiting) if at), default=None)
