"""Looking for doubles later: of what was just changed, and now and then of everything.

The whole directory is one job. It goes on from where its last committed step left it, so a cut costs one step; each
step is a transaction of its own, so its progress is seen and nothing is held in memory.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.duplicates import find, likeness
from referrals.directory.duplicates.find import compare, look_again
from referrals.directory.duplicates.records import Entity
from referrals.directory.models import DuplicateScan, Service
from referrals.kit.db import SessionMaker, transaction
from referrals.kit.jobs import LATER, Job, enqueue

FIND = "directory.find_doubles"
FIND_ALL = "directory.find_all_doubles"
FEW = 200
"""Records up to which a change is looked at by itself; after more, an import, everything is."""
STEP = 1000
"""Records of one transaction of the whole reading."""
FIRST = UUID(int=0)
_ONE_READER = 0xD0B1E5
"""Key of the advisory lock under which the whole directory is read."""
_ORDER = ((Entity.ORGANIZATION, "fold"), (Entity.SERVICE, "fold"), (Entity.ORGANIZATION, "compare"), (Entity.SERVICE, "compare"))  # fmt: skip


async def find_some(session: AsyncSession, *, service_ids: Sequence[str], now: datetime) -> None:
    """Look again at these services and their organizations."""
    services = [UUID(id) for id in service_ids]
    owners = await session.scalars(select(Service.organization_id).where(Service.id.in_(services)).distinct())
    await look_again(session, Entity.SERVICE, services, now)
    await look_again(session, Entity.ORGANIZATION, list(owners), now)


async def find_all(session: AsyncSession, *, now: datetime, outside: SessionMaker) -> None:
    """Read the whole directory. A reading that was cut off is gone on with; of two at once the second finds nothing to do."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(_ONE_READER))):
        return
    async with transaction(outside) as apart:
        scan_id = await _begun(apart, now)
    more = True
    while more:
        async with transaction(outside) as apart:
            scan = await apart.get_one(DuplicateScan, scan_id, with_for_update=True)
            more = await _step(apart, scan, now)


async def _begun(session: AsyncSession, now: datetime) -> UUID:
    cut = await session.scalar(
        select(DuplicateScan)
        .where(DuplicateScan.finished_at.is_(None))
        .order_by(DuplicateScan.began_at.desc())
        .limit(1)
    )
    if cut is not None:
        return cut.id
    total = 0
    for table in likeness.TABLES.values():
        total += await session.scalar(select(func.count()).where(table.gone_at.is_(None))) or 0
    entity, step = _ORDER[0]
    scan = DuplicateScan(began_at=now, total=2 * total, entity=entity.value, step=step, after=FIRST, done=0, found=0)
    session.add(scan)
    await session.flush()
    return scan.id


async def _step(session: AsyncSession, scan: DuplicateScan, now: datetime) -> bool:
    """Some records more. False when there are none left."""
    at = (Entity(scan.entity), scan.step)
    table = likeness.TABLES[at[0]]
    ids = list(
        await session.scalars(
            select(table.id).where(table.id > scan.after, table.gone_at.is_(None)).order_by(table.id).limit(STEP)
        )
    )
    if at[1] == "fold":
        await likeness.refresh(session, at[0], ids)
    else:
        scan.found += (await compare(session, at[0], ids, now, onward=True)).possible
    scan.done += len(ids)
    if len(ids) == STEP:
        scan.after = ids[-1]
        return True
    if at[1] == "fold":
        await likeness.forget_the_gone(session, at[0])
        await find.forget_the_gone(session, at[0])
        await session.execute(text("ANALYZE likeness, likeness_key"))  # what follows is planned by it
    if at == _ORDER[-1]:
        scan.finished_at = now
        return False
    following = _ORDER[_ORDER.index(at) + 1]
    scan.entity, scan.step, scan.after = following[0].value, following[1], FIRST
    return True


async def ask_for_doubles(session: AsyncSession, service_ids: Sequence[UUID]) -> None:
    """Have these services looked at after the commit."""
    if not service_ids:
        return
    if len(service_ids) > FEW:
        await enqueue(session, FIND_ALL, once=FIND_ALL, turn=LATER)
    else:
        await enqueue(session, FIND, turn=LATER, service_ids=[str(id) for id in service_ids])


JOBS: dict[str, Job] = {FIND: find_some, FIND_ALL: find_all}
PERIODIC = {FIND_ALL: "45 3 * * 0"}
"""Every Sunday night, for what no change has brought together."""
