"""Words that only this deployment can read again: for what has to wait somewhere, and must not lie there openly."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(secret: str, purpose: str, words: bytes) -> str:
    """Encrypted and signed (Fernet), with a key that serves this purpose alone."""
    return _key(secret, purpose).encrypt(words).decode()


def unseal(secret: str, purpose: str, sealed: str) -> bytes | None:
    """None for what was not sealed with this secret, for this purpose."""
    try:
        return _key(secret, purpose).decrypt(sealed.encode())
    except InvalidToken:
        return None


@lru_cache(maxsize=8)
def _key(secret: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
    return Fernet(urlsafe_b64encode(derived))
