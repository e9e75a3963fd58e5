"""What came of it: the case manager's verdict, on what it rests; and withdrawing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.actions import CLOSED as CLOSED_NEEDS
from referrals.clients.actions import set_need_status
from referrals.clients.models import Need
from referrals.kit.errors import Conflict, Refused
from referrals.tracking import dispositions
from referrals.tracking.actions import asking, voices
from referrals.tracking.actions.act import act
from referrals.tracking.actions.record import Recorded
from referrals.tracking.lifecycle import OPEN, Status, may
from referrals.tracking.models import ClientVoice, Dispute, GoalScore, Referral, Verdict
from referrals.tracking.outcomes.concordance import standing
from referrals.tracking.said import Party, Said

Judgement = Literal["met", "partly", "unmet", "withdrawn", "met_elsewhere", "unknown"]
Evidence = Literal["client", "provider", "document", "observation", "none"]

NEED_STATUS: dict[Judgement, str] = {
    "met": "met", "partly": "partly_met", "unmet": "unmet", "withdrawn": "withdrawn", "met_elsewhere": "met_elsewhere",
    "unknown": "unmet",
}  # fmt: skip
"""A need of which nobody knows how it ended is never called met."""
LOST_TOUCH = "lost_touch"
NO_LEVELS: Mapping[UUID, int] = MappingProxyType({})
CONTACT_ATTEMPTS = 2
"""How often the client must have been asked in vain before a need may be closed without their voice."""


async def close_need(
    session: AsyncSession, need: Need, by: Party, judgement: Judgement, verified_by: Evidence, now: datetime,
    *, unmet_reason: str | None = None, contact_attempts: int = 0, key: str | None = None, lesson: str = "",
    next_action: str = "", levels: Mapping[UUID, int] = NO_LEVELS,
) -> Verdict:  # fmt: skip
    """The loop is closed. A completed referral is closed with it. A second press gives the first verdict again.

    `levels`: how far each goal was reached. Raises Conflict("under_way") while a service is still being asked or at work,
    Refused("evidence", why=…) where the word it stands on was not given (codes of `concordance.standing`), and
    Refused("client_voice") where the client was neither heard nor asked twice.
    """
    await session.refresh(need, with_for_update={"key_share": True})
    if need.status in CLOSED_NEEDS and (before := await verdict_on(session, need)):
        return before
    referrals = list(
        await session.scalars(select(Referral).where(Referral.need_id == need.id).order_by(Referral.attempt))
    )
    if any(referral.status in OPEN - {Status.COMPLETED, Status.DRAFT} for referral in referrals):
        raise Conflict("under_way")
    worked = await _at_work(session, need, referrals)
    await _stands(session, need, worked, judgement, verified_by)
    completed = [referral for referral in referrals if referral.status == Status.COMPLETED]
    heard = await _heard(session, need)
    if completed and not heard and contact_attempts < CONTACT_ATTEMPTS:
        raise Refused("client_voice")
    for referral in completed:
        said = Said(facts={"cm_verdict": judgement, "contact_attempts": contact_attempts}, key=key)
        await act(session, referral, "close", by, said, now, looked_at=("client_voice_or_contact_attempts",))
    reason = LOST_TOUCH if judgement == "unknown" else unmet_reason
    await dispositions.settle(session, need, NEED_STATUS[judgement], by, now, reason=reason)
    verdict = Verdict(
        need_id=need.id, referral_id=worked.id if worked else None, verdict=judgement, verified_by=verified_by,
        unmet_reason=reason, contact_attempts=contact_attempts, lesson=lesson.strip(), next_action=next_action.strip(),
        decided_by=by.id, at=now,
    )  # fmt: skip
    session.add(verdict)
    session.add_all(
        GoalScore(goal_id=goal, level=level, by_role="case_manager", by_id=by.id, at=now)
        for goal, level in levels.items()
    )
    await session.flush()
    await set_need_status(session, need, NEED_STATUS[judgement], now)
    if worked is not None and judgement in ("met", "partly"):
        await asking.plan_later(session, worked, now)
    return verdict


async def _at_work(session: AsyncSession, need: Need, referrals: Sequence[Referral]) -> Referral | None:
    """The attempt that a verdict speaks of: the last that the service says it finished, unless one has spoken of it before.

    One that the clock closed is still to be judged.
    """
    finished = [referral for referral in referrals if referral.status in (Status.COMPLETED, Status.CLOSED)]
    judged = set(await session.scalars(select(Verdict.referral_id).where(Verdict.need_id == need.id)))
    return next((referral for referral in reversed(finished) if referral.id not in judged), None)


async def _stands(
    session: AsyncSession, need: Need, worked: Referral | None, judgement: Judgement, verified_by: Evidence
) -> None:
    heard = await session.scalar(
        select(ClientVoice.resolved).where(ClientVoice.need_id == need.id).order_by(ClientVoice.at.desc()).limit(1)
    )
    told = await voices.delivery(session, worked.id) if worked else None
    open_one = await session.scalar(
        select(Dispute.id)
        .join(Referral, Referral.id == Dispute.referral_id)
        .where(Dispute.need_id == need.id, Dispute.settled_at.is_(None), Referral.status != Status.ENTERED_IN_ERROR)
        .limit(1)
    )
    against = standing(
        judgement, verified_by, resolved=heard, delivery=told.delivery if told else None, disputed=open_one is not None
    )
    if against:
        raise Refused("evidence", why=against)


async def withdraw(
    session: AsyncSession, referral: Referral, by: Party, reason: str, now: datetime,
    *, words: str = "", key: str | None = None,
) -> Recorded:  # fmt: skip
    """Take it back: at once while nobody has said yes, else the receiver is asked to confirm."""
    event = "cancel" if may(by.part, "cancel", referral.status) else "request_cancel"
    return await act(session, referral, event, by, Said(reason=reason, words=words, key=key), now)


async def verdict_on(session: AsyncSession, need: Need) -> Verdict | None:
    """The newest verdict; a need that opened again may have older ones."""
    return await session.scalar(select(Verdict).where(Verdict.need_id == need.id).order_by(Verdict.at.desc()).limit(1))


async def _heard(session: AsyncSession, need: Need) -> bool:
    return await session.scalar(select(ClientVoice.id).where(ClientVoice.need_id == need.id).limit(1)) is not None
