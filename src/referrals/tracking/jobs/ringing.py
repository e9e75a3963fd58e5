"""`tracking.ring`: what is due rings, each once, in batches that several workers may share.

A batch is one transaction: whatever is cut off has not rung, and rings with the next one. One referral that cannot be
moved is left for later and spoils nothing for the others.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import psycopg
from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.models import Role
from referrals.clients.models import Need
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses
from referrals.kit.jobs import Job, enqueue
from referrals.kit.logs import logger
from referrals.kit.settings import Settings
from referrals.tracking import dispositions
from referrals.tracking.actions import act, timers
from referrals.tracking.lifecycle import OPEN, Status
from referrals.tracking.models import Referral, ReferralEvent, ReferralLink, ReferralTimer
from referrals.tracking.said import SYSTEM, Said
from referrals.tracking.timers import PROMISED, RULES, Rings, rings

RING: Final = "tracking.ring"
BATCH: Final = 200
LATER: Final = timedelta(hours=1)
"""When a timer whose event could not happen is tried again."""
ANSWERS: Final[Mapping[tuple[str, str], tuple[str, Said]]] = {
    (Status.AWAITING_CONSENT, "consent_timeout"): ("consent_timeout", Said(reason="consent_not_given")),
    (Status.SENT, "expire"): ("expire", Said(reason="no_response")),
    (Status.INFO_REQUESTED, "expire"): ("expire", Said(reason="info_not_provided")),
    (Status.CANCEL_REQUESTED, "confirm_cancel"): ("confirm_cancel", Said()),
    (Status.COMPLETED, "auto_close"): ("auto_close", Said(facts={"verification": "unverified"})),
}
"""What silence means, where time answers."""
LETTERS: Final[Mapping[str, str]] = {
    "remind": "referral_reminder", "remind_again": "referral_reminder", "ask_attendance": "referral_attendance",
}  # fmt: skip


async def ring(session: AsyncSession, *, now: datetime) -> None:
    """One batch of what is due; a full one asks for another."""
    if await ring_due(session, now, BATCH) == BATCH:
        await enqueue(session, RING, once=RING)


async def ring_due(session: AsyncSession, now: datetime, most: int) -> int:
    """Ring at most so many; how many it were. Rows that somebody else holds at this moment are theirs."""
    rows = (await session.execute(
        select(ReferralTimer, Referral)
        .join(Referral, Referral.id == ReferralTimer.referral_id)
        .join(Need, Need.id == Referral.need_id)
        .where(ReferralTimer.fired_at.is_(None), ReferralTimer.due_at <= now)
        .order_by(ReferralTimer.due_at, ReferralTimer.referral_id).limit(most)
        .with_for_update(of=[ReferralTimer, Referral, Need], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )).all()  # fmt: skip
    for timer, _ in rows:
        timer.fired_at = now
    await session.flush()
    links = await _links(session, [referral.id for _, referral in rows])
    ordered = sorted(rows, key=lambda row: (row[1].id, row[0].due_at))
    for _, group in groupby(ordered, key=lambda row: row[1].id):
        own = list(group)
        current = [timer for timer, referral in own if timer.position == referral.position]
        await _ring_one(session, own[0][1], current, links, now)
    return len(rows)


async def _ring_one(
    session: AsyncSession, referral: Referral, due: Sequence[ReferralTimer], links: Mapping[UUID, UUID], now: datetime
) -> None:
    """Of reminders that are due together only the last is sent, and none beside an answer that time gives itself."""
    by = {timer.kind: rings(referral.status, timer.kind) for timer in due}
    for timer in due:
        if by[timer.kind] is Rings.CASE_MANAGER:
            await timers.again(session, referral, timer.kind, timer.round, now)
        elif by[timer.kind] is Rings.SUPERVISOR:
            await enqueue(session, "tracking.tell_supervisor", referral_id=str(referral.id), position=timer.position)
    answers = [timer for timer in due if by[timer.kind] is Rings.SYSTEM]
    reminders = [timer for timer in due if by[timer.kind] is Rings.RECEIVER]
    if reminders and not answers and referral.id in links:
        template = LETTERS[reminders[-1].kind]
        await enqueue(session, "tracking.tell_receiver", link_id=str(links[referral.id]), template=template)
    if answers:
        await _answer(session, referral, answers[-1], now)


async def _answer(session: AsyncSession, referral: Referral, timer: ReferralTimer, now: datetime) -> None:
    """Time answers. What stands in the way is told in the log, and it is tried again later."""
    event, said = ANSWERS[referral.status, timer.kind]
    id, kind = str(referral.id), timer.kind
    try:
        async with session.begin_nested():
            await act(session, referral, event, SYSTEM, said, now)
    except (InterfaceError, OperationalError, psycopg.InterfaceError, psycopg.OperationalError):
        raise  # the database itself: nothing of this batch has rung
    except Exception as error:
        why = getattr(error, "code", type(error).__name__)
        logger().error("timer could not ring", referral=id, kind=kind, why=why)
        await session.refresh(referral)
        await session.refresh(timer)
        timer.fired_at, timer.due_at = None, now + LATER
        await session.flush()


async def _links(session: AsyncSession, referral_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Referral -> the newest link of its receiver, where it has one."""
    rows = await session.execute(
        select(ReferralLink.referral_id, ReferralLink.id)
        .where(ReferralLink.referral_id.in_(set(referral_ids)), ReferralLink.purpose == "receiver", ReferralLink.replaced_at.is_(None))
        .order_by(ReferralLink.created_at)
    )  # fmt: skip
    return dict(rows.all())


