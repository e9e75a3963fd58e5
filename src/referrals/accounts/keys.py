"""Keys with which programs ask in an organization's name. A key is shown once, when it is made; we keep its hash."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import ApiKey
from referrals.kit.crypto import digest, new_token
from referrals.kit.errors import NotFound
from referrals.kit.html import in_zone
from referrals.kit.i18n import N_

MATCHES: Final = "matches"
HOOKS: Final = "webhooks"
SCOPES: Final[Mapping[str, str]] = {MATCHES: N_("Ask which services fit a need, and why others do not")}
"""What a key may open, as administrators read it."""


def scope(kind: str, how: str) -> str:
    """As SMART calls it: what a program may do with one type of resource."""
    return f"system/{kind}.{how}"


OF_AN_ORGANIZATION: Final[Mapping[str, str]] = {
    scope("Task", "read"): N_("See where requests stand"),
    scope("Task", "write"): N_("Answer requests that were sent to us, take back those that we sent"),
    scope("ServiceRequest", "read"): N_("Read what is asked for"),
    scope("Patient", "read"): N_("Know who the person is, as far as they agreed"),
    scope("Consent", "read"): N_("Read what was agreed to"),
    scope("Procedure", "read"): N_("Read what was done"),
    HOOKS: N_("Look at notices that were sent, and send one again"),
}
"""What a key may open of the referrals that its organization sent or was sent."""
PER_MINUTE: Final = 120
"""Needs within a minute, where nobody chose otherwise."""
_BEGINS: Final = "relais_"
_HINT: Final = len(_BEGINS) + 4


async def make(
    session: AsyncSession, label: str, scopes: Sequence[str], per_minute: int, organization_id: UUID | None,
    made_by: UUID | None, now: datetime, *, id: UUID | None = None,
) -> str:  # fmt: skip
    """The key itself, which nobody can read again. `id`: the one it is to have, where the caller has named it."""
    token = _BEGINS + new_token()
    session.add(
        ApiKey(
            id=id or uuid4(), token_hash=digest(token), hint=token[:_HINT], label=label, scopes=sorted(set(scopes)), per_minute=per_minute,
            organization_id=organization_id, made_by=made_by, created_at=now,
        )
    )  # fmt: skip
    await session.flush()
    return token


async def exists(session: AsyncSession, id: UUID) -> bool:
    return await session.get(ApiKey, id) is not None


async def revoke(session: AsyncSession, id: UUID, now: datetime) -> ApiKey:
    """From now on it opens nothing. Raises NotFound; a key that was revoked before stays as it was."""
    key = await session.get(ApiKey, id)
    if key is None:
        raise NotFound("key")
    key.revoked_at = key.revoked_at or now
    return key


async def for_matches(session: AsyncSession) -> Sequence[ApiKey]:
    """Keys that ask which services fit, those in use first, the newest first; an organization sees its others."""
    asked = select(ApiKey).where(ApiKey.scopes.contains([MATCHES]))
    return (
        await session.scalars(asked.order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc(), ApiKey.id))
    ).all()


async def of(session: AsyncSession, organization_ids: Sequence[UUID]) -> Sequence[ApiKey]:
    """Keys to the referrals of these organizations, in the same order."""
    asked = select(ApiKey).where(
        ApiKey.organization_id.in_(organization_ids), ApiKey.scopes.overlap(list(OF_AN_ORGANIZATION))
    )
    return (
        await session.scalars(asked.order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc(), ApiKey.id))
    ).all()


async def used(session: AsyncSession, token: str, now: datetime) -> ApiKey | None:
    """The key that this is, unless it was revoked; notes the day, and nothing finer."""
    key = await session.scalar(select(ApiKey).where(ApiKey.token_hash == digest(token), ApiKey.revoked_at.is_(None)))
    today = in_zone(now).date()
    if key is not None and key.last_used_on != today:
        await session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_on=today))
    return key
