"""Which places are confidential, and whose they are: the same answer for pages, listings, the interface and exports.

A place is, as soon as one service there says so, or whoever runs that service, or the place, its owner or its address:
another service at the same door would otherwise give it away. So would another record of the same street in the same
organization, of which there are many where a source tells a place once for each service. A mark that went with its whole service still holds.
"""

import re
from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, cast, func, or_, select, text, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import HIDDEN
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
    found = await session.scalars(
        select(links.c.place)
        .join(Attribute, Attribute.link_id == links.c.link)
        .outerjoin(Service, Service.id == Attribute.link_id)
        .where(_says_so(), or_(Attribute.gone_at.is_(None), Service.gone_at.is_not(None)))
        .distinct()
    )
    return set(found) | await _twins(session, location_ids)


async def _twins(session: AsyncSession, location_ids: Collection[UUID]) -> set[UUID]:
    """Those that are another record of a confidential door: the same street in the same organization."""
    found = await session.scalars(
        text(f"{HIDDEN} SELECT id FROM place WHERE id = ANY (:ids)"),  # noqa: S608  # our own words
        {"ids": list(location_ids)},
    )
    return set(found)


async def keepers(session: AsyncSession, location_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose editors may read and change each of these places; nothing for one that is nobody's.

    Its organization's; where it has none, those of a service that is given there: first one that hides the place, then
    the one that was there first. So an editor whose service is at the same door does not come to the shelter's address.
    """
    at, asked = ServiceAtLocation, cast(list(location_ids), ARRAY(Uuid))
    hides = (
        select(Attribute.id)
        .where(
            Attribute.link_id.in_((Service.id, Service.organization_id, at.id)), Attribute.gone_at.is_(None), _says_so()
        )
        .correlate(Service, at)
        .exists()
    )
    given = (
        select(Service.organization_id)
        .join(at, at.service_id == Service.id)
        .where(at.location_id == Location.id, at.gone_at.is_(None))
        .order_by(hides.desc(), Service.first_seen_at, Service.id)
        .limit(1)
        .correlate(Location)
        .scalar_subquery()
    )
    owner = func.coalesce(Location.organization_id, given)
    rows = await session.execute(select(Location.id, owner).where(Location.id == any_(asked), owner.is_not(None)))
    found: dict[UUID, UUID] = dict(rows.all())
    return found


def area_code(postcode: str | None, country: str | None) -> str | None:
    """As much of a postcode as stands for an area: a full British, Irish, Canadian or Dutch one is a street or a house."""
    if postcode is None:
        return None
    plain = postcode.strip().upper()
    for of, fine, coarse in _FINE:
        if country in (of, None, "") and fine.fullmatch(plain) and (found := coarse.match(plain)):
            return found[0]
    return postcode


_FINE: Final = tuple(
    (country, re.compile(fine), re.compile(coarse))
    for country, fine, coarse in (
        ("GB", r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}", r"[A-Z]{1,2}\d[A-Z\d]?(?=\s*\d[A-Z]{2})"),
        ("IE", r"[A-Z]\d[\dW]\s*[A-Z\d]{4}", r"[A-Z]\d[\dW]"),
        ("CA", r"[A-Z]\d[A-Z]\s*\d[A-Z]\d", r"[A-Z]\d[A-Z]"),
        ("US", r"\d{5}-\d{4}", r"\d{5}"),
        ("NL", r"\d{4}\s*[A-Z]{2}", r"\d{4}"),
    )
)
"""(country, a postcode as fine as a street, its coarse part)."""


def _says_so() -> ColumnElement[bool]:
    """The attribute is our mark of a confidential address, or a word of somebody's that was confirmed to mean it."""
    ours = (
        select(Term.id)
        .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
        .where(Taxonomy.source == OURS, Taxonomy.name == PRIVACY, Term.code == CONFIDENTIAL)
    )
    theirs = select(TermLink.foreign_id).where(TermLink.term_id.in_(ours), TermLink.state == "confirmed")
    return or_(Attribute.taxonomy_term_id.in_(ours), Attribute.taxonomy_term_id.in_(theirs))
