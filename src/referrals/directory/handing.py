"""A shortlist under a short code, to be told to a case manager. Nothing says whose it is; it ends with its week, or when taken."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import HandedList
from referrals.kit.errors import LinkEnded
from referrals.kit.jobs import Job

LASTS: Final = timedelta(days=7)
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for one another when read or heard."""
LENGTH: Final = 8
FORGET: Final = "directory.forget_handed"


async def hand(session: AsyncSession, services: Sequence[UUID], now: datetime) -> HandedList:
    handed = HandedList(code=_fresh(), service_ids=list(services), ends_at=now + LASTS)
    session.add(handed)
    await session.flush()
    return handed


async def handed(session: AsyncSession, code: str, now: datetime) -> HandedList:
    """As somebody typed the code. Raises LinkEnded for one that has ended, was taken, or never was."""
    found = await session.get(HandedList, plain(code))
    if found is None or found.ends_at <= now:
        raise LinkEnded("handed")
    return found


async def take_back(session: AsyncSession, code: str) -> None:
    """Erase it, whoever asks: to know the code is to be allowed."""
    await session.execute(delete(HandedList).where(HandedList.code == plain(code)))


async def forget_ended(session: AsyncSession, *, now: datetime) -> None:
    await session.execute(delete(HandedList).where(HandedList.ends_at <= now))


JOBS: dict[str, Job] = {FORGET: forget_ended}
PERIODIC: Final = {FORGET: "50 3 * * *"}


def plain(code: str) -> str:
    """`k7qf-3mrt` -> `K7QF3MRT`."""
    return "".join(sign for sign in code.upper() if sign.isalnum())[:40]


def spelled(code: str) -> str:
    """`K7QF-3MRT`: as it is read out."""
    return f"{code[:4]}-{code[4:]}"


def _fresh() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
