"""Where a person goes already, or is about to go, for their other needs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.tracking.lifecycle import OPEN, TAKEN
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Going:
    """`taken`: they have said yes. Else somebody has chosen them, and they have not answered yet."""

    need_id: UUID
    service_id: UUID
    organization_id: UUID
    taken: bool


async def going(session: AsyncSession, client_id: UUID) -> list[Going]:
    """Open referrals of somebody who was read through `caseload`. One statement."""
    rows = await session.execute(
        select(Referral.need_id, Referral.service_id, Referral.organization_id, Referral.status).where(
            Referral.client_id == client_id, Referral.status.in_(OPEN)
        )
    )
    return [Going(need, service, organization, status in TAKEN) for need, service, organization, status in rows]
