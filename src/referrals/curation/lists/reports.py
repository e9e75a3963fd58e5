"""What readers say is wrong; whoever has waited longest comes first."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.models import Organization, ReaderReport, Service
from referrals.directory.queries.texts import text
from referrals.directory.reports import WHAT, waits_at_the_listing
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

WAITING = ReaderReport.handled_at.is_(None)


async def tally(session: AsyncSession, now: datetime) -> Tally:
    count, oldest = (await session.execute(select(func.count(), func.min(ReaderReport.at)).where(WAITING))).one()
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    statement = (
        select(ReaderReport, Service, Organization)
        .join(Service, Service.id == ReaderReport.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(WAITING)
        .order_by(ReaderReport.at, ReaderReport.id)
    )
    if asked.kind in WHAT:
        statement = statement.where(ReaderReport.what == asked.kind)
    rows = await session.execute(paged(narrowed(statement, asked, ReaderReport.service_id), asked))
    return [
        Task(
            id=f"report-{report.id}",
            about=text(service, "name", asked.language),
            organization=text(organization, "name", asked.language).value,
            says=_says(report, service, organization),
            since=report.at,
            act=Act(_("Read and answer"), "report", {"report_id": report.id}),
            href=Act("", "service", {"service_id": service.id}),
            badge=_("waits for an answer") if report.email else "",
            words=report.words,
        )
        for report, service, organization in rows
    ]


def _says(report: ReaderReport, service: Service, organization: Organization) -> str:
    what = _inside(_(WHAT[report.what]))
    if waits_at_the_listing(report, service, organization):
        return _("Somebody who waits for the answer at an address of this listing says: %(what)s.") % {"what": what}
    return _("A reader says: %(what)s.") % {"what": what}


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]


LIST = WorkList(
    code="reports", title=N_("Reports from readers"),
    lead=N_("Somebody stood before a closed door, or rang a number that nobody answers. Look, put it right, and close it; who left an address hears of it."),
    tally=tally, rows=tasks, kinds=WHAT,
)  # fmt: skip