async def tell_supervisor(
    session: AsyncSession, *, referral_id: str, position: int, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """Something has stood still for too long, unless it has moved since. Whose it is stands on the team's page, so a mail that
    says so and has not left yet says it for all.
    """
    referral = await session.get_one(Referral, UUID(referral_id))
    if referral.position != position or not await _stands_still(session, referral):
        return
    waiting = select(mail.Message.to_address).where(
        mail.Message.purpose == "stands_still", mail.Message.sent_at.is_(None)
    )
    told = set(await session.scalars(waiting.where(mail.Message.refused_at.is_(None))))
    for supervisor in await accounts.colleagues(session, [referral.sender_organization_id], Role.SUPERVISOR):
        if supervisor.email in told:
            continue
        address = settings.base_url + addresses(jinja)("team", lang=supervisor.language)
        await mail.post(
            session, jinja, to=supervisor.email, language=supervisor.language, template="stands_still",
            product=settings.product, name=supervisor.name, address=address,
        )  # fmt: skip


async def set_missing(session: AsyncSession, *, now: datetime) -> None:
    """Referrals of a time before timers, or of whoever wrote rows by hand: each waiting one gets those of its state."""
    waiting = Referral.status.in_(OPEN & RULES.keys()) | dispositions.undecided(dispositions.FAILED)
    has_some = select(ReferralTimer.referral_id).where(
        ReferralTimer.referral_id == Referral.id, ReferralTimer.position == Referral.position
    )
    began = (
        select(func.max(ReferralEvent.at)).where(ReferralEvent.referral_id == Referral.id).correlate(Referral).scalar_subquery()
    )  # fmt: skip
    rows = (await session.execute(
        select(Referral, began).where(waiting, ~has_some.exists()).limit(MISSING)
        .with_for_update(of=Referral, key_share=True, skip_locked=True)
    )).all()  # fmt: skip
    for referral, since in rows:
        promised = referral.due_at.date() if referral.due_at and _promises(referral.status) else None
        set_ = timers.enter(referral, "", since or referral.created_at, promised)
        await session.flush()
        await timers.replace(session, referral, set_, now)
    if len(rows) == MISSING:
        await enqueue(session, "tracking.set_missing_timers", once="tracking.set_missing_timers")


MISSING: Final = 500
"""Referrals in one transaction."""


def _promises(status: str) -> bool:
    return any(rule.kind in PROMISED for rule in RULES[status])


async def _stands_still(session: AsyncSession, referral: Referral) -> bool:
    if referral.status in OPEN:
        return True
    found = select(Referral.id).where(Referral.id == referral.id, dispositions.undecided())
    return await session.scalar(found) is not None


JOBS: dict[str, Job] = {
    RING: ring,
    "tracking.tell_supervisor": tell_supervisor,
    "tracking.set_missing_timers": set_missing,
}
PERIODIC: dict[str, str] = {RING: "*/5 * * * *", "tracking.set_missing_timers": "25 * * * *"}
