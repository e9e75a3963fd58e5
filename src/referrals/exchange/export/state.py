"""Whether the directory is still what it was when a file was made: a digest of when and how much of it changed."""

from hashlib import blake2b

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, Location, Metadata, Organization, Service, ServiceCapacity
from referrals.taxonomy.models import Term

_ASKED = (
    select(func.count(), func.max(Listing.updated_at)).select_from(Listing),
    select(func.count(), func.max(Service.last_seen_at), func.max(Service.gone_at), func.max(Service.last_modified)),
    select(func.count(), func.max(Organization.last_seen_at), func.max(Organization.gone_at)),
    select(func.count(), func.max(Location.last_seen_at), func.max(Location.gone_at)),
    select(func.count(), func.max(Metadata.last_action_date)).select_from(Metadata),
    select(func.count(), func.max(ServiceCapacity.updated)).select_from(ServiceCapacity),
    select(func.count(), func.max(Term.last_seen_at)).select_from(Term),
)


async def state(session: AsyncSession) -> str:
    """Changes with every edit and every import; sometimes also where nothing that leaves has changed."""
    found = [tuple((await session.execute(asked)).one()) for asked in _ASKED]
    return blake2b(repr(found).encode(), digest_size=12).hexdigest()
