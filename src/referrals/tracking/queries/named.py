"""Services by their name, for a page of a person's file on which somebody chooses one."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Organization, Service
from referrals.directory.queries import called
from referrals.directory.queries.names import by_names
from referrals.directory.search.port import Query
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _

FOUND = 8
"""Services shown for what was typed."""


async def find(session: AsyncSession, words: str) -> list[tuple[str, str, str]]:
    """(value, label, hint) of services that these words name, each organization before its services."""
    hits = (await by_names(session, Query(words=tuple(words.split()), match="any", unfinished=True))).items[:FOUND]
    pairs = await services(session, [hit.id for hit in hits])
    told, spoken = await called.names(session), current_language()
    choices: dict[str, tuple[str, str, str]] = {}
    for hit in hits:
        service, organization = pairs[hit.id]
        owner = told.organization(organization).text("name", spoken)
        whole = f"organization:{organization.id}"
        choices.setdefault(whole, (whole, owner, _("The whole organization, with all its services")))
        own = f"service:{service.id}"
        choices[own] = (own, told.service(service).text("name", spoken), owner)
    return list(choices.values())


async def services(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[Service, Organization]]:
    rows = await session.execute(
        select(Service, Organization)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_(ids))
    )
    return {service.id: (service, organization) for service, organization in rows}
