"""What came of it: the client's own words in two taps, the case manager's verdict, and withdrawing."""

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import consent as agreement
from referrals.clients.actions import CLOSED as CLOSED_NEEDS
from referrals.clients.actions import set_need_status
from referrals.clients.models import Consent, Need
from referrals.kit.errors import Conflict, Refused
from referrals.kit.jobs import enqueue
from referrals.tracking import dispositions
from referrals.tracking.actions.act import act
from referrals.tracking.actions.record import Recorded
from referrals.tracking.lifecycle import OPEN, Status, may
from referrals.tracking.models import ClientVoice, Referral, Verdict
from referrals.tracking.said import Party, Said

Received = Literal["yes", "partly", "no", "not_yet"]
Resolved = Literal["yes", "partly", "no", "unknown"]
Judgement = Literal["met", "partly", "unmet", "withdrawn", "met_elsewhere"]
Evidence = Literal["client", "provider", "document", "observation", "none"]

NEED_STATUS: dict[Judgement, str] = {
    "met": "met", "partly": "partly_met", "unmet": "unmet", "withdrawn": "withdrawn", "met_elsewhere": "met_elsewhere",
}  # fmt: skip
CONTACT_ATTEMPTS = 2
"""How often the client must have been asked in vain before a need may be closed without their voice."""


async def hear(
    session: AsyncSession,
    referral: Referral,
    received: Received,
    resolved: Resolved,
    now: datetime,
    *,
    told_to: Party | None = None,
) -> ClientVoice:
    """Keep what the client said. Said twice, the second is kept beside the first: the newest counts."""
    voice = ClientVoice(
        referral_id=referral.id, need_id=referral.need_id, received=received, resolved=resolved,
        told_to=told_to.id if told_to else None, at=now,
    )  # fmt: skip
    session.add(voice)
    await session.flush()
    if told_to is None:
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))
    return voice


async def close_need(
    session: AsyncSession, need: Need, by: Party, judgement: Judgement, verified_by: Evidence, now: datetime,
    *, unmet_reason: str | None = None, contact_attempts: int = 0, key: str | None = None,
) -> Verdict:  # fmt: skip
    """The loop is closed. A completed referral is closed with it. A second press gives the first verdict again.

    Raises Conflict("under_way") while a service is still being asked or at work, Refused("evidence") where somebody
    says `met` on nobody's word, and Refused("client_voice") where the client was neither heard nor asked twice.
    """
    await session.refresh(need, with_for_update=True)
    if need.status in CLOSED_NEEDS and (standing := await verdict_on(session, need)):
        return standing
    referrals = list(
        await session.scalars(select(Referral).where(Referral.need_id == need.id).order_by(Referral.attempt))
    )
    if any(referral.status in OPEN - {Status.COMPLETED, Status.DRAFT} for referral in referrals):
        raise Conflict("under_way")
    if judgement == "met" and verified_by == "none":
        raise Refused("evidence")
    completed = [referral for referral in referrals if referral.status == Status.COMPLETED]
    heard = await _heard(session, need)
    if completed and not heard and contact_attempts < CONTACT_ATTEMPTS:
        raise Refused("client_voice")
    for referral in completed:
        said = Said(facts={"cm_verdict": judgement, "contact_attempts": contact_attempts}, key=key)
        await act(session, referral, "close", by, said, now, looked_at=("client_voice_or_contact_attempts",))
    await dispositions.settle(session, need, judgement, by, now, reason=unmet_reason)
    verdict = Verdict(
        need_id=need.id, referral_id=completed[-1].id if completed else None, verdict=judgement, verified_by=verified_by,
        unmet_reason=unmet_reason, contact_attempts=contact_attempts, decided_by=by.id, at=now,
    )  # fmt: skip
    session.add(verdict)
    await session.flush()
    await set_need_status(session, need, NEED_STATUS[judgement], now)
    return verdict


async def withdraw(
    session: AsyncSession, referral: Referral, by: Party, reason: str, now: datetime,
    *, words: str = "", key: str | None = None,
) -> Recorded:  # fmt: skip
    """Take it back: at once while nobody has said yes, else the receiver is asked to confirm."""
    event = "cancel" if may(by.part, "cancel", referral.status) else "request_cancel"
    return await act(session, referral, event, by, Said(reason=reason, words=words, key=key), now)


async def revoke_consent(session: AsyncSession, consent: Consent, by: Party, now: datetime) -> None:
    """The person no longer agrees: nothing more is shown, and everything that was sent under it is taken back."""
    await agreement.revoke(session, consent, by=by.id, now=now)
    for referral in await session.scalars(select(Referral).where(Referral.consent_id == consent.id)):
        if referral.status in OPEN - {Status.COMPLETED, Status.CANCEL_REQUESTED}:
            await withdraw(session, referral, by, "consent_revoked", now)


async def verdict_on(session: AsyncSession, need: Need) -> Verdict | None:
    """The newest verdict; a need that opened again may have older ones."""
    return await session.scalar(select(Verdict).where(Verdict.need_id == need.id).order_by(Verdict.at.desc()).limit(1))


async def _heard(session: AsyncSession, need: Need) -> bool:
    return await session.scalar(select(ClientVoice.id).where(ClientVoice.need_id == need.id).limit(1)) is not None
