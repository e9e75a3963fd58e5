"""Where services are: which of several places of one name is meant here, and whether any is."""

from collections.abc import Sequence

from sqlalchemy import Float, String, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingPlace
from referrals.kit.geo import Km, LatLon
from referrals.kit.prepared import AnySelect, rows

_ENOUGH = 20


async def busiest(session: AsyncSession, candidates: Sequence[LatLon], radius_km: Km) -> int:
    """The number of the candidate with most places of services around it, counted up to a few; the first of equals."""
    if len(candidates) < 2:
        return 0
    counts = await _around(session, candidates, radius_km)
    return max(range(len(candidates)), key=lambda number: (counts[number], -number))


async def nothing_around(session: AsyncSession, at: LatLon, radius_km: Km) -> bool:
    """Whether no place of a service lies within reach."""
    return not any(await _around(session, [at], radius_km))


async def _around(session: AsyncSession, candidates: Sequence[LatLon], radius_km: Km) -> Sequence[int]:
    points = {f"at_{number}": f"SRID=4326;{at.wkt()}" for number, at in enumerate(candidates)}
    (counts,) = await rows(session, _counts, len(candidates), reach=radius_km * 1000, **points)
    return list(counts)


def _counts(candidates: int) -> AnySelect:
    columns = []
    for number in range(candidates):
        at = func.ST_GeogFromText(bindparam(f"at_{number}", type_=String))
        around = func.ST_DWithin(ListingPlace.point, at, bindparam("reach", type_=Float), literal_column("false"))
        some = select(ListingPlace.id).where(around).limit(_ENOUGH).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
    return select(*columns)
