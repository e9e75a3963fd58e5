"""The weights that an organization decided on: the newest version counts, every earlier one stays with who, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.kit.db import flush_or_conflict
from referrals.kit.errors import Conflict, Refused
from referrals.matching.models import OwnWeights
from referrals.matching.weights import BOUNDS, DEFAULT, Own


@dataclass(frozen=True, slots=True)
class Version:
    """One decision. `by` is nobody's name where the account is gone."""

    number: int
    shares: Mapping[str, float]
    why: str
    by: str | None
    at: datetime


async def own_weights(session: AsyncSession, organization_id: UUID) -> Own | None:
    """None where the organization has decided nothing, or to go back to what is usual. One statement."""
    found = await session.execute(
        select(OwnWeights.version, OwnWeights.shares)
        .where(OwnWeights.organization_id == organization_id)
        .order_by(OwnWeights.version.desc())
        .limit(1)
    )
    row = found.first()
    return Own(row.version, row.shares) if row is not None and row.shares else None


async def versions(session: AsyncSession, organization_id: UUID) -> list[Version]:
    """The newest first."""
    rows = await session.execute(
        select(OwnWeights, User.name)
        .outerjoin(User, User.id == OwnWeights.by_id)
        .where(OwnWeights.organization_id == organization_id)
        .order_by(OwnWeights.version.desc())
    )
    return [Version(row.version, row.shares, row.why, name, row.at) for row, name in rows]


async def decide(
    session: AsyncSession, organization_id: UUID, shares: Mapping[str, float], why: str, by: UUID, now: datetime,
    *, seen: int,
) -> OwnWeights:  # fmt: skip
    """One version more; the usual shares are kept as none, so that they follow what is usual.

    `seen`: the newest version that whoever decides had before them. Raises Refused("bounds", criteria=…), and
    Conflict("weights_changed") where somebody else decided meanwhile.
    """
    if outside := beyond(shares):
        raise Refused("bounds", criteria=outside)
    newest = await session.scalar(
        select(func.coalesce(func.max(OwnWeights.version), 0)).where(OwnWeights.organization_id == organization_id)
    )
    if newest != seen:
        raise Conflict("weights_changed")
    kept = {} if dict(shares) == dict(DEFAULT) else dict(shares)
    decision = OwnWeights(
        organization_id=organization_id, version=seen + 1, shares=kept, why=why.strip(), by_id=by, at=now
    )
    session.add(decision)
    await flush_or_conflict(session, "weights_changed")
    return decision


def beyond(shares: Mapping[str, float]) -> list[str]:
    """The criteria whose share lies outside its bounds, or is not there."""
    return [
        criterion for criterion, (low, high) in BOUNDS.items()
        if criterion not in shares or not low <= shares[criterion] <= high
    ]  # fmt: skip
