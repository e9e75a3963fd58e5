"""Looking at questions: what was asked of these services, and which answers somebody has not read yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingQuestion, Organization, QuestionAsker, Service
from referrals.directory.queries.called import Called, names

LOOKED_BACK: Final = timedelta(days=90)
"""How long an answer that the listing has no place for is still told."""
Key = tuple[UUID, str, str]
"""Service, code, subject."""


@dataclass(frozen=True, slots=True)
class News:
    """An answer that somebody waited for."""

    question: ListingQuestion
    service: Called
    organization: Called


async def asked_of(
    session: AsyncSession, service_ids: Collection[UUID], now: datetime
) -> Mapping[Key, ListingQuestion]:
    """The newest of each question, in one statement."""
    if not service_ids:
        return {}
    rows = await session.scalars(
        select(ListingQuestion)
        .where(ListingQuestion.service_id.in_(set(service_ids)), ListingQuestion.asked_at > now - LOOKED_BACK)
        .order_by(ListingQuestion.asked_at)
    )
    return {(one.service_id, one.code, one.subject): one for one in rows}


async def news_for(session: AsyncSession, user_id: UUID, most: int = 10) -> list[News]:
    """Answers that this person has not put aside yet, the newest first."""
    rows = await session.execute(
        select(ListingQuestion, Service, Organization)
        .join(QuestionAsker, QuestionAsker.question_id == ListingQuestion.id)
        .join(Service, Service.id == ListingQuestion.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(
            QuestionAsker.user_id == user_id, QuestionAsker.seen_at.is_(None), ListingQuestion.answered_at.is_not(None)
        )
        .order_by(ListingQuestion.answered_at.desc())
        .limit(most)
    )
    found = rows.all()
    if not found:
        return []
    called = await names(session)
    return [
        News(question, called.service(service), called.organization(organization))
        for question, service, organization in found
    ]


async def put_aside(session: AsyncSession, user_id: UUID, now: datetime) -> None:
    """They have read all of it."""
    answered = select(ListingQuestion.id).where(ListingQuestion.answered_at.is_not(None))
    await session.execute(
        update(QuestionAsker)
        .where(
            QuestionAsker.user_id == user_id, QuestionAsker.seen_at.is_(None), QuestionAsker.question_id.in_(answered)
        )
        .values(seen_at=now),
        execution_options={"synchronize_session": False},
    )
