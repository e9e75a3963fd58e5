"""Changes that editors propose and that wait for a yes or a no."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.models import User
from referrals.curation.narrow import narrowed, paged
from referrals.curation.work import Act, Asked, Tally, Task, WorkList
from referrals.directory.changes import queries
from referrals.directory.models import Location, Organization, Proposal, Service
from referrals.directory.queries.texts import Text, text
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _


async def tally(session: AsyncSession, now: datetime) -> Tally:
    return Tally(*await queries.how_many_wait(session))


async def tasks(session: AsyncSession, asked: Asked) -> list[Task]:
    statement = (
        select(Proposal, Service, Location, Organization, User.name)
        .select_from(Proposal)
        .join(Organization, Organization.id == Proposal.organization_id)
        .outerjoin(Service, and_(Proposal.resource_type == "service", Service.id == Proposal.resource_id))
        .outerjoin(Location, and_(Proposal.resource_type == "location", Location.id == Proposal.resource_id))
        .outerjoin(User, User.id == Proposal.by_id)
        .where(
            Proposal.state == "waiting",
            or_(Proposal.resource_type == "organization", Service.id.is_not(None), Location.id.is_not(None)),
        )
        .order_by(Proposal.at, Proposal.id)
    )
    rows = await session.execute(paged(narrowed(statement, asked, Service.id), asked))
    return [_task(*row, asked.language) for row in rows]


def _task(
    proposal: Proposal, service: Service | None, location: Location | None, organization: Organization,
    who: str | None, language: str,
) -> Task:  # fmt: skip
    count = len(proposal.wanted)
    told = ngettext("%(who)s wants to change one thing.", "%(who)s wants to change %(num)d things.", count)
    name = text(service or location or organization, "name", language)
    return Task(
        id=f"change-{proposal.id}",
        about=name or Text(_("A place without a name")),
        organization=text(organization, "name", language).value,
        says=told % {"who": who or _("An editor"), "num": count},
        since=proposal.at,
        act=Act(_("See what changes"), "proposal", {"proposal_id": proposal.id}),
        href=Act("", "service", {"service_id": service.id}) if service else None,
    )


LIST = WorkList(
    code="changes", title=N_("Changes that wait"),
    lead=N_("Editors who are new here propose their changes. Each waits for your yes or no; a no says why."),
    tally=tally, rows=tasks,
)  # fmt: skip
