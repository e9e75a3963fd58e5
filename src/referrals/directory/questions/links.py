"""The signed link to one question, and what it opens now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import ListingQuestion, Organization, Service
from referrals.directory.upkeep.addresses import answers_for
from referrals.kit.crypto import sign, verify
from referrals.kit.errors import NotFound

PURPOSE: Final = "listing-question"
LASTS: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opened:
    question: ListingQuestion
    service: Service
    organization: Organization
    moved: bool
    """The address it was sent to answers for this listing no longer."""
    alive: bool


def token(secret: str, question: ListingQuestion) -> str:
    return sign(secret, PURPOSE, question.id, question.expires_at)


async def opened(session: AsyncSession, secret: str, signed: str, now: datetime) -> Opened:
    """Raises NotFound for anything that we did not sign."""
    proven = verify(secret, PURPOSE, signed)
    row = (
        proven
        and (
            await session.execute(
                select(ListingQuestion, Service, Organization)
                .join(Service, Service.id == ListingQuestion.service_id)
                .join(Organization, Organization.id == Service.organization_id)
                .where(ListingQuestion.id == proven[0])
            )
        ).first()
    )
    if not row:
        raise NotFound("link")
    question, service, organization = row
    still = await answers_for(session, question.address, organization.id, service.id)
    return Opened(question, service, organization, not still, bool(still) and question.expires_at > now)
