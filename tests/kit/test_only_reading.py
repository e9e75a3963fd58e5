"""Requests that only read need no transaction, and leave their connection as they found it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from referrals.kit.db import only_reading, session_maker

_TRANSACTION = text("SELECT pg_current_xact_id()")


async def test_each_statement_that_only_reads_stands_for_itself(engine: AsyncEngine) -> None:
    sessions = session_maker(engine)
    async with sessions() as session:
        await only_reading(session)
        apart = [await session.scalar(_TRANSACTION) for _ in range(2)]
        await session.commit()
    async with sessions() as session:
        together = [await session.scalar(_TRANSACTION) for _ in range(2)]
    assert (len(set(apart)), len(set(together))) == (2, 1)


async def test_what_has_begun_stays_one_transaction(engine: AsyncEngine) -> None:
    async with session_maker(engine)() as session:
        before = await session.scalar(_TRANSACTION)
        await only_reading(session)
        assert await session.scalar(_TRANSACTION) == before
