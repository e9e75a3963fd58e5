"""Asking somebody to agree by a link of their own, what their yes and their no do, and taking an agreement back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.clients import consent as agreement
from referrals.clients import contact
from referrals.clients.consent import Effect
from referrals.clients.models import Consent, ConsentRequest
from referrals.kit.crypto import sign, verify
from referrals.kit.errors import Conflict, NotFound, Refused
from referrals.kit.jobs import enqueue
from referrals.tracking import disclosing
from referrals.tracking.actions.act import act
from referrals.tracking.actions.record import Recorded
from referrals.tracking.actions.send import goes_out
from referrals.tracking.actions.verdict import withdraw
from referrals.tracking.lifecycle import OPEN, Status
from referrals.tracking.models import Referral
from referrals.tracking.said import Fact, Party, Said, Snapshot, case_manager

PURPOSE = "consent"
_ASKING = ("recipient", "disclosure_set", "channel=safe_contact")
_YES = ("consent_record", "hard_constraints_ok_or_override_reason")


async def request_consent(
    session: AsyncSession, referral: Referral, sender: Actor, asked: ConsentRequest, snapshot: Snapshot, now: datetime,
    *, key: str | None = None,
) -> Recorded:  # fmt: skip
    """Their link goes out by a way that is safe. Raises Refused("no_safe_way") where there is none."""
    if not await contact.reachable(session, referral.client_id):
        raise Refused("no_safe_way")
    if snapshot.failed and snapshot.override_reason is None:
        raise Refused("constraints", failed=list(snapshot.failed))
    referral.snapshot = snapshot.as_json()
    recorded = await act(
        session, referral, "request_consent", case_manager(sender), Said(key=key), now, looked_at=_ASKING
    )
    if not recorded.again:
        session.add(asked)
        await session.flush()
        await enqueue(session, "tracking.ask_consent", request_id=str(asked.id))
    return recorded


def token(secret: str, asked: ConsentRequest) -> str:
    return sign(secret, PURPOSE, asked.id, asked.expires_at)


async def asked_by(session: AsyncSession, secret: str, signed: str) -> tuple[ConsentRequest, Referral]:
    """What this link asks, and the referral that waits for it. Raises NotFound for what we did not sign."""
    proven = verify(secret, PURPOSE, signed)
    row = await session.get(ConsentRequest, proven[0], with_for_update={"key_share": True}) if proven else None
    referral = await session.get(Referral, row.referral_id) if row else None
    if row is None or referral is None:
        raise NotFound("link")
    return row, referral


async def last_asked(session: AsyncSession, referral: Referral) -> ConsentRequest | None:
    """What was asked for this referral; held still until this transaction ends."""
    return await session.scalar(
        select(ConsentRequest).where(ConsentRequest.referral_id == referral.id)
        .order_by(ConsentRequest.asked_at.desc()).limit(1).with_for_update(key_share=True)
    )  # fmt: skip


def still_asked(asked: ConsentRequest, referral: Referral, now: datetime) -> bool:
    return asked.answered_at is None and referral.status == Status.AWAITING_CONSENT and now < asked.expires_at


async def say_no(session: AsyncSession, asked: ConsentRequest, referral: Referral, by: Party, now: datetime) -> None:
    """They do not agree; nobody was told anything. Raises Conflict("no_longer_asked")."""
    _must_wait(asked, referral, now)
    asked.answered_at = now
    await act(session, referral, "consent_refused", by, Said(reason="consent_refused"), now)


async def say_yes(
    session: AsyncSession, asked: ConsentRequest, referral: Referral, given: Consent, snapshot: Snapshot | None,
    by: Party, now: datetime,
) -> Recorded | None:  # fmt: skip
    """Their agreement stands. With `snapshot`, how it fits today, it goes out at once; without, their case manager
    looks first, for it fits no longer. Raises Conflict("no_longer_asked").
    """
    _must_wait(asked, referral, now)
    asked.answered_at, asked.consent_id, referral.consent_id = now, given.id, given.id
    if snapshot is None:
        await enqueue(session, "tracking.tell_sender", referral_id=str(referral.id))
        return None
    return await send_agreed(session, referral, given, snapshot, by, now, words=asked.words)


async def send_agreed(
    session: AsyncSession, referral: Referral, given: Consent, snapshot: Snapshot, by: Party, now: datetime,
    *, words: str = "", key: str | None = None,
) -> Recorded:  # fmt: skip
    """Out with it: they have agreed, and it fits or somebody said why it goes all the same."""
    await disclosing.covered(session, referral, {"need"}, now)
    if snapshot.failed and snapshot.override_reason is None:
        raise Refused("constraints", failed=list(snapshot.failed))
    referral.snapshot = snapshot.as_json()
    facts: dict[str, Fact] = {"override_reason": snapshot.override_reason} if snapshot.override_reason else {}
    recorded = await act(
        session, referral, "consent_granted", by, Said(facts=facts, words=words, key=key), now, looked_at=_YES
    )
    if not recorded.again:
        await goes_out(session, referral, given, now)
    return recorded


async def revoke_consent(session: AsyncSession, consent: Consent, by: Party, now: datetime) -> None:
    """The person no longer agrees: nothing more is shown, and everything that was sent under it is taken back.

    Before a yes it is cancelled; after it the receiver is asked to end it, and sees nothing from this moment on. A
    second time changes nothing.
    """
    await session.refresh(consent, with_for_update={"key_share": True})
    if consent.revoked_at is not None:
        return
    under = list(await session.scalars(select(Referral).where(Referral.consent_id == consent.id)))
    await agreement.revoke(session, consent, by=by.id, now=now, role=by.part, effect=_effect(under))
    for referral in under:
        if referral.status in OPEN - {Status.COMPLETED, Status.CANCEL_REQUESTED}:
            await withdraw(session, referral, by, "consent_revoked", now)


async def revoke_form(session: AsyncSession, consents: list[Consent], by: Party, now: datetime) -> None:
    """All that was signed at once."""
    for consent in consents:
        await revoke_consent(session, consent, by, now)


def _effect(referrals: list[Referral]) -> Effect:
    statuses = {referral.status for referral in referrals}
    waiting = {Status.DRAFT, Status.AWAITING_CONSENT, Status.SENT, Status.INFO_REQUESTED}
    if statuses & (OPEN - waiting - {Status.COMPLETED}):
        return "cancel_requested"
    if Status.COMPLETED in statuses:
        return "access_cut"
    return "cancelled" if statuses & waiting else "nothing"


def _must_wait(asked: ConsentRequest, referral: Referral, now: datetime) -> None:
    if not still_asked(asked, referral, now):
        raise Conflict("no_longer_asked")
