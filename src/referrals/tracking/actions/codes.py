"""The second proof: a short code that goes to the receiver's known address, or is read out to it by telephone.

Nothing of the code is kept: its digits follow from the row's id and our secret. Whoever types it has proven something for
this browser and for a few hours; what, `proof` says.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.crypto import sign, verify
from referrals.kit.errors import TooMany
from referrals.kit.jobs import enqueue
from referrals.tracking.models import ReceiverCode

DIGITS: Final = 6
MAILED_LASTS: Final = timedelta(minutes=20)
TOLD_LASTS: Final = timedelta(minutes=10)
OPENS_FOR: Final = timedelta(hours=4)
"""Half a working day at one desk."""
TRIES: Final = 5
"""Wrong codes after which one is of no use any more."""
AN_HOUR: Final = 5
"""Codes for one address or one referral within an hour: more are not made, so 25 guesses at a million."""
KEPT: Final = timedelta(days=1)
AGAIN_AFTER: Final = timedelta(minutes=1)
"""Two presses of the button are one code."""


class Proof(IntEnum):
    """What this browser has proven. ALL: that it reads the mail of the address; THIS: that it was told this one's code."""

    NONE = 0
    THIS = 1
    ALL = 2


async def mail_code(session: AsyncSession, address: str, language: str, now: datetime) -> ReceiverCode:
    """A fresh code to this address; the ones before it end. Raises TooMany("codes")."""
    made = await _made(session, ReceiverCode.address == address, now)
    if made and now - made[0].made_at < AGAIN_AFTER and _may_be_typed(made[0], now):
        return made[0]
    code = await _make(session, ReceiverCode(address=address, made_at=now, ends_at=now + MAILED_LASTS), made, now)
    await enqueue(session, "tracking.send_code", code_id=str(code.id), language=language)
    return code


async def tell_code(session: AsyncSession, referral_id: UUID, by: UUID, now: datetime) -> ReceiverCode:
    """A code that a case manager reads out to the receiver of this one referral. Raises TooMany("codes")."""
    made = await _made(session, ReceiverCode.referral_id == referral_id, now)
    fresh = ReceiverCode(address="", referral_id=referral_id, made_by=by, made_at=now, ends_at=now + TOLD_LASTS)
    return await _make(session, fresh, made, now)


async def living(session: AsyncSession, address: str, referral_id: UUID, now: datetime) -> list[ReceiverCode]:
    """Codes that may still be typed for this referral, the newest first."""
    found = select(ReceiverCode).where(
        _for(address, referral_id), ReceiverCode.ends_at > now, ReceiverCode.tries < TRIES,
        ReceiverCode.opened_until.is_(None),
    )  # fmt: skip
    return list(await session.scalars(found.order_by(ReceiverCode.made_at.desc())))


async def type_code(
    session: AsyncSession, secret: str, address: str, referral_id: UUID, typed: str, now: datetime
) -> ReceiverCode | None:
    """The code that this is, now used up; None where it is none, which counts as a try of each that it might have been."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    rows = list(await session.scalars(
        select(ReceiverCode).where(
            _for(address, referral_id), ReceiverCode.ends_at > now, ReceiverCode.tries < TRIES,
            ReceiverCode.opened_until.is_(None),
        ).order_by(ReceiverCode.made_at.desc()).with_for_update(key_share=True)
    ))  # fmt: skip
    for row in rows:
        if hmac.compare_digest(digits_of(secret, row.id).encode(), digits.encode()):
            row.opened_until = now + OPENS_FOR
            return row
    for row in rows:
        row.tries += 1
    return None


def digits_of(secret: str, code_id: UUID) -> str:
    mac = hmac.new(secret.encode(), f"receiver-code:{code_id.hex}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(mac[:8]) % 10**DIGITS:0{DIGITS}}"


def ticket(secret: str, code: ReceiverCode) -> str:
    """What the browser keeps once a code was typed."""
    assert code.opened_until is not None
    return sign(secret, "receiver-proof", code.id, code.opened_until)


async def proof(
    session: AsyncSession, secret: str, tickets: Iterable[str], address: str, referral_id: UUID, now: datetime
) -> Proof:
    """What these tickets prove for this referral, reached by a link to this address (empty: by a letter)."""
    ids = [known[0] for one in tickets if (known := verify(secret, "receiver-proof", one)) and known[1] > now]
    if not ids:
        return Proof.NONE
    rows = await session.scalars(
        select(ReceiverCode.referral_id).where(
            ReceiverCode.id.in_(ids), ReceiverCode.opened_until > now, _for(address, referral_id)
        )
    )
    return max((Proof.ALL if told is None else Proof.THIS for told in rows), default=Proof.NONE)


def _may_be_typed(code: ReceiverCode, now: datetime) -> bool:
    return code.ends_at > now and code.opened_until is None and code.tries < TRIES


def _for(address: str, referral_id: UUID) -> ColumnElement[bool]:
    mailed = and_(ReceiverCode.address == address, ReceiverCode.address != "", ReceiverCode.referral_id.is_(None))
    return or_(mailed, ReceiverCode.referral_id == referral_id)


async def _made(session: AsyncSession, whose: ColumnElement[bool], now: datetime) -> list[ReceiverCode]:
    """The newest first. One after the other for each address: two presses at once must not make two."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(str(whose.compile().params)))))
    rows = await session.scalars(
        select(ReceiverCode)
        .where(whose, ReceiverCode.made_at > now - timedelta(hours=1))
        .order_by(ReceiverCode.made_at.desc())
    )
    return list(rows)


async def _make(session: AsyncSession, fresh: ReceiverCode, made: list[ReceiverCode], now: datetime) -> ReceiverCode:
    if len(made) >= AN_HOUR:
        raise TooMany("codes")
    unused = [one.id for one in made if one.opened_until is None and one.ends_at > now]
    if unused:
        await session.execute(update(ReceiverCode).where(ReceiverCode.id.in_(unused)).values(ends_at=now))
    session.add(fresh)
    await session.flush()
    return fresh
