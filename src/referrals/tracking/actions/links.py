"""Signed links for those who have no account: one referral, one receiver, and not for ever.

The signature proves that the link is ours; how long it is good stands in its row, for it moves with the deadline.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.crypto import sign, verify
from referrals.kit.errors import NotFound
from referrals.kit.jobs import enqueue
from referrals.tracking.actions.timers import LINK_OUTLIVES
from referrals.tracking.models import Referral, ReferralLetter, ReferralLink

CLIENT_LASTS = timedelta(days=30)
"""A client may take their time; the case manager closes without them after thirty days."""
AGAIN_AFTER = timedelta(minutes=10)
"""Asking twice within this time sends one message: nobody's mailbox is filled by a button."""
LETTER = "letter"
"""What the proof of a link is for that a letter's code leads to."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is ours, and whether it still works."""

    link: ReferralLink
    referral: Referral
    alive: bool

    @property
    def replaced(self) -> bool:
        return self.link.replaced_at is not None


@dataclass(frozen=True, slots=True)
class Held:
    """What a receiver holds: the link of a mail, or what a letter's code led to. `address` is empty for a letter."""

    referral: Referral
    alive: bool
    replaced: bool
    address: str
    language: str
    link: ReferralLink | None = None


async def create(
    session: AsyncSession, referral: Referral, purpose: str, address: str, language: str, now: datetime
) -> ReferralLink:
    """A fresh link; the ones before it end."""
    await session.execute(
        update(ReferralLink)
        .where(ReferralLink.referral_id == referral.id, ReferralLink.purpose == purpose, ReferralLink.replaced_at.is_(None))
        .values(replaced_at=now)
    )  # fmt: skip
    until = now + CLIENT_LASTS if purpose == "client" else max(referral.due_at or now, now) + LINK_OUTLIVES
    link = ReferralLink(
        referral_id=referral.id,
        purpose=purpose,
        address=folded(address),
        language=language,
        created_at=now,
        expires_at=until,
    )
    session.add(link)
    await session.flush()
    return link


def folded(address: str) -> str:
    """Two ways of writing one address are one address."""
    return address.strip().lower()


def token(secret: str, link: ReferralLink) -> str:
    """What stands in the address: a random id, an end, and their proof. The row may move the end, never the receiver."""
    return sign(secret, link.purpose, link.id, link.expires_at)


async def opened(session: AsyncSession, secret: str, purpose: str, signed: str, now: datetime) -> Opened:
    """What this link opens. Raises NotFound for anything that we did not sign for this purpose."""
    proven = verify(secret, purpose, signed)
    if proven is None:
        raise NotFound("link")
    row = (
        await session.execute(
            select(ReferralLink, Referral)
            .join(Referral, Referral.id == ReferralLink.referral_id)
            .where(ReferralLink.id == proven[0], ReferralLink.purpose == purpose)
        )
    ).first()
    if row is None:
        raise NotFound("link")
    link, referral = row
    return Opened(link, referral, link.replaced_at is None and link.expires_at > now)


async def for_receiver(session: AsyncSession, secret: str, signed: str, now: datetime) -> Held:
    """What the receiver's page is opened with. Raises NotFound for anything that we did not sign for it."""
    proven = verify(secret, LETTER, signed)
    if proven is None:
        found = await opened(session, secret, "receiver", signed, now)
        return Held(found.referral, found.alive, found.replaced, found.link.address, found.link.language, found.link)
    row = (
        await session.execute(
            select(ReferralLetter, Referral)
            .join(Referral, Referral.id == ReferralLetter.referral_id)
            .where(ReferralLetter.id == proven[0])
        )
    ).first()
    if row is None:
        raise NotFound("link")
    letter, referral = row
    replaced = letter.replaced_at is not None
    return Held(referral, not replaced and letter.expires_at > now, replaced, "", referral.receiver_language)


async def renew(session: AsyncSession, old: ReferralLink, referral: Referral, now: datetime) -> ReferralLink:
    """A new link to the address that the first one went to, whoever asks for it."""
    current = await living(session, referral.id, old.purpose)
    if current is not None and now - current.created_at < AGAIN_AFTER:
        return current
    fresh = await create(session, referral, old.purpose, old.address, old.language, now)
    job = "tracking.tell_client" if old.purpose == "client" else "tracking.tell_receiver"
    await enqueue(
        session, job, link_id=str(fresh.id), template="feedback" if old.purpose == "client" else "referral_renewed"
    )
    return fresh


LIVING: Final = """
    (
        SELECT id FROM referral_link WHERE referral_id = r.id AND purpose = 'receiver' AND replaced_at IS NULL
        ORDER BY created_at DESC LIMIT 1
    ) AS link
"""
"""A look of `record`: the id of the receiver's link, as `living` would give it."""


async def living(session: AsyncSession, referral_id: UUID, purpose: str) -> ReferralLink | None:
    """The newest link of this kind, whether or not its time is over."""
    return await session.scalar(
        select(ReferralLink)
        .where(ReferralLink.referral_id == referral_id, ReferralLink.purpose == purpose, ReferralLink.replaced_at.is_(None))
        .order_by(ReferralLink.created_at.desc()).limit(1)
    )  # fmt: skip
