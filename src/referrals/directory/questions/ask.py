"""Asking: once for each service and question within a month, whoever asks; everybody who asked hears the answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing, ListingQuestion, Organization, QuestionAsker, Service
from referrals.directory.questions import room
from referrals.directory.questions.kinds import KINDS
from referrals.directory.questions.links import LASTS
from referrals.directory.upkeep.addresses import on_record
from referrals.directory.upkeep.links import spoken
from referrals.directory.upkeep.queries import known_addresses
from referrals.kit.errors import NotFound
from referrals.kit.jobs import enqueue

ONCE_IN: Final = timedelta(days=30)
ROOM_ONCE_IN: Final = timedelta(days=7)
"""Whether there is room changes sooner than anything else."""
MOST_A_WEEK: Final = 3
"""Questions to one service: a mailbox is not an interview."""
MOST_ROOM_A_WEEK: Final = 3
"""Questions for room to one address, for however many services it answers."""
SEND: Final = "directory.send_question"


class State(StrEnum):
    SENT = "sent"
    WAITING = "waiting"
    """Somebody asked the same lately; the answer comes to both."""
    ANSWERED = "answered"
    NO_ADDRESS = "no_address"
    STOPPED = "stopped"
    """They want no mails, or none arrives there."""
    ENOUGH = "enough"
    """They were asked other things this week already."""


@dataclass(frozen=True, slots=True)
class Asked:
    state: State
    question: ListingQuestion | None = None


async def ask(session: AsyncSession, service_id: UUID, code: str, subject: str, by: UUID, now: datetime) -> Asked:
    """Have the question mailed to whoever answers for this listing. Raises NotFound for an unknown question or service."""
    if code not in KINDS:
        raise NotFound("question")
    service, organization = await _of(session, service_id)
    if already := await _lately(session, service_id, code, subject, now):
        await _wants_to_hear(session, already, by, now)
        return Asked(State.ANSWERED if already.answered_at else State.WAITING, already)
    address = await on_record(session, organization, service_id)
    if address is None:
        return Asked(State.NO_ADDRESS)
    known = (await known_addresses(session, [address])).get(address)
    if known is not None and (known.stopped_at or known.dead_at):
        return Asked(State.STOPPED)
    if await _this_week(session, service_id, now) >= MOST_A_WEEK:
        return Asked(State.ENOUGH)
    if code == room.CODE and await _for_room(session, address, now) >= MOST_ROOM_A_WEEK:
        return Asked(State.ENOUGH)
    question = ListingQuestion(
        service_id=service.id, code=code, subject=subject, address=address, language=spoken(organization), asked_at=now,
        expires_at=now + LASTS,
    )  # fmt: skip
    session.add(question)
    await session.flush()
    await _wants_to_hear(session, question, by, now)
    await enqueue(session, SEND, question_id=str(question.id))
    return Asked(State.SENT, question)


async def _of(session: AsyncSession, service_id: UUID) -> tuple[Service, Organization]:
    """Held until the transaction ends: two who ask at once ask once."""
    row = await session.execute(
        select(Service, Organization)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Listing, Listing.service_id == Service.id)
        .where(Service.id == service_id, Service.gone_at.is_(None), Listing.published)
        .with_for_update(of=Service, key_share=True)
    )
    found = row.one_or_none()
    if found is None:
        raise NotFound("service")
    return found.Service, found.Organization


async def _lately(
    session: AsyncSession, service_id: UUID, code: str, subject: str, now: datetime
) -> ListingQuestion | None:
    return await session.scalar(
        select(ListingQuestion)
        .where(
            ListingQuestion.service_id == service_id, ListingQuestion.code == code, ListingQuestion.subject == subject,
            ListingQuestion.asked_at > now - (ROOM_ONCE_IN if code == room.CODE else ONCE_IN),
        )
        .order_by(ListingQuestion.asked_at.desc())
        .limit(1)
    )  # fmt: skip


async def _this_week(session: AsyncSession, service_id: UUID, now: datetime) -> int:
    count = select(func.count()).select_from(ListingQuestion).where(ListingQuestion.service_id == service_id)
    return await session.scalar(count.where(ListingQuestion.asked_at > now - timedelta(days=7))) or 0


async def _for_room(session: AsyncSession, address: str, now: datetime) -> int:
    count = select(func.count()).select_from(ListingQuestion).where(
        ListingQuestion.address == address, ListingQuestion.code == room.CODE
    )  # fmt: skip
    return await session.scalar(count.where(ListingQuestion.asked_at > now - timedelta(days=7))) or 0


async def _wants_to_hear(session: AsyncSession, question: ListingQuestion, by: UUID, now: datetime) -> None:
    row = insert(QuestionAsker).values(question_id=question.id, user_id=by, at=now)
    await session.execute(row.on_conflict_do_nothing())
