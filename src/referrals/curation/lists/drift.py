"""Texts that changed in one language, and that nobody has looked at in the other since."""

from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.models import Drift, Organization, Service
from referrals.directory.queries.texts import text
from referrals.kit.html import language_name
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _

OF_SERVICE = and_(Drift.resource_type == "service", Service.id == Drift.resource_id, Service.gone_at.is_(None))


async def tally(session: AsyncSession, now: datetime) -> Tally:
    each = select(func.min(Drift.since).label("since")).join(Service, OF_SERVICE).group_by(Service.id, Drift.language)
    of_all = each.subquery()
    count, oldest = (await session.execute(select(func.count(), func.min(of_all.c.since)))).one()
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    statement = (
        select(Service, Organization, Drift.language, func.count(), func.min(Drift.since))
        .join(Service, OF_SERVICE)
        .join(Organization, Organization.id == Service.organization_id)
        .group_by(Service.id, Organization.id, Drift.language)
        .order_by(func.min(Drift.since), Service.id)
    )
    rows = await session.execute(paged(narrowed(statement, asked, Service.id), asked))
    return [
        Task(
            id=f"drift-{service.id}-{tongue}",
            about=text(service, "name", asked.language),
            organization=text(organization, "name", asked.language).value,
            says=ngettext(
                "One text has changed, and its %(language)s has not been looked at since.",
                "%(num)d texts have changed, and their %(language)s has not been looked at since.", count,
            ) % {"num": count, "language": language_name(tongue)},
            since=since,
            act=Act(_("Compare the two"), "edit-service-part", {"service_id": service.id, "part": "texts"}),
            href=Act("", "service", {"service_id": service.id}),
            kind="plain",
        )
        for service, organization, tongue, count, since in rows
    ]  # fmt: skip


LIST = WorkList(
    code="drift", title=N_("The other language"),
    lead=N_("When a text changes in one language, the other may say something else. Read both beside each other."),
    tally=tally, rows=tasks,
)  # fmt: skip
