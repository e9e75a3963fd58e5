"""The one door to what is known of services from what happened: figures about services, never about a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.tracking.evidence import ENOUGH, NO_EVIDENCE, Evidence, Learnt, Prior, Tally, evidence_from
from referrals.tracking.learning import cases_of
from referrals.tracking.lifecycle import OPEN, UNSENT
from referrals.tracking.models import Learned, Referral

LATELY: Final = timedelta(days=60)
"""How long a referral that is still open counts as load: what is older has mostly been forgotten, not kept busy."""

_FIGURES: Final = (
    Learned.measure, Learned.service_id, Learned.count, Learned.weight, Learned.total, Learned.prior, Learned.kappa,
    Learned.mean, Learned.spread,
)  # fmt: skip


async def evidence_for(session: AsyncSession, need: str, service_ids: Collection[UUID]) -> Evidence:
    """What is usual for this need, and what is known of these services. One statement, however many they are."""
    about = or_(Learned.service_id.is_(None), Learned.service_id == _any_of(service_ids))
    rows = await session.execute(select(*_FIGURES).where(Learned.need == need, about))
    figures: dict[str, list[Learnt]] = {}
    for measure, id, count, weight, total, prior, kappa, mean, spread in rows:
        one = Learnt(need, id, Tally(count, weight, total), Prior(prior, kappa), mean, spread)
        figures.setdefault(measure, []).append(one)
    return evidence_from(figures).get(need, NO_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Behind:
    """One case behind a figure, as numbers: how far the need was met, how sure that is, how old, what it weighs today."""

    value: float
    sure: float
    months: int
    weight: float


@dataclass(frozen=True, slots=True)
class Figure:
    """mean = (kappa·prior + Σ weight·value) / (kappa + Σ weight), as it was reckoned last night."""

    mean: float
    prior: float
    kappa: float
    count: int
    weight: float


async def figure(session: AsyncSession, need: str, service_id: UUID) -> Figure | None:
    """How far this service meets this need; None where too little is known to be shown."""
    row = (await session.execute(
        select(Learned.mean, Learned.prior, Learned.kappa, Learned.count, Learned.weight)
        .where(
            Learned.need == need, Learned.service_id == service_id, Learned.measure == "quality", Learned.count >= ENOUGH
        )
    )).first()  # fmt: skip
    return Figure(*row) if row else None


async def cases_behind(session: AsyncSession, need: str, service_id: UUID, now: datetime) -> list[Behind]:
    """What a service's figure for a need is made of; nothing where it is made of fewer than five, for then it is not shown.

    In the order of their values, and their age in whole quarters of a year: no row leads to a person.
    """
    cases = cases_of(now).subquery()
    rows = (await session.execute(
        select(cases.c.value, cases.c.sure, cases.c.at, cases.c.weight)
        .where(cases.c.measure == "quality", cases.c.need == need, cases.c.service_id == service_id)
    )).all()  # fmt: skip
    if len(rows) < ENOUGH:
        return []
    found = [Behind(row.value, row.sure, (now - row.at).days // 91 * 3, round(row.weight, 2)) for row in rows]
    return sorted(found, key=lambda one: (-one.value, -one.sure, one.months))


async def loads(session: AsyncSession, service_ids: Collection[UUID], today: date) -> dict[UUID, int]:
    """How many open referrals each of these services was sent from here lately; none: not in it. One statement."""
    rows = await session.execute(
        select(Referral.service_id, func.count())
        .where(
            Referral.service_id == _any_of(service_ids),
            Referral.status.in_(OPEN - UNSENT),
            Referral.sent_at >= today - LATELY,
        )
        .group_by(Referral.service_id)
    )
    counted: dict[UUID, int] = dict(rows.all())
    return counted


def _any_of(ids: Collection[UUID]) -> ColumnElement[UUID]:
    """As one value: hundreds of single ones would be written out anew each time."""
    return func.any(literal(list(ids), ARRAY(Uuid)))
