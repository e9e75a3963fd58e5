"""Programs that listen: each step of a referral is told to those of its two organizations, in the step's own transaction."""

from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import MergedInto
from referrals.kit.jobs import enqueue
from referrals.tracking.models import Listener, Referral, ReferralEvent

TELL: Final = "exchange.tell_hooks"


async def tell_listeners(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """Has the one job made where somebody listens. Who may know of which step is decided there."""
    kept = select(MergedInto.kept_id).where(MergedInto.old_id == referral.organization_id)
    sides = (referral.sender_organization_id, referral.organization_id)
    listens = select(Listener.organization_id).where(
        or_(Listener.organization_id.in_(sides), Listener.organization_id.in_(kept))
    )
    if await session.scalar(listens.limit(1)) is not None:
        await enqueue(session, TELL, referral_id=str(referral.id), position=fact.position)
