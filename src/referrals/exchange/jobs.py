"""Work of this room for later: a decision about a term reaches the listings of the services that carry it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings
from referrals.exchange import terms
from referrals.kit.jobs import enqueue

RELIST = "exchange.relist"


async def relist(session: AsyncSession, *, term_id: str, now: datetime) -> None:
    """Derive the listings of all services with this foreign term anew."""
    await listings.refresh(session, await terms.services_with(session, UUID(term_id)), now)


JOBS = {RELIST: relist}
"""Each takes `now` besides its own arguments."""


async def ask_for_relisting(session: AsyncSession, term_id: UUID) -> None:
    """After the commit; while one such request waits, another adds nothing."""
    await enqueue(session, RELIST, once=f"{RELIST} {term_id}", term_id=str(term_id))
