"""Lists of referrals with what their rows say: a need's tries, a client's requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients.models import Need
from referrals.directory.models import Organization, Service
from referrals.directory.queries.called import Called, names
from referrals.directory.queries.redirects import stands_for
from referrals.tracking.lifecycle import OPEN, Status
from referrals.tracking.models import Referral, ReferralEvent
from referrals.tracking.queries.visible import visible_to


@dataclass(frozen=True, slots=True)
class Try:
    """One referral with the service that stands now for the one it went to, and why it stands where it stands."""

    referral: Referral
    need: Need
    service: Called
    organization: Called
    event: str | None
    reason: str | None


async def attempts(session: AsyncSession, actor: Actor, need_id: UUID) -> list[Try]:
    """Every try for a need, the first one first."""
    return await _tries(session, actor, [Role.CASE_MANAGER], need_id=need_id)


async def requests(session: AsyncSession, actor: Actor) -> list[Try]:
    """What was sent for a client with an account, what still moves first."""
    return await _tries(session, actor, [Role.CLIENT])


async def _tries(
    session: AsyncSession, actor: Actor, roles: Sequence[Role], *, need_id: UUID | None = None
) -> list[Try]:
    found = (
        visible_to(actor, *roles)
        .join(Need, Need.id == Referral.need_id)
        .join(Service, Service.id == stands_for(Referral.service_id))
        .join(Organization, Organization.id == stands_for(Referral.organization_id))
        .outerjoin(
            ReferralEvent, (ReferralEvent.referral_id == Referral.id) & (ReferralEvent.position == Referral.position)
        )
        .add_columns(Need, Service, Organization, ReferralEvent.kind, ReferralEvent.reason_code)
        .where(Referral.status != Status.ENTERED_IN_ERROR)
    )
    if need_id is not None:
        found = found.where(Referral.need_id == need_id).order_by(Referral.attempt)
    else:
        found = found.order_by(
            case((Referral.status.in_(OPEN), 0), else_=1), Referral.due_at.nulls_last(), Referral.sent_at.desc()
        )
    rows = (await session.execute(found)).all()
    called = await names(session)
    return [
        Try(referral, need_, called.service(service), called.organization(organization), event, reason)
        for referral, need_, service, organization, event, reason in rows
    ]
