"""All that waits for whoever reads one address, and what became of what they answered. Theirs alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Service
from referrals.directory.queries.called import Called, names
from referrals.directory.queries.redirects import stands_for
from referrals.tracking.lifecycle import OPEN, UNSENT, Status
from referrals.tracking.models import Referral, ReferralLink, Verdict

FEWEST: Final = 5
"""Outcomes are told in fives: fewer would say what became of one person, and so would one more."""
HELPED: Final = frozenset({"met", "partly"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request at this desk: of the person nothing, only what it is about and by when."""

    referral: Referral
    link: ReferralLink
    service: Called
    acts: bool
    """Something is expected of whoever reads this."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`helped` of `known`: None where too few outcomes are known."""

    answered: int
    usual: timedelta | None
    helped: int | None = None
    known: int = 0


async def desk(session: AsyncSession, address: str, now: datetime) -> list[Asked]:
    """Open requests with a living link to this address, what is expected first, then the oldest deadline."""
    rows = (
        await session.execute(
            select(Referral, ReferralLink, Service, _acts(now))
            .join(ReferralLink, ReferralLink.referral_id == Referral.id)
            .join(Service, Service.id == stands_for(Referral.service_id))
            .where(*_at(address), ReferralLink.expires_at > now, Referral.status.in_(OPEN - UNSENT))
            .order_by(_acts(now).desc(), Referral.due_at.nulls_last(), Referral.id)
        )
    ).all()
    called = await names(session)
    return [Asked(referral, link, called.service(service), acts) for referral, link, service, acts in rows]


async def counts(session: AsyncSession, now: datetime) -> dict[str, int]:
    """For each address at which something is expected, how much. One statement, for the morning's mails."""
    rows = await session.execute(
        select(ReferralLink.address, func.count())
        .join(Referral, Referral.id == ReferralLink.referral_id)
        .where(
            ReferralLink.purpose == "receiver", ReferralLink.replaced_at.is_(None), ReferralLink.expires_at > now,
            ReferralLink.address != "", _acts(now),
        )
        .group_by(ReferralLink.address)
    )  # fmt: skip
    counted: dict[str, int] = dict(rows.all())
    return counted


async def own_figures(session: AsyncSession, address: str) -> Figures:
    """How many requests this desk has answered, how quickly, and how many people were helped in the end."""
    rows = (
        await session.execute(
            select(Referral.sent_at, Referral.responded_at, Referral.status, Verdict.verdict)
            .join(ReferralLink, ReferralLink.referral_id == Referral.id)
            .outerjoin(Verdict, Verdict.referral_id == Referral.id)
            .where(*_at(address), Referral.responded_at.is_not(None), Referral.status != Status.ENTERED_IN_ERROR)
            .order_by(Verdict.at.nulls_last(), Referral.id)
        )
    ).all()
    spans = [answered - sent for sent, answered, _status, _verdict in rows if sent and answered]
    return figures(spans, [verdict for *_rest, verdict in rows if verdict is not None])


def figures(spans: Sequence[timedelta], verdicts: Sequence[str]) -> Figures:
    """Pure. `verdicts` in the order in which they came: only whole fives count, so that none can be told apart."""
    usual = timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None
    known = len(verdicts) // FEWEST * FEWEST
    helped = sum(verdict in HELPED for verdict in verdicts[:known]) if known else None
    return Figures(len(spans), usual, helped, known)


def _at(address: str) -> tuple[ColumnElement[bool], ...]:
    return (
        ReferralLink.address == address, ReferralLink.purpose == "receiver", ReferralLink.replaced_at.is_(None),
    )  # fmt: skip


def _acts(now: datetime) -> ColumnElement[bool]:
    """Whether something is expected of the receiver: an answer, the end confirmed, or a word on what is overdue."""
    waits = Referral.status.in_((Status.SENT, Status.CANCEL_REQUESTED))
    under_way = Referral.status.in_(OPEN - UNSENT - {Status.INFO_REQUESTED, Status.COMPLETED})
    return or_(waits, and_(under_way, Referral.due_at <= now))
