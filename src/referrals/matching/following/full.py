"""Full, said again and again where somebody was to be sent there: then the listing says so, until they say otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.actions import capacity
from referrals.directory.actions.history import Editor, record
from referrals.directory.models import Listing, Service
from referrals.directory.queries.in_answers import BY_ANSWERS, SAID_OF_PLACES, said_in_answers
from referrals.directory.queries.redirects import once, standing
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral, ReferralEvent

WITHIN: Final = timedelta(days=14)
"""Two refusals, whoever had asked."""
FROM_TWO: Final = timedelta(days=28)
"""Two refusals to two who did not ask together."""
FULL: Final = "no-capacity"
ANSWERS: Final = Editor(None, BY_ANSWERS)


@dataclass(frozen=True, slots=True)
class Refusal:
    sender_id: UUID
    at: datetime


def is_full(refusals: Sequence[Refusal], now: datetime) -> bool:
    """Two within two weeks, or two from two senders within four. Pure."""
    lately = [one for one in refusals if now - one.at <= WITHIN]
    senders = {one.sender_id for one in refusals if now - one.at <= FROM_TWO}
    return len(lately) > 1 or len(senders) > 1


async def write_back(session: AsyncSession, service_id: UUID, now: datetime) -> bool:
    """Whether the listing says so now because of it. What the provider has said since of its places weighs more."""
    kept = await standing(session, service_id)
    service = await session.get(Service, kept, with_for_update={"key_share": True})
    listing = await session.get(Listing, kept)
    if service is None or service.gone_at is not None or listing is None:
        return False
    told = listing.capacity_updated
    since = told if told is not None and not await said_in_answers(session, kept, told) else None
    if not is_full(await _refusals(session, kept, since), now):
        return False
    await capacity.say_capacity(session, service, capacity.Answer(FULL, available=0), ANSWERS, now)
    record(session, service, SAID_OF_PLACES, told.isoformat() if told else None, now.isoformat(), ANSWERS, now)
    return True


async def _refusals(session: AsyncSession, service_id: UUID, since: datetime | None) -> list[Refusal]:
    """Of this service, under all the names that it has had."""
    found = (
        select(Referral.sender_id, ReferralEvent.at)
        .join(
            ReferralEvent, (ReferralEvent.referral_id == Referral.id) & (ReferralEvent.position == Referral.position)
        )
        .where(
            Referral.service_id.in_(await once(session, service_id)), Referral.status == Status.DECLINED,
            ReferralEvent.reason_code == "no_capacity",
        )
    )  # fmt: skip
    rows = await session.execute(found.where(ReferralEvent.at > since) if since else found)
    return [Refusal(sender, at) for sender, at in rows]
