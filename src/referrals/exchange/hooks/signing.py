"""The signature of a notice, as Standard Webhooks lays it down: HMAC-SHA256 over id, timestamp and body. Pure."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

BEGINS: Final = "whsec_"


def new_secret() -> str:
    """Shown once to whoever registers the address."""
    return BEGINS + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(secret: str, id: UUID, at: datetime, body: bytes) -> dict[str, str]:
    """What goes with the body. The time is that of this very sending, so that an old one cannot be sent again by others."""
    moment = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json", "User-Agent": "Relais", "webhook-id": str(id), "webhook-timestamp": moment,
        "webhook-signature": f"v1,{_signature(secret, id, moment, body)}",
    }  # fmt: skip


def _signature(secret: str, id: UUID, moment: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(BEGINS))
    return base64.b64encode(hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()).decode()
