"""Jobs that are asked for together are written together, in their order, or not at all."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.jobs import LATER, SOON, enqueue
from referrals.kit.together import together

TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)


async def test_what_is_asked_for_together_is_written_in_its_order(session: AsyncSession) -> None:
    async with together(session):
        await enqueue(session, "kit.first", number=1)
        async with together(session):
            await enqueue(session, "kit.second", at=TUESDAY, word="é")
        assert await _waiting(session) == [], "nothing before it ends"
        await enqueue(session, "kit.third")
    await enqueue(session, "kit.fourth")
    assert await _waiting(session) == [
        ("kit.first", {"number": 1}, None),
        ("kit.second", {"word": "é"}, TUESDAY),
        ("kit.third", {}, None),
        ("kit.fourth", {}, None),
    ]


async def test_a_step_that_fails_leaves_no_job(session: AsyncSession) -> None:
    async def fails() -> None:
        async with together(session):
            await enqueue(session, "kit.first")
            raise LookupError

    with pytest.raises(LookupError):
        await fails()
    assert await _waiting(session) == []
    await enqueue(session, "kit.second")
    assert [name for name, _, _ in await _waiting(session)] == ["kit.second"]


async def test_of_work_that_is_enough_once_one_copy_waits(session: AsyncSession) -> None:
    await enqueue(session, "kit.sweep", once="kit.sweep")
    async with together(session):
        await enqueue(session, "kit.sweep", once="kit.sweep")
        await enqueue(session, "kit.other", once="kit.other")
        await enqueue(session, "kit.other", once="kit.other")
    assert [name for name, _, _ in await _waiting(session)] == ["kit.sweep", "kit.other"]


async def test_what_somebody_waits_for_goes_first_and_what_takes_long_last(session: AsyncSession) -> None:
    await enqueue(session, "kit.long", turn=LATER)
    await enqueue(session, "kit.letter")
    await enqueue(session, "kit.seen", turn=SOON)
    fetch = text("SELECT task_name FROM procrastinate_fetch_job_v2(NULL, NULL)")
    assert [await session.scalar(fetch) for _ in range(3)] == ["kit.seen", "kit.letter", "kit.long"]


async def _waiting(session: AsyncSession) -> list[tuple[str, dict[str, object], datetime | None]]:
    rows = await session.execute(
        text("SELECT task_name, args, scheduled_at FROM procrastinate_jobs WHERE task_name LIKE 'kit.%' ORDER BY id")
    )
    return [(row.task_name, row.args, row.scheduled_at) for row in rows]
