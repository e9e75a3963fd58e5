"""Work of this room for later: keeping the search index in step with the listings.

The index has one writer at a time, whatever the number of workers: each job first takes a lock in the database, and
reads what it writes only then, so that the later job always has the newer listings.
"""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Service
from referrals.directory.queries.published import published
from referrals.directory.search.documents import documents
from referrals.directory.search.port import Document, ServiceIndex
from referrals.kit.jobs import Job, enqueue
from referrals.taxonomy import queries as taxonomy

INDEX = "directory.index"
REINDEX = "directory.reindex"
BATCH = 500
_ONE_WRITER = 0x5EA2C4
"""Key of the advisory lock; held until the job's transaction ends."""


async def index(session: AsyncSession, *, service_ids: Sequence[str], engine: ServiceIndex) -> None:
    """Tell the engine what these services are now; those that are published no more are taken out.

    Where there is no index yet, all of it is made.
    """
    await _only_writer(session)
    if not engine.exists():
        await engine.rebuild(_all(session))
        return
    words = await taxonomy.vocabulary(session)
    ids = [UUID(id) for id in service_ids]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found = await documents(session, batch, words)
        there = {document.id for document in found}
        if gone := [id for id in batch if id not in there]:
            await engine.remove(gone)
        if found:
            await engine.put(found)


async def reindex(session: AsyncSession, *, engine: ServiceIndex) -> None:
    """Make the whole index anew beside the old one, then change over. Also after a new vocabulary or a broken index."""
    await _only_writer(session)
    await engine.rebuild(_all(session))


JOBS: dict[str, Job] = {INDEX: index, REINDEX: reindex}
"""Each takes the `engine` besides its own arguments; the worker hands it in."""


async def ask_for_index(session: AsyncSession, service_ids: Sequence[UUID]) -> None:
    """Have these services indexed after the commit."""
    for start in range(0, len(service_ids), BATCH):
        await enqueue(session, INDEX, service_ids=[str(id) for id in service_ids[start : start + BATCH]])


async def ask_for_reindex(session: AsyncSession) -> None:
    """Have everything indexed anew; one waiting request is enough."""
    await enqueue(session, REINDEX, once=REINDEX)


async def _only_writer(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_WRITER)))


async def _all(session: AsyncSession) -> AsyncIterator[list[Document]]:
    """Every published service, in the order of the ids, some at a time."""
    words = await taxonomy.vocabulary(session)
    last: UUID | None = None
    while True:
        next_ids = published().with_only_columns(Service.id).order_by(Service.id).limit(BATCH)
        ids = list(await session.scalars(next_ids.where(Service.id > last) if last else next_ids))
        if not ids:
            return
        yield await documents(session, ids, words)
        last = ids[-1]


__all__ = ["INDEX", "JOBS", "REINDEX", "ask_for_index", "ask_for_reindex", "index", "reindex"]
