"""Which places are confidential: the same answer for pages, listings, the interface and exports.

A place is, as soon as one service there says so, or whoever runs that service, or the place, its owner or its address:
another service at the same door would otherwise give it away. A mark that went with its whole service still holds.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Address, Attribute, Location, Service, ServiceAtLocation
from referrals.taxonomy.models import OURS, Taxonomy, Term, TermLink

PRIVACY: Final = "privacy"
CONFIDENTIAL: Final = "confidential-address"


async def hidden_places(session: AsyncSession, location_ids: Collection[UUID]) -> set[UUID]:
    """Those of these places of which only the area may be told."""
    if not location_ids:
        return set()
    at, asked = ServiceAtLocation, cast(list(location_ids), ARRAY(Uuid))
    there = at.location_id == any_(asked)
    links = union(
        select(Location.id.label("place"), Location.id.label("link")).where(Location.id == any_(asked)),
        select(Location.id, Location.organization_id).where(Location.id == any_(asked)),
        select(Address.location_id, Address.id).where(Address.location_id == any_(asked)),
        select(at.location_id, at.id).where(there),
        select(at.location_id, at.service_id).where(there),
        select(at.location_id, Service.organization_id).join(Service, Service.id == at.service_id).where(there),
    ).subquery()
    ours = (
        select(Term.id)
        .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
        .where(Taxonomy.source == OURS, Taxonomy.name == PRIVACY, Term.code == CONFIDENTIAL)
    )
    theirs = select(TermLink.foreign_id).where(TermLink.term_id.in_(ours), TermLink.state == "confirmed")
    found = await session.scalars(
        select(links.c.place)
        .join(Attribute, Attribute.link_id == links.c.link)
        .outerjoin(Service, Service.id == Attribute.link_id)
        .where(
            or_(Attribute.taxonomy_term_id.in_(ours), Attribute.taxonomy_term_id.in_(theirs)),
            or_(Attribute.gone_at.is_(None), Service.gone_at.is_not(None)),
        )
        .distinct()
    )
    return set(found)
