"""What a case manager needs before they telephone or write a letter: whom to ask for, when, and where it goes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Phone
from referrals.directory.queries import redirects, service_page
from referrals.kit.errors import NotFound
from referrals.kit.html import in_zone
from referrals.taxonomy.queries import vocabulary
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Desk:
    """As the service's listing has it; whatever it does not say is empty."""

    phones: tuple[tuple[str, str], ...] = ()
    """Number, and whose it is."""
    people: tuple[tuple[str, str], ...] = ()
    """Name and what they do there."""
    opening: str = ""
    where: tuple[str, ...] = ()
    """The lines of a postal address that may be shown."""


async def desk(session: AsyncSession, referral: Referral, language: str, now: datetime) -> Desk:
    words = await vocabulary(session)
    try:
        there = await _reached(session, referral)
        told = await service_page(session, there, language, words=words, today=in_zone(now).date())
    except NotFound:
        return Desk()
    place = next(iter(told.places), None)
    lines = (*(() if place.confidential else place.address), place.line) if place else ()
    return Desk(
        tuple((one.number, one.note or "") for one in told.phones if one.kind != "fax"),
        tuple((one.name, one.title) for one in told.people), told.opening(now), tuple(line for line in lines if line),
    )  # fmt: skip


async def _reached(session: AsyncSession, referral: Referral) -> UUID:
    """The listing of now, where it is in the same hands: whoever telephones elsewhere tells somebody new of it."""
    found = (await redirects.services(session, [referral.service_id])).get(referral.service_id)
    return found.now.id if found and found.together else referral.service_id


async def senders_phone(session: AsyncSession, referral: Referral) -> str:
    """Where the receiver can telephone; empty where the sender's organization has no number in the directory."""
    found = await session.scalar(
        select(Phone.number).where(Phone.organization_id == referral.sender_organization_id).order_by(Phone.number)
    )
    return found or ""
