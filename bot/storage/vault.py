"""What must not lie in the database as it is: encrypted with a key that the host keeps elsewhere.

The secret may hold several keys with commas between. The first one encrypts, any of them decrypts: a new key is put in
front, `sealed_anew` is run over what there is, and the old one is taken away.
"""

import base64
import hashlib
from collections.abc import Sequence

from bot.core.errors import BatchmatesError


class CannotOpen(BatchmatesError):
    """None of the keys opens this; it was sealed with another one."""


class Vault:
    """Seals and opens."""

    def __init__(self, secret: str) -> None:
        from cryptography.fernet import Fernet, MultiFernet

        self._fernet = MultiFernet([Fernet(key) for key in keys(secret)])

    def seal(self, text: str) -> str:
        """Encrypt, with the first key."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, *, within: int | None = None) -> str:
        """Decrypt; `within` is the age in seconds beyond which nothing is opened."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed.encode(), ttl=within).decode()
        except InvalidToken:
            raise CannotOpen("BATCHMATES_SECRET_KEY: none of its keys opens what was sealed") from None

    def sealed_anew(self, sealed: str) -> str:
        """Seal with the first key what any of them opens."""
        return self.seal(self.open(sealed))


def keys(secret: str) -> Sequence[bytes]:
    """The keys of a secret; each is made of its words, whatever these look like."""
    parts = [part.strip() for part in secret.split(",")]
    return [base64.urlsafe_b64encode(hashlib.sha256(part.encode()).digest()) for part in parts if part]
