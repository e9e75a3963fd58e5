"""Where services are: which of several places of one name is meant here."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingPlace
from referrals.directory.queries.published import point
from referrals.kit.geo import Km, LatLon

_ENOUGH = 20


async def busiest(session: AsyncSession, candidates: Sequence[LatLon], radius_km: Km) -> int:
    """The number of the candidate with most places of services around it, counted up to a few; the first of equals."""
    if len(candidates) < 2:
        return 0
    counts = []
    for at in candidates:
        around = func.ST_DWithin(ListingPlace.point, point(at), radius_km * 1000)
        some = select(ListingPlace.id).where(around).limit(_ENOUGH).subquery()
        counts.append(select(func.count()).select_from(some).scalar_subquery())
    found: Sequence[int] = (await session.execute(select(*counts))).one()
    return max(range(len(candidates)), key=lambda number: (found[number], -number))
