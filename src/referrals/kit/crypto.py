"""Secrets that travel: random tokens of which we keep only a hash, and links that carry their own proof."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from uuid import UUID


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What we store in place of a token, so that a copy of the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign(secret: str, purpose: str, id: UUID, expires_at: datetime) -> str:
    """`<id>.<expiry>.<mac>`: a link that serves one purpose, one id, until `expires_at` (to the second)."""
    expiry = int(expires_at.timestamp())
    return f"{id.hex}.{expiry:x}.{_mac(secret, purpose, id.hex, expiry)}"


def verify(secret: str, purpose: str, signed: str) -> tuple[UUID, datetime] | None:
    """The id and expiry of a link that we signed; None for anything else. Whether it has run out is the caller's question."""
    try:
        hex_id, hex_expiry, mac = signed.split(".")
        expiry = int(hex_expiry, 16)
        id = UUID(hex=hex_id)
        at = datetime.fromtimestamp(expiry, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if not hmac.compare_digest(mac.encode(), _mac(secret, purpose, hex_id, expiry).encode()):
        return None
    return id, at


def _mac(secret: str, purpose: str, hex_id: str, expiry: int) -> str:
    return hmac.new(secret.encode(), f"{purpose}:{hex_id}:{expiry}".encode(), hashlib.sha256).hexdigest()[:40]
