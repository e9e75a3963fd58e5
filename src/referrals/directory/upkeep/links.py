"""The signed links by which a provider answers without an account. What one opens is looked up anew each time:

when the address is no longer the listing's, its organization's or an editor's, the link opens nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.changes.fields import own_language
from referrals.directory.models import Organization, UpkeepLink
from referrals.directory.upkeep.addresses import answers_for, folded, on_record
from referrals.kit.crypto import sign, verify
from referrals.kit.errors import NotFound
from referrals.kit.jobs import enqueue
from referrals.kit.settings import LANGUAGES

PURPOSE: Final = "upkeep"
LASTS: Final = timedelta(days=60)
AGAIN_AFTER: Final = timedelta(minutes=10)
"""Asking twice within this time sends one message: nobody's mailbox is filled by a button."""
SEND: Final = "directory.send_upkeep_link"


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is ours, what it opens, and whether it still works."""

    link: UpkeepLink
    organization: Organization
    services: tuple[UUID, ...]
    alive: bool


async def create(
    session: AsyncSession, organization: Organization, service_id: UUID | None, address: str, now: datetime
) -> UpkeepLink:
    link = UpkeepLink(
        organization_id=organization.id, service_id=service_id, address=folded(address), language=spoken(organization),
        created_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(link)
    await session.flush()
    return link


def token(secret: str, link: UpkeepLink) -> str:
    return sign(secret, PURPOSE, link.id, link.expires_at)


async def opened(session: AsyncSession, secret: str, signed: str, now: datetime) -> Opened:
    """What this link opens. Raises NotFound for anything that we did not sign."""
    proven = verify(secret, PURPOSE, signed)
    row = (
        proven
        and (
            await session.execute(
                select(UpkeepLink, Organization)
                .join(Organization, Organization.id == UpkeepLink.organization_id)
                .where(UpkeepLink.id == proven[0])
            )
        ).first()
    )
    if not row:
        raise NotFound("link")
    link, organization = row
    services = await answers_for(session, link.address, organization.id, link.service_id)
    return Opened(link, organization, tuple(services), link.expires_at > now and bool(services))


async def renew(session: AsyncSession, old: Opened, now: datetime) -> UpkeepLink | None:
    """A new link, to the address of the first where that still answers for something, else to the one on record now.

    None where nobody is on record.
    """
    link = old.link
    address = link.address if old.services else await on_record(session, old.organization, link.service_id)
    return await send(session, old.organization, link.service_id, address, now) if address else None


async def send(
    session: AsyncSession, organization: Organization, service_id: UUID | None, address: str, now: datetime
) -> UpkeepLink:
    """Have a link mailed because somebody asked for it; asked twice in a row, it is sent once."""
    newest = await session.scalar(
        select(UpkeepLink)
        .where(
            UpkeepLink.organization_id == organization.id, UpkeepLink.service_id.is_not_distinct_from(service_id),
            UpkeepLink.address == folded(address), UpkeepLink.created_at > now - AGAIN_AFTER,
        )
        .limit(1)
    )  # fmt: skip
    if newest is not None:
        return newest
    link = await create(session, organization, service_id, address, now)
    await enqueue(session, SEND, link_id=str(link.id))
    return link


def spoken(organization: Organization) -> str:
    """In which language we write to it: its own, or the one in which its page is written."""
    language = own_language(organization)[:2]
    return language if language in LANGUAGES else LANGUAGES[0]
