"""Sending the next one under an agreement that is there already: nothing is typed twice, and nothing is agreed to for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients.models import Client, Consent, Need
from referrals.kit.errors import Conflict
from referrals.matching import choices
from referrals.matching.actions import sent_with
from referrals.matching.queries import Asked
from referrals.matching.scoring import Match
from referrals.matching.snapshot import snapshot
from referrals.tracking import actions as tracking
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Step:
    """One service, to be asked for one need. `position`: where it stood among the next best."""

    client: Client
    need: Need
    asked: Asked
    match: Match
    position: int | None = None


async def send_on(
    session: AsyncSession, sender: Actor, step: Step, agreed: Consent, message: str, urgency: str, key: str, now: datetime
) -> Referral:  # fmt: skip
    """What this key has sent, now or a moment ago. It must fit today: the caller has looked.

    Raises Refused("no_consent"), and Conflict("already_open") where this service is being asked for it already.
    """
    if already := await sent_with(session, sender, step.need.id, key):
        return already
    service_id: UUID = step.match.offer.service_id
    chosen = await choices.sent(session, sender, step.need, service_id, None, now)
    kept = snapshot(
        step.asked.person, step.asked.need, step.match, step.asked.today, override=None, position=step.position,
        chosen=chosen,
    )  # fmt: skip
    try:
        referral = await tracking.draft(session, sender, step.client, step.need, service_id, now)
    except Conflict:
        # A double click may have been let in between our look and the draft.
        if already := await sent_with(session, sender, step.need.id, key):
            return already
        raise
    referral.urgency = urgency
    await tracking.send(session, referral, sender, agreed, kept, now, key=key, words=message)
    return referral
