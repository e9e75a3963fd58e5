"""Where a record is to be found that is no longer at its old id."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import MergedInto


async def leads_to(session: AsyncSession, entity: str, id: UUID) -> UUID | None:
    """The id of the record that this one was merged into; None where nobody knows of any."""
    found: UUID | None = await session.scalar(
        select(MergedInto.kept_id).where(MergedInto.old_id == id, MergedInto.entity == entity)
    )
    return found
