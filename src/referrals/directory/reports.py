"""A reader says that something is wrong; a curator looks, mends and answers. Nothing of the reader is kept but what they wrote."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import Listing, Organization, ReaderReport, Service
from referrals.directory.queries.published import published
from referrals.directory.queries.texts import Text, text
from referrals.kit.errors import Conflict, NotFound, TooMany
from referrals.kit.i18n import N_
from referrals.kit.jobs import Job

WHAT: dict[str, str] = {
    "closed": N_("It is closed, or no longer exists"),
    "moved": N_("It has moved"),
    "phone": N_("The telephone or the e-mail does not work"),
    "hours": N_("The hours are wrong"),
    "other": N_("Something else"),
}
OUTCOMES: dict[str, str] = {
    "mended": N_("It was wrong, and I have put it right"),
    "was_right": N_("I have checked: the listing is right"),
    "not_found_out": N_("I could not find out"),
}
A_SERVICE_AN_HOUR: Final = 5
ALL_AN_HOUR: Final = 200
"""More than these come from a machine. Counted by what is reported, never by who reports."""
FORM_LASTS: Final = timedelta(hours=6)
KEPT: Final = timedelta(days=365)
"""How long after its answer a report is kept: readers write of themselves more than they mean to."""
PURPOSE: Final = "reader-report"


@dataclass(frozen=True, slots=True)
class About:
    """What a reader reports on: only what its public page shows anyway."""

    service_id: UUID
    name: Text
    organization: Text


async def about(session: AsyncSession, service_id: UUID, language: str) -> About:
    """Raises NotFound for what no reader can see."""
    row = await session.execute(published().add_columns(Service, Organization).where(Listing.service_id == service_id))
    found = row.one_or_none()
    if found is None:
        raise NotFound("service")
    told = About(service_id, text(found.Service, "name", language), text(found.Organization, "name", language))
    return (await mask(session)).over(found.Organization.id, told)


async def report(
    session: AsyncSession,
    id: UUID,
    service_id: UUID,
    *,
    what: str,
    words: str,
    email: str,
    language: str,
    now: datetime,
) -> None:
    """`id` comes from the signed form, so that a form sent twice is one report. Raises TooMany."""
    if await session.get(ReaderReport, id) is not None:
        return
    if await _lately(session, service_id, now) >= A_SERVICE_AN_HOUR or await _lately(session, None, now) >= ALL_AN_HOUR:
        raise TooMany("reports")
    session.add(
        ReaderReport(
            id=id, service_id=service_id, what=what, words=words.strip(), email=email.strip() or None,
            language=language, at=now,
        )
    )  # fmt: skip
    await session.flush()


async def answer(
    session: AsyncSession, id: UUID, *, outcome: str, words: str, by: UUID, now: datetime
) -> tuple[ReaderReport, str | None]:
    """Close it; whoever left an address is to hear of it, and the address is forgotten. Returns the report and the address.

    Raises NotFound, Conflict("already_answered").
    """
    found = await session.get(ReaderReport, id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("report")
    if found.handled_at is not None:
        raise Conflict("already_answered")
    address, found.email = found.email, None
    found.outcome, found.answer, found.handled_by, found.handled_at = outcome, words.strip() or None, by, now
    await session.flush()
    return found, address


def waits_at_the_listing(report: ReaderReport, service: Service, organization: Organization) -> bool:
    """Whether the answer goes to an address that the listing names: then most likely those who run it wrote."""
    named = {one.strip().lower() for one in (service.email, organization.email) if one}
    return report.email is not None and report.email.strip().lower() in named


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    await session.execute(delete(ReaderReport).where(ReaderReport.handled_at < now - KEPT))


FORGET: Final = "directory.forget_reports"
JOBS: dict[str, Job] = {FORGET: forget_old}
PERIODIC: Final = {FORGET: "40 3 * * *"}


async def _lately(session: AsyncSession, service_id: UUID | None, now: datetime) -> int:
    count = select(func.count()).select_from(ReaderReport).where(ReaderReport.at > now - timedelta(hours=1))
    return await session.scalar(count.where(ReaderReport.service_id == service_id) if service_id else count) or 0
