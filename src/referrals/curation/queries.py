"""One report, one finding, and how far the last reading of the whole directory has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.directory.models import CheckRun, Finding, Organization, ReaderReport, Service
from referrals.directory.queries.texts import Text, text
from referrals.directory.reports import waits_at_the_listing
from referrals.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Round:
    began_at: datetime
    finished_at: datetime | None
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with what it is about. `others`: what else readers say of the same service and waits too.

    `at_the_listing`: the answer goes to an address that the listing names.
    """

    report: ReaderReport
    service: Service
    name: Text
    organization: Text
    others: int
    at_the_listing: bool
    handled_by: str | None


async def last_round(session: AsyncSession) -> Round | None:
    run = await session.scalar(select(CheckRun).order_by(CheckRun.began_at.desc()).limit(1))
    return Round(run.began_at, run.finished_at, run.done, max(run.total, run.done)) if run else None


async def finding_of(session: AsyncSession, id: UUID) -> Finding:
    """Raises NotFound for one that is closed by now, too."""
    found = await session.get(Finding, id, with_for_update=True, populate_existing=True)
    if found is None or found.closed_at is not None:
        raise NotFound("finding")
    return found


async def asked_report(session: AsyncSession, id: UUID, language: str) -> Reported:
    """Raises NotFound."""
    row = (
        await session.execute(
            select(ReaderReport, Service, Organization)
            .join(Service, Service.id == ReaderReport.service_id)
            .join(Organization, Organization.id == Service.organization_id)
            .where(ReaderReport.id == id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("report")
    found, service, organization = row
    others = await session.scalars(
        select(ReaderReport.id).where(
            ReaderReport.service_id == service.id, ReaderReport.id != id, ReaderReport.handled_at.is_(None)
        )
    )
    by = await accounts.names(session, [found.handled_by]) if found.handled_by else {}
    return Reported(
        found, service, text(service, "name", language), text(organization, "name", language), len(others.all()),
        waits_at_the_listing(found, service, organization), by.get(found.handled_by) if found.handled_by else None,
    )  # fmt: skip
