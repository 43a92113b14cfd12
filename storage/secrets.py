"""Secrets at rest: encrypted with keys that are derived from `SECRET_KEY`, which may be changed without losing any."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKENS, SIGNING = b"manyhands installation tokens 1", b"manyhands signing keys 1"
SHORTEST = 16
MAKE = "Make one with `openssl rand -base64 32`, and keep it."
OTHER = (
    "SECRET_KEY is not the key that the Slack tokens were kept with. Add the old one after the new one, "
    "SECRET_KEY=new,old; if it is lost, add Manyhands to each workspace again."
)
OTHER_SIGNING = (
    "SECRET_KEY is not the key that the signing key was kept with. Add the old one after the new one, "
    "SECRET_KEY=new,old; if it is lost, `reputation rotate` makes a new signing key."
)


class WrongKey(ValueError):
    """`SECRET_KEY` is missing, too short, or not the one that a token was kept with; the message says what to do."""


class Safe:
    """Keeps texts unreadable. The first key encrypts; the others, older ones, are still understood."""

    def __init__(self, secret_key: str | Sequence[str], purpose: bytes = TOKENS) -> None:
        said = secret_key.split(",") if isinstance(secret_key, str) else secret_key
        keys = [one.strip() for one in said if one.strip()]
        if not keys:
            raise WrongKey(f"SECRET_KEY is missing. {MAKE}")
        if any(len(one) < SHORTEST for one in keys):
            raise WrongKey(f"SECRET_KEY is shorter than {SHORTEST} characters. {MAKE}")
        self._fernet = MultiFernet([_fernet(one, purpose) for one in keys])
        self._other = OTHER if purpose == TOKENS else OTHER_SIGNING

    def encrypt(self, text: str) -> str:
        """The text as it is stored."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, kept: str) -> str:
        """The text again; raises `WrongKey` when none of the keys fits."""
        try:
            return self._fernet.decrypt(kept.encode()).decode()
        except InvalidToken:
            raise WrongKey(self._other) from None

    def renew(self, kept: str) -> str:
        """The stored form under the first key; raises `WrongKey` when none of the keys fits."""
        try:
            return self._fernet.rotate(kept.encode()).decode()
        except InvalidToken:
            raise WrongKey(self._other) from None


def no_safe() -> Safe:
    """Where nothing was configured to keep secrets in."""
    raise WrongKey(f"SECRET_KEY is missing. {MAKE}")


def _fernet(secret: str, purpose: bytes) -> Fernet:
    """A cipher from a secret of any form: HKDF-SHA256 to 32 bytes (RFC 5869); no salt, because the secret is random."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
