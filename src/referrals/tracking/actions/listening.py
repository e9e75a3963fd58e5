"""Programs that listen: each step of a referral is told to those of its two organizations, in the step's own transaction."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.jobs import enqueue
from referrals.tracking.models import Referral, ReferralEvent

TELL: Final = "exchange.tell_hooks"
LISTENS: Final = """
    EXISTS (
        SELECT FROM listener AS l
        WHERE l.organization_id IN (r.sender_organization_id, r.organization_id)
           OR l.organization_id IN (SELECT kept_id FROM redirect WHERE old_id = r.organization_id)
    ) AS listens
"""
"""A look of `record`: whether anybody listens."""


async def tell_listeners(session: AsyncSession, referral: Referral, fact: ReferralEvent) -> None:
    """Has the one job made. Who may know of which step is decided there."""
    await enqueue(session, TELL, referral_id=str(referral.id), position=fact.position)
