"""Sending the service that was chosen: the draft, the agreement and the sending in one transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.models import Role
from referrals.clients import consent
from referrals.clients.models import Client, ConsentEvidence, ConsentRequest, Need
from referrals.kit.errors import Conflict, Refused
from referrals.matching.constraints import Class
from referrals.matching.forms import SendForm
from referrals.matching.scoring import Match
from referrals.tracking import actions as tracking
from referrals.tracking.models import Referral, ReferralEvent
from referrals.tracking.queries import visible_to
from referrals.tracking.said import Snapshot

Evidence = Callable[[], Awaitable[ConsentEvidence | None]]
ASKED_FOR = timedelta(days=14)
"""How long somebody may take to agree by their own link."""


async def send(
    session: AsyncSession, sender: Actor, client: Client, need: Need, match: Match, agreed: SendForm, text: str,
    snapshot: Snapshot, now: datetime, evidence: Evidence, form_id: UUID | None = None,
) -> Referral:  # fmt: skip
    """The referral that this filling-in of the form made, now or a moment ago.

    `text` is what the person agreed to, `evidence` writes down how we know, `form_id` is
    the form on which several were signed at once. Where they answer by a link of their own,
    it waits for them. Raises Refused("blocked") where nobody may wave a failure through, and
    Conflict("already_open") where another form was quicker.
    """
    if blocked := [finding.id for finding in match.failures if finding.cls is Class.ABSOLUTE]:
        raise Refused("blocked", failed=blocked)
    if already := await sent_with(session, sender, need.id, agreed.key):
        return already
    try:
        referral = await tracking.draft(session, sender, client, need, match.offer.service_id, now)
    except Conflict:
        # A double click may have been let in between our look and the draft.
        if already := await sent_with(session, sender, need.id, agreed.key):
            return already
        raise
    referral.urgency = agreed.urgency
    if agreed.method == "link":
        asked = _request(referral, client, sender, agreed, now)
        await tracking.request_consent(session, referral, sender, asked, snapshot, now, key=agreed.key)
        return referral
    proof = await evidence()
    given = await consent.grant(
        session, client, recipients=[match.offer.service_id], scope=agreed.scope, method=agreed.method, text=text,
        language=client.language, direction=agreed.direction, recorded_by=sender.id, now=now, grantor=agreed.grantor,
        authority=agreed.authority or None, expires_at=agreed.until(now), sensitivity=agreed.sensitivity,
        evidence=proof, ends_with=agreed.ends_with, form_id=form_id,
    )  # fmt: skip
    await tracking.send(session, referral, sender, given, snapshot, now, key=agreed.key, words=agreed.message)
    return referral


async def sent_with(session: AsyncSession, sender: Actor, need_id: UUID, key: str) -> Referral | None:
    """What this very form has sent already."""
    return await session.scalar(
        visible_to(sender, Role.CASE_MANAGER)
        .join(ReferralEvent, ReferralEvent.referral_id == Referral.id)
        .where(
            Referral.need_id == need_id,
            ReferralEvent.kind.in_(("send", "request_consent")),
            ReferralEvent.idempotency_key == key,
        )
    )


def _request(referral: Referral, client: Client, sender: Actor, agreed: SendForm, now: datetime) -> ConsentRequest:
    return ConsentRequest(
        client_id=client.id, referral_id=referral.id, asked_by=sender.id, language=client.language,
        before=agreed.before, after=agreed.after, sensitivity=agreed.sensitivity, direction=agreed.direction,
        months=agreed.months, ends_with=agreed.ends_with, words=agreed.message, asked_at=now, expires_at=now + ASKED_FOR,
    )  # fmt: skip
