"""Who was told what of a person, when, and under which agreement. For whoever may open their file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import consent as agreements
from referrals.clients.models import Consent, ConsentEvidence, Disclosure, Notice
from referrals.kit.html import ZONE
from referrals.tracking.calendars import calendar
from referrals.tracking.disclosing import ended
from referrals.tracking.models import Referral
from referrals.tracking.queries.known_as import known_as


@dataclass(frozen=True, slots=True)
class Given:
    """One agreement: to whom, whether it holds, what it rests on."""

    consent: Consent
    recipients: tuple[str, ...]
    evidence: ConsentEvidence | None
    holds: bool
    with_others: int
    """How many other agreements were signed on the same form."""
    zone: ZoneInfo
    """The clock of whoever sent something under it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One act of telling."""

    disclosure: Disclosure
    to: str
    notices: tuple[str, ...]
    """Codes."""
    zone: ZoneInfo
    """The clock of whoever sent what it was told for."""


async def given(session: AsyncSession, client_id: UUID, now: datetime) -> list[Given]:
    """The newest first. A constant number of statements."""
    found = await agreements.of_client(session, client_id)
    called = await _called(session, {id for one in found for id in one.recipient_ids})
    proofs = await session.scalars(select(ConsentEvidence).where(ConsentEvidence.client_id == client_id))
    evidence = {row.id: row for row in proofs}
    sent = await _sent(session, [one.id for one in found])
    over = {id for id, (consent, referral) in sent.items() if consent.ends_with in ended(referral)}
    return [
        Given(
            one, tuple(called.get(id, id) for id in one.recipient_ids),
            evidence.get(one.evidence_id) if one.evidence_id else None,
            agreements.holds(one, now) and one.id not in over,
            sum(other.form_id == one.form_id and other.id != one.id for other in found) if one.form_id else 0,
            _zone(sent[one.id][1].sender_calendar) if one.id in sent else ZONE,
        )
        for one in found
    ]  # fmt: skip


async def told(session: AsyncSession, client_id: UUID) -> list[Told]:
    """The newest first."""
    found = await session.execute(
        select(Disclosure, Referral.sender_calendar).outerjoin(Referral, Referral.id == Disclosure.referral_id)
        .where(Disclosure.client_id == client_id).order_by(Disclosure.at.desc(), Disclosure.id)
    )  # fmt: skip
    zones = {row: _zone(code) for row, code in found}
    rows = list(zones)
    called = await _called(session, {str(row.recipient_id) for row in rows})
    worded = {id for row in rows for id in row.notice_ids}
    notices = await session.execute(select(Notice.id, Notice.code).where(Notice.id.in_([UUID(id) for id in worded])))
    codes = {str(id): code for id, code in notices}
    return [
        Told(
            row,
            called.get(str(row.recipient_id), ""),
            tuple(codes[id] for id in row.notice_ids if id in codes),
            zones[row],
        )
        for row in rows
    ]


async def _called(session: AsyncSession, ids: Iterable[str]) -> Mapping[str, str]:
    """Id -> name, of services and organizations; whatever is a code of a need stays what it is."""
    found = await known_as(session, {id for text in ids if (id := _id(text))})
    return {str(id): one.then for id, one in found.items()}


async def _sent(session: AsyncSession, consent_ids: Iterable[UUID]) -> dict[UUID, tuple[Consent, Referral]]:
    """The newest referral that was sent under each."""
    rows = await session.execute(
        select(Consent, Referral)
        .join(Referral, Referral.consent_id == Consent.id)
        .where(Consent.id.in_(list(consent_ids)))
        .order_by(Referral.created_at)
    )
    return {consent.id: (consent, referral) for consent, referral in rows}


def _zone(code: str | None) -> ZoneInfo:
    return calendar(code).zone if code else ZONE


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
