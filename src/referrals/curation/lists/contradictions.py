"""Listings that contradict themselves, those first that lead somebody furthest astray."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.contradictions.sentences import KINDS, Mend, mend, said, title
from referrals.directory.models import Finding, Organization, Service
from referrals.directory.queries.texts import text
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

SEVERE = 60
"""Weight from which somebody would stand before the wrong door."""
OPEN = (Finding.closed_at.is_(None), Finding.dismissed_at.is_(None))


async def tally(session: AsyncSession, now: datetime) -> Tally:
    count, oldest = (await session.execute(select(func.count(), func.min(Finding.found_at)).where(*OPEN))).one()
    return Tally(count, oldest)


async def by_kind(session: AsyncSession) -> dict[str, int]:
    """How many of each are open."""
    rows = await session.execute(select(Finding.kind, func.count()).where(*OPEN).group_by(Finding.kind))
    counts: dict[str, int] = dict(rows.all())
    return counts


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    statement = (
        select(Finding, Service, Organization)
        .join(Service, Service.id == Finding.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(*OPEN)
        .order_by(Finding.weight.desc(), Finding.found_at, Finding.id)
    )
    if asked.kind in KINDS:
        statement = statement.where(Finding.kind == asked.kind)
    rows = await session.execute(paged(narrowed(statement, asked, Finding.service_id), asked))
    return [_task(finding, service, organization, asked.language) for finding, service, organization in rows]


def _task(finding: Finding, service: Service, organization: Organization, language: str) -> Task:
    return Task(
        id=f"finding-{finding.id}",
        about=text(service, "name", language),
        organization=text(organization, "name", language).value,
        says=said(finding.kind, finding.facts),
        since=finding.found_at,
        act=_mend(mend(finding.kind, finding.facts, service.id, finding.key)),
        href=Act("", "service", {"service_id": service.id}),
        kind="stop" if finding.weight >= SEVERE else "attention",
        badge=title(finding.kind),
        dismiss=Act(_("It is right as it stands"), "dismiss-finding", {"finding_id": finding.id}, post=True),
    )


def _mend(where: Mend) -> Act:
    route, name = _EDITORS[where.record]
    if where.part:
        return Act(_("Put it right"), f"{route}-part", {name: where.id, "part": where.part})
    return Act(_("Put it right"), route, {name: where.id})


_EDITORS = {
    "service": ("edit-service", "service_id"), "location": ("edit-place", "location_id"),
    "organization": ("edit-organization", "organization_id"),
}  # fmt: skip
LIST = WorkList(
    code="contradictions", title=N_("Contradictions"),
    lead=N_("Listings in which two things cannot both be true, or one cannot be true at all. Those that lead somebody furthest astray come first."),
    tally=tally, rows=tasks, kinds={code: kind.title for code, kind in KINDS.items()},
)  # fmt: skip
