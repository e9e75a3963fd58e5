"""Looking for contradictions later: in what was just changed, and every night in everything."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.contradictions.check import check
from referrals.directory.models import CheckRun, Service
from referrals.kit.jobs import LATER, Job, enqueue

CHECK = "directory.check"
CHECK_ALL = "directory.check_all"
CHECK_NEXT = "directory.check_next"
FEW = 200
"""Services up to which a change is looked at by itself; after more, an import, everything is."""
STEP = 2000
"""Services read in one transaction of the whole round."""
FIRST = UUID(int=0)


async def check_some(session: AsyncSession, *, service_ids: Sequence[str], now: datetime) -> None:
    await check(session, [UUID(id) for id in service_ids], now)


async def check_all(session: AsyncSession, *, now: datetime) -> None:
    """Begin to read the whole directory, in steps that each are a job: a cut loses one step, memory stays small."""
    await session.execute(update(CheckRun).where(CheckRun.finished_at.is_(None)).values(finished_at=now))
    run = CheckRun(began_at=now, total=await session.scalar(select(func.count()).select_from(Service)) or 0, done=0)
    session.add(run)
    await session.flush()
    await enqueue(session, CHECK_NEXT, turn=LATER, run_id=str(run.id), after=str(FIRST))


async def check_next(session: AsyncSession, *, run_id: str, after: str, now: datetime) -> None:
    """One step, and then the next. A round that a later one has taken over from ends here."""
    run = await session.get(CheckRun, UUID(run_id), with_for_update=True)
    if run is None or run.finished_at is not None:
        return
    last = await step(session, run, UUID(after), now)
    if last is None:
        run.finished_at = now
    else:
        await enqueue(session, CHECK_NEXT, turn=LATER, run_id=run_id, after=str(last))


async def step(session: AsyncSession, run: CheckRun, after: UUID, now: datetime) -> UUID | None:
    """The services after this id; the last of them, or None when there are no more."""
    ids = list(await session.scalars(select(Service.id).where(Service.id > after).order_by(Service.id).limit(STEP)))
    await check(session, ids, now)
    run.done += len(ids)
    return ids[-1] if len(ids) == STEP else None


async def ask_for_check(session: AsyncSession, service_ids: Sequence[UUID]) -> None:
    """Have these services looked at after the commit."""
    if not service_ids:
        return
    if len(service_ids) > FEW:
        await enqueue(session, CHECK_ALL, once=CHECK_ALL, turn=LATER)
    else:
        await enqueue(session, CHECK, turn=LATER, service_ids=[str(id) for id in service_ids])


JOBS: dict[str, Job] = {CHECK: check_some, CHECK_ALL: check_all, CHECK_NEXT: check_next}
PERIODIC = {CHECK_ALL: "15 2 * * *"}
"""Every night: a last day passes without anybody editing the listing."""
