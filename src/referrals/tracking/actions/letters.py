"""A printed letter for a receiver who has no e-mail: its short code opens the page that a link would open."""

import hashlib
import hmac
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.crypto import digest, sign
from referrals.tracking.actions.links import LETTER
from referrals.tracking.actions.timers import LINK_OUTLIVES
from referrals.tracking.models import Referral, ReferralLetter

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another when read or heard."""
LENGTH: Final = 12


async def write(session: AsyncSession, secret: str, referral: Referral, by: UUID, now: datetime) -> ReferralLetter:
    """A letter with a code of its own; the code of the one before it ends."""
    await session.execute(
        update(ReferralLetter)
        .where(ReferralLetter.referral_id == referral.id, ReferralLetter.replaced_at.is_(None))
        .values(replaced_at=now)
    )
    letter = ReferralLetter(
        referral_id=referral.id, code_digest="", made_by=by, created_at=now,
        expires_at=max(referral.due_at or now, now) + LINK_OUTLIVES,
    )  # fmt: skip
    letter.id = uuid4()
    letter.code_digest = _kept(secret, code_of(secret, letter.id))
    session.add(letter)
    await session.flush()
    return letter


async def current(session: AsyncSession, referral_id: UUID) -> ReferralLetter | None:
    """The letter that counts, whether or not its time is over."""
    return await session.scalar(
        select(ReferralLetter).where(ReferralLetter.referral_id == referral_id, ReferralLetter.replaced_at.is_(None))
    )


async def by_code(session: AsyncSession, secret: str, typed: str, now: datetime) -> ReferralLetter | None:
    """The letter with this code, as somebody typed it; None for one that has ended or never was."""
    found = await session.scalar(
        select(ReferralLetter).where(ReferralLetter.code_digest == _kept(secret, plain(typed)))
    )
    return found if found and found.replaced_at is None and found.expires_at > now else None


def token(secret: str, letter: ReferralLetter) -> str:
    return sign(secret, LETTER, letter.id, letter.expires_at)


def code_of(secret: str, letter_id: UUID) -> str:
    """The same each time it is printed, and found nowhere in the database."""
    mac = hmac.new(secret.encode(), f"letter-code:{letter_id.hex}".encode(), hashlib.sha256).digest()
    number, signs = int.from_bytes(mac), []
    for _ in range(LENGTH):
        number, at = divmod(number, len(LETTERS))
        signs.append(LETTERS[at])
    return "".join(signs)


def spelled(code: str) -> str:
    """`K7QF-3MRT-9WXA`: as it is printed and read out."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def plain(typed: str) -> str:
    """`k7qf 3mrt-9wxa` -> `K7QF3MRT9WXA`."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:40]


def _kept(secret: str, code: str) -> str:
    return digest(f"{secret}:letter:{code}")
