"""What was tried for a need already, and how each ended."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Client, Need
from referrals.clients.queries import caseload
from referrals.directory.queries.redirects import all_standing
from referrals.kit.html import in_zone
from referrals.matching.following.rule import Attempt
from referrals.tracking.lifecycle import Status, side
from referrals.tracking.models import Referral, ReferralEvent


async def attempts_for(session: AsyncSession, need_ids: Collection[UUID]) -> Mapping[UUID, list[Attempt]]:
    """Of needs that were read through the caseload, in the order of their numbers; a merged service under its name of now.

    Drafts that nobody has seen are no attempts, nor is what was entered by mistake. Two statements.
    """
    rows = await session.execute(
        select(Referral, ReferralEvent)
        .join(ReferralEvent, (ReferralEvent.referral_id == Referral.id) & (ReferralEvent.position == Referral.position))
        .where(Referral.need_id.in_(set(need_ids)), Referral.status != Status.ENTERED_IN_ERROR)
        .order_by(Referral.attempt, Referral.created_at)
    )
    found = rows.all()
    now = await all_standing(session, {referral.service_id for referral, _ in found}) if found else {}
    attempts: dict[UUID, list[Attempt]] = defaultdict(list)
    for referral, last in found:
        attempts[referral.need_id].append(_attempt(referral, last, now[referral.service_id]))
    return attempts


async def open_needs(session: AsyncSession, actor: Actor, need_ids: Collection[UUID]) -> list[Need]:
    """Those of these needs that are in the caseload and not closed."""
    mine = caseload(actor).where(Client.archived_at.is_(None)).with_only_columns(Client.id)
    found = select(Need).where(Need.id.in_(set(need_ids)), Need.client_id.in_(mine), Need.status.in_(OPEN_NEEDS))
    return list(await session.scalars(found))


OPEN_NEEDS = ("open", "in_referral")


def _attempt(referral: Referral, last: ReferralEvent, service_id: UUID) -> Attempt:
    why = side(last.kind, last.reason_code) if last.reason_code else None
    return Attempt(
        referral.id, service_id, referral.attempt, referral.status, referral.position, last.reason_code, why,
        referral.closed_at, _place_from(referral, last),
    )  # fmt: skip


def _place_from(referral: Referral, last: ReferralEvent) -> date | None:
    days = last.facts.get("estimated_wait_days")
    if referral.status != Status.WAITLISTED or not isinstance(days, int):
        return None
    return in_zone(last.at).date() + timedelta(days=days)
