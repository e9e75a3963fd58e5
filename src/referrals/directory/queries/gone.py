"""What was here once, for those who come back to its address."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, Organization, Service


@dataclass(frozen=True, slots=True)
class Gone:
    """Of a service that its source no longer has, or that was withdrawn: only what it was for. Its name is shown to nobody."""

    needs: tuple[str, ...]


async def gone(session: AsyncSession, service_id: UUID) -> Gone | None:
    """None for what was never there, and for what is there."""
    row = (
        await session.execute(
            select(Listing.needs, Service.gone_at, Organization.gone_at, Service.status)
            .join(Service, Service.id == Listing.service_id)
            .join(Organization, Organization.id == Service.organization_id)
            .where(Listing.service_id == service_id)
        )
    ).one_or_none()
    if row is None:
        return None
    needs, left, organization_left, status = row
    return Gone(tuple(needs)) if left or organization_left or status == "defunct" else None


async def was_shown(session: AsyncSession, organization_id: UUID) -> bool:
    """Whether this is an organization that its source no longer has, and that had services here."""
    left = select(Organization.id).join(Listing, Listing.organization_id == Organization.id)
    return bool(
        await session.scalar(
            select(left.where(Organization.id == organization_id, Organization.gone_at.is_not(None)).exists())
        )
    )
