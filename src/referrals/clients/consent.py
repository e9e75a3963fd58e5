"""What a person agreed to, and the check before every act of telling."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client, Consent, Disclosure
from referrals.kit.errors import Refused

LASTS = timedelta(days=365)
"""How long an agreement holds when nothing else was said."""

BEFORE_ACCEPTANCE = ("need", "age_band", "area", "languages", "funding", "urgency", "need_by")
"""What a receiver is told to decide whether there is a place (tier T1): nothing that says who it is."""

AFTER_ACCEPTANCE = ("name", "birth_date", "phone", "email", "address", "notes")
"""What may follow once the receiver has accepted (tier T2): each field only if the person agreed to it."""


async def grant(
    session: AsyncSession, client: Client, *, recipients: Sequence[UUID], scope: Collection[str], method: str,
    text: str, language: str, direction: str, recorded_by: UUID, now: datetime, grantor: str = "self",
    authority: str | None = None, expires_at: datetime | None = None, recipient_type: str = "service",
) -> Consent:  # fmt: skip
    """Record an agreement. `text` is the very text that was read or shown; `scope` the fields it lets out.

    Raises Refused("scope") for a field that we do not know, so that a consent never says more than it can mean.
    """
    unknown = set(scope) - set(BEFORE_ACCEPTANCE) - set(AFTER_ACCEPTANCE)
    if unknown:
        raise Refused("scope", fields=sorted(unknown))
    consent = Consent(
        client_id=client.id, grantor=grantor, authority=authority, method=method, language_shown=language,
        text_hash=hashlib.sha256(text.encode()).hexdigest(), discloser_organization_id=client.organization_id,
        recipient_type=recipient_type, recipient_ids=[str(id) for id in recipients], scope=sorted(scope),
        direction=direction, granted_at=now, expires_at=expires_at or now + LASTS, recorded_by=recorded_by,
    )  # fmt: skip
    session.add(consent)
    await session.flush()
    return consent


def check(
    consent: Consent | None, *, client_id: UUID, recipient_id: UUID, fields: Collection[str], now: datetime
) -> Consent:
    """The consent, if it lets these fields out to this recipient now. Raises Refused("no_consent")."""
    if (
        consent is None
        or consent.client_id != client_id
        or consent.revoked_at is not None
        or (consent.expires_at is not None and consent.expires_at <= now)
        or str(recipient_id) not in consent.recipient_ids
        or not set(fields) <= set(consent.scope)
        or consent.direction not in ("out", "both")
    ):
        raise Refused("no_consent")
    return consent


async def disclose(
    session: AsyncSession, consent: Consent, *, recipient_id: UUID, referral_id: UUID | None, fields: Collection[str],
    channel: str, now: datetime,
) -> Disclosure:  # fmt: skip
    """Check, then write down that these fields went to this recipient. Raises Refused("no_consent")."""
    check(consent, client_id=consent.client_id, recipient_id=recipient_id, fields=fields, now=now)
    told = Disclosure(
        client_id=consent.client_id, consent_id=consent.id, recipient_id=recipient_id, referral_id=referral_id,
        fields=sorted(fields), purpose=consent.purpose, channel=channel, at=now,
    )  # fmt: skip
    session.add(told)
    await session.flush()
    return told


async def revoke(session: AsyncSession, consent: Consent, *, by: UUID | None, now: datetime) -> None:
    """From now on nothing more goes out under it; what is shown because of it disappears at once."""
    consent.revoked_at, consent.revoked_by = now, by
    await session.flush()
