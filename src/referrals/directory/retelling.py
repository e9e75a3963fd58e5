"""What readers and search see of a service is more than its listing: texts, contacts, what to bring."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.jobs import ask_for_index
from referrals.directory.models import Listing

BATCH = 5000


async def retell(session: AsyncSession, service_ids: Sequence[UUID], now: datetime) -> int:
    """Date and index those of which something became other that their listings, derived at `now`, do not hold; how many."""
    told: list[UUID] = []
    for start in range(0, len(service_ids), BATCH):
        told += await session.scalars(
            update(Listing)
            .where(Listing.service_id.in_(service_ids[start : start + BATCH]), Listing.updated_at < now)
            .values(updated_at=now)
            .returning(Listing.service_id)
            .execution_options(synchronize_session=False)
        )
    for known in list(session.identity_map.values()):
        if isinstance(known, Listing):
            session.expire(known)
    await ask_for_index(session, told)
    return len(told)
