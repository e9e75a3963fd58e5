"""While the database reads, the page goes on; and where the page fails, nothing reads on by itself."""

from asyncio import Task

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from referrals.kit.db import meanwhile, session_maker


async def test_what_was_sent_off_is_there_when_it_is_awaited(engine: AsyncEngine) -> None:
    async with session_maker(engine)() as session, meanwhile(session.scalar(text("SELECT 7"))) as reading:
        assert not reading.done()
        assert await reading == 7


async def _failing(session: AsyncSession, kept: list[Task[object]]) -> None:
    async with meanwhile(session.scalar(text("SELECT pg_sleep(30)"))) as reading:
        kept.append(reading)
        raise ZeroDivisionError


async def test_a_block_that_fails_gives_the_reading_up(engine: AsyncEngine) -> None:
    kept: list[Task[object]] = []
    async with session_maker(engine)() as session:
        with pytest.raises(ZeroDivisionError):
            await _failing(session, kept)
    assert kept[0].cancelled()
    async with session_maker(engine)() as session:
        assert await session.scalar(text("SELECT 1")) == 1
