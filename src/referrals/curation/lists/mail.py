"""Addresses that no mail reaches, with the listings that depend on them; those of most listings first."""

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, String, Uuid, and_, cast, exists, func, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.models import Listing, Organization, Service, UpkeepAddress
from referrals.directory.queries.texts import text
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _


def _named() -> CompoundSelect[Any]:
    """Dead addresses with the listings that name them; or, where none does, with the organization whose own they are."""
    same = func.lower(func.trim(Listing.email)) == UpkeepAddress.address
    dead = UpkeepAddress.dead_at.is_not(None)
    known = (UpkeepAddress.id, UpkeepAddress.address, UpkeepAddress.dead_at)
    by_listing = select(*known, Listing.service_id, Listing.organization_id).join(Listing, same)
    its_own = func.lower(func.trim(Organization.email)) == UpkeepAddress.address
    by_owner = select(*known, null(), Organization.id).join(Organization, and_(its_own, Organization.gone_at.is_(None)))
    offers = exists().where(Listing.organization_id == Organization.id, Listing.published)
    return union_all(
        by_listing.where(dead, Listing.published),
        by_owner.where(dead, offers, ~exists().where(same, Listing.published)),
    )


async def tally(session: AsyncSession, now: datetime) -> Tally:
    named = _named().subquery()
    count, oldest = (await session.execute(select(func.count(named.c.id.distinct()), func.min(named.c.dead_at)))).one()
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    """One line an address, about the first of its services."""
    named = _named().subquery()
    count = func.count(named.c.service_id).over(partition_by=named.c.id).label("listings")
    order = (named.c.service_id, named.c.organization_id)
    each = select(
        named, count, func.row_number().over(partition_by=named.c.id, order_by=order).label("first")
    ).subquery()
    any_offer = select(func.min(cast(Listing.service_id, String))).where(
        Listing.organization_id == each.c.organization_id
    )
    statement = (
        select(each, Service, Organization)
        .outerjoin(Service, Service.id == each.c.service_id)
        .join(Organization, Organization.id == each.c.organization_id)
        .where(each.c.first == 1)
        .order_by(each.c.listings.desc(), each.c.dead_at, each.c.id)
    )
    service_id = func.coalesce(each.c.service_id, cast(any_offer.scalar_subquery(), Uuid))
    rows = await session.execute(paged(narrowed(statement, asked, service_id), asked))
    return [
        Task(
            id=f"mail-{row.id}",
            about=text(row.Service or row.Organization, "name", asked.language),
            organization=text(row.Organization, "name", asked.language).value,
            says=_says(row.address, row.listings),
            since=row.dead_at,
            act=_correct(row.Service, row.Organization),
            href=Act("", "service", {"service_id": row.Service.id}) if row.Service else None,
        )
        for row in rows
    ]


def _says(address: str, listings: int) -> str:
    if not listings:
        return _("What we send to %(address)s comes back. It is the organization’s own address.") % {"address": address}
    return ngettext(
        "What we send to %(address)s comes back. One listing depends on it.",
        "What we send to %(address)s comes back. %(num)d listings depend on it.", listings,
    ) % {"address": address, "num": listings}  # fmt: skip


def _correct(service: Service | None, organization: Organization) -> Act:
    """Where the address is written: with the service, or with its organization."""
    said = _("Correct the address")
    if service is not None and service.email:
        return Act(said, "edit-service-part", {"service_id": service.id, "part": "contact"})
    return Act(said, "edit-organization-part", {"organization_id": organization.id, "part": "contact"})


LIST = WorkList(
    code="mail", title=N_("Mail that comes back"),
    lead=N_("Referrals and questions to these addresses reach nobody. Ring, ask for the right one, and write it in."),
    tally=tally, rows=tasks,
)  # fmt: skip
