"""All that the public page of an organization shows."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import Listing, Organization, Service, Url
from referrals.directory.queries.cards import Card, cards
from referrals.directory.queries.phones import Number, numbers
from referrals.directory.queries.published import published
from referrals.directory.queries.texts import Text, text
from referrals.directory.tongue import tongue, written_in
from referrals.kit.errors import NotFound
from referrals.kit.geo import LatLon

SHOWN = 200


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    id: UUID
    name: Text
    alternate_name: str | None
    description: Text
    email: str | None
    websites: tuple[str, ...]
    phones: tuple[Number, ...]
    services: tuple[Card, ...]
    legal_status: str | None
    year_incorporated: int | None
    source: str
    assured: date | None
    tongue: str | None
    """What its own words are in; None where nobody can tell."""

    def noted(self, words: str) -> Text:
        """A note beside one of its numbers: in its own language, unless the words are clearly of another."""
        return Text(words, written_in([words]) or self.tongue)


async def organization_page(
    session: AsyncSession, id: UUID, language: str, *, today: date, near: LatLon | None = None
) -> OrganizationPage:
    """With its published services, by name. Raises NotFound for one that is not there or gone."""
    organization = await session.scalar(
        select(Organization).where(Organization.id == id, Organization.gone_at.is_(None))
    )
    if organization is None:
        raise NotFound("organization")
    ids = await session.scalars(
        published().with_only_columns(Listing.service_id).where(Service.organization_id == id)
        .order_by(Service.name, Service.id).limit(SHOWN)
    )  # fmt: skip
    more = await session.scalars(
        select(Url.url).where(Url.organization_id == id, Url.gone_at.is_(None)).order_by(Url.id)
    )
    struck, own = await mask(session), tongue(organization)
    websites = dict.fromkeys([*([organization.website] if organization.website else []), *more])
    told = OrganizationPage(
        id=id,
        name=text(organization, "name", language, own),
        alternate_name=organization.alternate_name,
        description=text(organization, "description", language, own),
        email=organization.email,
        websites=tuple(websites),
        phones=await numbers(session, id),
        services=tuple(await cards(session, ids.all(), language, near, today, struck)),
        legal_status=organization.legal_status,
        year_incorporated=organization.year_incorporated,
        source=organization.source,
        assured=organization.assured_date,
        tongue=own,
    )
    return struck.over(id, told)
