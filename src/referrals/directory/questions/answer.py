"""Answering: what the listing can hold stands at once where whoever answers is trusted; the rest waits for a curator."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.models import Role, User
from referrals.directory import changes
from referrals.directory.actions import capacity
from referrals.directory.actions.history import BY_LINK, Editor
from referrals.directory.models import Listing, ListingPlace, ListingQuestion, QuestionAsker, ReaderReport, Service
from referrals.directory.questions import room
from referrals.directory.questions.kinds import label, sentence
from referrals.directory.questions.links import Opened
from referrals.directory.questions.mending import field_of, mended
from referrals.directory.upkeep.addresses import folded
from referrals.kit.i18n import current_language
from referrals.places.money import currency_of
from referrals.taxonomy.queries import vocabulary

LINK: Final = Editor(None, BY_LINK)
WRONG: Final = frozenset({("includes", "no")})
"""Answers that say that a listing promises too much: what to do about it, a curator decides."""


@dataclass(frozen=True, slots=True)
class Said:
    answer: str
    words: str = ""
    number: float | None = None
    """Days of a wait, or an amount."""


async def answer(session: AsyncSession, found: Opened, said: Said, now: datetime) -> ListingQuestion:
    """Keep it, and mend the listing as far as it can hold it. Answering anew replaces what was said before."""
    question = await session.get_one(ListingQuestion, found.question.id, with_for_update=True, populate_existing=True)
    writer = await _writer(session, found)
    question.answer, question.detail, question.answered_at = said.answer, _detail(said), now
    question.by = Role.PROVIDER_EDITOR.value if writer else BY_LINK
    question.by_id = writer.id if writer else None
    question.outcome = await _mend(session, found, question, said, writer, now)
    await _let_them_know(session, question)
    return question


async def _mend(
    session: AsyncSession, found: Opened, question: ListingQuestion, said: Said, writer: Actor | None, now: datetime
) -> str:
    if question.code in ("places", room.CODE):
        return await _room(session, found.service, said, now)
    if said.words or (question.code, said.answer) in WRONG:
        question.report_id = await _to_a_curator(session, question, said, now)
        return "waiting"
    name = field_of(question.code, said.answer)
    return await _field(session, found, question, said, writer, now, name) if name else "noted"


async def _room(session: AsyncSession, service: Service, said: Said, now: datetime) -> str:
    wait = int(said.number) if said.number is not None else None
    free = 0 if said.answer == "no-capacity" else None
    await capacity.say_capacity(session, service, capacity.Answer(said.answer, free, None, wait), LINK, now)
    return "live"


async def _field(
    session: AsyncSession, found: Opened, question: ListingQuestion, said: Said, writer: Actor | None, now: datetime,
    name: str,
) -> str:  # fmt: skip
    record = await changes.record_of(session, "service", found.service.id)
    before = await changes.present(session, record, [name])
    money = await _currency(session, found.service.id)
    wanted = mended(question.code, question.subject, said.answer, said.number, money, before[name])
    if writer is None:
        await changes.change(session, record, wanted, LINK, now)
        return "live"
    done = await changes.submit(session, record, wanted, writer, now)
    return "waiting" if isinstance(done, changes.Waiting) else "live"


async def _writer(session: AsyncSession, found: Opened) -> Actor | None:
    """Whose account reads this address; nobody's where the listing or its organization shows it: that mailbox answers for
    them, as it does for their places."""
    listed = {folded(one) for one in (found.service.email, found.organization.email) if one}
    if found.question.address in listed:
        return None
    id = await session.scalar(select(User.id).where(func.lower(User.email) == found.question.address))
    return await accounts.actor(session, id) if id else None


async def _to_a_curator(session: AsyncSession, question: ListingQuestion, said: Said, now: datetime) -> UUID:
    """As a report with the question in it; asked and answered in the provider's own language."""
    words = await vocabulary(session)
    asked = sentence(question.code, question.subject, words)
    answered = ": ".join(filter(None, [label(question.code, said.answer), said.words]))
    told = f"{asked}\n{answered}"
    report = ReaderReport(
        id=uuid4(), service_id=question.service_id, what="other", words=told, email=question.address,
        language=current_language(), at=now,
    )  # fmt: skip
    session.add(report)
    await session.flush()
    return report.id


async def _currency(session: AsyncSession, service_id: UUID) -> str:
    """What the listing reckons in, else what is paid with where it is given."""
    said = await session.scalar(select(Listing.currency).where(Listing.service_id == service_id))
    country = await session.scalar(select(ListingPlace.country).where(ListingPlace.service_id == service_id).limit(1))
    return said or currency_of(country)


async def _let_them_know(session: AsyncSession, question: ListingQuestion) -> None:
    """A new answer is news again."""
    asked = update(QuestionAsker).where(QuestionAsker.question_id == question.id).values(seen_at=None)
    await session.execute(asked, execution_options={"synchronize_session": False})


def _detail(said: Said) -> str | None:
    if said.words:
        return said.words
    return None if said.number is None else f"{said.number:g}"
