"""Listings past their date that nobody answered for; whoever has waited longest comes first."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.models import Listing, Organization, Service
from referrals.directory.queries.texts import text
from referrals.directory.upkeep.rhythm import GRACE
from referrals.kit.html import ago, in_zone
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _


async def tally(session: AsyncSession, now: datetime) -> Tally:
    stale = select(func.count(), func.min(Listing.check_by)).where(
        Listing.published, Listing.check_by < in_zone(now).date() - GRACE
    )
    count, oldest = (await session.execute(stale)).one()
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    today = in_zone(asked.now).date()
    statement = (
        select(Service, Organization, Listing.check_by)
        .join(Listing, Listing.service_id == Service.id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Listing.published, Listing.check_by < today - GRACE)
        .order_by(Listing.check_by, Service.id)
    )
    rows = await session.execute(paged(narrowed(statement, asked, Service.id), asked))
    return [
        Task(
            id=f"stale-{service.id}",
            about=text(service, "name", asked.language),
            organization=text(organization, "name", asked.language).value,
            says=_("Somebody last checked it %(ago)s.") % {"ago": ago(service.assured_date, today)}
            if service.assured_date
            else _("Nobody has ever said when it was checked."),
            since=check_by,
            act=Act(_("Read it through"), "edit-service", {"service_id": service.id}),
            href=Act("", "service", {"service_id": service.id}),
            kind="plain",
        )
        for service, organization, check_by in rows
    ]


LIST = WorkList(
    code="stale", title=N_("Past their date"),
    lead=N_("Those who keep them were asked and did not answer, or cannot be asked. Ring them, read the listing through, and say that it is right."),
    tally=tally, rows=tasks,
)  # fmt: skip
