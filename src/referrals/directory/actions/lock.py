"""One after the other: whoever changes a service holds it until they are done."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Service
from referrals.kit.errors import NotFound


async def lock(session: AsyncSession, service_id: UUID) -> Service:
    """The service, held until the end of the transaction: two editors at once come one after the other."""
    service: Service | None = await session.scalar(
        select(Service)
        .where(Service.id == service_id, Service.gone_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if service is None:
        raise NotFound("service")
    return service
