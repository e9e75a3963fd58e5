"""Whom to call: a service's own numbers first, then its places', then its organization's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Phone
from referrals.directory.queries.places import PlaceShown


@dataclass(frozen=True, slots=True)
class Number:
    """`of`: service, place or organization. `kind`: voice, fax, text, … as the source says."""

    number: str
    extension: int | None
    kind: str | None
    note: str | None
    of: str


async def numbers(
    session: AsyncSession, organization_id: UUID, service_id: UUID | None = None, places: Sequence[PlaceShown] = ()
) -> tuple[Number, ...]:
    """Each number once, at the nearest level that gives it; none of a confidential place."""
    at = [place.service_at_location_id for place in places if place.service_at_location_id and not place.confidential]
    there = [place.location_id for place in places if place.location_id and not place.confidential]
    own = Phone.service_id == service_id if service_id else Phone.id.is_(None)
    place = or_(Phone.service_at_location_id.in_(at), Phone.location_id.in_(there))
    level = case((own, "service"), (place, "place"), else_="organization")
    order = case((own, 0), (place, 1), else_=2)
    rows = await session.execute(
        select(Phone.number, Phone.extension, Phone.type, Phone.description, level)
        .where(or_(own, place, Phone.organization_id == organization_id), Phone.gone_at.is_(None))
        .order_by(order, Phone.number)
    )
    found: dict[str, Number] = {}
    for row in rows:
        found.setdefault(row[0], Number(*row))
    return tuple(found.values())
