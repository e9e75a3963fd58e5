"""Texts that changed in one language, and that nobody has looked at in the other since."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, any_, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.forms.pages import page_of
from referrals.directory.models import Drift, Location, Organization, Service, ServiceAtLocation
from referrals.directory.queries.texts import text
from referrals.kit.html import language_name
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _

_EDITED: Final = {
    "service": ("edit-service-part", "service_id"), "location": ("edit-place-part", "location_id"),
    "organization": ("edit-organization-part", "organization_id"),
}  # fmt: skip


def _standing(*told: Any) -> Select[Any]:
    """Of records that are still there, with the organization that they belong to; one row a record and language."""
    service = and_(Drift.resource_type == "service", Service.id == Drift.resource_id, Service.gone_at.is_(None))
    place = and_(Drift.resource_type == "location", Location.id == Drift.resource_id, Location.gone_at.is_(None))
    organization = and_(Drift.resource_type == "organization", Organization.gone_at.is_(None))
    return (
        select(*told)
        .select_from(Drift)
        .outerjoin(Service, service)
        .outerjoin(Location, place)
        .outerjoin(Organization, Organization.id == Drift.organization_id)
        .where(or_(Service.id.is_not(None), Location.id.is_not(None), organization))
        .group_by(Drift.resource_type, Drift.resource_id, Drift.language)
    )


async def tally(session: AsyncSession, now: datetime) -> Tally:
    of_all = _standing(func.min(Drift.since).label("since")).subquery()
    count, oldest = (await session.execute(select(func.count(), func.min(of_all.c.since)))).one()
    return Tally(count, oldest)


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    statement = (
        _standing(
            Drift.resource_type, Drift.resource_id, Drift.language, Service, Location, Organization,
            func.array_agg(Drift.field_name), func.min(Drift.since),
        )
        .group_by(Service.id, Location.id, Organization.id)
        .order_by(func.min(Drift.since), Drift.resource_id, Drift.language)
    )  # fmt: skip
    rows = await session.execute(paged(narrowed(statement, asked, _services()), asked))
    return [
        Task(
            id=f"drift-{id}-{tongue}",
            about=text(service or (place if place and place.name else organization), "name", asked.language),
            organization=text(organization, "name", asked.language).value if organization else "",
            says=ngettext(
                "One text has changed, and its %(language)s has not been looked at since.",
                "%(num)d texts have changed, and their %(language)s has not been looked at since.", len(texts),
            ) % {"num": len(texts), "language": language_name(tongue)},
            since=since,
            act=_compare(entity, id, min(texts)),
            href=Act("", "service", {"service_id": id}) if service else None,
            kind="plain",
        )
        for entity, id, tongue, service, place, organization, texts, since in rows
    ]  # fmt: skip


def _services() -> Any:
    """The services that a record is told with, as they may lie in an area."""
    run, at = aliased(Service), ServiceAtLocation
    own = select(run.id).where(or_(run.id == Drift.resource_id, run.organization_id == Drift.resource_id))
    there = select(at.service_id).where(at.location_id == Drift.resource_id)
    return any_(func.array(union_all(own.correlate(Drift), there.correlate(Drift)).scalar_subquery()))


def _compare(entity: str, id: Any, name: str) -> Act:
    """On the page of the editor where the text stands."""
    route, parameter = _EDITED[entity]
    return Act(_("Compare the two"), route, {parameter: id, "part": page_of(entity, name)})


LIST = WorkList(
    code="drift", title=N_("The other language"),
    lead=N_("When a text changes in one language, the other may say something else. Read both beside each other."),
    tally=tally, rows=tasks,
)  # fmt: skip
