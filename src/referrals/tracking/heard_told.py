"""What people say of a service, in sentences for those who run it: at least so many, told in fives."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.directory.models import MergedInto, Service
from referrals.directory.queries.called import names
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.tracking.models import Heard, Referral, ReferralLink
from referrals.tracking.outcomes.heard import Figures
from referrals.tracking.queries.outcomes import heard_of


@dataclass(frozen=True, slots=True)
class HeardHere:
    service: str
    lines: tuple[str, ...]


async def heard_at(session: AsyncSession, address: str) -> list[HeardHere]:
    """Of the services whose requests go to this address."""
    asked = (
        select(Referral.service_id).join(ReferralLink, ReferralLink.referral_id == Referral.id)
        .where(ReferralLink.address == address, ReferralLink.purpose == "receiver").distinct()
    )  # fmt: skip
    return await _told(session, list(await session.scalars(asked)))


async def heard_by(session: AsyncSession, actor: Actor) -> list[HeardHere]:
    """Of the services of a provider's organizations."""
    held = actor.organizations.get(Role.PROVIDER_EDITOR, ())
    own = (
        select(Heard.service_id).join(Service, Service.id == Heard.service_id).where(Service.organization_id.in_(held))
    )
    return await _told(session, list(await session.scalars(own)))


def sentences(figures: Figures) -> tuple[str, ...]:
    """What may be said; of those who spoke otherwise nothing is, for they are too few to be told."""
    parts = (
        (_("At least %(num)s got the help."), figures.received.get("yes", 0)),
        (_("For at least %(num)s it is settled."), figures.resolved.get("yes", 0)),
        (_("At least %(num)s did not get it."), figures.received.get("no", 0)),
        (_("At least %(num)s found you respectful and clear."), figures.respectful),
    )
    return (
        _("%(num)s people or more have answered.") % {"num": figures.answers},
        *(sentence % {"num": count} for sentence, count in parts if count),
    )


async def _told(session: AsyncSession, service_ids: Collection[UUID]) -> list[HeardHere]:
    if not service_ids:
        return []
    merged = select(MergedInto.kept_id).where(MergedInto.old_id.in_(service_ids))
    told = await heard_of(session, {*service_ids, *await session.scalars(merged)})
    called = await names(session)
    services = await session.scalars(select(Service).where(Service.id.in_(told)).order_by(Service.name))
    return [
        HeardHere(called.service(one).text("name", current_language()), sentences(told[one.id])) for one in services
    ]
