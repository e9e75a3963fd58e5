"""Answers as a page tells them to whoever asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingQuestion
from referrals.directory.questions.kinds import KINDS, Detail, label, sentence
from referrals.directory.questions.queries import News, news_for
from referrals.kit.html import Addresses
from referrals.kit.i18n import current_language, ngettext
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
    answer, more = label(question.code, question.answer or ""), beside(question)
    return f"{answer} · {more}" if more else answer


def beside(question: ListingQuestion) -> str:
    """What they said beside their answer: words, a number of days, an amount."""
    known = KINDS[question.code].answers.get(question.answer or "")
    if question.detail and known and known.detail is Detail.DAYS:
        days = int(float(question.detail))
        return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}
    return question.detail or ""
