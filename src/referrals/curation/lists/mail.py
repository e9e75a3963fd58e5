"""Addresses that no mail reaches, with the listings that depend on them; those of most listings first."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.models import Listing, Organization, Service, UpkeepAddress
from referrals.directory.queries.texts import text
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _

SAME = func.lower(func.trim(Listing.email)) == UpkeepAddress.address


async def tally(session: AsyncSession, now: datetime) -> Tally:
    count, oldest = (
        await session.execute(
            select(func.count(UpkeepAddress.id.distinct()), func.min(UpkeepAddress.dead_at))
            .join(Listing, SAME)
            .where(UpkeepAddress.dead_at.is_not(None), Listing.published)
        )
    ).one()
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    """One line an address, about the first of its services."""
    count = func.count().over(partition_by=UpkeepAddress.id).label("listings")
    first = func.row_number().over(partition_by=UpkeepAddress.id, order_by=Listing.service_id).label("first")
    each = (
        select(UpkeepAddress.id, UpkeepAddress.address, UpkeepAddress.dead_at, Listing.service_id, count, first)
        .join(Listing, SAME)
        .where(UpkeepAddress.dead_at.is_not(None), Listing.published)
        .subquery()
    )
    statement = (
        select(each, Service, Organization)
        .join(Service, Service.id == each.c.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(each.c.first == 1)
        .order_by(each.c.listings.desc(), each.c.dead_at, each.c.id)
    )
    rows = await session.execute(paged(narrowed(statement, asked, Service.id), asked))
    return [
        Task(
            id=f"mail-{row.id}",
            about=text(row.Service, "name", asked.language),
            organization=text(row.Organization, "name", asked.language).value,
            says=ngettext(
                "What we send to %(address)s comes back. One listing depends on it.",
                "What we send to %(address)s comes back. %(num)d listings depend on it.", row.listings,
            ) % {"address": row.address, "num": row.listings},
            since=row.dead_at,
            act=_correct(row.Service, row.Organization),
            href=Act("", "service", {"service_id": row.Service.id}),
        )
        for row in rows
    ]  # fmt: skip


def _correct(service: Service, organization: Organization) -> Act:
    """Where the address is written: with the service, or with its organization."""
    said = _("Correct the address")
    if service.email:
        return Act(said, "edit-service-part", {"service_id": service.id, "part": "contact"})
    return Act(said, "edit-organization-part", {"organization_id": organization.id, "part": "contact"})


LIST = WorkList(
    code="mail", title=N_("Mail that comes back"),
    lead=N_("Referrals and questions to these addresses reach nobody. Ring, ask for the right one, and write it in."),
    tally=tally, rows=tasks,
)  # fmt: skip
