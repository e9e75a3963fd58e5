"""Work of this room for later: keeping the search index in step with the listings.

The index has one writer at a time, whatever the number of workers: each job first takes a lock in the database, and
reads what it writes only then, so that the later job always has the newer listings.
"""

import gc
from asyncio import CancelledError, Task, create_task
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.masking import mask
from referrals.directory.models import IndexDue
from referrals.directory.search.documents import Records, Wording, read, read_after, written
from referrals.directory.search.port import Document, ServiceIndex
from referrals.kit.jobs import SOON, Job, enqueue
from referrals.taxonomy import queries as taxonomy

INDEX = "directory.index"
REINDEX = "directory.reindex"
BATCH = 1500
_ALIVE = 100_000
"""Things: a batch and the next one are less."""
MOST = 5000
"""Services that one job writes; what is due besides is left for another."""
_PATIENCE = timedelta(seconds=3)
_FIRST = select(IndexDue.id).order_by(IndexDue.id).limit(MOST)
_TAKE = (
    delete(IndexDue)
    .where(IndexDue.id.in_(_FIRST))
    .returning(IndexDue.service_id)
    .execution_options(synchronize_session=False)
)
_ONE_WRITER = 0x5EA2C4
"""Key of the advisory lock; held until the job's transaction ends."""


async def index(session: AsyncSession, *, engine: ServiceIndex, now: datetime, service_ids: Sequence[str] = ()) -> None:
    """Tell the engine what has become of all services that are due, in one write; what is published no more is taken out.

    Rows are taken from the list in this job's own transaction: cut off at any moment, it leaves them for the next one.
    While another process writes, a copy waits a little. Where there is no index yet, all of it is made. `service_ids`
    stand in jobs of an older version.
    """
    await _due(session, [UUID(id) for id in service_ids])
    if not await _only_writer(session):
        await enqueue(session, INDEX, at=now + _PATIENCE, once=INDEX, turn=SOON)
        return
    taken = list(await session.scalars(_TAKE))
    if not await engine.exists():
        await _rebuild(session, engine)
        return
    ids = list(dict.fromkeys(taken))
    if ids:
        await engine.change(await _told(session, ids), ids)
    if len(taken) == MOST:
        await enqueue(session, INDEX, turn=SOON)


async def reindex(session: AsyncSession, *, engine: ServiceIndex) -> None:
    """Make the whole index anew beside the old one, then change over. Also after a new vocabulary or a broken index."""
    await session.execute(select(func.pg_advisory_xact_lock(_ONE_WRITER)))
    await _rebuild(session, engine)


JOBS: dict[str, Job] = {INDEX: index, REINDEX: reindex}
"""Each takes the `engine` besides its own arguments; the worker hands it in."""
PERIODIC: dict[str, str] = {INDEX: "*/10 * * * *"}
"""Also where nothing changes: an index that is missing, or of an older version, is made."""


async def ask_for_index(session: AsyncSession, service_ids: Sequence[UUID]) -> None:
    """Have these services indexed after the commit; whoever commits meanwhile shares the write."""
    if service_ids:
        await _due(session, service_ids)
        await enqueue(session, INDEX, turn=SOON)


async def ask_for_reindex(session: AsyncSession) -> None:
    """Have everything indexed anew; one waiting request is enough."""
    await enqueue(session, REINDEX, once=REINDEX, turn=SOON)


async def _due(session: AsyncSession, service_ids: Sequence[UUID]) -> None:
    if service_ids:
        await session.execute(insert(IndexDue), [{"service_id": id} for id in service_ids])


async def _only_writer(session: AsyncSession) -> bool:
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(_ONE_WRITER))))


async def _rebuild(session: AsyncSession, engine: ServiceIndex) -> None:
    async with aclosing(everything(session)) as batches:  # nobody reads on when the engine has failed
        with _swept_seldom():
            await engine.rebuild(batches)


@contextmanager
def _swept_seldom() -> Iterator[None]:
    """A batch goes when the next one comes, so sweeps would find nothing: and they take a quarter of reading and writing."""
    often = gc.get_threshold()
    gc.set_threshold(_ALIVE, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)


async def _told(session: AsyncSession, ids: Sequence[UUID]) -> list[Document]:
    wording, struck = Wording(await taxonomy.vocabulary(session)), await mask(session)
    return [
        document
        for start in range(0, len(ids), BATCH)
        for document in written(await read(session, ids[start : start + BATCH]), wording, struck)
    ]


async def everything(session: AsyncSession) -> AsyncGenerator[list[Document]]:
    """Every published service, in the order of the ids, some at a time; the next ones are read while the engine has these.

    A line that becomes confidential meanwhile has its services indexed again by a job of its own, after this one.
    """
    wording, struck = Wording(await taxonomy.vocabulary(session)), await mask(session)
    reading = _ahead(session, UUID(int=0))
    try:
        while (records := await reading).told:
            some = written(records, wording, struck)
            reading = _ahead(session, records.told[-1].id)
            yield some
    finally:
        reading.cancel()
        with suppress(CancelledError):
            await reading


def _ahead(session: AsyncSession, last: UUID) -> "Task[Records]":
    return create_task(read_after(session, last, BATCH))


__all__ = ["INDEX", "JOBS", "PERIODIC", "REINDEX", "ask_for_index", "ask_for_reindex", "index", "reindex"]
