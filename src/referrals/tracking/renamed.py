"""A request whose receiver was merged since: what it was sent as, what that is listed as now, and since when. Told once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Service
from referrals.directory.queries import redirects
from referrals.directory.queries.called import Called, Names, names
from referrals.kit.i18n import current_language
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Renamed:
    """`elsewhere`: the organization that the listing of now belongs to, where it is another one; `stays` with whom it is."""

    was: str
    now: str
    since: datetime
    sent_as: str = ""
    """The service as it was called when it was sent."""
    elsewhere: str = ""
    stays: str = ""


async def renamed(session: AsyncSession, referral: Referral, *stands: Called | None) -> Renamed | None:
    """`stands`: the service and the organization that the page names. None where it was sent to these very ones."""
    if {one.id for one in stands if one} <= {referral.service_id, referral.organization_id}:
        return None
    services = await redirects.services(session, [referral.service_id])
    houses = await redirects.organizations(session, [referral.organization_id])
    service, house = services.get(referral.service_id), houses.get(referral.organization_id)
    if house is None or service is None:
        return None
    called, spoken = await names(session), current_language()
    then, now = (called.service(one).text("name", spoken) for one in (service.then, service.now))
    before, after = (called.organization(one).text("name", spoken) for one in (house.then, house.now))
    moved = service.then is not service.now and not service.together
    if then != now or moved:
        since = await redirects.merged_at(session, service.then.id)
        other = await _owner(session, called, service.now) if moved else ""
        return Renamed(then, now, since, then, other, after if moved else "") if since else None
    since = await redirects.merged_at(session, house.then.id) if before != after else None
    return Renamed(before, after, since, then) if since else None


async def _owner(session: AsyncSession, called: Names, service: Service) -> str:
    id = service.organization_id
    found = (await redirects.organizations(session, [id])).get(id)
    return called.organization(found.now).text("name", current_language()) if found else ""
