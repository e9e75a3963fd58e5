"""The mail that carries a question. It names the service and what is asked, and nobody for whom."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingQuestion, Organization, Service
from referrals.directory.queries.called import names
from referrals.directory.questions.ask import SEND
from referrals.directory.questions.kinds import sentence
from referrals.directory.questions.links import token
from referrals.kit import mail
from referrals.kit.html import Jinja, addresses, in_zone
from referrals.kit.i18n import speaking
from referrals.kit.jobs import Job
from referrals.kit.settings import Settings
from referrals.taxonomy.queries import vocabulary


async def send_question(
    session: AsyncSession, *, question_id: str, jinja: Jinja, settings: Settings, now: datetime
) -> None:
    """Nothing where it was answered, or has run out, before the worker came to it."""
    question = await session.get(ListingQuestion, UUID(question_id))
    if question is None or question.answered_at is not None or question.expires_at <= now:
        return
    service = await session.get_one(Service, question.service_id)
    organization = await session.get_one(Organization, service.organization_id)
    called, words = await names(session), await vocabulary(session)
    with speaking(question.language):
        asked = sentence(question.code, question.subject, words)
    page = addresses(jinja)("listing-question", lang=question.language, token=token(settings.secret, question))
    await mail.post(
        session, jinja, to=question.address, language=question.language, template="listing_question",
        product=settings.product, address=settings.base_url + page, question=asked,
        service=called.service(service).text("name", question.language),
        organization=called.organization(organization).text("name", question.language),
        until=in_zone(question.expires_at).date(),
    )  # fmt: skip


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What was asked long ago, with the address it went to; what it changed stands in the history."""
    await session.execute(delete(ListingQuestion).where(ListingQuestion.asked_at < now - KEPT))


FORGET: Final = "directory.forget_questions"
KEPT: Final = timedelta(days=400)
JOBS: Mapping[str, Job] = {SEND: send_question, FORGET: forget_old}
PERIODIC: Mapping[str, str] = {FORGET: "50 3 * * *"}
