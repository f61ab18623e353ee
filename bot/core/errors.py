"""The one error tree of the house.

BatchmatesError
├── UserError             says what was wanted; becomes a private reply in `dispatch`, and only there
│   └── FormErrors        the same, field by field, so that nothing typed is lost
├── ContentError          the bank cannot be used at all (a single broken file is a Problem, not an error)
├── SettingsError         every missing or malformed setting, reported together
├── PlatformAway          a platform cannot be reached now; no setting is wrong
├── DatabaseAway          the database does not answer; what was to be written is not written, as far as we know
├── BackupError           a backup cannot be made, or one cannot be restored here; nothing was changed
├── Duplicate             this event was handled before; its second delivery has no effect
└── DeliveryError         a platform refused or failed; carries whether and when to try again
    └── NotYet            a platform's own pace lets this call leave later only; nothing was tried

Anything else that is raised is a bug: `dispatch` and `tick` log it once, with a reference.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.messages import Button


class BatchmatesError(Exception):
    """Everything that the house raises on purpose."""


class UserError(BatchmatesError):
    """What the member did cannot be done; the text says what was wanted, and `offers` are buttons that mend it."""

    def __init__(self, wanted: str, offers: "tuple[Button, ...]" = ()) -> None:
        super().__init__(wanted)
        self.offers = offers


class FormErrors(UserError):
    """Some fields of a form cannot be read; the form goes back with what was typed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("\n".join(f"{field}: {wanted}" for field, wanted in errors.items()))
        self.errors = dict(errors)


class ContentError(BatchmatesError):
    """The content bank cannot be used."""


class SettingsError(BatchmatesError):
    """Settings are missing or malformed; the text names every one of them."""


class PlatformAway(BatchmatesError):
    """A platform cannot be reached now: no setting is wrong, and trying again later makes sense."""


class BackupError(BatchmatesError):
    """A backup cannot be made, or one cannot be restored here; nothing was changed."""


class DatabaseAway(BatchmatesError):
    """The database does not answer, for anybody: trying again later makes sense, and it is no bug."""


class Duplicate(BatchmatesError):
    """This event was handled before, so handling it again has no effect."""


class Refusal(StrEnum):
    """Why a platform did not do what it was asked."""

    forbidden = "forbidden"  # 403: a permission is missing, or a person's private messages are closed
    gone = "gone"  # 404: the channel, the thread or the message does not exist any more
    busy = "busy"  # 429: it was not done, and may be done later
    unclear = "unclear"  # 5xx or a lost connection: it may have been done
    malformed = "malformed"  # 400: the call itself is wrong, and is a bug of ours


class DeliveryError(BatchmatesError):
    """A platform refused or failed a call.

    `retry_after` is in seconds, where the platform named one.
    """

    def __init__(self, refusal: Refusal, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{refusal}: {what}")
        self.refusal = refusal
        self.retry_after = retry_after

    @property
    def definite(self) -> bool:
        """Whether the platform said that this cannot be done here: not an outage, and not a bug of ours."""
        return self.refusal in {Refusal.forbidden, Refusal.gone}

    @property
    def permanent(self) -> bool:
        """Whether trying the same call again is pointless."""
        return self.refusal not in {Refusal.busy, Refusal.unclear}


class NotYet(DeliveryError):
    """A call has no turn yet: the pace that a platform wants is known before it is made.

    It is no try, and whoever waits for the turn holds nobody else meanwhile.
    """

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(Refusal.busy, what, retry_after=seconds)
        self.seconds = seconds
