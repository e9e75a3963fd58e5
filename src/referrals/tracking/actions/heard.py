"""Figures about what people say, for the service they speak of; see `outcomes.heard` for what may be told."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import MergedInto
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import ClientVoice, Heard, Referral
from referrals.tracking.outcomes.heard import Answer, news


async def tell(session: AsyncSession, now: datetime) -> int:
    """How many services were told something new. What merged counts for what stands."""
    told = {row.service_id: row.as_of for row in await session.scalars(select(Heard))}
    fresh = 0
    for service_id, answers in await _answers(session):
        figures = news(list(answers), told.get(service_id))
        if figures is None:
            continue
        row = {"service_id": service_id, "as_of": now, "answers": figures.answers, "figures": asdict(figures)}
        written = insert(Heard).values(row)
        await session.execute(written.on_conflict_do_update(index_elements=["service_id"], set_=row))
        fresh += 1
    return fresh


async def _answers(session: AsyncSession) -> Iterable[tuple[UUID, Iterable[Answer]]]:
    """Each person's last word on each referral, by service."""
    service = func.coalesce(MergedInto.kept_id, Referral.service_id)
    rows = (await session.execute(
        select(service.label("service"), ClientVoice)
        .ext(distinct_on(ClientVoice.referral_id))
        .join(Referral, Referral.id == ClientVoice.referral_id)
        .outerjoin(MergedInto, MergedInto.old_id == Referral.service_id)
        .where(Referral.status != Status.ENTERED_IN_ERROR)
        .order_by(ClientVoice.referral_id, ClientVoice.at.desc())
    )).all()  # fmt: skip
    ordered = sorted(rows, key=lambda row: str(row.service))
    return [
        (id, [Answer(row.ClientVoice.received, row.ClientVoice.resolved, row.ClientVoice.respect, row.ClientVoice.at) for row in group])
        for id, group in groupby(ordered, key=lambda row: row.service)
    ]  # fmt: skip
