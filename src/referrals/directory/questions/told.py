"""Answers as a page tells them to whoever asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingQuestion
from referrals.directory.questions.kinds import label, sentence
from referrals.directory.questions.queries import News, news_for
from referrals.kit.html import Addresses
from referrals.kit.i18n import current_language
from referrals.taxonomy.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Told:
    service: str
    href: str
    asked: str
    answer: str
    at: datetime | None


async def answers_for(session: AsyncSession, user_id: UUID, words: Vocabulary, url: Addresses) -> list[Told]:
    return list(told(await news_for(session, user_id), words, url))


def told(news: Iterable[News], words: Vocabulary, url: Addresses) -> Iterable[Told]:
    spoken = current_language()
    for one in news:
        asked = one.question
        yield Told(
            one.service.text("name", spoken), url("service", service_id=asked.service_id),
            sentence(asked.code, asked.subject, words), said(asked), asked.answered_at,
        )  # fmt: skip


def said(question: ListingQuestion) -> str:
    """Their answer with what they wrote beside it."""
    answer = label(question.code, question.answer or "")
    return f"{answer} · {question.detail}" if question.detail else answer
