"""Bringing somebody's directory in."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import listings, retelling
from referrals.directory.models import Service
from referrals.exchange import edits, redirected, runs, settling, touched, unshown
from referrals.exchange.demo import SOURCE as DEMO
from referrals.exchange.formats.columns import Mapping
from referrals.exchange.merging import mark_gone, merge
from referrals.exchange.models import ImportRun
from referrals.exchange.package import Package
from referrals.exchange.records import Reader, Row
from referrals.exchange.report import Report, Terms
from referrals.exchange.staging import Staging
from referrals.exchange.statements import Statements, driver
from referrals.exchange.watch import Nobody, Watch
from referrals.taxonomy import crosswalk, load, queries

AT_ONCE = 1000
"""Services whose listings are derived together."""
READ_AT_ONCE = 500
"""Rows read between two looks at whether to stop."""


async def import_directory(
    session: AsyncSession,
    path: Path,
    now: datetime,
    *,
    source: str | None = None,
    language: str | None = None,
    whole: bool = True,
    watch: Watch | None = None,
    run: ImportRun | None = None,
    mapping: Mapping | None = None,
    taxonomy: Path | None = None,
) -> Report:
    """Import the package at `path` as everything that `source` has (or, not `whole`, as a part of it).

    Idempotent: what the source has not changed is not touched, whatever was edited here since. What is done is
    remembered for the `run`, so that it can be undone; without one a run is made. Raises BrokenPackage, and Cancelled
    where the watch says so; the caller's transaction must then be undone. `taxonomy`: our words in another file than
    the seed.
    """
    began = time.perf_counter()
    package = Package(path, mapping)
    await load.load(session, now, taxonomy)
    words = await queries.vocabulary(session)
    report = Report(source or package.source)
    reader = Reader(report.source, words, report, language, now.date(), dates_move=package.is_ours)
    kept = run or _run_of(report.source, path, now, whole=whole, language=language)
    if run is None:
        session.add(kept)
    staging = Staging(Statements(await driver(session)), report.source, report, kept.id)
    seen = watch or Nobody()
    async with _timed(report, "read"):
        await staging.open()
        await _stage(staging, package, reader, now.date(), seen)
    async with _timed(report, "check"):
        await staging.alone()
        await settling.settle(staging, seen)
        await redirected.lead_on(staging)
        await edits.protect(staging, now)
    async with _timed(report, "write"):
        await merge(staging, now, seen)
        if whole:
            await mark_gone(staging, now)
        await unshown.tell(staging)
        await staging.close()
    session.expire_all()
    async with _timed(report, "list"):
        linked = await crosswalk.link_everyday(session, report.source, now)
        await crosswalk.propose(session, now, report.source)
        if report.created or report.changed or report.gone or linked:
            report.listings = await _list(session, report, staging.run_id, linked, now, seen)
    report.terms = Terms(**await crosswalk.standing(session, report.source))
    report.seconds = round(time.perf_counter() - began, 2)
    if run is None:
        await runs.finish(session, kept, report, "done", now)
    return report


def _run_of(source: str, path: Path, now: datetime, *, whole: bool, language: str | None) -> ImportRun:
    """For an import that nobody asked for on a page: a command, the demo."""
    return ImportRun(
        id=uuid4(), source=source, file_name=path.name, step="import", state="running", whole=whole, language=language,
        asked_at=now, started_at=now,
    )  # fmt: skip


async def list_anew(session: AsyncSession, source: str, now: datetime, watch: Watch) -> int:
    """Derive the listings of a source's services, some at a time; how many became others."""
    services = select(Service.id).where(Service.source == source)
    return await _derive(session, list(await session.scalars(services.order_by(Service.id))), now, watch)


async def list_touched(session: AsyncSession, service_ids: Sequence[UUID], now: datetime, watch: Watch) -> int:
    """Derive these listings, and date and index all of them: more became other than a listing shows."""
    return await _derive(session, service_ids, now, watch) + await retelling.retell(session, service_ids, now)


async def _list(session: AsyncSession, report: Report, run_id: UUID, linked: int, now: datetime, watch: Watch) -> int:
    """Of what the run has touched; of everything where the words themselves came to mean more. How many became others."""
    mine = await touched.services(session, run_id)
    changed = await list_anew(session, report.source, now, watch) if linked else 0
    return changed + await list_touched(session, mine, now, watch)


async def _derive(session: AsyncSession, ids: Sequence[UUID], now: datetime, watch: Watch) -> int:
    changed = 0
    for done in range(0, len(ids), AT_ONCE):
        await watch.see("list", done, len(ids))
        changed += await listings.refresh(session, ids[done : done + AT_ONCE], now)
    return changed


async def _stage(staging: Staging, package: Package, reader: Reader, today: date, watch: Watch) -> None:
    """Reading is work for the processor, so a thread does it: the pages of the same process are served meanwhile."""
    records = package.records(reader.words, reader.report, today)
    rows = (row for raw in records for row in reader.rows(raw))
    while batch := await to_thread.run_sync(_some, rows):
        for row in batch:
            await staging.put(row)
        await watch.see("read", package.read, package.size)
    await staging.flush()
    await staging.keep(reader.kept)
    await watch.see("read", package.size, package.size)


def _some(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, READ_AT_ONCE))


@asynccontextmanager
async def _timed(report: Report, phase: str) -> AsyncIterator[None]:
    began = time.perf_counter()
    yield
    report.spans[phase] = round(time.perf_counter() - began, 2)


__all__ = ["DEMO", "import_directory", "list_anew", "list_touched"]
