"""A synthetic network of people, services and referrals, for benches: any number of them, made by the database itself."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.kit import db
from referrals.taxonomy import load as taxonomy
from tests.factories.people import _HASH as PASSWORD_HASH

VERSION: Final = 2
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
DESK: Final = "desk@house.example.org"
_STATEMENTS: Final = [
    part for part in re.split(r"^-- .*$", (Path(__file__).parent / "caseloads.sql").read_text("utf-8"), flags=re.MULTILINE)
    if part.strip()
]  # fmt: skip


def workers(referrals: int) -> int:
    """Case managers; the user after the last of them answers for the large house."""
    return max(2, referrals // 150)


def email(number: int) -> str:
    return f"worker-{number}@example.org"


async def load(engine: AsyncEngine, sessions: db.SessionMaker, referrals: int) -> None:
    """Into a migrated database, where nothing of it is there yet."""
    async with db.transaction(sessions) as session:
        if await session.scalar(text("SELECT EXISTS (SELECT FROM referral)")):
            return
        await taxonomy.load(session, NOW)
        services = max(60, referrals // 100 // 2 * 2)
        values = {
            "referrals": referrals, "clients": -(-referrals // 3), "workers": workers(referrals), "services": services,
            "houses": services // 2, "now": NOW, "password": PASSWORD_HASH,
        }  # fmt: skip
        for statement in _STATEMENTS:
            asked = {name: value for name, value in values.items() if f":{name}" in statement}
            await session.execute(text(re.sub(r"::(uuid|text|role|bit|int)", r"\\:\\:\1", statement)), asked)
    async with engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await free.execute(text("VACUUM ANALYZE"))


async def some(session: AsyncSession, status: str, count: int, before: int = 0) -> list[UUID]:
    """Referrals that stand there, always the same ones."""
    found = await session.scalars(
        text("SELECT id FROM referral WHERE status = :status ORDER BY id OFFSET :before LIMIT :count"),
        {"status": status, "count": count, "before": before},
    )
    return list(found)
