"""Times that wait for a person to choose: writing to them once more."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.errors import Conflict, Refused
from referrals.kit.jobs import enqueue
from referrals.tracking.models import AppointmentProposal, Referral

PAUSE: Final = timedelta(days=1)
"""Between two letters about the same times."""


def may_remind(proposal: AppointmentProposal, now: datetime) -> bool:
    """Nobody is pressed twice within a day. Pure."""
    return now - (proposal.reminded_at or proposal.proposed_at) >= PAUSE


async def remind(session: AsyncSession, referral: Referral, proposal_id: UUID, now: datetime) -> None:
    """They are told once more, by the way that is safe, that there is something to choose.

    Raises Conflict("already_answered") where nothing waits any more, Refused("too_soon") within a day of the last word.
    """
    proposal = await session.scalar(
        select(AppointmentProposal)
        .where(
            AppointmentProposal.id == proposal_id, AppointmentProposal.referral_id == referral.id,
            AppointmentProposal.status == "open",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if proposal is None or proposal.times[-1] <= now:
        raise Conflict("already_answered")
    if not may_remind(proposal, now):
        raise Refused("too_soon")
    proposal.reminded_at = now
    await session.flush()
    await enqueue(session, "tracking.tell_client_news", referral_id=str(referral.id), code="client_asks")
