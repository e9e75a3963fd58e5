"""The link to a person's own page: signed, ending, renewable through the gateway, ended all at once when one is lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.crypto import sign, verify
from referrals.kit.errors import NotFound
from referrals.kit.jobs import enqueue
from referrals.tracking.models import ClientLink

PURPOSE: Final = "client-page"
LASTS: Final = timedelta(days=90)
CARD_LASTS: Final = timedelta(days=180)
"""A card lies in a drawer; nobody mails a new one to it."""
FRESH_ENOUGH: Final = timedelta(days=21)
"""A link that is sent works at least this much longer: else a new one is made, and the older ones go on to their own end."""
AGAIN_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OpenedPage:
    link: ClientLink
    alive: bool


async def make(session: AsyncSession, client_id: UUID, kind: str, made_by: UUID | None, now: datetime) -> ClientLink:
    """One more link: a card in the drawer goes on working when another is sent."""
    lasts = CARD_LASTS if kind == "card" else LASTS
    link = ClientLink(client_id=client_id, kind=kind, made_by=made_by, created_at=now, expires_at=now + lasts)
    session.add(link)
    await session.flush()
    return link


async def fresh(session: AsyncSession, client_id: UUID, kind: str, made_by: UUID | None, now: datetime) -> ClientLink:
    """The newest that still works for a while; else a new one."""
    found = await session.scalar(
        select(ClientLink)
        .where(
            ClientLink.client_id == client_id, ClientLink.kind == kind, ClientLink.replaced_at.is_(None),
            ClientLink.expires_at > now + FRESH_ENOUGH,
        )
        .order_by(ClientLink.created_at.desc()).limit(1)
    )  # fmt: skip
    return found or await make(session, client_id, kind, made_by, now)


async def send(session: AsyncSession, client_id: UUID, made_by: UUID | None, now: datetime) -> ClientLink:
    """Through the gateway; whether a channel is safe is asked there, when it leaves."""
    link = await fresh(session, client_id, "sent", made_by, now)
    await enqueue(session, "tracking.send_client_link", link_id=str(link.id))
    return link


async def renew(session: AsyncSession, old: ClientLink, now: datetime) -> None:
    """A new link by the safe channel, whoever presses the button; pressed again at once, one message leaves."""
    newest = await session.scalar(
        select(ClientLink).where(ClientLink.client_id == old.client_id, ClientLink.replaced_at.is_(None))
        .order_by(ClientLink.created_at.desc()).limit(1)
    )  # fmt: skip
    if newest is None or newest.expires_at <= now or now - newest.created_at >= AGAIN_AFTER:
        link = await make(session, old.client_id, "sent", None, now)
        await enqueue(session, "tracking.send_client_link", link_id=str(link.id))


async def end_all(session: AsyncSession, client_id: UUID, now: datetime) -> None:
    """The card is lost, the telephone is in other hands: from now on none of them opens anything."""
    await session.execute(
        update(ClientLink)
        .where(ClientLink.client_id == client_id, ClientLink.replaced_at.is_(None))
        .values(replaced_at=now)
    )


async def living(session: AsyncSession, client_id: UUID, now: datetime) -> list[ClientLink]:
    found = await session.scalars(
        select(ClientLink)
        .where(ClientLink.client_id == client_id, ClientLink.replaced_at.is_(None), ClientLink.expires_at > now)
        .order_by(ClientLink.created_at.desc())
    )
    return list(found)


def token(secret: str, link: ClientLink) -> str:
    return sign(secret, PURPOSE, link.id, link.expires_at)


async def opened(session: AsyncSession, secret: str, signed: str, now: datetime) -> OpenedPage:
    """Raises NotFound for anything that we did not sign for this purpose."""
    proven = verify(secret, PURPOSE, signed)
    link = await session.get(ClientLink, proven[0]) if proven else None
    if link is None:
        raise NotFound("link")
    return OpenedPage(link, link.replaced_at is None and link.expires_at > now)
